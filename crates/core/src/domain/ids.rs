//! Identifiers that say what they name: a prefix and a ULID in lower case, so that newer ones sort after older ones.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// The text is not an identifier of this kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not an identifier of the form {prefix}… with 26 letters and digits")]
pub struct InvalidId {
    prefix: &'static str,
}

fn is_ulid(text: &str) -> bool {
    text.len() == 26
        && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
        && Ulid::from_string(text).is_ok()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn new(ulid: Ulid) -> Self {
                Self(format!(concat!($prefix, "{}"), ulid.to_string().to_lowercase()))
            }

            /// Names nothing; for doing the same work where there is nothing to name.
            pub fn nil() -> Self {
                Self::new(Ulid::nil())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The part after the prefix: letters and digits only, for places that allow nothing else.
            pub fn bare(&self) -> &str {
                &self.0[$prefix.len()..]
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                match text.strip_prefix($prefix) {
                    Some(bare) if is_ulid(bare) => Ok(Self(text.to_owned())),
                    _ => Err(InvalidId { prefix: $prefix }),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A class.
    ClassId, "cls_"
);
id!(
    /// A member of one class, trainee or instructor.
    MemberId, "mem_"
);
id!(
    /// An instructor of the installation.
    InstructorId, "ins_"
);
id!(
    /// A link that lets people join a class.
    JoinLinkId, "jln_"
);
id!(
    /// A message to a class or to some of its people.
    MessageId, "msg_"
);
id!(
    /// An entry of a class's record of what was done.
    EventId, "evt_"
);
id!(
    /// One trainee's copy of a lab, running or past.
    EnvironmentId, "env_"
);

pub use brihaspati_lab::{InvalidSlug, LabSlug};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_the_way_through_text() {
        let id = EnvironmentId::new(Ulid::from_parts(1_763_769_600_000, 7));
        assert_eq!(id.to_string().parse(), Ok(id.clone()));
        assert_eq!(id.bare().len(), 26);
    }

    #[test]
    fn ids_of_another_kind_and_other_text_are_refused() {
        let class = ClassId::new(Ulid::from_parts(1, 1)).to_string();
        for text in
            ["", "env_", "env_01", class.as_str(), "env_01JD0000000000000000000000", "env_../../../../../etc/passwd0"]
        {
            assert!(text.parse::<EnvironmentId>().is_err(), "{text}");
        }
    }
}
