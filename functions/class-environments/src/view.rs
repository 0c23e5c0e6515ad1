use std::sync::Arc;

use brihaspati_core::admin::event;
use brihaspati_core::auth::ClassAdmin;
use brihaspati_core::desk::Whose;
use brihaspati_core::domain::class::ViewingPolicy;
use brihaspati_core::domain::environment::Environment;
use brihaspati_core::domain::ids::EnvironmentId;
use brihaspati_core::domain::lifecycle::Phase;
use brihaspati_core::domain::work::ViewingAnswer;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json, path_parameter};
use brihaspati_core::machine_url::MachineUrl;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{State, find};

#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ViewState {
    /// The trainee has not answered yet: ask again in a moment.
    Asked,
    Allowed,
    Refused,
}

/// Whether one may look on, and how the machine is reached then. The machine itself shows nothing against its trainee's
/// will.
#[derive(Serialize, ToSchema)]
pub struct View {
    pub state: ViewState,
    pub access: Option<ViewAccess>,
}

#[derive(Serialize, ToSchema)]
pub struct ViewAccess {
    pub terminal_url: String,
    pub viewer_secret: String,
}

#[utoipa::path(post, path = "/api/admin/classes/{class}/environments/{environment}/view",
    operation_id = "viewEnvironment", tag = "admin",
    params(("class" = String, Path), ("environment" = String, Path)), responses(
    (status = 200, body = View, description = "asks the trainee, once; called again it tells the answer"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn view(state: Arc<State>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    let ClassAdmin { class, actor } = state.admin.class(&request, now).await?;
    let id: EnvironmentId = path_parameter(&request, "environment")?;
    let before = find(&state.admin.store, &class.id, &id).await?;
    if !matches!(before.phase, Phase::Ready { .. }) || !before.is_wanted() {
        return Err(ApiError::conflict("not_running", "there is nothing to see: the environment is not running"));
    }
    let asked = |environment: &mut Environment, now| environment.ask_to_view(&actor.name, now);
    let changed = state.desk.change(Whose::Class(&class.id), &id, asked).await?;
    let environment = changed.unwrap_or(before.clone());
    let answer = environment.work.viewing.as_ref().and_then(|viewing| viewing.answer);
    let state_now = match (environment.terms.viewing, answer) {
        (ViewingPolicy::Open, _) | (_, Some(ViewingAnswer::Allowed)) => ViewState::Allowed,
        (_, Some(ViewingAnswer::Refused)) => ViewState::Refused,
        (_, None) => ViewState::Asked,
    };
    let access = access(&environment, &state.machines).filter(|_| state_now == ViewState::Allowed);
    let action = match (&access, before.work.viewing == environment.work.viewing) {
        (Some(_), _) => Some("viewing.opened"),
        (None, false) => Some("viewing.asked"),
        (None, true) => None,
    };
    if let Some(action) = action {
        let event = event(&request, &actor, action, now).on(id.as_str());
        state.admin.store.record(&class.id, &event).await?;
    }
    json(&View { state: state_now, access })
}

fn access(environment: &Environment, machines: &MachineUrl) -> Option<ViewAccess> {
    let Phase::Ready { address, .. } = environment.phase else { return None };
    let secrets = environment.secrets.as_ref()?;
    Some(ViewAccess { terminal_url: machines.terminal(address), viewer_secret: secrets.viewer.expose().to_owned() })
}
