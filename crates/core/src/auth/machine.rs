//! Lab machines: each knows one token, good for its own environment's two calls.

use lambda_http::Request;

use super::bearer::bearer_token;
use crate::domain::environment::Environment;
use crate::domain::ids::EnvironmentId;
use crate::domain::secret::Secret;
use crate::http::{ApiError, path_parameter};
use crate::store::Store;

/// The environment whose current machine is calling.
///
/// # Errors
/// 401, whether the environment is unknown, ended, or another's: a machine learns nothing from it.
pub async fn authenticate_machine(store: &Store, request: &Request) -> Result<Environment, ApiError> {
    let token = bearer_token(request).map(Secret::from).ok_or_else(ApiError::unauthenticated)?;
    let id: EnvironmentId = path_parameter(request, "environment").map_err(|_| ApiError::unauthenticated())?;
    let environment = store.environment(&id).await?;
    environment
        .filter(|environment| environment.secrets.as_ref().is_some_and(|secrets| secrets.machine_token == token))
        .ok_or_else(ApiError::unauthenticated)
}
