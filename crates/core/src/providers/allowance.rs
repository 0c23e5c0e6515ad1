//! What is left of a provider's rate limits, as its own answers tell.
//!
//! Linode (<https://techdocs.akamai.com/linode-api/reference/rate-limits>) counts per token and in separate windows:
//! creates of Linodes (20 in 15 s), lists (200 a minute) and everything else (1,600 a minute). "Some or all" of
//! `X-RateLimit-Limit`, `-Remaining` and `-Reset` come with an answer and speak of the window that the call fell into.
//!
//! DigitalOcean (`ratelimit-limit`, `-remaining`, `-reset` in its API description) tells of the hourly quota alone
//! (5,000), and its reset is when the oldest request leaves that hour. Of the burst limit (250 a minute) only the 429
//! tells, by `retry-after`.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderMap;

/// Both count in windows of an hour at most; a reset that is further away is a mistake of somebody's clock.
const LONGEST_WINDOW: SignedDuration = SignedDuration::from_mins(61);

/// What a call is, to those who plan calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Create,
    Other,
}

/// One reading of a rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How many more calls the provider takes before `resets_at`.
    pub remaining: u32,
    pub resets_at: Timestamp,
    pub read_at: Timestamp,
}

/// A limit that the provider counts by itself.
#[derive(Clone, Copy)]
pub(super) enum Quota {
    Creates,
    Lists,
    Calls,
}

/// The newest reading of every quota.
pub(super) struct Allowances {
    /// The headers' names up to `limit`, `remaining` and `reset`.
    prefix: &'static str,
    /// Whether the quotas are separate, or all one.
    separate: bool,
    readings: Mutex<[Option<Allowance>; 3]>,
}

impl Allowances {
    pub(super) const fn linode() -> Self {
        Self { prefix: "x-ratelimit-", separate: true, readings: Mutex::new([None; 3]) }
    }

    pub(super) const fn digitalocean() -> Self {
        Self { prefix: "ratelimit-", separate: false, readings: Mutex::new([None; 3]) }
    }

    pub(super) fn reset_header(&self) -> String {
        format!("{}reset", self.prefix)
    }

    /// Keeps what an answer that came at `now` says, unless it makes no sense.
    pub(super) fn note(&self, quota: Quota, headers: &HeaderMap, now: Timestamp) {
        let Some(reading) = self.read(headers, now) else { return };
        let quota = if self.separate { quota } else { Quota::Calls };
        let mut readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = &mut readings[quota as usize];
        if kept.is_none_or(|kept| kept.read_at <= now) {
            *kept = Some(reading);
        }
    }

    /// The tightest reading for such a call that still holds at `now`.
    pub(super) fn tightest(&self, call: Call, now: Timestamp) -> Option<Allowance> {
        let quotas: &[Quota] = match call {
            Call::Create if self.separate => &[Quota::Creates],
            Call::Create | Call::Other => &[Quota::Lists, Quota::Calls],
        };
        let readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        let holding = quotas.iter().filter_map(|quota| readings[*quota as usize]).filter(|kept| kept.resets_at > now);
        holding.min_by_key(|kept| kept.remaining)
    }

    /// Nothing, if a number is missing, is none, is more than its limit, or resets in the past or in a far future.
    fn read(&self, headers: &HeaderMap, now: Timestamp) -> Option<Allowance> {
        let header = |name: &str| headers.get(format!("{}{name}", self.prefix))?.to_str().ok().map(str::trim);
        let remaining: u32 = header("remaining")?.parse().ok()?;
        if let Some(limit) = header("limit")
            && limit.parse::<u32>().ok()? < remaining
        {
            return None;
        }
        let resets_at = Timestamp::from_second(header("reset")?.parse().ok()?).ok()?;
        let plausible = resets_at > now && resets_at.duration_since(now) <= LONGEST_WINDOW;
        plausible.then_some(Allowance { remaining, resets_at, read_at: now })
    }
}
