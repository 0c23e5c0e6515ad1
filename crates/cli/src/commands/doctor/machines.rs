//! What a new machine needs from the outside: the lab agent, and a certificate.

use futures::future::join_all;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Scene;
use super::api::cause;
use super::finding::{Checked, problem, warning};

/// The lab agent is a few megabytes.
const LARGEST_AGENT: usize = 200 << 20;
/// The only profile that issues for IP addresses (<https://letsencrypt.org/docs/profiles/>).
const PROFILE: &str = "shortlived";

pub(super) async fn agent(scene: &Scene) -> Checked {
    let (url, wanted) = (scene.deployment.require("AgentUrl")?, scene.deployment.require("AgentSha256")?);
    let fix = "upload target/package/lab-agent-x86_64 there again, or deploy with its address and SHA-256";
    let unreachable = |error: reqwest::Error| problem(format!("{url} cannot be read: {}", cause(&error)), fix);
    let mut answer = scene.web.get(url).timeout(super::DOWNLOAD_LIMIT).send().await.map_err(unreachable)?;
    if !answer.status().is_success() {
        return Err(problem(format!("{url} answered {}", answer.status()), fix));
    }
    let (mut hash, mut length) = (Sha256::new(), 0);
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        length += chunk.len();
        if length > LARGEST_AGENT {
            return Err(problem(format!("{url} is longer than any lab agent"), fix));
        }
        hash.update(&chunk);
    }
    let found: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    if found != wanted {
        return Err(problem(format!("the file at {url} has the SHA-256 {found}: no machine will run it"), fix));
    }
    Ok(format!("{:.1} MB with the right SHA-256", length as f64 / 1e6))
}

pub(super) async fn certificates(scene: &Scene) -> Checked {
    let deployment = &scene.deployment;
    let machines = deployment.value("MachineUrl").unwrap_or("https://");
    if machines.starts_with("http://") {
        return Err(warning(
            format!("machines speak plain HTTP ({machines})"),
            "for people outside this network, deploy with an https MachineUrl",
        ));
    }
    let listed = deployment.value("AcmeDirectories").unwrap_or_default();
    let directories: Vec<&str> = listed.split([',', ' ']).filter(|url| !url.is_empty()).collect();
    if directories.is_empty() {
        return Err(problem(
            "machines speak HTTPS, but nobody issues their certificates",
            "deploy with AcmeDirectories=https://acme-v02.api.letsencrypt.org/directory",
        ));
    }
    let asked = join_all(directories.iter().map(|url| issues_for_addresses(scene, url))).await;
    let wrong: Vec<String> = asked.into_iter().filter_map(Result::err).collect();
    match wrong.len() {
        0 => Ok(format!("{} will issue for IP addresses", directories.join(", "))),
        // The agent goes to the next one.
        some if some < directories.len() => {
            Err(warning(wrong.join("; "), "wait, or take it out of AcmeDirectories; the others serve meanwhile"))
        }
        _ => Err(problem(
            wrong.join("; "),
            "see letsencrypt.status.io, or deploy with AcmeDirectories that offer the profile “shortlived”",
        )),
    }
}

/// A directory as RFC 8555, section 7.1.1, with the profiles that it offers.
async fn issues_for_addresses(scene: &Scene, url: &str) -> Result<(), String> {
    let answer =
        scene.web.get(url).send().await.map_err(|error| format!("{url} cannot be reached: {}", cause(&error)))?;
    let status = answer.status();
    let directory: Value = answer.json().await.map_err(|_| format!("{url} answered {status} and no directory"))?;
    if !directory["newOrder"].is_string() {
        return Err(format!("{url} answered {status} and no directory"));
    }
    match directory["meta"]["profiles"].get(PROFILE) {
        Some(_) => Ok(()),
        None => Err(format!("{url} does not offer the profile “{PROFILE}”")),
    }
}
