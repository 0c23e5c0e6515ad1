//! Signing in, signing out, and who one is.

use reqwest::Method;
use serde_json::{Value, json};

use super::Context;
use crate::api::session::{Session, SignedIn};
use crate::api::{Answer, Api, Payload};
use crate::args::Login;
use crate::config::{StoredSession, address, token_from_environment};
use crate::failure::{Exit, Failure, wrong_usage};
use crate::output::{Output, local_time, plain};
use crate::prompt;

pub(super) async fn login(url: Option<&str>, login: Login, output: &Output) -> Result<(), Failure> {
    // A broken session file must not keep anybody from signing in again.
    let before = StoredSession::load().ok().flatten();
    let known = url.map(str::to_owned).or_else(|| before.as_ref().map(|session| session.url.clone()));
    let url = match known {
        Some(url) => url,
        None => prompt::ask("Address of the installation", "--url")?,
    };
    let address = address(&url)?;
    let name = match login.name {
        Some(name) => name,
        None => prompt::ask("Name", "--name")?,
    };
    let password = prompt::password("Password", "BRIHASPATI_PASSWORD")?;
    let api = Api::new(address.clone(), None)?;
    let Answer { value, mut json, .. } = api.login(login.class.as_deref(), &name, &password).await?;
    let SignedIn { session, token } = value;
    StoredSession { url: address.to_string(), name, token, expires_at: session.expires_at() }.save()?;
    if let Value::Object(fields) = &mut json {
        fields.remove("token");
    }
    output.show(&json, |output| output.line(format!("signed in: {}", sentence(&session, &address.to_string()))))
}

pub(super) async fn logout(output: &Output) -> Result<(), Failure> {
    let Some(session) = StoredSession::load()? else {
        return output.show(&json!({ "signed_out": false }), |output| output.line("you were not signed in"));
    };
    let api = Api::new(address(&session.url)?, Some(session.token.clone()))?;
    let told = api.send(Method::POST, "/api/logout", Payload::default()).await;
    StoredSession::forget()?;
    match told {
        // An ended session needs no ending.
        Err(failure) if failure.exit() != Exit::NotAllowed => {
            output.note(format!(
                "the session is forgotten here, but {} could not be told; there it ends {}",
                api.address(),
                local_time(session.expires_at)
            ));
            Err(failure)
        }
        _ => output
            .show(&json!({ "signed_out": true }), |output| output.line(format!("signed out of {}", api.address()))),
    }
}

pub(super) async fn whoami(context: &Context<'_>) -> Result<(), Failure> {
    let Context { api, output } = context;
    match api.session().await {
        Ok(answer) => {
            let at = api.address().to_string();
            output.show(&answer.json, |output| output.line(sentence(&answer.value, &at)))
        }
        // An operator's token is no session. Only it may list the instructors.
        Err(failure) if failure.exit() == Exit::NotAllowed && token_from_environment().is_some() => {
            api.get::<Value>("/api/admin/instructors").await.map_err(|_| failure)?;
            output.show(&json!({ "kind": "operator" }), |output| output.line(format!("operator at {}", api.address())))
        }
        Err(failure) => Err(failure),
    }
}

fn sentence(session: &Session, address: &str) -> String {
    let account = session.account();
    let role = match session {
        Session::Instructor { .. } => "instructor".to_owned(),
        Session::Trainee { class, .. } => format!("trainee of {} ({})", plain(&class.title), plain(&class.code)),
    };
    format!(
        "{} ({}, {}), {role} at {address} until {}",
        plain(&account.display_name),
        plain(&account.name),
        plain(&account.id),
        local_time(session.expires_at())
    )
}

/// The new password of an account, or what was said about it.
pub(super) fn new_password(whose: &str) -> Result<String, Failure> {
    let password = prompt::new_password(whose, "BRIHASPATI_NEW_PASSWORD")?;
    if password.chars().count() < 8 {
        return Err(wrong_usage("the password is too short: give at least 8 characters"));
    }
    Ok(password)
}
