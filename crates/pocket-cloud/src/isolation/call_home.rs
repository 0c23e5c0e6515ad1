//! A machine that only calls home: the two calls of `docs/protocol.md`, section 2, without a machine behind them.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::{Client, RequestBuilder, Response};
use serde::Deserialize;
use serde_json::json;

/// The fields of `machine.json` that the calls need.
#[derive(Debug, Deserialize, PartialEq, Eq)]
struct MachineConfig {
    environment_id: String,
    control_plane: String,
    token: String,
    trace_id: String,
}

/// What of the bundle the calls need.
#[derive(Deserialize)]
struct Bundle {
    token: Option<String>,
}

/// Attempts per call, a little apart, for a control plane that is just starting.
const ATTEMPTS: u32 = 5;

/// Fetches the bundle and reports each stage up to `ready`, by the machine's own token, which is kept on its `disk`.
pub(super) async fn call_home(client: &Client, user_data: &str, disk: &Path) -> Result<()> {
    let config = machine_config(user_data).context("the user data writes no machine.json")?;
    let environment = format!("{}/environments/{}", config.control_plane, config.environment_id);

    // W3C trace context; the parent id is fixed since nothing else of this machine is traced.
    let traceparent = format!("00-{}-00000000000000aa-01", config.trace_id);
    let mut token = Some(std::fs::read_to_string(disk)?).filter(|kept| !kept.is_empty()).unwrap_or(config.token);
    let bundle = call(&token, &traceparent, || client.get(format!("{environment}/bundle"))).await?;
    let bundle: Bundle = bundle.json().await.context("reading the bundle")?;
    if let Some(own) = bundle.token {
        std::fs::write(disk, &own)?;
        token = own;
    }
    for stage in ["agent-started", "setting-up", "ready"] {
        let report = json!({ "stage": stage, "agent_version": env!("CARGO_PKG_VERSION") });
        call(&token, &traceparent, || client.post(format!("{environment}/report")).json(&report)).await?;
    }
    Ok(())
}

async fn call(token: &str, traceparent: &str, request: impl Fn() -> RequestBuilder) -> Result<Response> {
    let mut attempt = 1;
    loop {
        let answer = request().bearer_auth(token).header("traceparent", traceparent).send().await;
        match answer {
            Ok(response) if response.status().is_success() => return Ok(response),
            Ok(response) if response.status().is_client_error() || attempt == ATTEMPTS => {
                anyhow::bail!("{} answered {}", response.url().path(), response.status());
            }
            Err(error) if attempt == ATTEMPTS => return Err(error).context("calling home"),
            Ok(_) | Err(_) => tokio::time::sleep(Duration::from_millis(200) * attempt).await,
        }
        attempt += 1;
    }
}

/// Finds the here-document of the script that is a `machine.json`.
fn machine_config(user_data: &str) -> Option<MachineConfig> {
    let mut lines = user_data.lines();
    while let Some(line) = lines.next() {
        let Some((_, delimiter)) = line.split_once("<<") else {
            continue;
        };
        let delimiter = delimiter.trim_start_matches('-').split_whitespace().next().unwrap_or_default();
        let delimiter = delimiter.trim_matches(['\'', '"', '\\']);
        if delimiter.is_empty() {
            continue;
        }
        let body: Vec<&str> = lines.by_ref().take_while(|line| line.trim_start() != delimiter).collect();
        if let Ok(config) = serde_json::from_str(&body.join("\n")) {
            return Some(config);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_machine_json_among_other_here_documents() {
        let script = "#!/bin/sh\ncat > /etc/systemd/system/lab-agent.service <<'UNIT'\n[Unit]\nUNIT\n\
            cat > /opt/lab-agent/machine.json <<'JSON'\n{\"protocol\":1,\"environment_id\":\"env_1\",\
            \"control_plane\":\"http://127.0.0.1:8080/api\",\n\"token\":\"t\",\"trace_id\":\"ab\",\"port\":7080}\nJSON\ntrue\n";
        let config = machine_config(script).expect("the document is there");
        assert_eq!(config.environment_id, "env_1");
        assert_eq!(config.control_plane, "http://127.0.0.1:8080/api");
    }

    #[test]
    fn a_script_without_it_yields_nothing() {
        assert_eq!(machine_config("#!/bin/sh\ncat <<EOF\n{}\nEOF\n"), None);
        assert_eq!(machine_config("#!/bin/sh\necho $((1 << 2))\n"), None);
    }
}
