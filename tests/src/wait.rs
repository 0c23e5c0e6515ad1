use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Asks until there is an answer; `None` after `limit`.
pub async fn within<T>(limit: Duration, mut ask: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(answer) = ask().await {
            return Some(answer);
        }
        if Instant::now() >= deadline {
            return None;
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// Asks until there is an answer, for at most 30 s.
///
/// # Panics
/// When there is none in time; `what` says what was waited for.
pub async fn eventually<T>(what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
    within(Duration::from_secs(30), ask).await.unwrap_or_else(|| panic!("waited in vain for: {what}"))
}
