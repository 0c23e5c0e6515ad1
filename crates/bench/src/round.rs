//! One round: the whole class plays one lab, and all its environments expire at once.

use std::time::Duration;

use anyhow::Result;
use brihaspati_local::Local;
use futures::future::join_all;
use jiff::Timestamp;
use serde_json::Value;
use tokio::time::Instant;

use crate::class::Trainee;
use crate::cpu::Meter;
use crate::expiry::expire_at;
use crate::invariants;
use crate::minimum::{self, Minimum, Providers};
use crate::pace::Pace;
use crate::report::{Requests, Verdict, list, percentiles};
use crate::trainee::Started;

/// Long enough to write the new end of every environment before it comes: in all, and for each of them.
const BEFORE_EXPIRY: Duration = Duration::from_secs(2);
const TO_WRITE_ONE: Duration = Duration::from_millis(20);
/// How much longer than possible a trainee waits before they give up.
const PATIENCE: u32 = 3;
const LEAST_PATIENCE: Duration = Duration::from_secs(60);

/// The CPU's work on a start, and the portal's last question.
const CPU: Duration = Duration::from_secs(2);
/// A lab's first placement is worth a wait (`crates/core/src/domain/choice.rs`).
const PREFERENCE: Duration = Duration::from_secs(5);

pub(crate) struct Round<'a> {
    pub(crate) local: &'a Local,
    pub(crate) trainees: &'a [Trainee],
    pub(crate) lab: &'a str,
    pub(crate) providers: Providers,
    pub(crate) pace: Pace,
}

