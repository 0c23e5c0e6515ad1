//! Every key of the table, and what asks for it.
//!
//! | who asks | how |
//! |---|---|
//! | sign in: class by code | `pk = CODE#{code}`, `sk = CLASS` |
//! | class | `pk = CLASS#{class}`, `sk = CLASS` |
//! | labs of a class | `pk = CLASS#{class}`, `sk` begins with `LAB#` |
//! | a lab's files in one version | `pk = BUNDLE#{class}#{lab}`, `sk = {version}` |
//! | sign in: member by name | `pk = CLASS#{class}`, `sk = NAME#{name}` |
//! | member, on every request | `pk = CLASS#{class}`, `sk = MEMBER#{member}` |
//! | is this session signed out? | `pk = SESSION#{session}`, `sk = SIGNED-OUT` |
//! | a member's environment of a lab now | `pk = MEMBER#{member}`, `sk = SLOT#{lab}` |
//! | environment | `pk = {environment}`, `sk = ENVIRONMENT` |
//! | a member's environments, past ones too | index `class`: `class_pk = CLASS#{class}`, `class_sk` begins with `{member}#` |
//! | a class's environments, for its instructors | index `class`: `class_pk = CLASS#{class}` |
//! | a provider's traffic | `pk = PROVIDER#{provider}`, `sk = TRAFFIC` |
//! | what is due | index `due`: `due_shard`, `due_at` up to now |

use crate::domain::class::{ClassCode, LoginName};
use crate::domain::ids::{ClassId, EnvironmentId, LabSlug, MemberId};
use crate::domain::placement::ProviderKind;

pub(super) const PK: &str = "pk";
pub(super) const SK: &str = "sk";
pub(super) const DUE_INDEX: &str = "due";
pub(super) const CLASS_INDEX: &str = "class";
/// The due index is spread over a few partitions: hundreds of environments may change in one second.
pub(super) const DUE_SHARDS: u8 = 4;

/// A primary key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub pk: String,
    pub sk: String,
}

fn key(pk: String, sk: impl Into<String>) -> Key {
    Key { pk, sk: sk.into() }
}

pub(super) const LAB_PREFIX: &str = "LAB#";

pub(super) fn class_code(code: &ClassCode) -> Key {
    key(format!("CODE#{}", code.as_str()), "CLASS")
}

pub(super) fn class_partition(class: &ClassId) -> String {
    format!("CLASS#{class}")
}

pub(super) fn class(class: &ClassId) -> Key {
    key(class_partition(class), "CLASS")
}

pub(super) fn lab(class: &ClassId, lab: &LabSlug) -> Key {
    key(class_partition(class), format!("{LAB_PREFIX}{lab}"))
}

pub(super) fn bundle(class: &ClassId, lab: &LabSlug, version: &str) -> Key {
    key(format!("BUNDLE#{class}#{lab}"), version)
}

pub(super) fn login_name(class: &ClassId, name: &LoginName) -> Key {
    key(class_partition(class), format!("NAME#{}", name.as_str()))
}

pub(super) fn member(class: &ClassId, member: &MemberId) -> Key {
    key(class_partition(class), format!("MEMBER#{member}"))
}

pub(super) fn signed_out(session_id: &str) -> Key {
    key(format!("SESSION#{session_id}"), "SIGNED-OUT")
}

pub(super) fn slot(member: &MemberId, lab: &LabSlug) -> Key {
    key(format!("MEMBER#{member}"), format!("SLOT#{lab}"))
}

pub(super) fn environment(environment: &EnvironmentId) -> Key {
    key(environment.to_string(), "ENVIRONMENT")
}

pub(super) fn traffic(provider: ProviderKind) -> Key {
    key(format!("PROVIDER#{provider}"), "TRAFFIC")
}

pub(super) fn member_environments(member: &MemberId) -> String {
    format!("{member}#")
}

pub(super) fn member_environment(member: &MemberId, environment: &EnvironmentId) -> String {
    format!("{member}#{environment}")
}

pub(super) fn due_shards() -> impl Iterator<Item = String> {
    (0..DUE_SHARDS).map(|shard| format!("DUE#{shard}"))
}

pub(super) fn due_shard(environment: &EnvironmentId) -> String {
    let sum: u32 = environment.as_str().bytes().map(u32::from).sum();
    format!("DUE#{}", sum % u32::from(DUE_SHARDS))
}
