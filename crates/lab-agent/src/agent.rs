//! One life of a lab machine, from its start to its end.

use std::sync::{Arc, OnceLock};

use tokio::net::TcpListener;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::account::Account;
use crate::activity::Activity;
use crate::backoff::Backoff;
use crate::bundle::Bundle;
use crate::checks::Checks;
use crate::control_plane::{CallError, ControlPlane};
use crate::ending::Ending;
use crate::failure::Failure;
use crate::gate::{self, Gate};
use crate::layout::LabDir;
use crate::listen;
use crate::machine::{Machine, Scheme};
use crate::options::Options;
use crate::own_token::OwnToken;
use crate::preparation::Preparation;
use crate::report::{Report, Stage};
use crate::reporter::{Pace, Reporter};
use crate::setup;
use crate::site::{self, Site};
use crate::terminal::Terminal;
use crate::tls::Tls;

/// How a run of the agent ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was told to stop, or the machine's end was ordered.
    Ended,
    /// It can't do what is asked of it; the control plane was told.
    Failed,
}

/// Runs the agent until `shutdown`, or until the machine ends.
pub async fn run(machine: Machine, options: Options, shutdown: CancellationToken) -> Outcome {
    let stop = shutdown.child_token();
    let _stop_serving = stop.clone().drop_guard();
    let ending = match Ending::watch(machine.deadline, options.poweroff.clone(), options.shutdown.clone()) {
        Ok(ending) => ending,
        Err(error) => {
            tracing::error!(error = %error, "cannot watch the deadline");
            return Outcome::Failed;
        }
    };
    let own = OwnToken::of(&machine, &options.token);
    let control_plane = match ControlPlane::new(&machine, &own.load().unwrap_or_else(|| machine.token.clone())) {
        Ok(control_plane) => Arc::new(control_plane),
        Err(error) => {
            tracing::error!(error = %error, "cannot call the control plane");
            return Outcome::Failed;
        }
    };
    let activity = Activity::default();
    let pace = Pace { sign_of_life: options.sign_of_life, activity: options.activity_every };
    let reporter = Reporter::start(Arc::clone(&control_plane), ending.clone(), activity.clone(), pace, stop.clone());
    reporter.tell(Report::stage(Stage::AgentStarted)).await;
    let mut life =
        Life { machine, options, own, control_plane, ending: ending.clone(), activity, stop, terminal: None };
    let failed = tokio::select! {
        () = shutdown.cancelled() => None,
        () = ending.begun() => None,
        made = life.make_ready(&reporter) => made.err(),
    };
    if let Some(failure) = &failed {
        tracing::error!(error = %failure, "this machine will not become ready");
        reporter.tell(failure.report()).await;
    }
    // A failed machine stays, and says so again and again, until the control plane deletes it.
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = ending.begun() => {}
    }
    life.close().await;
    if !shutdown.is_cancelled() {
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = ending.given_up() => {}
        }
    }
    if failed.is_some() { Outcome::Failed } else { Outcome::Ended }
}

struct Life {
    machine: Machine,
    options: Options,
    own: OwnToken,
    control_plane: Arc<ControlPlane>,
    ending: Ending,
    activity: Activity,
    stop: CancellationToken,
    terminal: Option<Terminal>,
}

