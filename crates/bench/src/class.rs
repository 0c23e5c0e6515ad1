//! The class: its lab, and people who are signed in.

use std::sync::Arc;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures::{StreamExt, TryStreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::Api;
use crate::minimum::Providers;

const CODE: &str = "CLASS-OF-HUNDREDS";
const PASSWORD: &str = "correct horse battery";
/// Passwords are hashed to be slow: more at once would only wait for each other.
const HASHED_AT_ONCE: usize = 4;

pub(crate) struct Class {
    id: String,
    operator: Api,
}

/// Somebody signed in.
#[derive(Clone)]
pub(crate) struct Trainee {
    pub(crate) api: Api,
}

impl Class {
    pub(crate) async fn create(api: &Api, operator_token: &str) -> Result<Self> {
        let operator = api.with_token(operator_token);
        let body = json!({ "code": CODE, "title": "A class of hundreds", "seats": 1000 });
        let class = operator.call(Method::POST, "/api/admin/classes", Some(&body)).await?;
        let id = class["id"].as_str().context("the class has no id")?.to_owned();
        Ok(Self { id, operator })
    }

    /// Adds members and signs them in.
    pub(crate) async fn trainees(&self, api: &Api, count: u32) -> Result<Vec<Trainee>> {
        let members = format!("/api/admin/classes/{}/members", self.id);
        let (members, operator) = (Arc::new(members), &self.operator);
        let joining = (1..=count).map(|number| {
            let members = members.clone();
            async move {
                let name = format!("trainee-{number}");
                let member = json!({ "name": name, "display_name": name, "password": PASSWORD });
                operator.call(Method::POST, &members, Some(&member)).await?;
                let login = json!({ "class_code": CODE, "name": name, "password": PASSWORD, "session": "bearer" });
                let session = api.call(Method::POST, "/api/login", Some(&login)).await?;
                let token = session["token"].as_str().context("a session without a token")?;
                anyhow::Ok(Trainee { api: api.with_token(token) })
            }
        });
        stream::iter(joining).buffer_unordered(HASHED_AT_ONCE).try_collect().await
    }

    pub(crate) async fn put_lab(&self, slug: &str, providers: Providers) -> Result<()> {
        let path = format!("/api/admin/classes/{}/labs/{slug}", self.id);
        self.operator.call(Method::PUT, &path, Some(&json!({ "files": lab_files(providers) }))).await?;
        Ok(())
    }
}

/// A lab that nobody's machine has to set up.
fn lab_files(providers: Providers) -> Value {
    let linode = "  - { provider: linode, region: eu-central, size: g6-nanode-1, image: linode/debian12 }\n";
    let digitalocean = "  - { provider: digitalocean, region: fra1, size: s-1vcpu-1gb, image: debian-12-x64 }\n";
    let placements = match providers {
        Providers::Linode => linode.to_owned(),
        Providers::Both => format!("{linode}{digitalocean}"),
    };
    let manifest = format!("title: A lab\nsummary: For measuring\nminutes: 60\nplacements:\n{placements}");
    let file = |path: &str, text: &str, executable: bool| json!({ "path": path, "executable": executable, "content": BASE64_STANDARD.encode(text) });
    json!([
        file("lab.yaml", &manifest, false),
        file("guide.md", "# The guide\n", false),
        file("setup.sh", "#!/bin/sh\n", true),
    ])
}
