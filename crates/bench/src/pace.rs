//! Real time, or all times of a run shortened by one factor.

use std::collections::BTreeMap;
use std::time::Duration;

use brihaspati_local::pocket_cloud::{Limits, Quota};

/// The time within which the whole class presses Play.
const PRESSES: Duration = Duration::from_secs(10);
/// From a provider's answer to a machine that runs.
const BOOT: Duration = Duration::from_secs(40);
/// How often the reaper runs; the template's schedule.
const REAPER: Duration = Duration::from_secs(60);
/// As the portal asks (`frontend/src/composables/pollDelay.ts`): eagerly after news, then every 3 s, 15 % more or less.
const FIRST_POLL: Duration = Duration::from_millis(400);
const LONGEST_POLL: Duration = Duration::from_secs(3);
const POLL_GROWTH: f64 = 1.5;
const POLL_JITTER: f64 = 0.3;

/// At 1 everything takes the time it takes. At 4 the limits' windows, the boot, the presses, the portal's questions and
/// the reaper's minute are four times shorter; what costs CPU stays what it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace(pub(crate) u32);

impl Pace {
    fn scaled(self, time: Duration) -> Duration {
        time / self.0.max(1)
    }

    pub(crate) fn is_real(self) -> bool {
        self.0 <= 1
    }

    pub(crate) fn presses(self) -> Duration {
        self.scaled(PRESSES)
    }

    pub(crate) fn boot(self) -> Duration {
        self.scaled(BOOT)
    }

    pub(crate) fn reaper(self) -> Duration {
        self.scaled(REAPER)
    }

    pub(crate) fn limits(self) -> Limits {
        Limits::default().faster(self.0)
    }

    /// Until the next question, after `unchanged` answers without news.
    pub(crate) fn poll(self, unchanged: i32) -> Duration {
        let delay = FIRST_POLL.mul_f64(POLL_GROWTH.powi(unchanged.min(20))).min(LONGEST_POLL);
        self.scaled(delay.mul_f64(1.0 - POLL_JITTER / 2.0 + rand::random::<f64>() * POLL_JITTER))
    }

    /// The limits as the control plane is told them.
    pub(crate) fn parameters(self) -> BTreeMap<String, String> {
        if self.is_real() {
            return BTreeMap::new();
        }
        let limits = self.limits();
        let text = |quota: Quota| format!("{}/{:.3}", quota.requests, quota.window.as_secs_f64());
        let parameters = [
            ("LinodeCreateLimit", text(limits.linode_creates)),
            ("DigitalOceanLimit", text(limits.digitalocean_burst)),
        ];
        parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_control_plane_is_told_the_limits_that_the_providers_keep() {
        assert!(Pace(1).parameters().is_empty(), "the template's defaults are the documented limits");
        let parameters = Pace(4).parameters();
        assert_eq!(
            (parameters["LinodeCreateLimit"].as_str(), parameters["DigitalOceanLimit"].as_str()),
            ("20/3.750", "250/15.000")
        );
    }

    #[test]
    fn questions_come_as_rarely_as_the_portals_and_no_rarer() {
        let longest = Pace(1).poll(i32::MAX);
        assert!(longest >= Duration::from_millis(2_550) && longest <= Duration::from_millis(3_450), "{longest:?}");
        assert!(Pace(1).poll(0) <= Duration::from_millis(460));
    }
}
