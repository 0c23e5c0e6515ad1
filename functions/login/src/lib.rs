//! `POST /api/login` and `POST /api/redeem`: a password, or a one-time code, becomes a session. Besides `join` the only
//! function that can sign one.

mod by_code;
mod by_password;

use brihaspati_core::auth::SessionSigner;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::domain::class::{Class, ClassCode};
use brihaspati_core::domain::ids::ClassId;
use brihaspati_core::domain::member::{LoginName, Member};
use brihaspati_core::http::ApiError;
use brihaspati_core::lambda::{Invoke, Routes};
use brihaspati_core::store::Store;
use http::StatusCode;
use jiff::Timestamp;

pub use by_code::*;
pub use by_password::*;

const BODY_LIMIT: usize = 4 << 10;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let state = State { store: Store::from_settings(settings)?, signer: SessionSigner::from_settings(settings)? };
    Ok(Routes::of(state).on("POST /api/login", login).on("POST /api/redeem", redeem).serve())
}

pub struct State {
    store: Store,
    signer: SessionSigner,
}

impl State {
    /// Counts the try before anything is looked at.
    async fn count_try(&self, whose: &str, now: Timestamp) -> Result<(), ApiError> {
        match self.store.count_guess(whose, now).await? {
            Ok(()) => Ok(()),
            Err(too_many) => {
                let seconds = u32::try_from(too_many.retry_after.as_secs()).unwrap_or(u32::MAX);
                Err(ApiError::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too_many_guesses",
                    format!("too many tries for this name; try again in {seconds} seconds, or ask your instructor for a new code"),
                )
                .retry_after(seconds))
            }
        }
    }

    /// Class and member, if the two belong together; the same reads whether they exist or not.
    async fn find(&self, code: &str, name: &str) -> Result<Option<(Class, Member)>, ApiError> {
        let (Ok(code), Ok(name)) = (code.parse::<ClassCode>(), name.parse::<LoginName>()) else {
            return Ok(None);
        };
        let class = self.store.class_by_code(&code).await?;
        let class_id = class.as_ref().map_or_else(ClassId::nil, |class| class.id.clone());
        let member = self.store.member_by_name(&class_id, &name).await?;
        Ok(class.zip(member))
    }
}

/// One key for every way of writing the same name.
fn key(class_code: &str, name: &str) -> String {
    format!("{}#{}", class_code.trim().to_ascii_uppercase(), name.trim().to_ascii_lowercase())
}

/// Who proved who they are, and may come in.
fn admitted(class: &Class, member: &Member) -> Result<(), ApiError> {
    if member.suspended_at.is_some() {
        return Err(ApiError::new(StatusCode::FORBIDDEN, "suspended", "you are suspended; speak to your instructor"));
    }
    if class.lets_people_in() {
        Ok(())
    } else {
        Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "class_archived",
            "this class is archived; nobody can sign in any more",
        ))
    }
}

fn invalid_credentials() -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "invalid_credentials",
        "what you typed does not belong together; check it, or ask your instructor",
    )
}
