//! The terminal: one shell that outlives connections, its screen, and everybody who looks at it.

mod ledger;
mod messages;
mod screen;
mod session;
mod shell;
mod socket;
mod viewer;

use std::sync::Arc;
use std::time::Duration;

pub(crate) use socket::upgrade;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::account::Account;
use crate::bundle::Bundle;
use crate::secret::Secret;
use session::Session;

/// Sockets that may be open at once, with those that have not said hello yet.
const MOST_SOCKETS: usize = 32;
/// How long the end of the machine waits for viewers to be told.
const FAREWELL: Duration = Duration::from_millis(500);

/// The terminal and what it takes to be let in.
#[derive(Clone)]
pub(crate) struct Terminal {
    session: Arc<Session>,
    secret: Secret,
    portal_origin: Arc<str>,
    hello_limit: Duration,
    sockets: Arc<Semaphore>,
}

impl Terminal {
    pub(crate) fn new(account: Account, bundle: &Bundle, hello_limit: Duration) -> Self {
        Self {
            session: Session::new(account),
            secret: bundle.access_secret.clone(),
            portal_origin: bundle.portal_origin.as_str().into(),
            hello_limit,
            sockets: Arc::new(Semaphore::new(MOST_SOCKETS)),
        }
    }

    /// Ends the shell and tells everybody who looks at it, which may take a moment.
    pub(crate) async fn end(&self) {
        self.session.end();
        let everybody = u32::try_from(MOST_SOCKETS).unwrap_or(u32::MAX);
        if timeout(FAREWELL, self.sockets.acquire_many(everybody))
            .await
            .is_err()
        {
            tracing::debug!("some viewers are still there");
        }
    }
}
