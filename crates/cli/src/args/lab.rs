use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{InClass, Yes};

#[derive(Debug, Subcommand)]
pub(crate) enum LabCommand {
    /// Say what is wrong with labs, and how to put it right; works offline
    Validate {
        /// Folders with a lab.yaml, or archives of such
        #[arg(required = true, value_name = "FOLDER")]
        folders: Vec<PathBuf>,
    },
    /// Store labs as the class's current versions; what runs keeps the version it started with
    Push(PushLab),
    /// The class's labs in their order
    List(InClass),
    /// One lab with its versions and files
    Show {
        #[command(flatten)]
        class: InClass,
        /// The lab's name in the class, as `lab list` prints it
        #[arg(long, value_name = "NAME")]
        lab: String,
    },
    /// Order, hide or limit a lab
    Settings(LabSettings),
    /// Make an older version current again
    Version {
        #[command(flatten)]
        class: InClass,
        /// The lab's name in the class, as `lab list` prints it
        #[arg(long, value_name = "NAME")]
        lab: String,
        /// As `lab show` prints it
        #[arg(long)]
        version: String,
    },
    /// Take a lab out of the class
    Remove {
        #[command(flatten)]
        class: InClass,
        /// The lab's name in the class, as `lab list` prints it
        #[arg(long, value_name = "NAME")]
        lab: String,
        #[command(flatten)]
        yes: Yes,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PushLab {
    /// Folders with a lab.yaml, or archives of such
    #[arg(required = true, value_name = "FOLDER")]
    pub(crate) folders: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) class: InClass,
    /// The lab's name in the class, instead of the folder's
    #[arg(long)]
    pub(crate) slug: Option<String>,
}

#[derive(Debug, Args)]
#[group(id = "change", required = true, multiple = true, args = ["position", "hide", "show", "starts"])]
pub(crate) struct LabSettings {
    #[command(flatten)]
    pub(crate) class: InClass,
    /// The lab's name in the class, as `lab list` prints it
    #[arg(long, value_name = "NAME")]
    pub(crate) lab: String,
    /// Its place in the list; smaller ones come first
    #[arg(long, value_name = "N")]
    pub(crate) position: Option<u32>,
    /// Trainees do not see it
    #[arg(long, conflicts_with = "show")]
    pub(crate) hide: bool,
    /// Trainees see it
    #[arg(long)]
    pub(crate) show: bool,
    /// Most starts of one trainee; `none` for no limit of the class's own
    #[arg(long, value_name = "N")]
    pub(crate) starts: Option<String>,
}
