//! What follows from a failed create, for its environment and for everybody else's: one table, one row per kind.

use jiff::SignedDuration;

use super::provider_error::ProviderError;
use super::traffic::RestReason;

/// How long a throttled create waits where the provider did not say.
const THROTTLED: SignedDuration = SignedDuration::from_secs(5);
const THROTTLED_LEAST: SignedDuration = SignedDuration::from_secs(1);
/// After an unclear answer the label is looked up this soon for the first time.
const FIRST_LOOK: SignedDuration = SignedDuration::from_secs(3);

/// Where the environment goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The answer was a clear no, for now.
    SamePlacement { after: SignedDuration },
    /// The answer was a clear no, and the trainee is told why.
    NextPlacement { because: &'static str },
    /// Somebody has a machine of this label already: whose is it?
    LookUp,
    /// Nobody knows. The label is looked up, and if nothing shows for long enough, the next placement follows.
    Doubt { first_look: SignedDuration },
}

/// What it says about the provider, whoever asks it next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Nothing,
    /// It wants no creates for this long.
    SlowDown {
        wait: SignedDuration,
    },
    /// It has nothing at this very place.
    Place {
        reason: RestReason,
        rest: SignedDuration,
    },
    Provider {
        reason: RestReason,
        rest: SignedDuration,
    },
    /// One failure is none; several in a row are.
    Trouble,
}

/// The table.
pub fn path(error: &ProviderError) -> (Next, Sign) {
    use RestReason::{AccountLimit, NoCapacity, NotOffered, Unauthorized};
    match error {
        ProviderError::RateLimited { retry_after } => {
            let asked = retry_after.and_then(|wait| SignedDuration::try_from(wait).ok()).unwrap_or(THROTTLED);
            let after = asked.max(THROTTLED_LEAST);
            (Next::SamePlacement { after }, Sign::SlowDown { wait: after })
        }
        ProviderError::NoCapacity => (
            Next::NextPlacement { because: "the provider has no free machine there now" },
            Sign::Place { reason: NoCapacity, rest: SignedDuration::from_mins(1) },
        ),
        ProviderError::NotOffered => (
            Next::NextPlacement { because: "the provider does not offer this machine there" },
            Sign::Place { reason: NotOffered, rest: SignedDuration::from_mins(5) },
        ),
        ProviderError::AccountLimit => (
            Next::NextPlacement { because: "the account's limit there is reached" },
            Sign::Provider { reason: AccountLimit, rest: SignedDuration::from_mins(1) },
        ),
        ProviderError::Unauthorized => (
            Next::NextPlacement { because: "the provider refuses the installation's token" },
            Sign::Provider { reason: Unauthorized, rest: SignedDuration::from_mins(5) },
        ),
        ProviderError::Rejected => (Next::NextPlacement { because: "the provider refused the request" }, Sign::Nothing),
        ProviderError::LabelInUse => (Next::LookUp, Sign::Nothing),
        ProviderError::Unavailable | ProviderError::TimedOut | ProviderError::Garbage => {
            (Next::Doubt { first_look: FIRST_LOOK }, Sign::Trouble)
        }
    }
}
