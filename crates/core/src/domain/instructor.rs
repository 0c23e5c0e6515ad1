//! Who runs classes. Operators make instructors; instructors see and touch only their own classes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::InstructorId;
use super::member::LoginName;
use super::secret::Secret;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instructor {
    pub id: InstructorId,
    /// Unique in the installation.
    pub name: LoginName,
    pub display_name: String,
    /// argon2id, in PHC text form.
    pub password_hash: Secret,
    /// Sessions signed under an older number are refused.
    pub session_epoch: u32,
    pub disabled_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// Counts the writes.
    pub revision: u64,
}

impl Instructor {
    /// Signs the instructor out everywhere, or lets them in again.
    pub fn disable(&mut self, disabled: bool, now: Timestamp) {
        match (disabled, self.disabled_at) {
            (true, None) => {
                self.disabled_at = Some(now);
                self.session_epoch += 1;
            }
            (false, Some(_)) => self.disabled_at = None,
            (true, Some(_)) | (false, None) => {}
        }
    }

    /// Another password; every session ends.
    pub fn set_password(&mut self, password_hash: Secret) {
        self.password_hash = password_hash;
        self.session_epoch += 1;
    }
}