impl Round<'_> {
    pub(crate) async fn run(&self, verdict: &mut Verdict) -> Result<()> {
        println!("\n{}", self.title());
        let before = Requests::so_far(self.local.pocket());
        let started = self.start(verdict).await;
        let running = Requests::so_far(self.local.pocket());
        running.print_since(&before);
        self.conclude("trainees saw", verdict);
        verdict.broken(invariants::while_running(self.local.pocket(), &started));

        println!("  -- all expire at once");
        self.end(&started, verdict).await?;
        Requests::so_far(self.local.pocket()).print_since(&running);
        self.conclude("trainees saw", verdict);
        verdict.broken(invariants::never_doubled(self.local.pocket()));
        Ok(())
    }

    fn title(&self) -> String {
        let allowed = match self.providers {
            Providers::Linode => "allows Linode only",
            Providers::Both => "allows Linode and DigitalOcean",
        };
        format!(
            "{} trainees press Play within {:.1} s; the lab {allowed}",
            self.trainees.len(),
            self.pace.presses().as_secs_f64()
        )
    }

    fn count(&self) -> u32 {
        u32::try_from(self.trainees.len()).unwrap_or(u32::MAX)
    }

    /// What a scaled run takes longer, because it does not shrink with the rest.
    fn unscaled(&self) -> Duration {
        match (self.pace.is_real(), self.providers) {
            (true, _) => Duration::ZERO,
            (false, Providers::Linode) => CPU,
            (false, Providers::Both) => CPU + PREFERENCE,
        }
    }

    fn give_up(minimum: &Minimum) -> Instant {
        Instant::now() + (minimum.time * PATIENCE).max(LEAST_PATIENCE)
    }

    async fn start(&self, verdict: &mut Verdict) -> Vec<Started> {
        let minimum = minimum::start(self.count(), self.providers, &self.pace.limits(), self.pace.boot());
        let (meter, began, give_up) = (Meter::start(), Instant::now(), Self::give_up(&minimum));
        let presses = self.trainees.iter().enumerate().map(|(index, trainee)| {
            let at = began + self.pace.presses().mul_f64(index as f64 / self.trainees.len() as f64);
            tokio::spawn({
                let (trainee, lab, pace) = (trainee.clone(), self.lab.to_owned(), self.pace);
                async move { trainee.play(index, &lab, at, give_up, pace).await }
            })
        });
        let started: Vec<Started> =
            join_all(presses).await.into_iter().filter_map(|played| played.ok().flatten()).collect();

        let last = started.iter().filter_map(|one| one.ready_at).max().unwrap_or_else(Instant::now);
        let waited: Vec<Duration> = started.iter().filter_map(Started::waited).collect();
        println!(
            "  {:<12} {} of {}; from press to ready {}",
            "ready",
            waited.len(),
            self.trainees.len(),
            percentiles(&waited)
        );
        let at = |name: &str| started.iter().filter(|one| one.provider == name).count();
        println!("  {:<12} {} at Linode, {} at DigitalOcean", "machines", at("linode"), at("digitalocean"));
        verdict.start(last - began, &minimum, self.unscaled());
        println!("  {:<12} {:.0} % of this machine", "CPU", meter.share() * 100.0);
        if waited.len() < self.trainees.len() {
            verdict.broken([format!("no-dead-end: {} of {} became ready", waited.len(), self.trainees.len())]);
        }
        started
    }

    /// Everything expires at one moment; ends when every trainee has seen their receipt.
    async fn end(&self, started: &[Started], verdict: &mut Verdict) -> Result<()> {
        let ready: Vec<&Started> = started.iter().filter(|one| one.ready_at.is_some()).collect();
        let droplets = u32::try_from(ready.iter().filter(|one| one.provider == "digitalocean").count())?;
        let budget = minimum::end(u32::try_from(ready.len())? - droplets, droplets, &self.pace.limits());
        let expires_at = Timestamp::now() + BEFORE_EXPIRY + TO_WRITE_ONE * self.count();
        let ids: Vec<String> = ready.iter().map(|one| one.environment.clone()).collect();
        expire_at(self.local, &ids, expires_at).await?;
        let wait = Duration::try_from(expires_at.duration_since(Timestamp::now())).unwrap_or_default();
        tokio::time::sleep(wait).await;

        let (meter, give_up) = (Meter::start(), Self::give_up(&budget) + self.pace.reaper());
        let watching = ready.iter().map(|one| {
            let (trainee, id, pace) = (self.trainees[one.trainee].clone(), one.environment.clone(), self.pace);
            tokio::spawn(async move { trainee.watch(&id, "gone", give_up, pace).await })
        });
        let ended: Vec<Value> = join_all(watching).await.into_iter().filter_map(|seen| seen.ok().flatten()).collect();

        let verified = ended.iter().filter_map(|view| view["receipt"]["resources"].as_array()).flatten();
        let verified: Vec<Timestamp> = verified.filter_map(invariants::verified_at).collect();
        let since = |at: Timestamp| Duration::try_from(at.duration_since(expires_at)).unwrap_or_default();
        let after: Vec<Duration> = verified.iter().copied().map(since).collect();
        println!(
            "  {:<12} {} of {}, each verified; after their end {}",
            "gone",
            after.len(),
            ready.len(),
            percentiles(&after)
        );
        let last = after.iter().max().copied().unwrap_or_default();
        verdict.end(last, &budget, self.pace.reaper() + self.unscaled());
        let waited = after.iter().min().copied().unwrap_or_default().as_secs_f64();
        println!(
            "  {:<12} {waited:.1} s until the first: the reaper looks every {} s",
            "of it",
            self.pace.reaper().as_secs_f64()
        );
        println!("  {:<12} {:.0} % of this machine", "CPU", meter.share() * 100.0);
        if after.len() < ready.len() {
            verdict.broken([format!("no-dead-end: {} of {} are proven gone", after.len(), ready.len())]);
        }
        verdict.broken(invariants::after_the_end(self.local.pocket(), &ended));
        Ok(())
    }

    fn conclude(&self, what: &str, verdict: &mut Verdict) {
        let troubles = self.trainees.first().map(|trainee| trainee.api.take_troubles()).unwrap_or_default();
        println!("  {what:<12} {} errors", troubles.len());
        list(&troubles);
        verdict.broken(
            troubles.first().map(|first| format!("{} errors reached trainees; the first: {first}", troubles.len())),
        );
    }
}
