//! Who is signed in.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::class::{ClassRef, InstructorView};
use super::member::MemberView;
use crate::domain::class::Class;
use crate::domain::instructor::Instructor;
use crate::domain::member::Member;

/// Who is signed in, to which class if it is a trainee, and until when.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum SessionView {
    Trainee { member: MemberView, class: ClassRef, expires_at: Timestamp },
    Instructor { instructor: InstructorView, expires_at: Timestamp },
}

impl SessionView {
    pub fn trainee(member: &Member, class: &Class, expires_at: Timestamp) -> Self {
        Self::Trainee { member: member.into(), class: class.into(), expires_at }
    }

    pub fn instructor(instructor: &Instructor, expires_at: Timestamp) -> Self {
        Self::Instructor { instructor: instructor.into(), expires_at }
    }
}
