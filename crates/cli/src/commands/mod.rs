//! What each command does: ask the API, show what it said.

mod class;
mod deletion;
mod doctor;
mod emergency;
mod environment;
mod export;
mod instructor;
mod keys;
mod lab;
mod member;
mod person;
mod room;
mod roster;
mod session;
mod settings;
mod times;
mod uninstall;
mod watch;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::api::Api;
use crate::args::{Command, CommandLine, LabCommand};
use crate::config::connect;
use crate::failure::Failure;
use crate::output::Output;

/// What every command that talks to an installation needs.
pub(crate) struct Context<'a> {
    pub(crate) api: Api,
    pub(crate) output: &'a Output,
}

pub(crate) async fn run(line: CommandLine, output: &Output) -> Result<(), Failure> {
    let url = line.global.url.as_deref();
    let context = || Ok::<_, Failure>(Context { api: connect(url)?, output });
    match line.command {
        Command::Completions { shell } => completions(shell, output),
        Command::Login(login) => session::login(url, login, output).await,
        Command::Logout => session::logout(output).await,
        Command::Whoami => session::whoami(&context()?).await,
        Command::Instructor(command) => instructor::run(&context()?, command).await,
        Command::Class(command) => class::run(&context()?, command).await,
        // Offline: no session, no installation.
        Command::Lab(LabCommand::Validate { folders }) => lab::validate(&folders, output),
        Command::Lab(command) => lab::run(&context()?, command).await,
        Command::Roster(command) => roster::run(&context()?, command).await,
        Command::Member(command) => member::run(&context()?, command).await,
        Command::JoinLink(command) => member::run_links(&context()?, command).await,
        Command::Room(command) => room::run(&context()?, command).await,
        Command::Doctor(wanted) => doctor::run(wanted, output).await,
        Command::EmergencyStop(wanted) => emergency::run(wanted, output).await,
        Command::Uninstall(wanted) => uninstall::run(wanted, output).await,
        Command::Keys(command) => keys::run(command, output),
        Command::Environment(command) => environment::run(&context()?, command).await,
    }
}

fn completions(shell: Shell, output: &Output) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), "brihaspati", &mut script);
    output.line(String::from_utf8_lossy(&script).trim_end())
}
