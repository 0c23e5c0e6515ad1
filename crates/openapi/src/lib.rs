//! The API's description, put together from the annotations of the functions that serve it.

use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Brihaspati",
        description = "Classes, labs and environments. Errors are RFC 9457 problem documents; decide by their `code`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        health::handle,
        login::handle,
        logout::handle,
        me::handle,
        list_labs::handle,
        start_lab::handle,
        list_environments::handle,
        environment::handle,
        environment_guide::handle,
        stop_lab::handle,
        environment_bundle::handle,
        environment_report::handle,
        create_class::handle,
        put_lab::handle,
        create_member::handle,
    ),
    modifiers(&Security)
)]
struct Api;

struct Security;

impl Modify for Security {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let components = api.components.get_or_insert_default();
        let cookie = ApiKeyValue::with_description(
            "__Host-brihaspati",
            "a member's session; writes also need the header X-Brihaspati-Portal",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("a member's session, the operator's token, or a machine's token"))
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// The document as it stands in `docs/openapi.json`.
///
/// # Errors
/// Only if the description itself cannot be written as JSON.
pub fn document() -> Result<String, serde_json::Error> {
    Ok(Api::openapi().to_pretty_json()? + "\n")
}
