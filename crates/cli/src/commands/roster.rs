//! A class's roster: from a file to people with one-time codes.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::Context;
use super::person::people_table;
use super::settings::read_file;
use crate::api::people::{RosterCode, RosterOutcome};
use crate::api::{Answer, Payload};
use crate::args::{ImportRoster, RosterCommand};
use crate::failure::{Failure, wrong_usage};
use crate::output::{NewPrivateFile, Output, Table, local_time, many, plain};

/// What the API takes.
const ROSTER_LIMIT: u64 = 2 << 20;

pub(super) async fn run(context: &Context<'_>, command: RosterCommand) -> Result<(), Failure> {
    match command {
        RosterCommand::Import(import) => self::import(context, import).await,
        RosterCommand::List(class) => {
            let class = context.api.find_class(&class.class).await?;
            let people = context.api.people(&class).await?;
            context.output.show(&people.json, |output| output.table(&people_table(&people.value)))
        }
    }
}

async fn import(context: &Context<'_>, import: ImportRoster) -> Result<(), Failure> {
    let Context { api, output } = context;
    let roster = read_file(&import.file, ROSTER_LIMIT)?;
    let class = api.find_class(&import.class.class).await?;
    let mode = import.mode.name();
    let codes = Codes::prepare(&import, &class.code, output)?;
    let path = class.path(&format!("/roster?mode={mode}"));
    let answer: Result<Answer<RosterOutcome>, Failure> = api.post(&path, Payload::bytes("text/csv", roster)).await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(failure) => {
            codes.discard();
            return Err(failure);
        }
    };
    let Answer { value: outcome, json: mut document, .. } = answer;
    if !output.json {
        report(&outcome, mode, output)?;
    }
    let kept = codes.keep(&outcome.codes, output)?;
    if let Some(path) = &kept {
        document["codes"] = json!([]);
        document["codes_file"] = json!(path.display().to_string());
    }
    match &kept {
        _ if output.json => output.document(&document)?,
        Some(path) => {
            output.line(format!("wrote {} into {}", many(outcome.codes.len(), "one-time code"), path.display()))?;
        }
        None => {}
    }
    if let Some(at) = outcome.codes_expire_at.filter(|_| !outcome.codes.is_empty() && !output.json) {
        output.line(format!("the codes are good until {}", local_time(at)))?;
    }
    verdict(&outcome, mode)
}

fn verdict(outcome: &RosterOutcome, mode: &str) -> Result<(), Failure> {
    let bad = outcome.counts.bad;
    match mode {
        _ if bad == 0 => Ok(()),
        "preview" => Err(Failure::Refused(format!("{bad} rows are bad; --good would leave them out"))),
        "good" => Err(Failure::SomeFailed(format!("{bad} rows are bad and were left out"))),
        _ => Err(Failure::Refused(format!("nobody was imported: {bad} rows are bad"))),
    }
}

fn report(outcome: &RosterOutcome, mode: &str, output: &Output) -> Result<(), Failure> {
    let columns = &outcome.columns;
    let understood = [
        ("sign-in name", &columns.name),
        ("display name", &columns.display_name),
        ("e-mail", &columns.email),
        ("extra time", &columns.extra_time_percent),
    ];
    let understood: Vec<String> = understood
        .iter()
        .filter_map(|(what, header)| header.as_ref().map(|header| format!("{what} from “{}”", plain(header))))
        .collect();
    output.note(format!(
        "read as {}, separated by {}: {}",
        plain(&outcome.encoding),
        separator(&outcome.delimiter),
        understood.join(", ")
    ));
    let bad = outcome.rows.iter().filter(|row| !row.problems.is_empty());
    let mut table = Table::new(["line", "who", "field", "problem", "fix"]);
    for (row, problem) in bad.flat_map(|row| row.problems.iter().map(move |problem| (row, problem))) {
        table.row([
            row.row.to_string().into(),
            row.display_name.clone().unwrap_or_default().into(),
            problem.field.clone().unwrap_or_default().into(),
            (&*problem.problem).into(),
            problem.fix.clone().unwrap_or_default().into(),
        ]);
    }
    if !table.is_empty() {
        output.table(&table)?;
    }
    let counts = outcome.counts;
    let did = match (outcome.imported, mode) {
        (true, _) => "imported",
        (false, "preview") => "would be imported",
        (false, _) => "not imported",
    };
    output.line(format!("{} new {did}, {} unchanged, {} bad", counts.new, counts.unchanged, counts.bad))
}

