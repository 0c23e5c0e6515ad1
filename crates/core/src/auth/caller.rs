use http::StatusCode;
use jiff::Timestamp;
use lambda_http::Request;

use super::OperatorKey;
use super::bearer::bearer_token;
use super::session::{Claims, SessionVerifier, Subject, cookie_token};
use crate::config::{Settings, SettingsError};
use crate::domain::audit::Actor;
use crate::domain::class::Class;
use crate::domain::ids::ClassId;
use crate::domain::instructor::Instructor;
use crate::domain::member::Member;
use crate::http::{ApiError, path_parameter};
use crate::store::Store;

/// A trainee whose session was checked against the table in this request.
#[derive(Debug)]
pub struct Caller {
    pub member: Member,
    pub class: Class,
    pub session_id: String,
    pub session_ends_at: Timestamp,
}

/// An instructor whose session was checked against the table in this request.
#[derive(Debug)]
pub struct Teacher {
    pub instructor: Instructor,
    pub session_id: String,
    pub session_ends_at: Timestamp,
}

/// Anybody who is signed in.
#[derive(Debug)]
pub enum SignedIn {
    Trainee(Box<Caller>),
    Instructor(Box<Teacher>),
}

/// Proof that the caller may see and change this class: one of its instructors, or the operator.
#[derive(Debug)]
pub struct ClassAdmin {
    pub class: Class,
    pub actor: Actor,
}

/// Proof that the caller teaches or operates here: good for what concerns no class and no person.
#[derive(Debug)]
pub struct Staff {
    /// `None` for the operator.
    pub instructor: Option<Instructor>,
    pub actor: Actor,
}

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

    /// A trainee.
    ///
    /// # Errors
    /// 401 without a valid session; 403 for instructors, and for a write that a browser sent without the portal's header.
    pub async fn caller(&self, request: &Request, now: Timestamp) -> Result<Caller, ApiError> {
        match self.signed_in(request, now).await? {
            SignedIn::Trainee(caller) => Ok(*caller),
            SignedIn::Instructor(_) => Err(ApiError::forbidden("this is for the members of a class")),
        }
    }

    /// # Errors
    /// 401 without a valid session; 403 for a write that a browser sent without the portal's header.
    pub async fn signed_in(&self, request: &Request, now: Timestamp) -> Result<SignedIn, ApiError> {
        let claims = self.claims(request, now)?;
        let session_ends_at = Timestamp::from_second(claims.exp).map_err(ApiError::internal)?;
        let session_id = claims.jti;
        match &claims.subject {
            Subject::Member { sub, cls } => {
                let identity = self.store.member_identity(cls, sub, &session_id).await?;
                let known = identity.member.filter(|member| {
                    !identity.signed_out && member.session_epoch == claims.epoch && member.suspended_at.is_none()
                });
                // Nobody stays signed in to a class that is archived.
                let class = identity.class.filter(Class::lets_people_in);
                let (member, class) = known.zip(class).ok_or_else(ApiError::unauthenticated)?;
                Ok(SignedIn::Trainee(Box::new(Caller { member, class, session_id, session_ends_at })))
            }
            Subject::Instructor { sub } => {
                let identity = self.store.instructor_identity(sub, &session_id).await?;
                let known = identity.instructor.filter(|instructor| {
                    !identity.signed_out && instructor.session_epoch == claims.epoch && instructor.disabled_at.is_none()
                });
                let instructor = known.ok_or_else(ApiError::unauthenticated)?;
                Ok(SignedIn::Instructor(Box::new(Teacher { instructor, session_id, session_ends_at })))
            }
        }
    }

    fn claims(&self, request: &Request, now: Timestamp) -> Result<Claims, ApiError> {
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
        self.verifier.verify(token, now).ok_or_else(ApiError::unauthenticated)
    }

    /// Instructors, of whatever class, and the operator.
    ///
    /// # Errors
    /// 401 without a valid session or operator's token; 403 for trainees.
    pub async fn staff(&self, request: &Request, operator: &OperatorKey, now: Timestamp) -> Result<Staff, ApiError> {
        if operator.recognise(request).is_some() {
            return Ok(Staff { instructor: None, actor: Actor::operator() });
        }
        match self.signed_in(request, now).await? {
            SignedIn::Instructor(teacher) => {
                let actor = Actor::instructor(&teacher.instructor.id, &teacher.instructor.display_name);
                Ok(Staff { instructor: Some(teacher.instructor), actor })
            }
            SignedIn::Trainee(_) => Err(ApiError::forbidden("only instructors may do this")),
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
        let staff = self.staff(request, operator, now).await?;
        let class_id: ClassId = path_parameter(request, "class")?;
        let class = self.store.class(&class_id).await?;
        match (class, staff.instructor) {
            (Some(class), None) => Ok(ClassAdmin { class, actor: staff.actor }),
            (Some(class), Some(instructor)) if class.settings.instructors.contains(&instructor.id) => {
                Ok(ClassAdmin { class, actor: staff.actor })
            }
            (None, None) => Err(ApiError::new(StatusCode::NOT_FOUND, "class_not_found", "there is no such class")),
            (_, Some(_)) => Err(ApiError::forbidden("only an instructor of this class may do this")),
        }
    }
}
