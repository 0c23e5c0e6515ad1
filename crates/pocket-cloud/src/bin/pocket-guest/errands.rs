//! The guest called by another name: `systemctl`, `shutdown`, `poweroff`, `halt`, `reboot`.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::control::{Request, ask};

pub(crate) async fn run(name: &str, words: &[String]) -> Result<ExitCode> {
    let requests = match name {
        "systemctl" => systemctl(words)?,
        "shutdown" => vec![shutdown(words)?],
        "poweroff" | "halt" => vec![Request::PowerOff { after_minutes: 0 }],
        _ => bail!("{name} is not there on this machine"),
    };
    let mut code = ExitCode::SUCCESS;
    for request in &requests {
        let answer = ask(request).await.context("the machine's init does not answer")?;
        if !answer.text.is_empty() {
            println!("{}", answer.text);
        }
        if !answer.ok {
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

fn systemctl(words: &[String]) -> Result<Vec<Request>> {
    let now = words.iter().any(|word| word == "--now");
    let mut plain = words.iter().filter(|word| !word.starts_with('-'));
    let verb = plain.next().map(String::as_str).unwrap_or_default();
    let units: Vec<String> = plain.map(|unit| full_name(unit)).collect();
    let each = |request: fn(String) -> Request| units.iter().cloned().map(request).collect();
    Ok(match verb {
        "start" => each(Request::Start),
        "stop" => each(Request::Stop),
        "restart" => {
            units.iter().cloned().flat_map(|unit| [Request::Stop(unit.clone()), Request::Start(unit)]).collect()
        }
        "enable" if now => each(Request::Start),
        "disable" if now => each(Request::Stop),
        // The disk is gone at the next boot, and the user data runs again: nothing to remember.
        "enable" | "disable" | "daemon-reload" => Vec::new(),
        "is-active" | "status" => each(Request::IsActive),
        "poweroff" | "halt" => vec![Request::PowerOff { after_minutes: 0 }],
        other => bail!("systemctl {other} is not there on this machine"),
    })
}

fn full_name(unit: &str) -> String {
    if unit.contains('.') { unit.to_owned() } else { format!("{unit}.service") }
}

/// `shutdown -h +MIN`, `shutdown now`, `shutdown -c` (shutdown(8)); without a time it is one minute.
fn shutdown(words: &[String]) -> Result<Request> {
    if words.iter().any(|word| word == "-c") {
        return Ok(Request::CancelPowerOff);
    }
    if words.iter().any(|word| word == "-r" || word == "--reboot") {
        bail!("a reboot from inside is not there on this machine");
    }
    let time = words.iter().find(|word| !word.starts_with('-')).map_or("+1", String::as_str);
    let after_minutes = match time {
        "now" => 0,
        _ => time
            .strip_prefix('+')
            .and_then(|minutes| minutes.parse().ok())
            .with_context(|| format!("{time} is not a time in minutes like +60"))?,
    };
    Ok(Request::PowerOff { after_minutes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_user_data_s_commands_become_requests() {
        let enable = systemctl(&words("enable --now lab-agent.service")).expect("known");
        assert!(matches!(&enable[..], [Request::Start(unit)] if unit == "lab-agent.service"));
        let shutdown = shutdown(&words("-h +90")).expect("known");
        assert!(matches!(shutdown, Request::PowerOff { after_minutes: 90 }));
    }

    #[test]
    fn what_is_not_there_is_said() {
        assert!(systemctl(&words("isolate rescue.target")).is_err());
        assert!(shutdown(&words("-h 23:00")).is_err());
    }
}
