//! People of a class.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::member::{JoinedVia, Member, MemberState};

#[derive(Serialize, ToSchema)]
pub struct MemberView {
    pub id: String,
    pub name: String,
    pub display_name: String,
}

impl From<&Member> for MemberView {
    fn from(member: &Member) -> Self {
        Self {
            id: member.id.to_string(),
            name: member.name.as_str().to_owned(),
            display_name: member.display_name.clone(),
        }
    }
}

/// A member as the class's instructors see them.
#[derive(Serialize, ToSchema)]
pub struct PersonView {
    pub id: String,
    pub name: String,
    pub display_name: String,
    pub email: Option<String>,
    pub state: MemberState,
    pub extra_time_percent: u32,
    pub joined_via: JoinedVia,
    pub created_at: Timestamp,
    /// For `If-Match`: `"{revision}"`.
    pub revision: u64,
}

impl From<&Member> for PersonView {
    fn from(member: &Member) -> Self {
        Self {
            id: member.id.to_string(),
            name: member.name.as_str().to_owned(),
            display_name: member.display_name.clone(),
            email: member.email.clone(),
            state: member.state(),
            extra_time_percent: member.extra_time_percent,
            joined_via: member.joined_via,
            created_at: member.created_at,
            revision: member.revision,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct PersonList {
    pub members: Vec<PersonView>,
    pub next_cursor: Option<String>,
}
