//! Classes from their creation to the receipt of their deletion.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::settings::{self, SettingsFile};
use super::{Context, deletion, export};
use crate::api::class::{Class, ClassRef, ClassSettings, ClassSummary, Event};
use crate::api::{Answer, Payload, all_pages};
use crate::args::{ClassCommand, CopyClass, CreateClass, EditClass, EventsOfClass};
use crate::failure::{Exit, Failure};
use crate::output::{Colour, Output, Table, cell, local_time, money, plain, plain_value};

pub(super) async fn run(context: &Context<'_>, command: ClassCommand) -> Result<(), Failure> {
    match command {
        ClassCommand::Create(create) => self::create(context, create).await,
        ClassCommand::List => list(context).await,
        ClassCommand::Show(class) => show(context, &class.class).await,
        ClassCommand::Edit(edit) => self::edit(context, edit).await,
        ClassCommand::Copy(copy) => self::copy(context, copy).await,
        ClassCommand::Archive(class) => archive(context, &class.class, true).await,
        ClassCommand::Restore(class) => archive(context, &class.class, false).await,
        ClassCommand::Delete { class, yes } => deletion::delete(context, &class.class, yes.yes).await,
        ClassCommand::Deletion { class } => deletion::show(context, &class).await,
        ClassCommand::Usage(export) => export::usage(context, export).await,
        ClassCommand::Receipts(export) => export::receipts(context, export).await,
        ClassCommand::Events(events) => self::events(context, events).await,
    }
}

async fn create(context: &Context<'_>, create: CreateClass) -> Result<(), Failure> {
    let file = create.file.as_deref().map(SettingsFile::read).transpose()?.unwrap_or_default();
    let mut body = settings::for_new_class(file, &create.settings)?;
    body["code"] = json!(create.code);
    let answer: Answer<Class> = context.api.post("/api/admin/classes", Payload::json(&body)).await?;
    shown(context.output, &answer)
}

async fn list(context: &Context<'_>) -> Result<(), Failure> {
    let classes: Answer<Vec<ClassSummary>> = context.api.classes().await?;
    context.output.show(&classes.json, |output| {
        let mut table = Table::new(["code", "title", "state", "opens", "closes", "seats", "id"]);
        for class in &classes.value {
            table.row([
                (&*class.code).into(),
                (&*class.title).into(),
                cell(&*class.state, state_colour(&class.state)),
                in_zone(class.opens_at, &class.time_zone).into(),
                in_zone(class.closes_at, &class.time_zone).into(),
                class.seats.map(|seats| seats.to_string()).unwrap_or_default().into(),
                (&*class.id).into(),
            ]);
        }
        if table.is_empty() {
            output.note("you have no class yet; `brihaspati class create` makes one");
        }
        output.table(&table)
    })
}

async fn show(context: &Context<'_>, class: &str) -> Result<(), Failure> {
    let class = context.api.find_class(class).await?;
    let answer: Answer<Class> = context.api.get(&class.path("")).await?;
    shown(context.output, &answer)
}

async fn edit(context: &Context<'_>, edit: EditClass) -> Result<(), Failure> {
    let api = &context.api;
    let file = edit.file.as_deref().map(SettingsFile::read).transpose()?.unwrap_or_default();
    let class = api.find_class(&edit.class.class).await?;
    let read: Answer<Class> = api.get(&class.path("")).await?;
    let Some(etag) = file.etag.clone().or_else(|| read.etag.clone()) else {
        return Err(Failure::Unreachable("the answer has no ETag: it is not one of this API".to_owned()));
    };
    let wanted = settings::edited(&read.value.settings, file, &edit.settings)?;
    let body = settings::as_json(&wanted)?;
    match api.put::<Class>(&class.path(""), Payload::json(&body).if_match(&etag)).await {
        Ok(answer) => shown(context.output, &answer),
        Err(failure) if failure.exit() == Exit::ChangedMeanwhile => {
            Err(Failure::ChangedMeanwhile(who_changed(context, &class, &read.value.settings).await))
        }
        Err(failure) => Err(failure),
    }
}

/// What somebody else did between our reading and our writing, as far as it can be told.
async fn who_changed(context: &Context<'_>, class: &ClassRef, read: &ClassSettings) -> String {
    let first_page: Result<Answer<EventPage>, Failure> = context.api.get(&class.path("/events")).await;
    let events = first_page.map(|page| page.value.events).unwrap_or_default();
    let known = settings::as_json(read).unwrap_or_default();
    let by = events.iter().find(|event| event.changes.iter().any(|change| known.get(&change.field).is_some()));
    let last = by.map_or_else(String::new, |event| format!(": {}", event_words(event)));
    format!(
        "{} was changed meanwhile{last}. Nothing was written; look with `brihaspati class show` and edit again",
        plain(&class.code)
    )
}

