//! What a trainee does and sees: presses Play, watches the portal's progress, works, and finds the receipt.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use tokio::time::{Instant, sleep, sleep_until};

use crate::class::Trainee;
use crate::pace::Pace;

/// An environment as its trainee saw it come up.
#[derive(Clone, Debug)]
pub(crate) struct Started {
    /// Which of the trainees.
    pub(crate) trainee: usize,
    pub(crate) environment: String,
    pub(crate) pressed_at: Instant,
    pub(crate) ready_at: Option<Instant>,
    pub(crate) terminal_url: String,
    pub(crate) secret: String,
    pub(crate) provider: String,
}

impl Started {
    pub(crate) fn waited(&self) -> Option<Duration> {
        Some(self.ready_at? - self.pressed_at)
    }
}

impl Trainee {
    /// Presses Play at `at` and watches until the machine serves, or until `give_up`.
    pub(crate) async fn play(
        &self,
        trainee: usize,
        lab: &str,
        at: Instant,
        give_up: Instant,
        pace: Pace,
    ) -> Option<Started> {
        sleep_until(at).await;
        let pressed_at = Instant::now();
        let played = self.api.seen(Method::POST, &format!("/api/labs/{lab}/start")).await?;
        let environment = text(&played, "/id");
        let seen = self.watch(&environment, "ready", give_up, pace).await;
        let seen_at = Instant::now();
        let ready = seen.as_ref().filter(|view| view["status"] == "ready");
        let of = |pointer: &str| ready.map(|view| text(view, pointer)).unwrap_or_default();
        Some(Started {
            trainee,
            environment,
            pressed_at,
            ready_at: ready.map(|_| seen_at),
            terminal_url: of("/access/terminal_url"),
            secret: of("/access/secret"),
            provider: of("/placement/provider"),
        })
    }

    /// Asks as the portal does until the environment has this status, or another end.
    pub(crate) async fn watch(&self, environment: &str, status: &str, give_up: Instant, pace: Pace) -> Option<Value> {
        let path = format!("/api/environments/{environment}");
        let (mut news, mut unchanged) = (String::new(), 0);
        while Instant::now() < give_up {
            if let Some(view) = self.api.seen(Method::GET, &path).await {
                let now = text(&view, "/status");
                if now == "failed" {
                    self.api.trouble(format!("{environment} failed: {}", text(&view, "/failure/code")));
                }
                if now == status || now == "failed" || now == "gone" {
                    return Some(view);
                }
                let stages = view["timeline"].as_array().map_or(0, Vec::len);
                let latest = format!("{now} {stages}");
                unchanged = if latest == news { unchanged + 1 } else { 0 };
                news = latest;
            }
            sleep(pace.poll(unchanged)).await;
        }
        self.api.trouble(format!("{environment} was never {status}"));
        None
    }
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}
