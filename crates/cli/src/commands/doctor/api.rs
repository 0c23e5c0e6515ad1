//! The API itself, through the portal, and what it says of the reaper.

use jiff::Timestamp;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;

use super::finding::{Checked, problem, warning};
use super::{Scene, below};
use crate::output::span;

const HEALTH: &str = "/api/health";

#[derive(Deserialize)]
struct Health {
    status: String,
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    reaper: Option<Reaper>,
}

#[derive(Deserialize)]
struct Reaper {
    last_run_at: Timestamp,
    late: bool,
}

pub(super) async fn api(scene: &Scene) -> Checked {
    let health = ask(scene, scene.deployment.require("ApiUrl")?).await.map_err(|seen| {
        problem(seen, "read the functions' log group for “health”; if the table does not answer, see the check “table”")
    })?;
    let (told, deployed) = (health.version.as_deref().unwrap_or("unknown"), scene.deployment.value("Version"));
    match deployed {
        Some(deployed) if deployed != told => Err(warning(
            format!("it answers as version {told}, the stack is of version {deployed}"),
            "wait a minute after a deploy; if it stays, deploy again",
        )),
        _ => Ok(format!("{}, version {told}", health.status)),
    }
}

pub(super) async fn reaper(scene: &Scene) -> Checked {
    let fix = "see the checks “schedule” and “provisioning”, then the functions' log group for “reaped”";
    let health = ask(scene, scene.deployment.require("ApiUrl")?)
        .await
        .map_err(|seen| problem(format!("nobody can say: {seen}"), "see the check “api”"))?;
    let Some(reaper) = health.reaper else {
        return Err(problem("it never ran", fix));
    };
    let ago = span(Timestamp::now().as_second() - reaper.last_run_at.as_second());
    match reaper.late {
        true => Err(problem(format!("its last run was {ago} ago: nothing expires, and no leak is found"), fix)),
        false => Ok(format!("last run {ago} ago")),
    }
}

/// The portal's own page, and the API behind its address.
pub(super) async fn portal(scene: &Scene) -> Checked {
    let origin = scene.deployment.portal()?;
    let page = scene.web.get(below(origin, "/")?).send().await.map_err(|error| {
        problem(
            format!("{origin} cannot be reached: {}", cause(&error)),
            "publish the portal, and check its domain's DNS",
        )
    })?;
    let html = page.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !page.status().is_success() || !html {
        return Err(problem(
            format!("{origin} answered {} and no page", page.status()),
            "publish the portal's build (frontend/dist)",
        ));
    }
    let health = ask(scene, origin).await.map_err(|seen| {
        problem(
            format!("{origin} serves pages, but not the API: {seen}"),
            "build the portal with the stack's output ApiUrl (API_URL), and publish it again",
        )
    })?;
    let api = ask(scene, scene.deployment.require("ApiUrl")?).await.ok().and_then(|health| health.version);
    if api.is_some() && api != health.version {
        return Err(problem(
            format!("{origin} leads to another installation's API (version {})", health.version.unwrap_or_default()),
            "build the portal with this stack's output ApiUrl (API_URL), and publish it again",
        ));
    }
    Ok(format!("{origin} serves the portal and the API"))
}

async fn ask(scene: &Scene, base: &str) -> Result<Health, String> {
    let url = below(base, HEALTH).map_err(|failure| failure.to_string())?;
    let answer = scene.web.get(url.clone()).send().await;
    let answer = answer.map_err(|error| format!("{url} cannot be reached: {}", cause(&error)))?;
    let status = answer.status();
    if !status.is_success() {
        return Err(format!("{url} answered {status}"));
    }
    let health: Result<Health, _> = answer.json().await;
    health.map_err(|_| format!("{url} answered {status}, but not as the API does"))
}

pub(super) fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