impl Life {
    async fn make_ready(&mut self, reporter: &Reporter) -> Result<(), Failure> {
        let tls = match self.machine.scheme {
            Scheme::Http => None,
            Scheme::Https => Some(Tls::new(&self.machine.acme_directories, &self.options.certificate)?),
        };
        let main = listen::bind(self.options.listen, self.machine.port).await.map_err(Failure::Listen)?;
        let site = Site::default();
        let place = Arc::clone(&site.terminal);
        listen::serve(main, site::router(site), tls.clone(), self.stop.clone());

        let lab = LabDir::open(&self.options.lab_dirs).map_err(Failure::Layout)?;
        let was_set_up = lab.is_set_up(&self.machine.environment_id);
        let bundle = self.bundle(was_set_up).await?;
        if let Some(token) = &bundle.token {
            self.own.store(token).map_err(Failure::Token)?;
            self.control_plane.present(token).map_err(|_| Failure::Internal)?;
        }
        let doors = self.bind_tabs(&bundle).await?;
        let source = self.options.account.clone();
        let account = tokio::task::spawn_blocking(move || source.resolve()).await.map_err(|_| Failure::Internal)??;
        if was_set_up {
            tracing::info!("the lab was set up before");
        } else {
            lab.lay_out(&bundle.files, &account).map_err(Failure::Layout)?;
        }
        let preparation = Preparation { tls: tls.as_ref(), address: bundle.address, was_set_up, stop: &self.stop };
        preparation.run(self.set_up(&lab, &account), reporter).await?;

        self.open(place.as_ref(), lab, &bundle, account, doors, tls.as_ref());
        // Nobody was at work yet: the time until the trainee is missed begins now.
        self.activity.note();
        reporter.tell(Report::stage(Stage::Ready)).await;
        Ok(())
    }

    /// Serves the lab that is set up.
    fn open(
        &mut self,
        place: &OnceLock<Terminal>,
        lab: LabDir,
        bundle: &Bundle,
        account: Account,
        doors: Vec<TcpListener>,
        tls: Option<&Tls>,
    ) {
        let (control_plane, ending) = (Arc::clone(&self.control_plane), self.ending.clone());
        let plan = bundle.checks.clone();
        let checks = Checks::start(plan, lab, account.clone(), control_plane, ending, self.stop.clone());
        let activity = self.activity.clone();
        let terminal = Terminal::new(account, bundle, self.options.hello_limit, checks, activity, self.stop.clone());
        self.terminal = Some(terminal.clone());
        // Set once, here.
        place.get_or_init(|| terminal);
        for (tab, door) in bundle.tabs.iter().zip(doors) {
            let gate = Gate::new(tab, bundle, self.machine.scheme, self.activity.clone(), self.stop.clone());
            listen::serve(door, gate::router(gate), tls.cloned(), self.stop.clone());
        }
    }

    /// Asks until there is an answer; the machine's deadline stops it in any case.
    async fn bundle(&self, was_set_up: bool) -> Result<Bundle, Failure> {
        let mut backoff = Backoff::default();
        let mut unknown = 0;
        loop {
            let error = match self.control_plane.bundle().await {
                Ok(sent) => return Ok(sent.accept(&self.machine.environment_id, self.machine.port)?),
                Err(error) => error,
            };
            tracing::warn!(error = %error, "no bundle yet");
            unknown += u32::from(matches!(error, CallError::Unknown(_)));
            match error {
                CallError::Gone => self.ending.now("the environment is over"),
                // Nobody can be at work here yet, and nobody will be. Where the lab was set up before, a trainee's work
                // lies: that machine asks on until its deadline.
                CallError::Unknown(_) if !was_set_up && unknown >= self.options.unknown_limit => {
                    self.ending.now("the machine is unknown");
                }
                CallError::Refused(_) => return Err(Failure::NoBundle(error)),
                CallError::Unknown(_) | CallError::Unavailable { .. } => {}
            }
            sleep(backoff.next(error.retry_after())).await;
        }
    }

    async fn bind_tabs(&self, bundle: &Bundle) -> Result<Vec<TcpListener>, Failure> {
        let mut doors = Vec::with_capacity(bundle.tabs.len());
        let ports = self.machine.port.saturating_add(1)..=u16::MAX;
        for (tab, port) in bundle.tabs.iter().zip(ports) {
            doors.push(listen::bind(self.options.listen, port).await.map_err(Failure::Listen)?);
            tracing::info!(tab.name = %tab.name, tab.port = port, "tab has its port");
        }
        Ok(doors)
    }

    async fn set_up(&self, lab: &LabDir, account: &Account) -> Result<(), Failure> {
        setup::run(lab, account, self.options.setup_limit).await?;
        lab.mark_set_up(&self.machine.environment_id).map_err(Failure::Layout)
    }

    /// Ends what is being served and the shell behind it.
    async fn close(&self) {
        self.stop.cancel();
        if let Some(terminal) = &self.terminal {
            terminal.end().await;
        }
    }
}
