//! Members: from a request to a proven [`Caller`].

use http::StatusCode;
use jiff::Timestamp;
use lambda_http::Request;

use super::bearer::bearer_token;
use super::operator::OperatorKey;
use super::session::{SessionVerifier, cookie_token};
use crate::config::{Settings, SettingsError};
use crate::domain::class::{Member, Role};
use crate::domain::ids::ClassId;
use crate::http::{ApiError, path_parameter};
use crate::store::Store;

/// A member of a class whose session was checked against the table in this request.
#[derive(Debug)]
pub struct Caller {
    pub member: Member,
    pub session_id: String,
    pub session_ends_at: Timestamp,
}

/// Proof that the caller may change this class: its instructor, or the operator.
#[derive(Debug)]
pub struct ClassAdmin {
    pub class_id: ClassId,
}

/// Proof that the caller teaches or operates here: good for what concerns no class and no person.
#[derive(Debug)]
pub struct Staff(());

pub struct Authenticator {
    verifier: SessionVerifier,
    store: Store,
}

/// A browser sends cookies by itself, but no foreign page can make it send this header.
const PORTAL_HEADER: &str = "x-brihaspati-portal";

impl Authenticator {
    /// Shares the function's own `store`: one client, one connection.
    pub fn new(settings: &Settings, store: &Store) -> Result<Self, SettingsError> {
        Ok(Self { verifier: SessionVerifier::from_settings(settings)?, store: store.clone() })
    }

    /// # Errors
    /// 401 without a valid session; 403 for a write that a browser sent without the portal's header.
    pub async fn caller(&self, request: &Request, now: Timestamp) -> Result<Caller, ApiError> {
        let token = match (bearer_token(request), cookie_token(request.headers())) {
            (Some(token), _) => token,
            (None, Some(token)) => {
                if !request.method().is_safe() && !request.headers().contains_key(PORTAL_HEADER) {
                    return Err(ApiError::forbidden(
                        "send the header X-Brihaspati-Portal with a write that uses the session cookie",
                    ));
                }
                token
            }
            (None, None) => return Err(ApiError::unauthenticated()),
        };
        let claims = self.verifier.verify(token, now).ok_or_else(ApiError::unauthenticated)?;
        let identity = self.store.identity(&claims.cls, &claims.sub, &claims.jti).await?;
        let member = identity.member.filter(|member| !identity.signed_out && member.session_epoch == claims.epoch);
        Ok(Caller {
            member: member.ok_or_else(ApiError::unauthenticated)?,
            session_id: claims.jti,
            session_ends_at: Timestamp::from_second(claims.exp).map_err(ApiError::internal)?,
        })
    }

    /// Instructors, of whatever class, and the operator.
    ///
    /// # Errors
    /// 401 without a valid session or operator's token; 403 for trainees.
    pub async fn staff(&self, request: &Request, operator: &OperatorKey, now: Timestamp) -> Result<Staff, ApiError> {
        if operator.recognise(request).is_some() {
            return Ok(Staff(()));
        }
        match self.caller(request, now).await?.member.role {
            Role::Instructor => Ok(Staff(())),
            Role::Trainee => Err(ApiError::forbidden("only instructors may do this")),
        }
    }

    /// Who may change the class of the path's `{class}`. Who is calling comes first: strangers learn nothing else.
    ///
    /// # Errors
    /// 401 without a valid session or operator's token; 403 for anybody but the class's instructors and the operator;
    /// 404 to the operator where there is no such class; 422 where `{class}` is no class's identifier.
    pub async fn class_admin(
        &self,
        request: &Request,
        operator: &OperatorKey,
        now: Timestamp,
    ) -> Result<ClassAdmin, ApiError> {
        if operator.recognise(request).is_some() {
            let class_id: ClassId = path_parameter(request, "class")?;
            return match self.store.class(&class_id).await? {
                Some(_) => Ok(ClassAdmin { class_id }),
                None => Err(ApiError::new(StatusCode::NOT_FOUND, "class_not_found", "there is no such class")),
            };
        }
        let caller = self.caller(request, now).await?;
        let class_id: ClassId = path_parameter(request, "class")?;
        if caller.member.class_id == class_id && caller.member.role == Role::Instructor {
            Ok(ClassAdmin { class_id })
        } else {
            Err(ApiError::forbidden("only an instructor of this class may do this"))
        }
    }
}
