//! DigitalOcean API v2 (<https://docs.digitalocean.com/reference/api/digitalocean/>).

use serde::Deserialize;
use serde_json::{Value, json};

use super::wire::{MAX_PAGES, Wire, may};
use super::{CloudError, Leftover, Machine, MachineLimit};

/// The largest page there is.
const PER_PAGE: u32 = 200;

#[derive(Deserialize)]
struct Droplet {
    id: u64,
    name: String,
    #[serde(default)]
    tags: Vec<String>,
}

pub(super) async fn machines(wire: &Wire, tag: &str) -> Result<Vec<Machine>, CloudError> {
    let mut machines = Vec::new();
    for item in list(wire, "droplets", &format!("tag_name={}&", tag.replace(':', "%3A"))).await? {
        let Droplet { id, name, tags } = Droplet::deserialize(&item).map_err(|error| wire.senseless(error))?;
        // What is listed here is deleted: the tag is looked at once more.
        if tags.iter().any(|one| one == tag) {
            machines.push(Machine { id, label: name });
        }
    }
    Ok(machines)
}

/// A tag counts what carries it, by kind; firewalls are not among it and are looked through by themselves.
pub(super) async fn leftovers(wire: &Wire, tag: &str) -> Result<Vec<Leftover>, CloudError> {
    let mut found = Vec::new();
    match wire.get::<Value>(&format!("/v2/tags/{}", tag.replace(':', "%3A")), None).await {
        Ok(answer) => {
            let kinds = answer["tag"]["resources"].as_object().cloned().unwrap_or_default();
            for (kind, resources) in kinds {
                let count = resources["count"].as_u64().unwrap_or(0);
                if kind != "droplets" && count > 0 {
                    found.push(Leftover { kind, name: format!("{count} of them") });
                }
            }
        }
        Err(CloudError { status: Some(404), .. }) => {}
        Err(error) => return Err(error),
    }
    for firewall in list(wire, "firewalls", "").await? {
        let carries = firewall["tags"].as_array().is_some_and(|tags| tags.iter().any(|one| one == tag));
        if carries {
            let name = firewall["name"].as_str().unwrap_or_default().to_owned();
            found.push(Leftover { kind: "firewall".to_owned(), name });
        }
    }
    Ok(found)
}

/// DigitalOcean tells nobody a token's scopes. So it is asked for what it would refuse anyway: a create that names
/// nothing, and the deletion of a droplet whose number no droplet has. Who lacks the scope is refused with 403 before that.
pub(super) async fn missing_rights(wire: &Wire) -> Result<Vec<String>, CloudError> {
    let mut missing = Vec::new();
    // A token that is none is refused here, with 401.
    match wire.get::<Value>("/v2/droplets?per_page=1", None).await {
        Ok(_) => {}
        Err(error) if error.status == Some(403) => missing.push("the scope droplet:read".to_owned()),
        Err(error) => return Err(error),
    }
    if !may(wire.post("/v2/droplets", &json!({})).await)? {
        missing.push("the scope droplet:create".to_owned());
    }
    if !may(wire.delete("/v2/droplets/0").await)? {
        missing.push("the scope droplet:delete".to_owned());
    }
    Ok(missing)
}

pub(super) async fn machine_limit(wire: &Wire) -> Result<MachineLimit, CloudError> {
    let answer: Value = wire.get("/v2/account", None).await?;
    Ok(answer["account"]["droplet_limit"].as_u64().map_or(MachineLimit::NotTold, MachineLimit::Machines))
}

/// `query` is empty or ends with `&`. A `next` link is only ever read as "there is more", never followed.
async fn list(wire: &Wire, what: &str, query: &str) -> Result<Vec<Value>, CloudError> {
    let mut all = Vec::new();
    let mut page = 1;
    loop {
        let answer: Value = wire.get(&format!("/v2/{what}?{query}page={page}&per_page={PER_PAGE}"), None).await?;
        let items = answer[what].as_array().ok_or_else(|| wire.senseless(format!("there are no {what} in it")))?;
        all.extend(items.iter().cloned());
        if !answer["links"]["pages"]["next"].is_string() {
            return Ok(all);
        }
        if page == MAX_PAGES {
            return Err(wire.senseless("there are more pages than are read"));
        }
        page += 1;
    }
}
