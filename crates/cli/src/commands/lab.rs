//! Labs: from a folder on this computer to a version in a class.

use std::path::{Path, PathBuf};

use brihaspati_lab::{Examined, Gathered, LabProblem, LabSlug};
use reqwest::Method;
use serde_json::{Value, json};

use super::Context;
use super::settings::{count, read_file};
use super::times::none_or;
use crate::api::lab::{AdminLab, LabDetail, Pushed};
use crate::api::{Answer, FieldError, Payload, Problem, segment};
use crate::args::{LabCommand, LabSettings, PushLab};
use crate::failure::{Exit, Failure, wrong_usage};
use crate::output::{Colour, Output, Table, cell, local_time, plain};
use crate::prompt;

/// Larger than any archive of a lab.
const ARCHIVE_LIMIT: u64 = 16 << 20;

pub(super) async fn run(context: &Context<'_>, command: LabCommand) -> Result<(), Failure> {
    match command {
        LabCommand::Validate { folders } => validate(&folders, context.output),
        LabCommand::Push(push) => self::push(context, &push).await,
        LabCommand::List(class) => list(context, &class.class).await,
        LabCommand::Show { class, lab } => show(context, &class.class, &lab).await,
        LabCommand::Settings(settings) => self::settings(context, &settings).await,
        LabCommand::Version { class, lab, version } => {
            let path = lab_path(context, &class.class, &lab).await?;
            let body = Payload::json(&json!({ "version": version }));
            let raw = context.api.send(Method::PUT, &format!("{path}/version"), body).await?;
            // What it answers is not needed: it did it.
            let document = raw.decode::<Value>().map_or_else(|_| json!({ "version": version }), |answer| answer.json);
            context.output.show(&document, |output| output.line(format!("{} is now {}", plain(&lab), plain(&version))))
        }
        LabCommand::Remove { class, lab, yes } => {
            let path = lab_path(context, &class.class, &lab).await?;
            prompt::confirm(&format!("{lab} and its versions will be deleted from the class. Go on?"), yes.yes)?;
            context.api.send(Method::DELETE, &path, Payload::default()).await?;
            context.output.show(&json!({ "removed": lab }), |output| output.line(format!("removed {}", plain(&lab))))
        }
    }
}

async fn lab_path(context: &Context<'_>, class: &str, lab: &str) -> Result<String, Failure> {
    let class = context.api.find_class(class).await?;
    Ok(class.path(&format!("/labs/{}", segment(lab)?)))
}

/// A folder, or an archive of one.
fn gather(path: &Path) -> Result<Gathered, Failure> {
    if path.is_dir() {
        return Ok(Gathered::from_folder(path));
    }
    Ok(Gathered::from_archive(&read_file(path, ARCHIVE_LIMIT)?))
}

pub(super) fn validate(folders: &[PathBuf], output: &Output) -> Result<(), Failure> {
    let mut documents = Vec::new();
    let mut wrong = 0;
    for folder in folders {
        let Examined { folder: lab, problems } = gather(folder)?.examine();
        wrong += usize::from(lab.is_none());
        let title = lab.as_ref().map(|lab| lab.manifest.title.clone());
        if !output.json {
            print_problems(folder, &problems, output)?;
            if let Some(lab) = &lab {
                output.line(format!("{}: good, version {}", folder.display(), lab.version))?;
            }
        }
        documents.push(json!({ "folder": folder.display().to_string(), "valid": lab.is_some(), "title": title,
            "version": lab.map(|lab| lab.version), "problems": problems }));
    }
    if output.json {
        output.document(&json!({ "labs": documents }))?;
    }
    match wrong {
        0 => Ok(()),
        _ if wrong == folders.len() => {
            Err(Failure::Refused(format!("{wrong} of {} labs cannot be used", folders.len())))
        }
        _ => Err(Failure::SomeFailed(format!("{wrong} of {} labs cannot be used", folders.len()))),
    }
}

