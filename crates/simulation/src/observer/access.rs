//! What trainees are shown of machines: no-mix-up.

use brihaspati_core::domain::lifecycle::Phase;
use brihaspati_core::views::EnvironmentView;
use jiff::{SignedDuration, Timestamp};

use super::{Invariant, Observer};
use crate::cloud::Clouds;

/// How long it may take to notice that others destroyed a machine: the sweep's grace, and a tick.
const DETECTION: SignedDuration = SignedDuration::from_mins(4);

impl Observer {
    pub(super) fn check_access(&mut self, clouds: &Clouds, now: Timestamp) {
        let mut wrongs = Vec::new();
        for known in self.environments.values() {
            let environment = &known.environment;
            let (Phase::Ready { address, machine: own, .. }, Some(machine_url)) =
                (&environment.phase, &self.machine_url)
            else {
                continue;
            };
            let Some(access) = EnvironmentView::full(environment, machine_url).access else { continue };
            let id = environment.id.as_str();
            let machine = clouds.machines().find(|machine| machine.provider == own.provider && machine.id == own.id);
            let Some(machine) = machine.filter(|machine| machine.orders.environment == id) else {
                wrongs.push((Invariant::NoMixUp, format!("{id} is shown a machine that was never its own")));
                continue;
            };
            if machine.address != Some(*address) || !access.terminal_url.contains(&format!("//{address}:")) {
                wrongs.push((
                    Invariant::NoMixUp,
                    format!("{id} is shown {}, not its machine's address", access.terminal_url),
                ));
            }
            if !known.secrets.contains(&access.secret) {
                wrongs.push((Invariant::NoMixUp, format!("{id} is shown a secret that is not its own")));
            }
            let Some(gone_at) = machine.gone_at else { continue };
            let noticeable = gone_at.max(machine.created_at).max(self.last_hindrance(machine.provider));
            if now > noticeable + DETECTION {
                let stranger = clouds.machines().find(|other| other.exists() && other.address == Some(*address));
                let (invariant, whose) = match stranger {
                    Some(stranger) => (Invariant::NoMixUp, format!("another's now, {}", stranger.label)),
                    None => (Invariant::NoDeadEnd, "nobody's".to_owned()),
                };
                wrongs.push((invariant, format!("{id} is ready at {address}, which is {whose} since {gone_at}")));
            }
        }
        for (invariant, what) in wrongs {
            self.violated(invariant, what);
        }
    }
}
