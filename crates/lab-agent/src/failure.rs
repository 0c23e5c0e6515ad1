//! Why a machine will not become ready.

use thiserror::Error;

use crate::account::AccountError;
use crate::bundle::BundleError;
use crate::control_plane::CallError;
use crate::report::{Cause, Report};
use crate::setup::SetupError;
use crate::tls::NoCertificate;

/// What the control plane is told instead of *ready*.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Listen(std::io::Error),
    #[error("{0}")]
    Bundle(#[from] BundleError),
    #[error("no bundle: {0}")]
    NoBundle(CallError),
    #[error("no TLS: {0}")]
    Tls(#[from] rustls::Error),
    #[error("no certificate, since this machine does not know its address: {0}")]
    Address(std::io::Error),
    #[error("{0}")]
    Certificate(#[from] NoCertificate),
    #[error("this machine's token cannot be kept: {0}")]
    Token(std::io::Error),
    #[error("no lab user: {0}")]
    Account(#[from] AccountError),
    #[error("{0}")]
    Layout(std::io::Error),
    #[error("{0}")]
    Setup(#[from] SetupError),
    #[error("an internal task ended early")]
    Internal,
}

impl Failure {
    pub(crate) fn report(&self) -> Report {
        Report::failed(&self.to_string(), self.cause())
    }

    /// What lies at this machine's address and not at its lab.
    fn cause(&self) -> Option<Cause> {
        matches!(self, Self::Address(_) | Self::Certificate(_)).then_some(Cause::Certificate)
    }
}
