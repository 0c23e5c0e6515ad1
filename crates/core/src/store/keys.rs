//! Every key of the table, and what asks for it. The index `class` holds environments without their secrets.
//!
//! | who asks | how |
//! |---|---|
//! | sign in: class by code | `pk = CODE#{code}`, `sk = CLASS` |
//! | class | `pk = CLASS#{class}`, `sk = CLASS` |
//! | all classes, for the operator | `pk = CLASSES`, `sk = {class}` |
//! | an instructor's classes | `pk = TEACHES#{instructor}`, `sk = {class}` |
//! | instructor, on every request; all of them | `pk = INSTRUCTORS`, `sk = {instructor}` |
//! | sign in: instructor by name | `pk = INSTRUCTORS`, `sk = NAME#{name}` |
//! | wrong guesses at a password lately | `pk = GUESSES#{whose}`, `sk = GUESSES` |
//! | labs of a class | `pk = CLASS#{class}`, `sk` begins with `LAB#` |
//! | a lab's versions | `pk = BUNDLE#{class}#{lab}`, `sk` begins with `VERSION#` |
//! | a lab's files in one version | `pk = BUNDLE#{class}#{lab}`, `sk = {version}` |
//! | sign in: member by name | `pk = CLASS#{class}`, `sk = NAME#{name}` |
//! | member, on every request | `pk = CLASS#{class}`, `sk = MEMBER#{member}` |
//! | people of a class | `pk = CLASS#{class}`, `sk` begins with `MEMBER#` |
//! | how many seats are taken | `pk = CLASS#{class}`, `sk = SEATS` |
//! | join links of a class | `pk = CLASS#{class}`, `sk` begins with `LINK#` |
//! | joining: link by token | `pk = JOIN#{SHA-256 of the token}`, `sk = JOIN` |
//! | messages, the newest first | `pk = CLASS#{class}`, `sk` begins with `MESSAGE#` |
//! | what was done, the newest first | `pk = CLASS#{class}`, `sk` begins with `EVENT#` |
//! | is this session signed out? | `pk = SESSION#{session}`, `sk = SIGNED-OUT` |
//! | a member's environments of each lab now | `pk = MEMBER#{member}`, `sk = DESK` |
//! | environment | `pk = {environment}`, `sk = ENVIRONMENT` |
//! | a member's environments, past ones too | index `class`: `class_pk = CLASS#{class}`, `class_sk` begins with `{member}#` |
//! | a class's environments, for its instructors | index `class`: `class_pk = CLASS#{class}` |
//! | the room | index `room`: `room_pk = CLASS#{class}` |
//! | a provider's traffic | `pk = PROVIDER#{provider}`, `sk = TRAFFIC` |
//! | a provider's prices | `pk = PROVIDER#{provider}`, `sk = PRICES` |
//! | what a class's budget is used for | `pk = CLASS#{class}`, `sk = BUDGET` |
//! | what is due | index `due`: `due_shard`, `due_at` up to now |
//! | when the reaper ran last | `pk = REAPER`, `sk = HEARTBEAT` |
//! | the receipt of a deleted class | `pk = DELETED#{class}`, `sk = CLASS` |

use crate::domain::class::ClassCode;
use crate::domain::ids::{ClassId, EnvironmentId, EventId, InstructorId, JoinLinkId, LabSlug, MemberId, MessageId};
use crate::domain::member::LoginName;
use crate::domain::placement::ProviderKind;

pub(super) const PK: &str = "pk";
pub(super) const SK: &str = "sk";
pub(super) const DUE_INDEX: &str = "due";
pub(super) const CLASS_INDEX: &str = "class";
pub(super) const ROOM_INDEX: &str = "room";
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
pub(super) const VERSION_PREFIX: &str = "VERSION#";
pub(super) const MEMBER_PREFIX: &str = "MEMBER#";
pub(super) const LINK_PREFIX: &str = "LINK#";
pub(super) const MESSAGE_PREFIX: &str = "MESSAGE#";
pub(super) const EVENT_PREFIX: &str = "EVENT#";
pub(super) const NAME_PREFIX: &str = "NAME#";
pub(super) const CLASSES: &str = "CLASSES";
pub(super) const INSTRUCTORS: &str = "INSTRUCTORS";

