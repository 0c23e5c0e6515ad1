//! The few ways in which a provider can fail us, by what they mean for an environment.

use std::time::Duration;

/// Why a provider did not do what was asked. Carries no text of the provider's: that is logged where it was read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    #[error("the provider asks to slow down")]
    RateLimited { retry_after: Option<Duration> },
    #[error("the provider has no capacity there now")]
    NoCapacity,
    #[error("the region, size or image is not offered")]
    NotOffered,
    #[error("the account's limit is reached")]
    AccountLimit,
    #[error("the provider refuses the token")]
    Unauthorized,
    #[error("a machine with this label exists already")]
    LabelInUse,
    #[error("the provider refuses the request as malformed")]
    Rejected,
    #[error("the provider is unavailable")]
    Unavailable,
    #[error("no answer in time; it is unknown what happened")]
    TimedOut,
    #[error("the provider's answer makes no sense")]
    Garbage,
}
