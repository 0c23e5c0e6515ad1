use clap::{Args, Subcommand};

use super::{InClass, Yes};

#[derive(Debug, Subcommand)]
pub(crate) enum MemberCommand {
    /// Add one person; prints their one-time code
    Add(AddMember),
    /// A new one-time code: the old password stops working and every session ends
    Code {
        #[command(flatten)]
        member: OneMember,
        #[command(flatten)]
        yes: Yes,
    },
    /// Keep a person out until they are resumed
    Suspend(OneMember),
    /// Let a suspended person in again
    Resume(OneMember),
    /// More time for a person, in percent of every lab's time
    ExtraTime(ExtraTime),
    /// Take a person out of the class
    Remove {
        #[command(flatten)]
        member: OneMember,
        #[command(flatten)]
        yes: Yes,
    },
}

#[derive(Debug, Args)]
pub(crate) struct OneMember {
    #[command(flatten)]
    pub(crate) class: InClass,
    /// Sign-in name, e-mail address, id, or display name
    #[arg(long, short, value_name = "NAME")]
    pub(crate) member: String,
}

#[derive(Debug, Args)]
pub(crate) struct AddMember {
    #[command(flatten)]
    pub(crate) class: InClass,
    /// What others read
    #[arg(long)]
    pub(crate) display_name: String,
    /// What they sign in with; made from the display name if not given
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Where their instructor can write to
    #[arg(long)]
    pub(crate) email: Option<String>,
    /// Set a password instead of making a code: asked for, piped in, or in BRIHASPATI_NEW_PASSWORD
    #[arg(long)]
    pub(crate) new_password: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExtraTime {
    #[command(flatten)]
    pub(crate) member: OneMember,
    /// 0 to 300; 50 makes 60 minutes 90
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=300))]
    pub(crate) percent: u32,
}

#[derive(Debug, Subcommand)]
pub(crate) enum JoinLinkCommand {
    /// A new link with its QR code; it is shown only now
    Create {
        #[command(flatten)]
        class: InClass,
        /// How many may join by it
        #[arg(long, default_value_t = 100, value_name = "N")]
        seats: u32,
        /// `8h`, `2d`, `2026-11-23 18:00` in your time zone, or RFC 3339
        #[arg(long, default_value = "24h", value_name = "TIME")]
        expires: String,
        /// Leave the QR code out
        #[arg(long)]
        no_qr: bool,
    },
    /// The class's links, without their secrets
    List(InClass),
    /// Nobody joins by this link any more; who has joined stays
    Revoke {
        #[command(flatten)]
        class: InClass,
        /// As `join-link list` prints it
        #[arg(long)]
        link: String,
        #[command(flatten)]
        yes: Yes,
    },
}
