//! How much a provider takes, and how it is divided.

use std::str::FromStr;

use jiff::SignedDuration;

use crate::domain::placement::ProviderKind;

/// Kept free of each window: a call may reach the provider a little later than the one before it.
const MARGIN_PERCENT: i32 = 3;
/// The most requests that go out at once.
const BURST: u32 = 10;

/// At most so many requests in any stretch of time this long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub requests: u32,
    pub window: SignedDuration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("does not read like 20/15: requests, a slash, seconds")]
pub struct InvalidLimit;

impl Limit {
    /// This percentage of it.
    fn share(self, percent: u32) -> Self {
        Self { requests: (self.requests * percent / 100).max(1), ..self }
    }

    /// The same in small bursts: who keeps 10 requests in 7.5 s keeps 20 in 15 s.
    fn smooth(self) -> Self {
        let parts = (self.requests / BURST).max(1);
        let window = self.window * (100 + MARGIN_PERCENT) / 100 / i32::try_from(parts).unwrap_or(i32::MAX);
        Self { requests: self.requests / parts, window }
    }
}

impl FromStr for Limit {
    type Err = InvalidLimit;

    /// `20/15`: 20 requests in any 15 s. Seconds may be decimal.
    fn from_str(text: &str) -> Result<Self, InvalidLimit> {
        let (requests, seconds) = text.split_once('/').ok_or(InvalidLimit)?;
        let requests: u32 = requests.trim().parse().map_err(|_| InvalidLimit)?;
        let seconds: f64 = seconds.trim().parse().map_err(|_| InvalidLimit)?;
        let window = SignedDuration::try_from_secs_f64(seconds).map_err(|_| InvalidLimit)?;
        let sensible = (1..=10_000).contains(&requests) && (0.1..=3600.0).contains(&seconds);
        if sensible { Ok(Self { requests, window }) } else { Err(InvalidLimit) }
    }
}

/// What the two providers allow one account, as configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Creates of a machine. Linode documents 20 per 15 s, and 1,600 other requests a minute, which nobody reaches here.
    pub linode_creates: Limit,
    /// All requests. DigitalOcean documents 250 a minute; the 5,000 an hour are watched by its answers' headers.
    pub digitalocean: Limit,
}

impl Limits {
    pub(super) fn creates(&self, provider: ProviderKind) -> Limit {
        match provider {
            ProviderKind::Linode => self.linode_creates.smooth(),
            // Each droplet needs a second request, for its address. The rest is for lists.
            ProviderKind::DigitalOcean => self.digitalocean.share(48).smooth(),
        }
    }

    /// For everything but creates and lists; `None` where there is nothing to keep to.
    pub(super) fn calls(&self, provider: ProviderKind, creates_wait: bool) -> Option<Limit> {
        match provider {
            ProviderKind::Linode => None,
            ProviderKind::DigitalOcean => Some(self.digitalocean.share(if creates_wait { 48 } else { 96 }).smooth()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_reads_as_requests_and_seconds() {
        assert_eq!("20/15".parse(), Ok(Limit { requests: 20, window: SignedDuration::from_secs(15) }));
        assert_eq!("250/0.5".parse(), Ok(Limit { requests: 250, window: SignedDuration::from_millis(500) }));
        for wrong in ["", "20", "20/", "/15", "0/15", "20/0", "20/-1", "-1/15", "20/NaN", "20/inf", "99999/1"] {
            assert_eq!(wrong.parse::<Limit>(), Err(InvalidLimit), "{wrong}");
        }
    }

    #[test]
    fn small_bursts_keep_the_whole_limit_with_a_margin() {
        let smooth = Limit { requests: 20, window: SignedDuration::from_secs(15) }.smooth();
        assert_eq!(smooth, Limit { requests: 10, window: SignedDuration::from_millis(7725) });
    }
}
