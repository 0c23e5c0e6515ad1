//! The terminal: one shell that outlives connections, its screen, and everybody who looks at it.

mod door;
mod ledger;
mod messages;
mod porch;
mod screen;
mod session;
mod shell;
mod socket;
mod viewer;

use std::sync::Arc;
use std::time::Duration;

pub(crate) use door::upgrade;
pub(crate) use porch::Porch;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::account::Account;
use crate::bundle::Bundle;
use crate::secret::Secret;
use session::Session;

/// Viewers at once: those that have shown the secret.
const MOST_VIEWERS: usize = 32;
/// How long the end of the machine waits for viewers to be told.
const FAREWELL: Duration = Duration::from_millis(500);

/// The terminal and what it takes to be let in.
#[derive(Clone)]
pub(crate) struct Terminal {
    session: Arc<Session>,
    secret: Secret,
    portal_origin: Arc<str>,
    hello_limit: Duration,
    places: Arc<Semaphore>,
}

impl Terminal {
    pub(crate) fn new(account: Account, bundle: &Bundle, hello_limit: Duration) -> Self {
        Self {
            session: Session::new(account),
            secret: bundle.access_secret.clone(),
            portal_origin: bundle.portal_origin.as_str().into(),
            hello_limit,
            places: Arc::new(Semaphore::new(MOST_VIEWERS)),
        }
    }

    /// Ends the shell and tells everybody who looks at it, which may take a moment.
    pub(crate) async fn end(&self) {
        self.session.end();
        let everybody = u32::try_from(MOST_VIEWERS).unwrap_or(u32::MAX);
        if timeout(FAREWELL, self.places.acquire_many(everybody)).await.is_err() {
            tracing::debug!("some viewers are still there");
        }
    }
}
