//! `GET /api/labs`: the labs of one's class, each with one's own environment of it, and whether Play may start it now.

use std::sync::Arc;

use brihaspati_core::auth::{Authenticator, Caller};
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::desk::{Admission, Prospect};
use brihaspati_core::domain::admission::Refusal;
use brihaspati_core::domain::lab::Lab;
use brihaspati_core::http::{ApiResult, Problem, Request, json};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::Store;
use brihaspati_core::views::{ClassRef, EnvironmentView, MessageView};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// The newest ones are shown.
const MESSAGES: i32 = 20;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let store = Store::from_settings(settings)?;
    let state =
        State { auth: Authenticator::new(settings, &store)?, admission: Admission::from_settings(settings)?, store };
    Ok(lambda::route(state, handle))
}

pub struct State {
    auth: Authenticator,
    store: Store,
    admission: Admission,
}

#[derive(Serialize, ToSchema)]
pub struct LabView {
    pub slug: String,
    pub title: String,
    pub summary: String,
    pub minutes: u32,
    pub play: PlayView,
    /// The environment this lab is in now, or was in last.
    pub environment: Option<EnvironmentView>,
}

/// Whether Play would start something now, and why not.
#[derive(Serialize, ToSchema)]
pub struct PlayView {
    pub allowed: bool,
    pub code: Option<String>,
    /// In words for the trainee.
    pub reason: Option<String>,
    /// Where it will be allowed then.
    pub opens_at: Option<Timestamp>,
}

#[derive(Serialize, ToSchema)]
pub struct LabList {
    pub class: ClassRef,
    pub labs: Vec<LabView>,
    /// From the class's instructors, the newest first.
    pub messages: Vec<MessageView>,
}

#[utoipa::path(get, path = "/api/labs", operation_id = "listLabs", tag = "labs", responses(
    (status = 200, body = LabList),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let Caller { member, class, .. } = state.auth.caller(&request, Timestamp::now()).await?;
    let (labs, messages) =
        tokio::try_join!(state.store.labs(&member.class_id), state.store.messages(&member.class_id, MESSAGES))?;
    let labs: Vec<Lab> = labs.into_iter().filter(|lab| !lab.settings.hidden).collect();
    let prospects = state.admission.prospects(&class, &member, &labs).await?;
    let for_member = messages.iter().filter(|message| message.is_for(&member.id));
    json(&LabList {
        class: ClassRef::from(&class),
        labs: labs.iter().zip(prospects).map(|(lab, prospect)| view(lab, &prospect)).collect(),
        messages: for_member.map(MessageView::from).collect(),
    })
}

fn view(lab: &Lab, prospect: &Prospect) -> LabView {
    let refusal = prospect.refusal.as_ref();
    LabView {
        slug: lab.slug.to_string(),
        title: lab.manifest.title.clone(),
        summary: lab.manifest.summary.clone(),
        minutes: prospect.minutes,
        play: PlayView {
            allowed: refusal.is_none(),
            code: refusal.map(|refusal| refusal.code().to_owned()),
            reason: refusal.map(Refusal::reason),
            opens_at: refusal.and_then(Refusal::opens_at),
        },
        environment: prospect.environment.as_ref().map(EnvironmentView::summary),
    }
}
