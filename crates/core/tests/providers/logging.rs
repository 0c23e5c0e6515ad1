//! What of a provider's answer reaches the log.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::Once;

use serde_json::json;

use crate::scripted::{ScriptedCloud, json as answer};
use crate::{TOKEN, both, spec};

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

#[tokio::test]
async fn a_refusal_is_logged_once_with_its_bounded_reason_and_without_token_or_user_data() {
    listen();
    let reason = format!("bad token {TOKEN}, {}", "x".repeat(5000));
    let refusal = json!({ "errors": [{ "reason": reason }], "id": "refused", "message": reason });

    for client in [0, 1] {
        let cloud = ScriptedCloud::answering([answer(400, &refusal)]).await;
        let client = &both(&cloud.url)[client];
        client.create(&spec(client.kind())).await.unwrap_err();

        let log = logged();
        let warnings: Vec<&str> = log.lines().filter(|line| line.contains(r#""level":"WARN""#)).collect();
        assert_eq!(warnings.len(), 1, "{log}");
        let warning: serde_json::Value = serde_json::from_str(warnings[0]).unwrap();
        assert_eq!(warning["fields"]["provider"], client.kind().as_str());
        assert_eq!(warning["fields"]["operation"], "create");
        assert_eq!(warning["fields"]["status"], 400);
        assert!(warning["fields"]["reason"].as_str().unwrap().starts_with("bad token …, xxx"), "{log}");
        assert_eq!(warning["fields"]["reason"].as_str().unwrap().chars().count(), 200);
        assert!(!log.contains(TOKEN) && !log.contains("machine-secret"), "{log}");
    }
}
