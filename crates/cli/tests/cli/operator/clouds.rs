//! Linode and DigitalOcean with some machines, as their API descriptions word answers. Machines go when they are deleted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use wiremock::matchers::{method, path, path_regex};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

pub(crate) const TAG: &str = "brihaspati:demo";
/// Fewer to a page than anybody asks for: lists are read to their last page.
const PAGE: usize = 25;

#[derive(Default)]
pub(crate) struct Machines {
    /// By number; the tags each carries.
    pub(crate) existing: BTreeMap<u64, Vec<String>>,
    /// Appear when the list is empty for the first time, as what was under way does.
    pub(crate) coming_back: Vec<u64>,
    /// Answered 429 first.
    pub(crate) busy: BTreeSet<u64>,
    /// Never go.
    pub(crate) stuck: BTreeSet<u64>,
}

#[derive(Clone, Default)]
pub(crate) struct Inventory(pub(crate) Arc<Mutex<Machines>>);

impl Inventory {
    pub(crate) fn with(count: u64) -> Self {
        let this = Self::default();
        this.0.lock().unwrap().existing = (1..=count).map(|id| (id, vec![TAG.to_owned()])).collect();
        this
    }

    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap().existing.len()
    }

    fn listed(&self) -> Vec<(u64, Vec<String>)> {
        let mut machines = self.0.lock().unwrap();
        if machines.existing.is_empty() {
            let back = std::mem::take(&mut machines.coming_back);
            machines.existing.extend(back.into_iter().map(|id| (id, vec![TAG.to_owned()])));
            return Vec::new();
        }
        machines.existing.iter().map(|(id, tags)| (*id, tags.clone())).collect()
    }

    fn delete(&self, id: u64, gone: u16, refusal: &Value) -> ResponseTemplate {
        let mut machines = self.0.lock().unwrap();
        if machines.busy.remove(&id) {
            return ResponseTemplate::new(429).insert_header("retry-after", "1").set_body_json(refusal);
        }
        if machines.stuck.contains(&id) {
            return ResponseTemplate::new(400).set_body_json(refusal);
        }
        match machines.existing.remove(&id) {
            Some(_) => ResponseTemplate::new(gone),
            None => ResponseTemplate::new(404).set_body_json(refusal),
        }
    }
}

fn number(request: &Request) -> u64 {
    request.url.path().rsplit('/').next().unwrap().parse().unwrap()
}

fn page_asked(request: &Request) -> usize {
    let page = request.url.query_pairs().find(|(name, _)| name == "page").map(|(_, value)| value.into_owned());
    page.map_or(1, |page| page.parse().unwrap())
}

fn linode_page(data: &[Value], page: usize) -> Value {
    let (pages, results) = (data.len().div_ceil(PAGE).max(1), data.len());
    let data: Vec<&Value> = data.iter().skip((page - 1) * PAGE).take(PAGE).collect();
    json!({ "data": data, "page": page, "pages": pages, "results": results })
}

pub(crate) async fn linode(inventory: &Inventory, scopes: &str) -> MockServer {
    let server = MockServer::start().await;
    let profile = json!({ "username": "ops", "email": "ops@example.org", "restricted": false });
    let profile = ResponseTemplate::new(200).insert_header("x-oauth-scopes", scopes).set_body_json(profile);
    answer(&server, "GET", "/v4/profile", profile).await;
    answer(&server, "GET", "/v4/networking/firewalls", ResponseTemplate::new(200).set_body_json(linode_page(&[], 1)))
        .await;
    let nothing = json!({ "errors": [{ "reason": "Not found" }] });
    answer(&server, "GET", "/v4/tags/brihaspati%3Ademo", ResponseTemplate::new(404).set_body_json(&nothing)).await;

    let listed = inventory.clone();
    let list = move |request: &Request| {
        assert_eq!(request.headers["x-filter"], json!({ "tags": TAG }).to_string().as_str());
        let instance = |(id, tags): &(u64, Vec<String>)| json!({ "id": id, "label": format!("env-{id}-1"), "tags": tags, "region": "eu-central", "status": "running" });
        let data: Vec<Value> = listed.listed().iter().map(instance).collect();
        ResponseTemplate::new(200).set_body_json(linode_page(&data, page_asked(request)))
    };
    Mock::given(method("GET")).and(path("/v4/linode/instances")).respond_with(list).mount(&server).await;
    let deleted = inventory.clone();
    let refusal = json!({ "errors": [{ "reason": "Linode busy." }] });
    let delete = move |request: &Request| deleted.delete(number(request), 200, &refusal);
    Mock::given(method("DELETE"))
        .and(path_regex("^/v4/linode/instances/[0-9]+$"))
        .respond_with(delete)
        .mount(&server)
        .await;
    server
}

/// `create`: what a create is answered that names nothing.
pub(crate) async fn digitalocean(inventory: &Inventory, create: u16, limit: u64) -> MockServer {
    let server = MockServer::start().await;
    let account = json!({ "account": { "droplet_limit": limit, "floating_ip_limit": 5, "email": "ops@example.org",
        "uuid": "b6fr89dbf6d9156cace5f3c78dc9851d957381ef", "email_verified": true, "status": "active",
        "status_message": "" } });
    answer(&server, "GET", "/v2/account", ResponseTemplate::new(200).set_body_json(account)).await;
    let refusal = json!({ "id": "unprocessable_entity", "message": "Name can't be blank" });
    answer(&server, "POST", "/v2/droplets", ResponseTemplate::new(create).set_body_json(refusal)).await;
    let tag = json!({ "tag": { "name": TAG, "resources": { "count": 0, "droplets": { "count": 0 },
        "volumes": { "count": 0 } } } });
    answer(&server, "GET", "/v2/tags/brihaspati%3Ademo", ResponseTemplate::new(200).set_body_json(tag)).await;
    let firewalls = json!({ "firewalls": [], "links": {}, "meta": { "total": 0 } });
    answer(&server, "GET", "/v2/firewalls", ResponseTemplate::new(200).set_body_json(firewalls)).await;

    let listed = inventory.clone();
    let list = move |request: &Request| {
        let droplets = listed.listed();
        let page = page_asked(request);
        let droplet =
            |(id, tags): &(u64, Vec<String>)| json!({ "id": id, "name": format!("env-{id}-1"), "tags": tags });
        let shown: Vec<Value> = droplets.iter().skip((page - 1) * PAGE).take(PAGE).map(droplet).collect();
        let links = match page * PAGE < droplets.len() {
            true => json!({ "pages": { "next": "https://api.digitalocean.com/v2/droplets?page=2" } }),
            false => json!({}),
        };
        ResponseTemplate::new(200)
            .set_body_json(json!({ "droplets": shown, "links": links, "meta": { "total": droplets.len() } }))
    };
    Mock::given(method("GET")).and(path("/v2/droplets")).respond_with(list).mount(&server).await;
    let deleted = inventory.clone();
    let refusal = json!({ "id": "too_many_requests", "message": "API rate limit exceeded." });
    let delete = move |request: &Request| deleted.delete(number(request), 204, &refusal);
    Mock::given(method("DELETE")).and(path_regex("^/v2/droplets/[0-9]+$")).respond_with(delete).mount(&server).await;
    server
}

pub(crate) async fn answer(server: &MockServer, verb: &str, at: &str, answer: ResponseTemplate) {
    Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(server).await;
}
