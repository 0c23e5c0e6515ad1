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
        login::login,
        login::redeem,
        join::handle,
        logout::handle,
        me::handle,
        list_labs::handle,
        start_lab::handle,
        list_environments::handle,
        environment::handle,
        environment_guide::handle,
        stop_lab::handle,
        extend_lab::handle,
        assistance::hand,
        assistance::viewing,
        environment_bundle::handle,
        environment_report::handle,
        environment_checks::handle,
        list_providers::handle,
        instructors::list,
        instructors::create,
        instructors::edit,
        classes::list,
        classes::create,
        classes::read,
        classes::edit,
        classes::archive,
        classes::copy,
        classes::delete,
        classes::deletion,
        class_labs::list,
        class_labs::read,
        class_labs::push,
        class_labs::validate,
        class_labs::edit,
        class_labs::make_current,
        class_labs::remove,
        class_people::list,
        class_people::add,
        class_people::edit,
        class_people::reset,
        class_people::remove,
        class_people::import,
        join_links::list,
        join_links::create,
        join_links::revoke,
        room::handle,
        room_actions::act,
        room_actions::messages,
        class_environments::list,
        class_environments::detail,
        class_environments::view,
        class_events::handle,
        class_usage::usage,
        class_usage::receipts,
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
