//! Times as people type them.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::failure::{Failure, wrong_usage};

/// RFC 3339, or a date and time in `zone`, or a date (midnight there).
pub(super) fn moment(text: &str, zone: &TimeZone) -> Result<Timestamp, Failure> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let civil = text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(DateTime::from));
    let zoned = civil.and_then(|civil| zone.to_timestamp(civil));
    zoned.map_err(|_| wrong_usage(format!("“{text}” is no time: write 2026-11-23 09:00 or 2026-11-23T09:00:00Z")))
}

/// The same, or a span from now on: `90m`, `8h`, `2d`.
pub(super) fn moment_or_span(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, Failure> {
    match span(text) {
        Some(span) => now.checked_add(span).map_err(|_| wrong_usage(format!("“{text}” is too far away"))),
        None => moment(text, zone),
    }
}

fn span(text: &str) -> Option<SignedDuration> {
    let text = text.trim();
    let unit = text.chars().next_back()?;
    let minutes = match unit {
        'm' => 1,
        'h' => 60,
        'd' => 24 * 60,
        _ => return None,
    };
    let count: i64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
    Some(SignedDuration::from_mins(count.checked_mul(minutes).filter(|total| (1..=5_256_000).contains(total))?))
}

/// `none` in the words of a flag that can take something away.
pub(super) fn none_or<T>(text: &str, read: impl FnOnce(&str) -> Result<T, Failure>) -> Result<Option<T>, Failure> {
    if text.trim().eq_ignore_ascii_case("none") { Ok(None) } else { read(text).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_a_zone_is_one_of_the_class() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        for text in ["2026-11-23 09:00", "2026-11-23T09:00", "2026-11-23T08:00:00Z", "2026-11-23T09:00+01:00"] {
            assert_eq!(moment(text, &berlin).unwrap().to_string(), "2026-11-23T08:00:00Z", "{text}");
        }
        assert_eq!(moment("2026-11-23", &berlin).unwrap().to_string(), "2026-11-22T23:00:00Z");
        assert!(moment("tomorrow", &berlin).is_err());
    }

    #[test]
    fn a_span_counts_from_now() {
        let now: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let at = |text| moment_or_span(text, now, &TimeZone::UTC).map(|at| at.to_string()).ok();
        assert_eq!(at("8h").as_deref(), Some("2026-11-22T08:00:00Z"));
        assert_eq!(at("2d").as_deref(), Some("2026-11-24T00:00:00Z"));
        for text in ["0h", "-1h", "99999999999999999999h", "h", ""] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}
