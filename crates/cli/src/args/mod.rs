//! The command line, a file per noun.

mod class;
mod environment;
mod instructor;
mod lab;
mod member;
mod operation;
mod room;
mod roster;
mod session;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

pub(crate) use class::{ClassCommand, CopyClass, CreateClass, EditClass, EventsOfClass, Export, SettingsFlags};
pub(crate) use environment::EnvironmentCommand;
pub(crate) use instructor::InstructorCommand;
pub(crate) use lab::{LabCommand, LabSettings, PushLab};
pub(crate) use member::{AddMember, ExtraTime, JoinLinkCommand, MemberCommand, OneMember};
pub(crate) use operation::{Doctor, EmergencyStop, KeysCommand, KeysOut, Uninstall};
pub(crate) use room::{RoomAction, RoomCommand, Watch, Who};
pub(crate) use roster::{ImportRoster, RosterCommand};
pub(crate) use session::Login;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  refused, or it failed
  2  wrong usage
  3  not signed in, or not allowed
  4  not found
  5  changed meanwhile by somebody else
  6  the installation cannot be reached
  7  some of several failed

Environment:
  BRIHASPATI_URL       the installation, instead of --url
  BRIHASPATI_TOKEN     an operator's or a session's token, instead of signing in
  BRIHASPATI_CLASS     the class, instead of --class
  BRIHASPATI_PASSWORD  the password for `login`
  LINODE_TOKEN, DIGITALOCEAN_TOKEN
                       the providers' tokens, instead of the stack's secrets
  AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and the like
                       as for the AWS command line
  NO_COLOR             no colour on terminals either";

/// Classes, labs as code, rosters and the room, from the command line.
#[derive(Debug, Parser)]
#[command(name = "brihaspati", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub(crate) struct CommandLine {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Print the API's documents; errors as problem documents on the standard error
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub(crate) json: bool,
    /// The installation's address, such as https://portal.example
    #[arg(
        long,
        global = true,
        help_heading = "Everywhere",
        env = "BRIHASPATI_URL",
        hide_env = true,
        value_name = "URL"
    )]
    pub(crate) url: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Sign in; the session is kept in your settings folder, readable for you alone
    Login(Login),
    /// End the session and forget it
    Logout,
    /// Who is signed in, where, and until when
    Whoami,
    /// Instructors' accounts (operator)
    #[command(subcommand)]
    Instructor(InstructorCommand),
    /// Create, change, copy, archive, evaluate and delete classes
    #[command(subcommand)]
    Class(ClassCommand),
    /// Validate labs, push them to a class, order and limit them
    #[command(subcommand)]
    Lab(LabCommand),
    /// Import and list the people of a class
    #[command(subcommand)]
    Roster(RosterCommand),
    /// One person: add, give a code, suspend, extra time, remove
    #[command(subcommand)]
    Member(MemberCommand),
    /// Links by which people join by themselves
    #[command(subcommand)]
    JoinLink(JoinLinkCommand),
    /// Watch the room, and act on one, some or all in it
    #[command(subcommand)]
    Room(RoomCommand),
    /// Environments of a class, and the timeline of one
    #[command(subcommand)]
    Environment(EnvironmentCommand),
    /// Look at an installation from outside, with your AWS credentials: what is wrong, and what to do (operator)
    Doctor(Doctor),
    /// Delete every machine of the installation at both providers, now (operator)
    EmergencyStop(EmergencyStop),
    /// Delete the installation's stack, and prove that nothing is left at either provider (operator)
    Uninstall(Uninstall),
    /// Make and replace the keys that sign sessions (operator)
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Print the completions for a shell
    Completions { shell: Shell },
}

/// Which class a command is about.
#[derive(Clone, Debug, Args)]
pub(crate) struct InClass {
    /// The class's code or id
    #[arg(long, short, env = "BRIHASPATI_CLASS", hide_env = true, value_name = "CODE")]
    pub(crate) class: String,
}

/// For what cannot be undone.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Yes {
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_has_no_contradictions() {
        super::CommandLine::command().debug_assert();
    }
}