pub(super) fn class_code(code: &ClassCode) -> Key {
    key(format!("CODE#{}", code.as_str()), "CLASS")
}

pub(super) fn class_partition(class: &ClassId) -> String {
    format!("CLASS#{class}")
}

pub(super) fn class(class: &ClassId) -> Key {
    key(class_partition(class), "CLASS")
}

pub(super) fn listed_class(class: &ClassId) -> Key {
    key(CLASSES.to_owned(), class.as_str())
}

pub(super) fn teaches_partition(instructor: &InstructorId) -> String {
    format!("TEACHES#{instructor}")
}

pub(super) fn teaches(instructor: &InstructorId, class: &ClassId) -> Key {
    key(teaches_partition(instructor), class.as_str())
}

pub(super) fn instructor(instructor: &InstructorId) -> Key {
    key(INSTRUCTORS.to_owned(), instructor.as_str())
}

pub(super) fn instructor_name(name: &LoginName) -> Key {
    key(INSTRUCTORS.to_owned(), format!("{NAME_PREFIX}{}", name.as_str()))
}

pub(super) fn guesses(whose: &str) -> Key {
    key(format!("GUESSES#{whose}"), "GUESSES")
}

pub(super) fn seats(class: &ClassId) -> Key {
    key(class_partition(class), "SEATS")
}

pub(super) fn join_link(class: &ClassId, link: &JoinLinkId) -> Key {
    key(class_partition(class), format!("{LINK_PREFIX}{link}"))
}

pub(super) fn join_token(sha256: &str) -> Key {
    key(format!("JOIN#{sha256}"), "JOIN")
}

pub(super) fn message(class: &ClassId, message: &MessageId) -> Key {
    key(class_partition(class), format!("{MESSAGE_PREFIX}{message}"))
}

pub(super) fn event(class: &ClassId, event: &EventId) -> Key {
    key(class_partition(class), format!("{EVENT_PREFIX}{event}"))
}

pub(super) fn deleted_class(class: &ClassId) -> Key {
    key(format!("DELETED#{class}"), "CLASS")
}

pub(super) fn lab(class: &ClassId, lab: &LabSlug) -> Key {
    key(class_partition(class), format!("{LAB_PREFIX}{lab}"))
}

pub(super) fn bundle_partition(class: &ClassId, lab: &LabSlug) -> String {
    format!("BUNDLE#{class}#{lab}")
}

pub(super) fn bundle(class: &ClassId, lab: &LabSlug, version: &str) -> Key {
    key(bundle_partition(class, lab), version)
}

pub(super) fn lab_version(class: &ClassId, lab: &LabSlug, version: &str) -> Key {
    key(bundle_partition(class, lab), format!("{VERSION_PREFIX}{version}"))
}

pub(super) fn login_name(class: &ClassId, name: &LoginName) -> Key {
    key(class_partition(class), format!("{NAME_PREFIX}{}", name.as_str()))
}

pub(super) fn member(class: &ClassId, member: &MemberId) -> Key {
    key(class_partition(class), format!("{MEMBER_PREFIX}{member}"))
}

pub(super) fn signed_out(session_id: &str) -> Key {
    key(format!("SESSION#{session_id}"), "SIGNED-OUT")
}

pub(super) fn desk(member: &MemberId) -> Key {
    key(format!("MEMBER#{member}"), "DESK")
}

pub(super) fn environment(environment: &EnvironmentId) -> Key {
    key(environment.to_string(), "ENVIRONMENT")
}

pub(super) fn traffic(provider: ProviderKind) -> Key {
    key(format!("PROVIDER#{provider}"), "TRAFFIC")
}

pub(super) fn prices(provider: ProviderKind) -> Key {
    key(format!("PROVIDER#{provider}"), "PRICES")
}

pub(super) fn heartbeat() -> Key {
    key("REAPER".to_owned(), "HEARTBEAT")
}

pub(super) fn budget(class: &ClassId) -> Key {
    key(class_partition(class), "BUDGET")
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
