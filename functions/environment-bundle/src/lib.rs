//! `GET /api/environments/{environment}/bundle`: a machine fetches its lab (`docs/protocol.md`, section 2).

use std::net::IpAddr;
use std::sync::Arc;

use brihaspati_core::auth::{MACHINE_PROTOCOL, authenticate_machine};
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::class::ViewingPolicy;
use brihaspati_core::domain::environment::Environment;
use brihaspati_core::domain::lab::{LabFile, Tab};
use brihaspati_core::domain::lifecycle::Phase;
use brihaspati_core::domain::work::Check;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json};
use brihaspati_core::lambda::{self, Invoke};
use brihaspati_core::store::Store;
use brihaspati_core::views::LabRef;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let state = State { store: Store::from_settings(settings)?, portal_origin: settings.url("PORTAL_ORIGIN")? };
    Ok(lambda::route(state, handle))
}

pub struct State {
    store: Store,
    portal_origin: String,
}

#[derive(Serialize, ToSchema)]
pub struct Bundle {
    pub protocol: u32,
    pub environment_id: String,
    pub lab: LabRef,
    /// What the machine presents from now on. The token of its user data ends with the first report that has this one.
    pub token: String,
    pub access_secret: String,
    pub portal_origin: String,
    /// The machine's own, as its provider told it; `null` while it did not.
    #[schema(value_type = Option<String>)]
    pub address: Option<IpAddr>,
    pub expires_at: Timestamp,
    pub tabs: Vec<Tab>,
    /// What an instructor's browser must present.
    pub viewer_secret: String,
    /// Whether an instructor may look on without being let in each time.
    pub viewing: ViewingPolicy,
    pub checks: BundleChecks,
    pub files: Vec<LabFile>,
}

#[derive(Serialize, ToSchema)]
pub struct BundleChecks {
    /// How often they run by themselves; `null`: only when the trainee asks.
    pub every_secs: Option<u32>,
    /// What one may take.
    pub limit_secs: u32,
    pub items: Vec<BundleCheck>,
}

#[derive(Serialize, ToSchema)]
pub struct BundleCheck {
    pub name: String,
    pub title: String,
}

fn checks(environment: &Environment) -> BundleChecks {
    let item = |check: &Check| BundleCheck { name: check.name.clone(), title: check.title.clone() };
    BundleChecks {
        every_secs: environment.terms.check_every_minutes.map(|minutes| minutes * 60),
        limit_secs: environment.terms.check_limit_secs,
        items: environment.work.checks.iter().map(item).collect(),
    }
}

#[utoipa::path(get, path = "/api/environments/{environment}/bundle", operation_id = "environmentBundle",
    tag = "machine", params(("environment" = String, Path)), responses(
    (status = 200, body = Bundle),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn handle(state: Arc<State>, request: Request) -> ApiResult {
    let environment = authenticate_machine(&state.store, &request).await?.environment;
    let lives = matches!(environment.phase, Phase::Creating { .. } | Phase::Booting { .. } | Phase::Ready { .. });
    let (true, Some(secrets), Some(expires_at)) = (lives, &environment.secrets, environment.expires_at) else {
        return Err(ApiError::unauthenticated());
    };
    let bundle = state.store.bundle(&environment.class_id, &environment.lab, &environment.lab_version).await?;
    let bundle = bundle.ok_or_else(|| ApiError::internal("the environment's lab version is missing"))?;
    json(&Bundle {
        protocol: MACHINE_PROTOCOL,
        environment_id: environment.id.to_string(),
        lab: LabRef { slug: environment.lab.to_string(), title: environment.lab_title.clone() },
        token: secrets.machine_token.expose().to_owned(),
        access_secret: secrets.access.expose().to_owned(),
        portal_origin: state.portal_origin.clone(),
        address: environment.phase.machine().and_then(|machine| machine.address),
        expires_at,
        tabs: environment.tabs.clone(),
        viewer_secret: secrets.viewer.expose().to_owned(),
        viewing: environment.terms.viewing,
        checks: checks(&environment),
        files: bundle.files,
    })
}
