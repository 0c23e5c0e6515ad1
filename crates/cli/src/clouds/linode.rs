//! Linode API v4 (<https://techdocs.akamai.com/linode-api/reference>).

use serde::Deserialize;
use serde_json::{Value, json};

use super::wire::{MAX_PAGES, Wire, may};
use super::{CloudError, Leftover, Machine};

/// The largest page there is.
const PAGE_SIZE: u32 = 500;

#[derive(Deserialize)]
struct Page {
    data: Vec<Value>,
    pages: u32,
}

#[derive(Deserialize)]
struct Tagged {
    id: Value,
    label: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
}

pub(super) async fn machines(wire: &Wire, tag: &str) -> Result<Vec<Machine>, CloudError> {
    let all = list(wire, "/v4/linode/instances", Some(&json!({ "tags": tag }))).await?;
    let mut machines = Vec::new();
    for item in all {
        let Tagged { id, label, tags } = Tagged::deserialize(&item).map_err(|error| wire.senseless(error))?;
        // What is listed here is deleted: the tag is looked at once more.
        if tags.iter().any(|one| one == tag) {
            let id = id.as_u64().ok_or_else(|| wire.senseless("a machine without a number"))?;
            machines.push(Machine { id, label: label.unwrap_or_default() });
        }
    }
    Ok(machines)
}

/// `/v4/tags/{tag}` lists objects of every kind, machines among them; firewalls are looked through by themselves.
pub(super) async fn leftovers(wire: &Wire, tag: &str) -> Result<Vec<Leftover>, CloudError> {
    let mut found = Vec::new();
    match list(wire, &format!("/v4/tags/{}", tag.replace(':', "%3A")), None).await {
        Ok(objects) => {
            let others = objects.iter().filter(|object| object["type"] != "linode" && object["type"] != "firewall");
            found.extend(others.map(|object| leftover(object["type"].as_str(), &object["data"])));
        }
        // A tag that nothing carries does not exist.
        Err(CloudError { status: Some(404), .. }) => {}
        Err(error) => return Err(error),
    }
    let firewalls = list(wire, "/v4/networking/firewalls", None).await?;
    let carries = |item: &&Value| item["tags"].as_array().is_some_and(|tags| tags.iter().any(|one| one == tag));
    found.extend(firewalls.iter().filter(carries).map(|firewall| leftover(Some("firewall"), firewall)));
    Ok(found)
}

fn leftover(kind: Option<&str>, data: &Value) -> Leftover {
    let name = data["label"].as_str().map_or_else(|| data["id"].to_string(), str::to_owned);
    Leftover { kind: kind.unwrap_or("object").to_owned(), name }
}

/// Every token may read its own profile; the answer's `X-OAuth-Scopes` header names the token's scopes
/// (<https://techdocs.akamai.com/linode-api/reference/response-headers>). A restricted user needs a grant besides.
pub(super) async fn missing_rights(wire: &Wire) -> Result<Vec<String>, CloudError> {
    #[derive(Deserialize)]
    struct Profile {
        #[serde(default)]
        restricted: bool,
    }
    let mut missing = Vec::new();
    let answer = wire.head("/v4/profile").await?;
    let profile: Profile = wire.decode(&answer)?;
    match answer.headers.get("x-oauth-scopes").and_then(|scopes| scopes.to_str().ok()) {
        Some(scopes) => {
            let mut scopes = scopes.split([' ', ',']);
            if !scopes.any(|scope| scope == "*" || scope == "linodes:read_write") {
                missing.push("the scope linodes:read_write".to_owned());
            }
        }
        None if !may(wire.post("/v4/linode/instances", &json!({})).await)? => {
            missing.push("the scope linodes:read_write".to_owned());
        }
        None => {}
    }
    if profile.restricted {
        let grants: Value = wire.get("/v4/profile/grants", None).await?;
        if grants["global"]["add_linodes"] != true {
            missing.push("the grant to add Linodes, which its restricted user lacks".to_owned());
        }
    }
    Ok(missing)
}

async fn list(wire: &Wire, path: &str, filter: Option<&Value>) -> Result<Vec<Value>, CloudError> {
    let mut all = Vec::new();
    let mut page = 1;
    loop {
        let answer: Page = wire.get(&format!("{path}?page={page}&page_size={PAGE_SIZE}"), filter).await?;
        all.extend(answer.data);
        if page >= answer.pages {
            return Ok(all);
        }
        if page == MAX_PAGES {
            return Err(wire.senseless("there are more pages than are read"));
        }
        page += 1;
    }
}
