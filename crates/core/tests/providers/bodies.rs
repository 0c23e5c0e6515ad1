//! Bodies of every size, speed and shape, for both providers alike.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use brihaspati_core::domain::placement::ProviderKind;
use brihaspati_core::providers::{Lookup, Provider, ProviderError};
use futures::stream::{self, Stream, StreamExt as _};
use serde_json::json;

use crate::documents::{machine, one};
use crate::scripted::{Answer, ScriptedCloud, text};
use crate::{both, client, digitalocean, linode, spec};

const CHUNK: usize = 64 * 1024;
const CHUNKS: usize = 800; // 50 MB

/// What both clients make of the same answer to a create.
async fn creates(answered: impl Fn() -> Answer) -> [Option<ProviderError>; 2] {
    let cloud = ScriptedCloud::answering([answered(), answered()]).await;
    let [linode, digitalocean] = both(&cloud.url);
    let create = async |client: Box<dyn Provider>| client.create(&spec(client.kind())).await.err();
    [create(linode).await, create(digitalocean).await]
}

const GARBAGE: [Option<ProviderError>; 2] = [Some(ProviderError::Garbage), Some(ProviderError::Garbage)];

/// 50 MB of spaces, and how many pieces of it were taken.
fn enormous() -> (Body, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = taken.clone();
    let chunks = stream::repeat_with(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok::<_, Infallible>(Bytes::from_static(&[b' '; CHUNK]))
    });
    (Body::from_stream(chunks.take(CHUNKS)), taken)
}

#[tokio::test]
async fn a_body_above_four_mebibytes_is_garbage() {
    let huge = " ".repeat(4 * 1024 * 1024 + 1);
    assert_eq!(creates(|| text(200, huge.clone())).await, GARBAGE);
    assert_eq!(creates(|| text(400, huge.clone())).await, GARBAGE);
}

