//! Lab machines: the token that each presents is good for its own environment's three calls. Each says which version of
//! `docs/protocol.md` it speaks, since machines outlive deployments: those of the version before must be understood.

use http::StatusCode;
use lambda_http::Request;

use super::bearer::bearer_token;
use crate::domain::environment::{Environment, PresentedToken, Speaker};
use crate::domain::ids::EnvironmentId;
use crate::domain::secret::Secret;
use crate::http::{ApiError, path_parameter};
use crate::store::Store;

/// The newest version of the machine's protocol that is understood here; every older one is, too.
pub const MACHINE_PROTOCOL: u32 = 1;

const PROTOCOL_HEADER: &str = "brihaspati-protocol";

/// Who is calling: the machine of an environment's current attempt.
pub struct CallingMachine {
    pub environment: Environment,
    pub presented: PresentedToken,
}

impl CallingMachine {
    pub fn speaker(&self) -> Speaker {
        Speaker { attempt: self.environment.attempts, presented: self.presented }
    }
}

/// The machine that is calling.
///
/// # Errors
/// 401, whether the environment is unknown, ended, or another's: a machine learns nothing from it. 400 where it speaks a
/// newer version of the protocol than this one.
pub async fn authenticate_machine(store: &Store, request: &Request) -> Result<CallingMachine, ApiError> {
    let token = bearer_token(request).map(Secret::from).ok_or_else(ApiError::unauthenticated)?;
    let id: EnvironmentId = path_parameter(request, "environment").map_err(|_| ApiError::unauthenticated())?;
    let environment = store.environment(&id).await?;
    let machine = environment.and_then(|environment| {
        let presented = environment.secrets.as_ref()?.recognise(&token)?;
        Some(CallingMachine { environment, presented })
    });
    let machine = machine.ok_or_else(ApiError::unauthenticated)?;
    if speaks_a_known_protocol(request) { Ok(machine) } else { Err(unknown_protocol()) }
}

/// The first agents did not say: they speak version 1.
fn speaks_a_known_protocol(request: &Request) -> bool {
    request.headers().get(PROTOCOL_HEADER).is_none_or(|version| {
        let version: Option<u32> = version.to_str().ok().and_then(|text| text.parse().ok());
        version.is_some_and(|version| (1..=MACHINE_PROTOCOL).contains(&version))
    })
}

fn unknown_protocol() -> ApiError {
    let detail = format!("versions 1 to {MACHINE_PROTOCOL} of the machine's protocol are understood here");
    ApiError::new(StatusCode::BAD_REQUEST, "protocol_not_supported", detail)
}
