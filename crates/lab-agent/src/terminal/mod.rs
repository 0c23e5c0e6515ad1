//! The terminal: one shell that outlives connections, its screen, and everybody who looks at it.

mod door;
mod ledger;
mod messages;
mod porch;
mod screen;
mod session;
mod shell;
mod socket;
mod state;
mod viewer;
mod viewing;

use std::sync::Arc;
use std::time::Duration;

pub(crate) use door::upgrade;
pub(crate) use porch::Porch;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::account::Account;
use crate::activity::Activity;
use crate::bundle::Bundle;
use crate::checks::{Board, Checks};
use crate::secret::Secret;
use messages::Key;
use session::Session;
use viewing::{Mode, Role};

/// The trainee's own tabs at once.
const MOST_TABS: usize = 32;
/// Watchers at once; they never take a place of the trainee's.
const MOST_WATCHERS: usize = 8;
/// How long the end of the machine waits for viewers to be told.
const FAREWELL: Duration = Duration::from_millis(500);

/// The terminal and what it takes to be let in.
#[derive(Clone)]
pub(crate) struct Terminal {
    session: Arc<Session>,
    secret: Secret,
    watchers_secret: Option<Secret>,
    portal_origin: Arc<str>,
    hello_limit: Duration,
    places: Arc<Semaphore>,
    watchers_places: Arc<Semaphore>,
}

impl Terminal {
    /// Shows what the checks find until `stop`.
    pub(crate) fn new(
        account: Account,
        bundle: &Bundle,
        hello_limit: Duration,
        checks: Checks,
        activity: Activity,
        stop: CancellationToken,
    ) -> Self {
        let seen = checks.subscribe();
        let session = Session::new(account, Mode::at_first(bundle.viewing), checks, activity);
        tokio::spawn(show_checks(Arc::clone(&session), seen, stop).in_current_span());
        Self {
            session,
            secret: bundle.access_secret.clone(),
            watchers_secret: bundle.viewer_secret.clone(),
            portal_origin: bundle.portal_origin.as_str().into(),
            hello_limit,
            places: Arc::new(Semaphore::new(MOST_TABS)),
            watchers_places: Arc::new(Semaphore::new(MOST_WATCHERS)),
        }
    }

    /// As whom this key lets somebody in.
    fn role(&self, key: &Key) -> Option<Role> {
        match key {
            Key::Owner { secret } => self.secret.matches(secret.expose()).then_some(Role::Owner),
            Key::Watcher { viewer_secret, name } => {
                let matches = self.watchers_secret.as_ref()?.matches(viewer_secret.expose());
                matches.then(|| Role::Watcher(name.trim().to_owned()))
            }
        }
    }

    /// Ends the shell and tells everybody who looks at it, which may take a moment.
    pub(crate) async fn end(&self) {
        self.session.end();
        let everybody = |most| u32::try_from(most).unwrap_or(u32::MAX);
        let gone = async {
            let _tabs = self.places.acquire_many(everybody(MOST_TABS)).await;
            let _watchers = self.watchers_places.acquire_many(everybody(MOST_WATCHERS)).await;
        };
        if timeout(FAREWELL, gone).await.is_err() {
            tracing::debug!("some viewers are still there");
        }
    }
}

async fn show_checks(session: Arc<Session>, mut seen: watch::Receiver<Board>, stop: CancellationToken) {
    let show = async {
        while seen.changed().await.is_ok() {
            session.show_checks();
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = show => {}
    }
}