fn separator(delimiter: &str) -> String {
    match delimiter {
        "\t" => "tabs".to_owned(),
        "," => "commas".to_owned(),
        ";" => "semicolons".to_owned(),
        other => format!("“{}”", plain(other)),
    }
}

/// Where the one-time codes will go. They are shown once, so the place is made before the import.
enum Codes {
    File(NewPrivateFile),
    Printed,
    /// In the document, for the program that asked.
    InDocument,
}

impl Codes {
    fn prepare(import: &ImportRoster, class: &str, output: &Output) -> Result<Self, Failure> {
        match &import.codes {
            _ if import.mode.name() == "preview" => Ok(Self::InDocument),
            Some(path) if path == Path::new("-") => Ok(if output.json { Self::InDocument } else { Self::Printed }),
            Some(path) => Ok(Self::File(NewPrivateFile::create(path)?)),
            None if output.json => Ok(Self::InDocument),
            None => Ok(Self::File(new_codes_file(class)?)),
        }
    }

    fn discard(self) {
        if let Self::File(file) = self {
            file.discard();
        }
    }

    /// The file they went to, if they went to one.
    fn keep(self, codes: &[RosterCode], output: &Output) -> Result<Option<PathBuf>, Failure> {
        match self {
            Self::InDocument => Ok(None),
            Self::File(file) if codes.is_empty() => {
                file.discard();
                Ok(None)
            }
            Self::File(file) => {
                let path = file.path().to_owned();
                match file.fill(&as_csv(codes)?) {
                    Ok(()) => Ok(Some(path)),
                    Err(error) => {
                        // Better on the screen than lost: nobody can ask for them again.
                        print_codes(codes, output)?;
                        Err(wrong_usage(format!("{} cannot be written: {error}", path.display())))
                    }
                }
            }
            Self::Printed => print_codes(codes, output).map(|()| None),
        }
    }
}

fn print_codes(codes: &[RosterCode], output: &Output) -> Result<(), Failure> {
    let mut table = Table::new(["name", "display name", "one-time code"]);
    for code in codes {
        table.row([(&*code.name).into(), (&*code.display_name).into(), (&*code.code).into()]);
    }
    output.table(&table)
}

/// `codes-DEVSECOPS.csv` here, or with the first free number where there is one already.
fn new_codes_file(class: &str) -> Result<NewPrivateFile, Failure> {
    let class: String = class.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_').collect();
    let names = std::iter::once(format!("codes-{class}.csv")).chain((2..100).map(|n| format!("codes-{class}-{n}.csv")));
    let free = names.map(PathBuf::from).find(|path| !path.exists());
    let free = free.ok_or_else(|| wrong_usage("there are many files with codes here already; give --codes"))?;
    NewPrivateFile::create(&free)
}

fn as_csv(codes: &[RosterCode]) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let trouble = |error: csv::Error| Failure::Output(std::io::Error::other(error));
    writer.write_record(["name", "display_name", "code"]).map_err(trouble)?;
    for RosterCode { name, display_name, code } in codes {
        writer.write_record([text_cell(name), text_cell(display_name), text_cell(code)]).map_err(trouble)?;
    }
    writer.into_inner().map_err(|error| Failure::Output(std::io::Error::other(error.to_string())))
}

/// A cell that no spreadsheet takes for a formula (OWASP, "CSV Injection").
fn text_cell(text: &str) -> String {
    let text = plain(text);
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(display_name: &str) -> RosterCode {
        RosterCode { name: "ada".to_owned(), display_name: display_name.to_owned(), code: "K7QF-2MXA".to_owned() }
    }

    #[test]
    fn no_name_becomes_a_formula_in_the_file_of_codes() {
        let csv = as_csv(&[code("=cmd|' /C calc'!A0"), code("Lovelace, Ada")]).unwrap();
        let csv = String::from_utf8(csv).unwrap();
        assert!(csv.contains("ada,'=cmd"), "{csv}");
        assert!(csv.contains("ada,\"Lovelace, Ada\",K7QF-2MXA"), "{csv}");
    }
}
