//! What either provider answers, in its own form.

use brihaspati_core::domain::placement::ProviderKind;
use serde_json::{Value, json};

use crate::digitalocean::droplet;
use crate::linode::instance;
use crate::scripted::{Answer, json as answer};

/// A machine as the tests' `spec` asks for it.
pub(crate) fn machine(provider: ProviderKind) -> Value {
    labelled(provider, 7, "lab-01jd9-1")
}

pub(crate) fn labelled(provider: ProviderKind, id: u64, label: &str) -> Value {
    match provider {
        ProviderKind::Linode => instance(id, label),
        ProviderKind::DigitalOcean => droplet(id, label),
    }
}

/// The name of a machine's label.
pub(crate) fn label_field(provider: ProviderKind) -> &'static str {
    match provider {
        ProviderKind::Linode => "label",
        ProviderKind::DigitalOcean => "name",
    }
}

/// The answer to a create or a get.
pub(crate) fn one(provider: ProviderKind, machine: &Value) -> Answer {
    match provider {
        ProviderKind::Linode => answer(200, machine),
        ProviderKind::DigitalOcean => answer(200, &json!({ "droplet": machine })),
    }
}

/// The answer to a list, page `page` of `pages`.
pub(crate) fn page(provider: ProviderKind, page: u32, pages: u32, machines: &[Value]) -> Answer {
    match provider {
        ProviderKind::Linode => {
            answer(200, &json!({ "data": machines, "page": page, "pages": pages, "results": 1000 }))
        }
        ProviderKind::DigitalOcean => {
            let links = if page < pages { json!({ "next": "https://next.invalid/" }) } else { json!({}) };
            answer(200, &json!({ "droplets": machines, "links": { "pages": links }, "meta": { "total": 1000 } }))
        }
    }
}

/// A refusal that either client reads as its provider's.
pub(crate) fn refusal(reason: &str) -> Value {
    json!({ "errors": [{ "reason": reason }], "id": "refused", "message": reason })
}
