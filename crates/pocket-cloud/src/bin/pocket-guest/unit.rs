//! The part of systemd's unit files that user data needs (systemd.service(5)).

use std::time::Duration;

use anyhow::{Context, Result};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) command: Vec<String>,
    pub(crate) restart: Restart,
    pub(crate) restart_delay: Duration,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) working_directory: Option<String>,
    /// `StartLimitIntervalSec=0` turns the limit on starts off.
    pub(crate) start_limit: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Restart {
    No,
    OnFailure,
    Always,
}

impl Unit {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut unit = Self {
            command: Vec::new(),
            restart: Restart::No,
            restart_delay: Duration::from_millis(100),
            environment: Vec::new(),
            working_directory: None,
            start_limit: true,
        };
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';', '['])) {
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let value = value.trim();
            match key.trim() {
                "ExecStart" => {
                    let words = shlex::split(value.trim_start_matches(['-', '@', ':', '+', '!']));
                    unit.command = words.context("ExecStart= has an open quote")?;
                }
                "Restart" => {
                    unit.restart = match value {
                        "always" => Restart::Always,
                        "no" | "" => Restart::No,
                        _ => Restart::OnFailure,
                    }
                }
                "RestartSec" => unit.restart_delay = duration(value)?,
                "WorkingDirectory" => unit.working_directory = Some(value.to_owned()),
                "StartLimitIntervalSec" => unit.start_limit = !duration(value)?.is_zero(),
                "Environment" => {
                    let words = shlex::split(value).context("Environment= has an open quote")?;
                    let pairs = words.iter().filter_map(|word| word.split_once('='));
                    unit.environment.extend(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
                }
                _ => {}
            }
        }
        anyhow::ensure!(!unit.command.is_empty(), "the unit has no ExecStart=");
        Ok(unit)
    }
}

/// Plain seconds, `s`, `ms` or `min` (systemd.time(7)).
fn duration(value: &str) -> Result<Duration> {
    let digits = value.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number: f64 = digits.trim().parse().with_context(|| format!("{value} is no time span"))?;
    let seconds = match &value[digits.len()..] {
        "" | "s" | "sec" => number,
        "ms" => number / 1000.0,
        "min" | "m" => number * 60.0,
        unit => anyhow::bail!("{unit} is no unit of time known here"),
    };
    Duration::try_from_secs_f64(seconds).with_context(|| format!("{value} is no time span"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_of_the_user_data_is_understood() {
        let unit = Unit::parse(
            "[Unit]\nDescription=Lab agent\nStartLimitIntervalSec=0\n[Service]\n# why\n\
             ExecStart=/opt/lab-agent/lab-agent '/opt/lab agent/machine.json'\nRestart=always\nRestartSec=500ms\n\
             Environment=A=1 \"B=two words\"\n[Install]\nWantedBy=multi-user.target\n",
        )
        .expect("valid");
        assert_eq!(unit.command, ["/opt/lab-agent/lab-agent", "/opt/lab agent/machine.json"]);
        assert_eq!((unit.restart, unit.restart_delay), (Restart::Always, Duration::from_millis(500)));
        assert_eq!(unit.environment[1], ("B".to_owned(), "two words".to_owned()));
        assert!(!unit.start_limit);
    }

    #[test]
    fn a_unit_without_a_command_is_refused() {
        assert!(Unit::parse("[Service]\nRestart=always\n").is_err());
        assert!(Unit::parse("[Service]\nExecStart=/bin/true\nRestartSec=soon\n").is_err());
    }
}