/// `labs/notes-api/lab.yaml:3:10: minutes: must be a number; write 60`: editors find the place.
fn print_problems(folder: &Path, problems: &[LabProblem], output: &Output) -> Result<(), Failure> {
    for problem in problems {
        let mut text = folder.join(&problem.file).display().to_string();
        for number in [problem.line, problem.column].into_iter().flatten() {
            text.push_str(&format!(":{number}"));
        }
        if !problem.is_error() {
            text.push_str(": warning");
        }
        if let Some(field) = &problem.field {
            text.push_str(&format!(": {field}"));
        }
        text.push_str(&format!(": {}", problem.problem));
        if let Some(fix) = &problem.fix {
            text.push_str(&format!("; {fix}"));
        }
        output.line(plain(&text))?;
    }
    Ok(())
}

async fn push(context: &Context<'_>, push: &PushLab) -> Result<(), Failure> {
    if push.slug.is_some() && push.folders.len() > 1 {
        return Err(wrong_usage("--slug names one lab: push the others by themselves"));
    }
    let class = context.api.find_class(&push.class.class).await?;
    let (mut documents, mut failures) = (Vec::new(), Vec::new());
    for folder in &push.folders {
        match push_one(context, &class.path("/labs"), folder, push.slug.as_deref()).await {
            Ok(document) => documents.push(document),
            // The others would fail in the same way.
            Err(failure) if matches!(failure.exit(), Exit::NotAllowed | Exit::NotFound | Exit::Unreachable) => {
                return Err(failure);
            }
            Err(failure) => {
                context.output.note(format!("{}: {}", folder.display(), failure.paragraph()));
                failures.push(failure);
            }
        }
    }
    if context.output.json {
        context.output.document(&json!({ "labs": documents }))?;
    }
    match (failures.pop(), documents.is_empty()) {
        (None, _) => Ok(()),
        (Some(only), true) if failures.is_empty() => Err(only),
        (Some(_), true) => Err(Failure::Refused("no lab was pushed".to_owned())),
        (Some(_), false) => {
            Err(Failure::SomeFailed(format!("{} of {} labs were not pushed", failures.len() + 1, push.folders.len())))
        }
    }
}

async fn push_one(context: &Context<'_>, labs: &str, folder: &Path, slug: Option<&str>) -> Result<Value, Failure> {
    let Examined { folder: lab, problems } = gather(folder)?.examine();
    if !context.output.json {
        print_problems(folder, &problems, context.output)?;
    }
    let Some(lab) = lab else {
        return Err(unusable(folder, &problems, context.output));
    };
    let slug = slug_of(folder, slug)?;
    let body = json!({ "files": lab.files });
    let answer: Answer<Pushed> = context.api.put(&format!("{labs}/{slug}"), Payload::json(&body)).await?;
    if !context.output.json {
        let Pushed { slug, title, version, unchanged } = &answer.value;
        let what = if *unchanged { "unchanged" } else { "pushed" };
        context.output.line(plain(&format!("{what} {slug} ({title}), version {version}")))?;
    }
    Ok(answer.json)
}

/// For people the problems were printed above it, for programs they are in the document.
fn unusable(folder: &Path, problems: &[LabProblem], output: &Output) -> Failure {
    let detail = format!("{} cannot be used as a lab; nothing of it was pushed", folder.display());
    if !output.json {
        return Failure::Refused(detail);
    }
    let place = |problem: &LabProblem| match &problem.field {
        Some(field) => format!("{}: {field}", problem.file),
        None => problem.file.clone(),
    };
    let errors = problems.iter().filter(|problem| problem.is_error());
    let errors = errors.map(|problem| FieldError { field: place(problem), message: problem.to_string() }).collect();
    Problem::of(422, "lab_invalid", &detail).with_errors(errors).into()
}

