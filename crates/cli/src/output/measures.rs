//! Times, spans and money in the form people read.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// `2026-11-23 09:00`, where the person at the terminal is.
pub(crate) fn local_time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// `45 s`, `12 min`, `3 h 05`.
pub(crate) fn span(seconds: i64) -> String {
    let seconds = seconds.max(0);
    match (seconds / 3600, seconds % 3600 / 60) {
        (0, 0) => format!("{seconds} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes:02}"),
    }
}

/// Millionths of a US dollar as `$0.0123`: no digit that says something is dropped.
pub(crate) fn money(micro_usd: i64) -> String {
    let sign = if micro_usd < 0 { "-" } else { "" };
    let absolute = micro_usd.unsigned_abs();
    let cents = format!("{:06}", absolute % 1_000_000);
    let kept = cents.trim_end_matches('0').len().max(2);
    format!("{sign}${}.{}", absolute / 1_000_000, &cents[..kept])
}

/// `1 machine`, `3 machines`.
pub(crate) fn many(count: impl TryInto<u64>, noun: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_keeps_every_digit_that_says_something() {
        for (micro, text) in
            [(0, "$0.00"), (12_300, "$0.0123"), (5_000_000, "$5.00"), (1, "$0.000001"), (-1_500_000, "-$1.50")]
        {
            assert_eq!(money(micro), text);
        }
    }

    #[test]
    fn spans_read_as_people_say_them() {
        for (seconds, text) in [(-5, "0 s"), (45, "45 s"), (725, "12 min"), (11_100, "3 h 05")] {
            assert_eq!(span(seconds), text);
        }
    }
}
