//! One person at a time, and links by which people come by themselves.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use reqwest::Method;
use serde_json::{Value, json};

use super::Context;
use super::person::words;
use super::session::new_password;
use super::times::moment_or_span;
use crate::api::class::ClassRef;
use crate::api::people::{Added, JoinLink, NewJoinLink, OneTimeCode, Person};
use crate::api::{Answer, Payload, segment};
use crate::args::{AddMember, ExtraTime, JoinLinkCommand, MemberCommand, OneMember};
use crate::failure::Failure;
use crate::output::{Table, local_time, plain, qr_code};
use crate::prompt;

pub(super) async fn run(context: &Context<'_>, command: MemberCommand) -> Result<(), Failure> {
    match command {
        MemberCommand::Add(add) => self::add(context, &add).await,
        MemberCommand::Code { member, yes } => code(context, &member, yes.yes).await,
        MemberCommand::Suspend(member) => change(context, &member, |body| body["suspended"] = json!(true)).await,
        MemberCommand::Resume(member) => change(context, &member, |body| body["suspended"] = json!(false)).await,
        MemberCommand::ExtraTime(ExtraTime { member, percent }) => {
            change(context, &member, |body| body["extra_time_percent"] = json!(percent)).await
        }
        MemberCommand::Remove { member, yes } => remove(context, &member, yes.yes).await,
    }
}

async fn find(context: &Context<'_>, wanted: &OneMember) -> Result<(ClassRef, Person), Failure> {
    let class = context.api.find_class(&wanted.class.class).await?;
    let person = context.api.find_person(&class, &wanted.member).await?;
    Ok((class, person))
}

async fn add(context: &Context<'_>, add: &AddMember) -> Result<(), Failure> {
    let class = context.api.find_class(&add.class.class).await?;
    let mut body = json!({ "display_name": add.display_name });
    for (field, value) in [("name", &add.name), ("email", &add.email)] {
        if let Some(value) = value {
            body[field] = json!(value);
        }
    }
    if add.new_password {
        body["password"] = json!(new_password(&add.display_name)?);
    }
    let answer: Answer<Added> = context.api.post(&class.path("/members"), Payload::json(&body)).await?;
    context.output.show(&answer.json, |output| {
        output.line(format!("added {}", words(&answer.value.member)))?;
        match &answer.value.code {
            Some(code) => output.line(format!("one-time code: {}", plain(code))),
            None => Ok(()),
        }
    })
}

async fn code(context: &Context<'_>, member: &OneMember, yes: bool) -> Result<(), Failure> {
    let (class, person) = find(context, member).await?;
    let question = format!("{}'s password will stop working and every session of theirs ends. Go on?", words(&person));
    prompt::confirm(&question, yes)?;
    let path = class.path(&format!("/members/{}/code", person.id));
    let answer: Answer<OneTimeCode> = context.api.post(&path, Payload::default()).await?;
    context.output.show(&answer.json, |output| {
        let until = answer.value.expires_at.map(|at| format!(", good until {}", local_time(at)));
        let until = until.unwrap_or_default();
        output.line(format!("one-time code for {}: {}{until}", words(&person), plain(&answer.value.code)))
    })
}

async fn change(context: &Context<'_>, member: &OneMember, edit: impl FnOnce(&mut Value)) -> Result<(), Failure> {
    let (class, person) = find(context, member).await?;
    let mut body = json!({ "display_name": person.display_name, "email": person.email,
        "extra_time_percent": person.extra_time_percent, "suspended": person.state == "suspended" });
    edit(&mut body);
    let payload = Payload::json(&body).if_match(&format!("\"{}\"", person.revision));
    let path = class.path(&format!("/members/{}", person.id));
    let answer: Answer<Person> = context.api.put(&path, payload).await?;
    context.output.show(&answer.json, |output| {
        let person = &answer.value;
        output.line(format!("{}: {}, extra time {} %", words(person), plain(&person.state), person.extra_time_percent))
    })
}

async fn remove(context: &Context<'_>, member: &OneMember, yes: bool) -> Result<(), Failure> {
    let (class, person) = find(context, member).await?;
    prompt::confirm(&format!("{} will be taken out of the class with their data. Go on?", words(&person)), yes)?;
    let path = class.path(&format!("/members/{}", person.id));
    context.api.send(Method::DELETE, &path, Payload::default()).await?;
    let document = json!({ "removed": { "id": person.id, "name": person.name } });
    context.output.show(&document, |output| output.line(format!("removed {}", words(&person))))
}

pub(super) async fn run_links(context: &Context<'_>, command: JoinLinkCommand) -> Result<(), Failure> {
    match command {
        JoinLinkCommand::Create { class, seats, expires, no_qr } => {
            let class = context.api.find_class(&class.class).await?;
            let expires_at = moment_or_span(&expires, Timestamp::now(), &TimeZone::system())?;
            let body = json!({ "expires_at": expires_at, "seats": seats });
            let answer: Answer<NewJoinLink> =
                context.api.post(&class.path("/join-links"), Payload::json(&body)).await?;
            context.output.show(&answer.json, |output| {
                let NewJoinLink { link, url } = &answer.value;
                output.line(plain(url))?;
                // In a pipe the address is what is wanted.
                if output.terminal
                    && !no_qr
                    && let Some(code) = qr_code(url, output)
                {
                    output.line(code)?;
                }
                let until = local_time(link.expires_at);
                output.note(format!("for {} people, until {until}; it is shown only now", link.seats));
                Ok(())
            })
        }
        JoinLinkCommand::List(class) => list_links(context, &class.class).await,
        JoinLinkCommand::Revoke { class, link, yes } => {
            let class = context.api.find_class(&class.class).await?;
            let path = class.path(&format!("/join-links/{}", segment(&link)?));
            prompt::confirm("Nobody will be able to join by this link any more. Go on?", yes.yes)?;
            context.api.send(Method::DELETE, &path, Payload::default()).await?;
            context.output.show(&json!({ "revoked": link }), |output| output.line(format!("revoked {}", plain(&link))))
        }
    }
}

#[derive(serde::Deserialize)]
struct Links {
    links: Vec<JoinLink>,
}

async fn list_links(context: &Context<'_>, class: &str) -> Result<(), Failure> {
    let class = context.api.find_class(class).await?;
    let answer: Answer<Links> = context.api.get(&class.path("/join-links")).await?;
    context.output.show(&answer.json, |output| {
        let mut table = Table::new(["link", "created", "expires", "used", "state"]);
        for link in &answer.value.links {
            table.row([
                (&*link.id).into(),
                local_time(link.created_at).into(),
                local_time(link.expires_at).into(),
                format!("{}/{}", link.used, link.seats).into(),
                link_state(link).into(),
            ]);
        }
        output.table(&table)
    })
}

fn link_state(link: &JoinLink) -> &'static str {
    match link {
        JoinLink { revoked_at: Some(_), .. } => "revoked",
        JoinLink { expires_at, .. } if *expires_at <= Timestamp::now() => "expired",
        JoinLink { used, seats, .. } if used >= seats => "used up",
        JoinLink { .. } => "open",
    }
}
