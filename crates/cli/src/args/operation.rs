use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::Yes;

/// Which stack, and as whom at AWS.
#[derive(Clone, Debug, Args)]
pub(crate) struct AtAws {
    /// The CloudFormation stack
    #[arg(long, default_value = "brihaspati", value_name = "NAME")]
    pub(crate) stack: String,
    /// Its region, instead of the profile's or AWS_REGION
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// The profile of the AWS command line, instead of AWS_PROFILE
    #[arg(long)]
    pub(crate) profile: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) at: AtAws,
    /// How many people the next class has: limits are compared with what they need at once
    #[arg(long, value_name = "PEOPLE", value_parser = clap::value_parser!(u32).range(1..=5000))]
    pub(crate) class_size: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct EmergencyStop {
    #[command(flatten)]
    pub(crate) at: AtAws,
    /// The installation's name, where its stack is out of reach: then nothing of AWS is asked, and the tokens come from
    /// LINODE_TOKEN and DIGITALOCEAN_TOKEN
    #[arg(long, value_name = "NAME")]
    pub(crate) installation: Option<String>,
    /// Let machines be made again: undoes what an emergency stop switched off, and deletes nothing
    #[arg(long, conflicts_with_all = ["installation", "watch", "deadline"])]
    pub(crate) release: bool,
    /// Seconds to go on looking after the last machine was seen: longer than a create under way can take
    #[arg(long, default_value = "90", value_parser = seconds)]
    pub(crate) watch: Duration,
    /// Seconds after which to end, and to say what is left
    #[arg(long, default_value = "1200", value_parser = seconds)]
    pub(crate) deadline: Duration,
    #[command(flatten)]
    pub(crate) yes: Yes,
}

#[derive(Debug, Args)]
pub(crate) struct Uninstall {
    #[command(flatten)]
    pub(crate) at: AtAws,
    /// Seconds to wait for the stack's deletion
    #[arg(long, default_value = "1800", value_parser = seconds)]
    pub(crate) deadline: Duration,
    #[command(flatten)]
    pub(crate) yes: Yes,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// A first key: the JSON to store as the secret that SessionKeysSecret names
    New {
        #[command(flatten)]
        out: KeysOut,
    },
    /// The next step of replacing the key: announce the new one, sign with it, forget the old one
    Rotate {
        /// The secret as it is now; - is the standard input
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        #[command(flatten)]
        out: KeysOut,
    },
}

#[derive(Debug, Args)]
pub(crate) struct KeysOut {
    /// Write it into this new file, readable for nobody else, instead of the standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: u64 = text.parse().map_err(|_| "give a number of seconds".to_owned())?;
    if seconds <= 86_400 { Ok(Duration::from_secs(seconds)) } else { Err("more than a day".to_owned()) }
}