/// The lab's name: as told, or as its folder or archive is called.
fn slug_of(folder: &Path, told: Option<&str>) -> Result<LabSlug, Failure> {
    let name = match told {
        Some(told) => told.to_owned(),
        // `.` has no name of its own.
        None => {
            let real = folder.canonicalize().map_err(|error| wrong_usage(format!("{}: {error}", folder.display())))?;
            let name = real.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let endings = [".zip", ".tar.gz", ".tgz"];
            endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name).to_owned()
        }
    };
    name.parse().map_err(|error| wrong_usage(format!("“{name}” {error}; give --slug")))
}

#[derive(serde::Deserialize)]
struct Labs {
    labs: Vec<AdminLab>,
}

async fn list(context: &Context<'_>, class: &str) -> Result<(), Failure> {
    let class = context.api.find_class(class).await?;
    let answer: Answer<Labs> = context.api.get(&class.path("/labs")).await?;
    context.output.show(&answer.json, |output| {
        let mut table = Table::new(["#", "lab", "title", "minutes", "checks", "starts", "version", "old", "pushed"]);
        for lab in &answer.value.labs {
            table.row([
                lab.position.to_string().into(),
                (&*lab.slug).into(),
                cell(shown_title(lab), lab.hidden.then_some(Colour::Faint)),
                lab.minutes.to_string().into(),
                lab.check_count.to_string().into(),
                lab.starts_per_trainee.map(|starts| starts.to_string()).unwrap_or_default().into(),
                (&*lab.version).into(),
                cell(lab.old_running.to_string(), (lab.old_running > 0).then_some(Colour::Yellow)),
                local_time(lab.pushed_at).into(),
            ]);
        }
        output.table(&table)
    })
}

fn shown_title(lab: &AdminLab) -> String {
    if lab.hidden { format!("{} (hidden)", lab.title) } else { lab.title.clone() }
}

async fn show(context: &Context<'_>, class: &str, lab: &str) -> Result<(), Failure> {
    let path = lab_path(context, class, lab).await?;
    let answer: Answer<LabDetail> = context.api.get(&path).await?;
    let LabDetail { lab, versions, files } = &answer.value;
    context.output.show(&answer.json, |output| {
        output.line(plain(&format!(
            "{} ({}), {} min, {} checks",
            shown_title(lab),
            lab.slug,
            lab.minutes,
            lab.check_count
        )))?;
        let mut table = Table::new(["version", "pushed", "current"]);
        for version in versions {
            let current = if version.current { "current" } else { "" };
            table.row([(&*version.version).into(), local_time(version.pushed_at).into(), current.into()]);
        }
        output.table(&table)?;
        let mut table = Table::new(["file", "bytes", "executable"]);
        for file in files {
            let executable = if file.executable { "yes" } else { "" };
            table.row([(&*file.path).into(), file.bytes.to_string().into(), executable.into()]);
        }
        output.table(&table)
    })
}

async fn settings(context: &Context<'_>, wanted: &LabSettings) -> Result<(), Failure> {
    let path = lab_path(context, &wanted.class.class, &wanted.lab).await?;
    let read: Answer<LabDetail> = context.api.get(&path).await?;
    let lab = &read.value.lab;
    let hidden = if wanted.hide || wanted.show { wanted.hide } else { lab.hidden };
    let starts = match &wanted.starts {
        Some(text) => none_or(text, |text| count(text, "--starts"))?,
        None => lab.starts_per_trainee,
    };
    let body = json!({ "position": wanted.position.unwrap_or(lab.position), "hidden": hidden,
        "starts_per_trainee": starts });
    let payload = Payload::json(&body).if_match(read.etag.as_deref().unwrap_or_default());
    let answer: Answer<AdminLab> = context.api.put(&format!("{path}/settings"), payload).await?;
    context.output.show(&answer.json, |output| {
        let lab = &answer.value;
        let starts =
            lab.starts_per_trainee.map_or_else(|| "any number of starts".to_owned(), |n| format!("{n} starts"));
        output.line(plain(&format!("{} is number {}, {starts}", shown_title(lab), lab.position)))
    })
}
