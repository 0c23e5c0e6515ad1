use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{InClass, Yes};

#[derive(Debug, Subcommand)]
pub(crate) enum ClassCommand {
    /// Create a class, by flags or from a file
    Create(CreateClass),
    /// Your classes
    List,
    /// One class: settings, spending, people
    Show(InClass),
    /// Change settings, by flags or from a file; refused if somebody else changed them meanwhile
    Edit(EditClass),
    /// A new class with the settings and labs of this one, without its people
    Copy(CopyClass),
    /// No Play and no sign-in any more; everything can still be read
    Archive(InClass),
    /// Take an archived class up again
    Restore(InClass),
    /// Delete an archived class with all its people's data, and print the receipt
    Delete {
        #[command(flatten)]
        class: InClass,
        #[command(flatten)]
        yes: Yes,
    },
    /// The receipt of a class that was deleted
    Deletion {
        /// The deleted class's id
        #[arg(long)]
        class: String,
    },
    /// Minutes, cost, starts and checks per person and lab
    Usage(Export),
    /// The deletion receipts of all environments
    Receipts(Export),
    /// Who changed what, newest first
    Events(EventsOfClass),
}

#[derive(Debug, Args)]
pub(crate) struct CreateClass {
    /// What people type to sign in: 4 to 20 letters, digits and hyphens
    #[arg(long)]
    pub(crate) code: String,
    /// Settings as JSON, `-` for the standard input; flags go before it
    #[arg(long, short, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) settings: SettingsFlags,
}

#[derive(Debug, Args)]
pub(crate) struct EditClass {
    #[command(flatten)]
    pub(crate) class: InClass,
    /// Settings as JSON, such as an edited `class show --json`; `-` for the standard input
    ///
    /// Settings that are not in it stay. With the `etag` that `class show --json` printed, the edit is refused where
    /// somebody wrote since then.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) settings: SettingsFlags,
}

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct SettingsFlags {
    /// What people read above its labs
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// IANA name, such as Europe/Berlin
    #[arg(long, value_name = "ZONE")]
    pub(crate) time_zone: Option<String>,
    /// `2026-11-23 09:00` in the class's time zone, RFC 3339, or `none` for at once
    #[arg(long, value_name = "TIME")]
    pub(crate) opens_at: Option<String>,
    /// The same forms, `none` for never
    #[arg(long, value_name = "TIME")]
    pub(crate) closes_at: Option<String>,
    /// Most trainees
    #[arg(long, value_name = "N")]
    pub(crate) seats: Option<u32>,
    /// Most environments of one trainee at the same time
    #[arg(long, value_name = "N")]
    pub(crate) environments_per_trainee: Option<u32>,
    /// Stop what nobody worked in for so long; `none` for never
    #[arg(long, value_name = "MINUTES")]
    pub(crate) idle_minutes: Option<String>,
    /// Most that anybody may add to one environment
    #[arg(long, value_name = "MINUTES")]
    pub(crate) max_extra_minutes: Option<u32>,
    /// What one press by the trainee adds; 0 for nothing
    #[arg(long, value_name = "MINUTES")]
    pub(crate) trainee_extension_minutes: Option<u32>,
    /// Where machines may run; may be given twice
    #[arg(long = "provider", value_name = "PROVIDER")]
    pub(crate) providers: Vec<Provider>,
    /// Most that all environments together may cost, in US dollars such as 49.50; `none` for no limit
    #[arg(long, value_name = "USD")]
    pub(crate) budget: Option<String>,
    /// Whether instructors may look into terminals
    #[arg(long)]
    pub(crate) viewing: Option<Viewing>,
    /// Who teaches it, by id; may be given several times, and replaces all
    #[arg(long = "instructor", value_name = "ID")]
    pub(crate) instructors: Vec<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Provider {
    Linode,
    #[value(name = "digitalocean")]
    DigitalOcean,
}

impl Provider {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Linode => "linode",
            Self::DigitalOcean => "digitalocean",
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Viewing {
    /// Each time, the trainee allows it or not
    Ask,
    /// It is part of the class
    Open,
}

impl Viewing {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Open => "open",
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct CopyClass {
    #[command(flatten)]
    pub(crate) class: InClass,
    /// The new class's code
    #[arg(long)]
    pub(crate) code: String,
    /// The new class's title
    #[arg(long)]
    pub(crate) title: String,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) class: InClass,
    /// As comma-separated values
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
    /// Into this file, readable for you alone
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct EventsOfClass {
    #[command(flatten)]
    pub(crate) class: InClass,
    /// Every page, back to the beginning
    #[arg(long)]
    pub(crate) all: bool,
}
