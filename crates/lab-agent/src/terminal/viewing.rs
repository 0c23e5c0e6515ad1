//! Who else may look at the trainee's terminal, and who does. The trainee decides; what the class has agreed on is
//! where it starts. `docs/protocol.md`, section 3.

use serde::{Deserialize, Serialize};

use super::viewer::Viewer;
use crate::bundle::Watching;

/// What those who hold the watchers' secret may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Mode {
    Off,
    Read,
    Write,
}

/// As whom somebody has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// The trainee.
    Owner,
    /// Somebody of this name who looks on.
    Watcher(String),
}

/// What is seen of the watching, by both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Viewing {
    pub(super) mode: Mode,
    /// Each name once, in the order of coming.
    pub(super) watching: Vec<String>,
}

impl Viewing {
    pub(super) fn of(mode: Mode, viewers: &[Viewer]) -> Self {
        let mut watching: Vec<String> = Vec::new();
        for viewer in viewers.iter().filter(|viewer| !viewer.is_dismissed()) {
            if let Role::Watcher(name) = &viewer.role
                && !watching.contains(name)
            {
                watching.push(name.clone());
            }
        }
        Self { mode, watching }
    }
}

impl Mode {
    /// Before the trainee has said anything.
    pub(super) fn at_first(watching: Watching) -> Self {
        match watching {
            Watching::Ask => Self::Off,
            Watching::Open => Self::Read,
        }
    }
}

impl Role {
    pub(super) fn is_owner(&self) -> bool {
        *self == Self::Owner
    }

    pub(super) fn may_type(&self, mode: Mode) -> bool {
        match self {
            Self::Owner => true,
            Self::Watcher(_) => mode == Mode::Write,
        }
    }

    /// The client as it is remembered: a watcher who calls itself as the trainee does takes nobody's place. Clients'
    /// own ids have no blank in them.
    pub(super) fn client(&self, id: &str) -> String {
        match self {
            Self::Owner => id.to_owned(),
            Self::Watcher(_) => format!("watcher {id}"),
        }
    }
}