async fn copy(context: &Context<'_>, copy: CopyClass) -> Result<(), Failure> {
    let class = context.api.find_class(&copy.class.class).await?;
    let body = json!({ "code": copy.code, "title": copy.title });
    let answer: Answer<Class> = context.api.post(&class.path("/copy"), Payload::json(&body)).await?;
    shown(context.output, &answer)
}

async fn archive(context: &Context<'_>, class: &str, archived: bool) -> Result<(), Failure> {
    let api = &context.api;
    let class = api.find_class(class).await?;
    let read: Answer<Class> = api.get(&class.path("")).await?;
    let payload = Payload::json(&json!({ "archived": archived })).if_match(read.etag.as_deref().unwrap_or_default());
    let answer: Answer<Class> = api.post(&class.path("/archive"), payload).await?;
    context.output.show(&answer.json, |output| {
        let done = if archived { "archived" } else { "restored" };
        output.line(format!("{done} {}", plain(&answer.value.code)))
    })
}

#[derive(serde::Deserialize)]
struct EventPage {
    events: Vec<Event>,
}

async fn events(context: &Context<'_>, wanted: EventsOfClass) -> Result<(), Failure> {
    let class = context.api.find_class(&wanted.class.class).await?;
    let path = class.path("/events");
    let (events, json): (Vec<Event>, Value) = if wanted.all {
        let all = all_pages(&context.api, &path, "events").await?;
        (all.value, all.json)
    } else {
        let page: Answer<EventPage> = context.api.get(&path).await?;
        (page.value.events, page.json)
    };
    context.output.show(&json, |output| {
        let mut table = Table::new(["at", "who", "did", "to what", "changes"]);
        for event in &events {
            let changes: Vec<String> = event.changes.iter().map(change_words).collect();
            table.row([
                local_time(event.at).into(),
                actor(event).into(),
                (&*event.action).into(),
                event.target.as_ref().map(plain_value).unwrap_or_default().into(),
                changes.join(", ").into(),
            ]);
        }
        output.table(&table)
    })
}

fn actor(event: &Event) -> String {
    plain(event.actor.name.as_deref().unwrap_or(&event.actor.kind))
}

fn change_words(change: &crate::api::class::Change) -> String {
    format!("{} {} -> {}", plain(&change.field), plain_value(&change.from), plain_value(&change.to))
}

fn event_words(event: &Event) -> String {
    let changes: Vec<String> = event.changes.iter().map(change_words).collect();
    format!("{} at {}, {}", actor(event), local_time(event.at), changes.join(", "))
}

/// With the `etag`, so that an edited copy can be given back to `class edit --file`.
fn shown(output: &Output, answer: &Answer<Class>) -> Result<(), Failure> {
    let Answer { value: class, json, etag } = answer;
    let mut document = json.clone();
    if let Some(etag) = etag {
        document["etag"] = json!(etag);
    }
    output.show(&document, |output| {
        for (name, value) in facts(class) {
            output.line(format!("{name:<14} {}", plain(&value)))?;
        }
        Ok(())
    })
}

fn facts(class: &Class) -> Vec<(&'static str, String)> {
    let settings = &class.settings;
    let time = |at: Option<Timestamp>, otherwise: &str| match at {
        Some(_) => format!("{} ({})", in_zone(at, &settings.time_zone), settings.time_zone),
        None => otherwise.to_owned(),
    };
    let minutes = |minutes: u32| format!("{minutes} min");
    let people = class.people.map_or_else(String::new, |people| format!("{people} of "));
    let mut facts = vec![
        ("code", class.code.clone()),
        ("title", settings.title.clone()),
        ("id", class.id.clone()),
        ("state", class.state.clone()),
        ("opens", time(settings.opens_at, "at once")),
        ("closes", time(settings.closes_at, "never")),
        ("people", format!("{people}{} seats", settings.seats)),
        ("environments", format!("{} per trainee", settings.environments_per_trainee)),
        ("idle limit", settings.idle_minutes.map_or_else(|| "none".to_owned(), minutes)),
        (
            "extra time",
            format!(
                "{} min at most, {} by the trainee",
                settings.max_extra_minutes, settings.trainee_extension_minutes
            ),
        ),
        ("providers", settings.providers.join(", ")),
        ("budget", settings.budget_micro_usd.map_or_else(|| "none".to_owned(), money)),
        ("viewing", settings.viewing.clone()),
        ("instructors", settings.instructors.join(", ")),
    ];
    if let Some(spending) = &class.spending {
        let spent = spending.spent_micro_usd.map(|spent| format!(", {} spent", money(spent))).unwrap_or_default();
        facts.push(("spending", format!("{} at most with what runs{spent}", money(spending.committed_micro_usd))));
    }
    facts
}

/// A class's dates are those of its own place.
fn in_zone(at: Option<Timestamp>, zone: &str) -> String {
    let Some(at) = at else { return String::new() };
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string()
}

fn state_colour(state: &str) -> Option<Colour> {
    match state {
        "open" => Some(Colour::Green),
        "upcoming" => Some(Colour::Cyan),
        "deleting" => Some(Colour::Red),
        _ => Some(Colour::Faint),
    }
}
