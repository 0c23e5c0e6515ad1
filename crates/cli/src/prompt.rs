//! Questions to the person at the terminal. They go to the standard error: the standard output is for results.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::failure::{Failure, wrong_usage};

/// No password or name is longer; a pipe may be.
const LINE_LIMIT: u64 = 4096;

fn read_line() -> Result<Option<String>, Failure> {
    let mut line = String::new();
    let read = io::Read::take(io::stdin().lock(), LINE_LIMIT).read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim_end_matches(['\n', '\r']).to_owned()))
}

/// A value that was not on the command line.
pub(crate) fn ask(question: &str, flag: &str) -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        return Err(wrong_usage(format!("give {flag}: there is no terminal to ask on")));
    }
    eprint!("{question}: ");
    io::stderr().flush()?;
    match read_line()? {
        Some(answer) if !answer.trim().is_empty() => Ok(answer.trim().to_owned()),
        _ => Err(wrong_usage(format!("{flag} is needed"))),
    }
}

/// A password: from the environment variable, from the first line of a pipe, or typed without echo.
pub(crate) fn password(question: &str, variable: &str) -> Result<String, Failure> {
    if let Ok(value) = std::env::var(variable)
        && !value.is_empty()
    {
        return Ok(value);
    }
    let typed = if io::stdin().is_terminal() {
        Some(rpassword::prompt_password(format!("{question}: "))?)
    } else {
        read_line()?
    };
    typed
        .filter(|password| !password.is_empty())
        .ok_or_else(|| wrong_usage(format!("no password: type it, pipe it in, or set {variable}")))
}

/// A password that somebody else will use: typed twice on a terminal.
pub(crate) fn new_password(whose: &str, variable: &str) -> Result<String, Failure> {
    let first = password(&format!("Password for {whose}"), variable)?;
    let typed = io::stdin().is_terminal() && std::env::var_os(variable).is_none_or(|value| value.is_empty());
    if typed && rpassword::prompt_password("Again: ")? != first {
        return Err(wrong_usage("the two passwords differ"));
    }
    Ok(first)
}

/// Goes on only after a yes. `question` is a whole sentence about what will happen.
pub(crate) fn confirm(question: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(wrong_usage(format!("{question} There is no terminal to ask on: say --yes")));
    }
    eprint!("{question} [y/N] ");
    io::stderr().flush()?;
    match read_line()?.as_deref().map(str::trim) {
        Some("y" | "Y" | "yes" | "Yes") => Ok(()),
        _ => Err(Failure::Refused("nothing was done".to_owned())),
    }
}

/// Goes on only after `name` was typed: for what a hasty yes must not do.
pub(crate) fn confirm_name(question: &str, name: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(wrong_usage(format!("{question}. There is no terminal to ask on: say --yes")));
    }
    eprint!("{question}: ");
    io::stderr().flush()?;
    match read_line()?.as_deref().map(str::trim) {
        Some(typed) if typed == name => Ok(()),
        _ => Err(Failure::Refused("nothing was done".to_owned())),
    }
}
