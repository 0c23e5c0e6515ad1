//! The API's description, put together from the annotations of the functions that serve it.

use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
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
        list_class_environments::handle,
        list_providers::handle,
        create_class::handle,
        put_lab::handle,
        create_member::handle,
    ),
    modifiers(&Security, &Timestamps)
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

/// utoipa knows `jiff::Timestamp` as a plain string under the name `String`; clients want to know that it is a time.
struct Timestamps;

impl Modify for Timestamps {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let schemas = &mut api.components.get_or_insert_default().schemas;
        if schemas.remove("String").is_some() {
            let timestamp = ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
                .description(Some("RFC 3339, in UTC"));
            schemas.insert("Timestamp".to_owned(), timestamp.into());
        }
    }
}

/// The document as it stands in `docs/openapi.json`.
///
/// # Errors
/// Only if the description itself cannot be written as JSON.
pub fn document() -> Result<String, serde_json::Error> {
    let text = Api::openapi().to_pretty_json()?;
    Ok(text.replace("#/components/schemas/String\"", "#/components/schemas/Timestamp\"") + "\n")
}
