use clap::{Args, Subcommand};

use super::{InClass, Yes};

#[derive(Debug, Subcommand)]
pub(crate) enum RoomCommand {
    /// Everybody in the room, kept up to date; with --json a line for each change
    Watch(Watch),
    /// Press Play for people
    Start {
        #[command(flatten)]
        action: RoomAction,
        /// The lab's name in the class
        #[arg(long, value_name = "NAME")]
        lab: String,
    },
    /// Stop environments; their machines are deleted
    Stop {
        #[command(flatten)]
        action: RoomAction,
        /// Only this lab's
        #[arg(long, value_name = "NAME")]
        lab: Option<String>,
    },
    /// Give environments more time
    Extend {
        #[command(flatten)]
        action: RoomAction,
        /// 1 to 240
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=240))]
        minutes: u32,
        /// Only this lab's
        #[arg(long, value_name = "NAME")]
        lab: Option<String>,
    },
    /// Delete environments and start them anew
    Restart {
        #[command(flatten)]
        action: RoomAction,
        /// Only this lab's
        #[arg(long, value_name = "NAME")]
        lab: Option<String>,
    },
    /// Write to people; it appears in their workspace
    Message {
        #[command(flatten)]
        action: RoomAction,
        /// 1 to 500 characters
        text: String,
    },
    /// Take raised hands down
    LowerHand {
        #[command(flatten)]
        action: RoomAction,
        /// Only this lab's
        #[arg(long, value_name = "NAME")]
        lab: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Watch {
    #[command(flatten)]
    pub(crate) class: InClass,
    /// Print what is, and end
    #[arg(long)]
    pub(crate) once: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RoomAction {
    #[command(flatten)]
    pub(crate) class: InClass,
    #[command(flatten)]
    pub(crate) who: Who,
    /// Only show what would happen to whom
    #[arg(long)]
    pub(crate) preview: bool,
    #[command(flatten)]
    pub(crate) yes: Yes,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Who {
    /// Everybody in the room
    #[arg(long)]
    pub(crate) all: bool,
    /// Sign-in name, id or display name; may be given several times
    #[arg(long = "member", short, value_name = "NAME")]
    pub(crate) members: Vec<String>,
}
