//! What the providers' limits make possible: no control plane, however quick, could do it in less.

use std::fmt;
use std::time::Duration;

use brihaspati_local::pocket_cloud::{Limits, Quota};

/// Requests that each deletion takes: to ask for it, and to see that it happened.
const PER_DELETION: u32 = 2;
/// Requests that each droplet takes: its create does not answer its address. A Linode's does.
const PER_DROPLET: u32 = 2;

/// The providers that a lab's placements name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Providers {
    Linode,
    Both,
}

/// A time and how it was worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Minimum {
    pub(crate) time: Duration,
    pub(crate) because: String,
}

impl fmt::Display for Minimum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} s = {}", self.time.as_secs_f64(), self.because)
    }
}

/// From the first press to the last machine that serves.
pub(crate) fn start(trainees: u32, providers: Providers, limits: &Limits, boot: Duration) -> Minimum {
    match providers {
        Providers::Linode => start_at_linode(trainees, limits.linode_creates, boot),
        Providers::Both => start_at_both(trainees, limits, boot),
    }
}

/// The first window's creates go out at once, each further window's at its beginning.
fn start_at_linode(trainees: u32, creates: Quota, boot: Duration) -> Minimum {
    let waits = trainees.div_ceil(creates.requests).saturating_sub(1);
    let because = format!(
        "{waits} waits of {} s, {} creates each + {} s boot",
        seconds(creates.window),
        creates.requests,
        seconds(boot)
    );
    Minimum { time: creates.window * waits + boot, because }
}

/// Both at their even rates. (Emptying each window at its first moment would be a little faster for a class that fits
/// into few windows, and the next class would find both providers closed.)
fn start_at_both(trainees: u32, limits: &Limits, boot: Duration) -> Minimum {
    let linode = rate(limits.linode_creates);
    let digitalocean = rate(limits.digitalocean_burst) / f64::from(PER_DROPLET);
    let creates = Duration::from_secs_f64(f64::from(trainees) / (linode + digitalocean));
    let because = format!(
        "{trainees} creates at {:.0} + {:.0} a minute ({} per {} s at Linode; {} requests per {} s at DigitalOcean, \
         {PER_DROPLET} a droplet: its create, its address) + {} s boot",
        linode * 60.0,
        digitalocean * 60.0,
        limits.linode_creates.requests,
        seconds(limits.linode_creates.window),
        limits.digitalocean_burst.requests,
        seconds(limits.digitalocean_burst.window),
        seconds(boot),
    );
    Minimum { time: creates + boot, because }
}

/// From the moment when all may go to the last answer that a machine does not exist, where `linodes` and `droplets` run,
/// at an even rate of requests. Who finds a window unused can be quicker by what one window holds.
pub(crate) fn end(linodes: u32, droplets: u32, limits: &Limits) -> Minimum {
    let at = |machines: u32, quota: Quota| f64::from(machines * PER_DELETION) / rate(quota);
    let (linode, digitalocean) = (at(linodes, limits.linode_requests), at(droplets, limits.digitalocean_burst));
    let because = format!(
        "{PER_DELETION} requests each (delete, and look) at their even rate: {linodes} at Linode's {} per {} s = {linode:.1} s, \
         {droplets} at DigitalOcean's {} per {} s = {digitalocean:.1} s, side by side",
        limits.linode_requests.requests,
        seconds(limits.linode_requests.window),
        limits.digitalocean_burst.requests,
        seconds(limits.digitalocean_burst.window),
    );
    Minimum { time: Duration::from_secs_f64(linode.max(digitalocean)), because }
}

/// Requests a second.
fn rate(quota: Quota) -> f64 {
    f64::from(quota.requests) / quota.window.as_secs_f64()
}

/// At most one decimal.
fn seconds(time: Duration) -> String {
    let text = format!("{:.2}", time.as_secs_f64());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOT: Duration = Duration::from_secs(40);

    #[test]
    fn five_hundred_at_linode_wait_for_24_windows_and_a_boot() {
        let minimum = start(500, Providers::Linode, &Limits::default(), BOOT);
        assert_eq!(minimum.time, Duration::from_secs(24 * 15 + 40));
        assert_eq!(start(20, Providers::Linode, &Limits::default(), BOOT).time, BOOT);
        assert_eq!(start(21, Providers::Linode, &Limits::default(), BOOT).time, BOOT + Duration::from_secs(15));
    }

    #[test]
    fn both_providers_together_take_less_than_half_of_it() {
        let minimum = start(500, Providers::Both, &Limits::default(), BOOT);
        // 80 Linodes and 125 droplets a minute.
        assert!((minimum.time.as_secs_f64() - (500.0 / 205.0 * 60.0 + 40.0)).abs() < 0.01, "{minimum}");
    }

    #[test]
    fn the_slower_provider_decides_when_all_are_gone() {
        let minimum = end(200, 300, &Limits::default());
        assert!((minimum.time.as_secs_f64() - 144.0).abs() < 0.01, "{minimum}");
        assert!((end(500, 0, &Limits::default()).time.as_secs_f64() - 37.5).abs() < 0.01);
    }
}
