//! What every function of the admin API begins with: who is calling, and a record of what they did.

use jiff::Timestamp;
use ulid::Ulid;

use crate::auth::{Authenticator, ClassAdmin, Operator, OperatorKey, Staff};
use crate::config::{Settings, SettingsError};
use crate::domain::audit::{Actor, AuditEvent, FieldChange};
use crate::domain::ids::EventId;
use crate::http::{ApiError, Request};
use crate::store::Store;
use crate::trace::TraceId;

/// The office's counter: nobody gets past it without showing who they are.
pub struct Admin {
    pub store: Store,
    auth: Authenticator,
    operator: OperatorKey,
}

impl Admin {
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        let store = Store::from_settings(settings)?;
        let auth = Authenticator::new(settings, &store)?;
        Ok(Self { auth, operator: OperatorKey::from_settings(settings)?, store })
    }

    /// Who may see and change the class of the path's `{class}`.
    ///
    /// # Errors
    /// As [`Authenticator::class_admin`].
    pub async fn class(&self, request: &Request, now: Timestamp) -> Result<ClassAdmin, ApiError> {
        self.auth.class_admin(request, &self.operator, now).await
    }

    /// Instructors, of whatever class, and the operator.
    ///
    /// # Errors
    /// As [`Authenticator::staff`].
    pub async fn staff(&self, request: &Request, now: Timestamp) -> Result<Staff, ApiError> {
        self.auth.staff(request, &self.operator, now).await
    }

    /// # Errors
    /// 401 without the operator's token.
    pub fn operator(&self, request: &Request) -> Result<Operator, ApiError> {
        self.operator.authenticate(request)
    }
}

/// The record of something that `actor` does by this request.
pub fn event(request: &Request, actor: &Actor, action: &str, now: Timestamp) -> AuditEvent {
    AuditEvent {
        id: EventId::new(Ulid::new()),
        at: now,
        actor: actor.clone(),
        action: action.to_owned(),
        target: None,
        changes: Vec::new(),
        trace_id: TraceId::of(request).to_string(),
    }
}

impl AuditEvent {
    #[must_use]
    pub fn on(self, target: impl Into<String>) -> Self {
        Self { target: Some(target.into()), ..self }
    }

    #[must_use]
    pub fn with(self, changes: Vec<FieldChange>) -> Self {
        Self { changes, ..self }
    }
}
