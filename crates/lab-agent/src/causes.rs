//! Errors in one line.

use std::error::Error;

/// The error with everything that led to it: an HTTP client's own message says little more than "connect".
pub(crate) fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let deeper = error.to_string();
        // Transparent errors repeat their source.
        if !text.ends_with(&deeper) {
            text = format!("{text}: {deeper}");
        }
        cause = error.source();
    }
    text
}
