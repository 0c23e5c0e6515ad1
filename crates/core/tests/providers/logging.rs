//! What of a provider's answer reaches the log.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::Once;

use brihaspati_core::domain::placement::ProviderKind;

use crate::documents::{labelled, one, refusal};
use crate::scripted::{Answer, ScriptedCloud, json as answer, text};
use crate::{TOKEN, client, spec};

thread_local! {
    /// What was logged on this thread; each test and its client run on one.
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct ThreadLog;

impl Write for ThreadLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One subscriber for the whole test binary, since call sites remember whether anybody listens.
fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        tracing_subscriber::fmt().json().with_max_level(tracing::Level::DEBUG).with_writer(|| ThreadLog).init();
    });
}

fn logged() -> String {
    String::from_utf8(LOG.take()).unwrap()
}

/// The one warning that a create with this answer leaves in the log, and the whole log.
async fn warning_of_a_create(provider: ProviderKind, answered: Answer) -> (serde_json::Value, String) {
    listen();
    let cloud = ScriptedCloud::answering([answered]).await;
    client(provider, &cloud.url).create(&spec(provider)).await.unwrap_err();

    let log = logged();
    let warnings: Vec<&str> = log.lines().filter(|line| line.contains(r#""level":"WARN""#)).collect();
    assert_eq!(warnings.len(), 1, "{log}");
    let warning: serde_json::Value = serde_json::from_str(warnings[0]).unwrap();
    assert_eq!(warning["fields"]["provider"], provider.as_str());
    assert_eq!(warning["fields"]["operation"], "create");
    assert!(!log.contains(TOKEN) && !log.contains("machine-secret"), "{log}");
    (warning["fields"].clone(), log)
}

#[tokio::test]
async fn a_refusal_is_logged_once_with_its_bounded_reason_and_without_token_or_user_data() {
    let reason = format!("bad token {TOKEN}, {}", "x".repeat(1024 * 1024));
    for provider in ProviderKind::ALL {
        let (warning, log) = warning_of_a_create(provider, answer(400, &refusal(&reason))).await;

        assert_eq!(warning["status"], 400);
        assert!(warning["reason"].as_str().unwrap().starts_with("bad token …, xxx"), "{log}");
        assert_eq!(warning["reason"].as_str().unwrap().chars().count(), 200);
        assert!(log.len() < 10_000, "{}", log.len());
    }
}

#[tokio::test]
async fn a_reason_is_one_line_without_control_characters() {
    let reason = "no\r\n{\"level\":\"ERROR\"}\u{0}\u{1b}[31m\u{2028}red\u{7f}\u{9b}";
    for provider in ProviderKind::ALL {
        let (warning, _) = warning_of_a_create(provider, answer(400, &refusal(reason))).await;

        assert_eq!(warning["reason"], "no  {\"level\":\"ERROR\"}  [31m red  ");
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_logged_once_and_never_quoted() {
    for provider in ProviderKind::ALL {
        let senseless: [fn(ProviderKind) -> Answer; 5] = [
            |_| text(200, format!("<html>{TOKEN}</html>")),
            |_| text(200, " ".repeat(5 * 1024 * 1024)),
            |_| text(204, ""),
            |provider| one(provider, &labelled(provider, 7, "somebody-elses")),
            |_| text(302, "").with("location", "http://elsewhere.invalid/"),
        ];
        for answered in senseless {
            let (_, log) = warning_of_a_create(provider, answered(provider)).await;
            assert!(!log.contains("html") && !log.contains("somebody-elses") && !log.contains("elsewhere"), "{log}");
        }
    }
}

#[tokio::test]
async fn a_list_that_makes_no_sense_is_logged_once() {
    listen();
    for provider in ProviderKind::ALL {
        let cloud = ScriptedCloud::answering([text(200, "[]")]).await;
        client(provider, &cloud.url).list("brihaspati-demo").await.unwrap_err();

        assert_eq!(logged().matches(r#""level":"WARN""#).count(), 1);
    }
}
