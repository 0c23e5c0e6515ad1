//! Making and replacing the keys that sign sessions. What is printed is the secret: it goes to a file or a pipe, never
//! beside other text.

use std::io::Read;
use std::path::Path;

use crate::args::{KeysCommand, KeysOut};
use crate::failure::{Failure, wrong_usage};
use crate::output::{NewPrivateFile, Output};
use crate::session_keys::{SessionKeys, Step};

/// Secrets Manager stores no more in one secret.
const LONGEST: u64 = 65_536;

pub(super) fn run(command: KeysCommand, output: &Output) -> Result<(), Failure> {
    let refused = |error: crate::session_keys::Unusable| Failure::Refused(error.to_string());
    match command {
        KeysCommand::New { out } => {
            let keys = SessionKeys::generate().map_err(refused)?;
            deliver(&keys, out, output)?;
            output.note(
                "store it as the secret that SessionKeysSecret names, such as: aws secretsmanager create-secret --name \
                 brihaspati/session-keys --secret-string file://FILE",
            );
        }
        KeysCommand::Rotate { from, out } => {
            let mut keys: SessionKeys = read(&from)?.parse().map_err(refused)?;
            let step = keys.rotate().map_err(refused)?;
            deliver(&keys, out, output)?;
            output.note(format!(
                "{step}. Store it (aws secretsmanager put-secret-value), deploy with another SecretsRevision, {}",
                next(step)
            ));
        }
    }
    Ok(())
}

fn next(step: Step) -> &'static str {
    match step {
        Step::Announced => "then rotate again: the new key will sign",
        Step::Switched => "wait ten hours until every session of the old key has ended, then rotate again to forget it",
        Step::Forgotten => "and the rotation is done",
    }
}

fn read(from: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = match from == Path::new("-") {
        true => std::io::stdin().lock().take(LONGEST).read_to_string(&mut text),
        false => std::fs::File::open(from).and_then(|file| file.take(LONGEST).read_to_string(&mut text)),
    };
    read.map_err(|error| wrong_usage(format!("{} cannot be read: {error}", from.display())))?;
    Ok(text)
}

fn deliver(keys: &SessionKeys, out: KeysOut, output: &Output) -> Result<(), Failure> {
    let text = keys.to_text().map_err(|error| Failure::Refused(error.to_string()))?;
    match out.output {
        None => output.line(text),
        Some(path) => {
            let file = NewPrivateFile::create(&path)?;
            file.fill(format!("{text}\n").as_bytes())?;
            output.note(format!("written to {}; remove it when it is stored", path.display()));
            Ok(())
        }
    }
}
