//! Why a call to AWS was of no use.

use crate::failure::Failure;

/// What callers decide by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The credentials may not do this, or are none.
    Denied,
    NotFound,
    /// This computer's clock is not AWS's.
    WrongClock,
    Unreachable,
    Other,
}

/// An answer of AWS that is an error, or none at all.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{operation}: {message}")]
pub(crate) struct AwsError {
    pub(crate) kind: Kind,
    /// `service:Operation`, as policies name it.
    pub(crate) operation: String,
    pub(crate) message: String,
}

impl AwsError {
    /// `code` is AWS's own name of the error (<https://docs.aws.amazon.com/IAM/latest/UserGuide/common-errors.html> and
    /// each service's reference), without a namespace.
    pub(super) fn refused(operation: String, code: &str, message: &str) -> Self {
        let kind = match code {
            "AccessDenied"
            | "AccessDeniedException"
            | "UnauthorizedOperation"
            | "AuthorizationError"
            | "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "ExpiredToken"
            | "ExpiredTokenException"
            | "MissingAuthenticationToken"
            | "IncompleteSignature" => Kind::Denied,
            "RequestExpired" | "RequestTimeTooSkewed" => Kind::WrongClock,
            "SignatureDoesNotMatch" | "InvalidSignatureException" if message.contains("xpired") => Kind::WrongClock,
            "SignatureDoesNotMatch" | "InvalidSignatureException" => Kind::Denied,
            // CloudFormation says so of a stack that is not there.
            "ValidationError" if message.contains("does not exist") => Kind::NotFound,
            _ if code.contains("NotFound") || code.contains("NonExistent") => Kind::NotFound,
            _ => Kind::Other,
        };
        let message = if message.is_empty() { code.to_owned() } else { format!("{code}: {message}") };
        Self { kind, operation, message }
    }

    pub(super) fn unreachable(operation: String, message: impl Into<String>) -> Self {
        Self { kind: Kind::Unreachable, operation, message: message.into() }
    }

    pub(super) fn senseless(operation: String, why: impl std::fmt::Display) -> Self {
        Self { kind: Kind::Other, operation, message: format!("the answer is not one of AWS ({why})") }
    }

    pub(crate) fn is_not_found(&self) -> bool {
        self.kind == Kind::NotFound
    }
}

impl From<AwsError> for Failure {
    fn from(error: AwsError) -> Self {
        let text = error.to_string();
        match error.kind {
            Kind::Denied => Self::NotSignedIn(text),
            Kind::NotFound => Self::NotFound(text),
            Kind::Unreachable => Self::Unreachable(text),
            Kind::WrongClock | Kind::Other => Self::Refused(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_apart_by_their_code() {
        for (code, message, kind) in [
            ("AccessDenied", "no", Kind::Denied),
            ("ExpiredToken", "the token has expired", Kind::Denied),
            ("SignatureDoesNotMatch", "Signature expired: 20261122T0000Z is now earlier", Kind::WrongClock),
            ("ResourceNotFoundException", "no such table", Kind::NotFound),
            ("ValidationError", "Stack with id brihaspati does not exist", Kind::NotFound),
            ("ValidationError", "Template error", Kind::Other),
            ("AWS.SimpleQueueService.NonExistentQueue", "gone", Kind::NotFound),
        ] {
            assert_eq!(AwsError::refused("x:Y".to_owned(), code, message).kind, kind, "{code}");
        }
    }
}