#[tokio::test]
async fn fifty_megabytes_are_not_read_to_their_end_whether_announced_or_not() {
    let length = (CHUNK * CHUNKS).to_string();
    for announced in [true, false] {
        for provider in ProviderKind::ALL {
            let (body, taken) = enormous();
            let answer = text(200, body);
            let answer = if announced { answer.with("content-length", &length) } else { answer };
            let cloud = ScriptedCloud::answering([answer]).await;

            assert_eq!(client(provider, &cloud.url).get("7").await, Err(ProviderError::Garbage));

            assert!(taken.load(Ordering::SeqCst) < CHUNKS / 2, "{provider}: {taken:?} of {CHUNKS}");
        }
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_answer() {
    let whole = one(ProviderKind::Linode, &machine(ProviderKind::Linode)).with("content-length", "100000");
    let cloud = ScriptedCloud::answering([whole]).await;

    assert_eq!(linode(&cloud.url).get("7").await, Err(ProviderError::Unavailable));
}

#[tokio::test]
async fn a_header_of_a_megabyte_is_no_answer() {
    for provider in ProviderKind::ALL {
        let endless = one(provider, &machine(provider)).with("x-more", &"x".repeat(1024 * 1024));
        let cloud = ScriptedCloud::answering([endless]).await;

        assert_eq!(client(provider, &cloud.url).get("7").await, Err(ProviderError::Unavailable), "{provider}");
    }
}

/// A space every few milliseconds, without end.
fn drops() -> impl Stream<Item = Result<Bytes, Infallible>> {
    let clock = tokio::time::interval(Duration::from_millis(5));
    stream::unfold(clock, async |mut clock| {
        clock.tick().await;
        Some((Ok(Bytes::from_static(b" ")), clock))
    })
}

#[tokio::test]
async fn a_body_that_comes_in_drops_ends_with_the_time_out() {
    let drips = || text(200, Body::from_stream(drops()));
    let cloud = ScriptedCloud::answering([drips(), drips(), drips(), drips()]).await;
    let (create, call) = (Duration::from_millis(300), Duration::from_millis(200));
    let clients: [Box<dyn Provider>; 2] = [
        Box::new(linode(&cloud.url).with_timeouts(create, call)),
        Box::new(digitalocean(&cloud.url).with_timeouts(create, call)),
    ];
    let began = Instant::now();
    for client in clients {
        assert_eq!(client.create(&spec(client.kind())).await, Err(ProviderError::TimedOut));
        assert_eq!(client.get("7").await, Err(ProviderError::TimedOut));
    }
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[tokio::test]
async fn ten_thousand_brackets_are_garbage_and_no_crash() {
    for (open, close) in [("[", "]"), (r#"{"id":"#, "}")] {
        let deep = format!("{}7{}", open.repeat(10_000), close.repeat(10_000));
        for status in [200, 400, 404] {
            assert_eq!(creates(|| text(status, deep.clone())).await, GARBAGE, "{status} {open}");
        }
        // In a field that nobody reads, too.
        let hidden = format!(r#"{{"id":7,"label":"a","droplet":{{"id":7,"name":"a","x":{deep}}},"x":{deep}}}"#);
        assert_eq!(creates(|| text(200, hidden.clone())).await, GARBAGE, "{open}");
    }
}

#[tokio::test]
async fn success_in_nobodys_form_is_garbage() {
    assert_eq!(creates(|| text(200, "<html>Welcome to nginx!</html>")).await, GARBAGE);
    assert_eq!(creates(|| text(204, "")).await, GARBAGE);
    assert_eq!(creates(|| text(202, "accepted")).await, GARBAGE);
    assert_eq!(creates(|| text(200, b"\xff\xfe\x00".as_slice())).await, GARBAGE);
}

#[tokio::test]
async fn no_redirect_is_followed_and_the_token_stays_home() {
    let elsewhere = ScriptedCloud::answering([]).await;
    for status in [301, 302, 303, 307, 308] {
        let moved = || text(status, "").with("location", &elsewhere.url);
        for provider in ProviderKind::ALL {
            let cloud = ScriptedCloud::answering([moved(), moved(), moved(), moved(), moved()]).await;
            let client = client(provider, &cloud.url);

            assert_eq!(client.create(&spec(provider)).await, Err(ProviderError::Garbage), "{status}");
            assert_eq!(client.find("lab-01jd9-1").await, Err(ProviderError::Garbage), "{status}");
            assert_eq!(client.list("brihaspati-demo").await, Err(ProviderError::Garbage), "{status}");
            assert_eq!(client.get("7").await, Err(ProviderError::Garbage), "{status}");
            assert_eq!(client.delete("7").await, Err(ProviderError::Garbage), "{status}");
        }
    }
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn no_body_grows_by_decompression() {
    for provider in ProviderKind::ALL {
        for coding in ["gzip", "br", "zstd", "deflate"] {
            let claimed = one(provider, &machine(provider)).with("content-encoding", coding);
            let cloud = ScriptedCloud::answering([claimed]).await;

            let read = client(provider, &cloud.url).get("7").await;

            assert!(matches!(read, Ok(Lookup::Exists(_))), "read as it came, whatever it claims to be: {read:?}");
            assert_eq!(cloud.asked()[0].header("accept-encoding"), "");
        }
    }
}

#[tokio::test]
async fn a_field_said_twice_is_garbage() {
    let tags = json!(["brihaspati-demo"]);
    let linode = format!(r#"{{"id":7,"id":8,"label":"lab-01jd9-1","tags":{tags}}}"#);
    let droplet = format!(r#"{{"droplet":{{"id":7,"id":8,"name":"lab-01jd9-1","tags":{tags}}}}}"#);

    assert_eq!(creates(|| text(200, linode.clone())).await, GARBAGE);
    assert_eq!(creates(|| text(200, droplet.clone())).await, GARBAGE);
}
