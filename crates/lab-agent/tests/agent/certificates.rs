//! TLS on the machine: certificates for its address, from Let's Encrypt's own test server.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;

use crate::application;
use crate::browser::Browser;
use crate::directory::Directory;
use crate::lab::{LabBuilder, PORT, PORTAL, SECRET, eventually, own_address};
use crate::pebble::Pebble;

/// Nobody listens there.
const NOWHERE: &str = "https://127.0.0.1:1/directory";

async fn limiting() -> Directory {
    let problem = json!({
        "type": "urn:ietf:params:acme:error:rateLimited", "detail": "too many certificates for this address"
    });
    Directory::refusing_with(StatusCode::TOO_MANY_REQUESTS, problem).await
}

#[tokio::test(flavor = "multi_thread")]
async fn terminal_and_web_tabs_are_reached_by_https_with_a_certificate_for_the_address() {
    let pebble = Pebble::start().await;
    let port = application::start().await;
    let lab = LabBuilder::new().setup("true").tab(port).certified_by_pebble(&pebble).ready().await;
    assert_eq!(lab.control_plane.stages().first_chunk(), Some(&["agent-started", "certificate"].map(str::to_owned)));

    let mut browser = Browser::open_secured(&lab, &pebble.trust, "one").await;
    browser.types(1, "echo $((6 * 7)) answers\r").await;
    browser.sees("42 answers").await;

    let tab = |path: &str| format!("https://{}:{}{path}", lab.address, PORT + 1);
    let enter = Request::post(tab("/.brihaspati/enter"))
        .header("origin", PORTAL)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("secret={SECRET}")));
    let (answer, _) = pebble.trust.send(enter.unwrap()).await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap();
    let echo = Request::get(tab("/echo")).header("cookie", cookie).body(Body::empty()).unwrap();
    let (_, echoed) = pebble.trust.send(echo).await.unwrap();
    assert!(echoed.contains(r#""x-forwarded-proto": "https""#), "{echoed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn setup_runs_while_the_certificate_is_on_its_way_and_is_told_when_it_is_what_is_waited_for() {
    let pebble = Pebble::start().await;
    let script = "until test -e $LAB_HOME/go; do sleep 0.05; done";
    let lab = LabBuilder::new().setup(script).certified_by_pebble(&pebble).start().await;
    lab.reaches("setting-up").await;
    pebble.trust.seen(lab.address, PORT).await.unwrap();
    std::fs::write(lab.home("go"), "").unwrap();
    lab.reaches("ready").await;
    assert_eq!(lab.control_plane.stages(), ["agent-started", "certificate", "setting-up", "ready"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn directories_that_refuse_or_cannot_be_reached_are_passed_over() {
    let (limiting, closed, pebble) = (limiting().await, Pebble::for_members_only().await, Pebble::start().await);
    let lab = LabBuilder::new()
        .setup("true")
        .certified_by(NOWHERE, None)
        .certified_by(&limiting.url, Some(&limiting.voucher))
        .certified_by_pebble(&closed)
        .certified_by_pebble(&pebble)
        .ready()
        .await;
    pebble.trust.seen(lab.address, PORT).await.unwrap();
    assert_eq!(limiting.orders(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_no_directory_gives_a_certificate_fails_and_says_what_each_of_them_said() {
    let (limiting, closed) = (limiting().await, Pebble::for_members_only().await);
    let lab = LabBuilder::new()
        .setup("true")
        .certified_by(&limiting.url, Some(&limiting.voucher))
        .certified_by_pebble(&closed)
        .start()
        .await;
    lab.reaches("failed").await;
    let detail = lab.control_plane.last_detail();
    for words in [&format!("no certificate for {}", lab.address), "too many certificates", "externalAccountRequired"] {
        assert!(detail.contains(words), "{words}: {detail}");
    }
    assert_eq!(lab.control_plane.last_report()["cause"], "certificate");
    assert_eq!(limiting.orders(), 1, "a refusal stands");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_in_trouble_is_asked_again_but_not_for_ever() {
    let problem = json!({ "type": "urn:ietf:params:acme:error:serverInternal", "detail": "maintenance" });
    let busy = Directory::refusing_with(StatusCode::SERVICE_UNAVAILABLE, problem).await;
    let lab = LabBuilder::new()
        .setup("true")
        .certified_by(&busy.url, Some(&busy.voucher))
        .certificate_limit(Duration::from_secs(5))
        .start()
        .await;
    lab.reaches("failed").await;
    assert!((2..=3).contains(&busy.orders()), "{}", busy.orders());
    assert!(lab.control_plane.last_detail().ends_with("maintenance (serverInternal)"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_the_directory_does_not_find_at_its_address_says_so() {
    let pebble = Pebble::start().await;
    let elsewhere = own_address().to_string();
    let lab = LabBuilder::new().setup("true").certified_by_pebble(&pebble).certificate_limit(Duration::from_secs(4));
    let lab = lab.without_its_address().bundle("/address", elsewhere.clone().into()).start().await;
    lab.reaches("failed").await;
    let detail = lab.control_plane.last_detail();
    assert!(detail.starts_with(&format!("no certificate for {elsewhere}: ")), "{detail}");
    assert!(detail.contains("connect"), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_control_plane_hears_of_the_failure_without_its_cause() {
    let limiting = limiting().await;
    let lab = LabBuilder::new().setup("true").certified_by(&limiting.url, Some(&limiting.voucher)).old_control_plane();
    let lab = lab.start().await;
    lab.reaches("failed").await;
    let stages = lab.control_plane.stages();
    assert_eq!((stages.first().unwrap().as_str(), stages.len()), ("agent-started", 2), "{stages:?}");
    assert!(lab.control_plane.last_report().get("cause").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_address_there_is_no_certificate() {
    let lab = LabBuilder::new().setup("true").certified_by(NOWHERE, None).without_its_address();
    // Where these tests run, the machine may have a public address of its own: then nobody gives a certificate for it.
    let lab = lab.certificate_limit(Duration::from_secs(1)).start().await;
    lab.reaches("failed").await;
    assert!(lab.control_plane.last_detail().starts_with("no certificate"), "{}", lab.control_plane.last_detail());
    assert_eq!(lab.control_plane.last_report()["cause"], "certificate");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_certificate_no_handshake_succeeds() {
    let pebble = Pebble::start().await;
    let lab = LabBuilder::new().setup("true").certified_by(NOWHERE, None).start().await;
    lab.reaches("certificate").await;
    for protocol in ["http/1.1", "acme-tls/1"] {
        let refused = pebble.trust.clone().speaking(protocol).connect(lab.address, PORT).await.unwrap_err();
        assert!(refused.to_string().contains("alert"), "{protocol}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_restarted_shows_the_certificate_it_has() {
    let mut pebble = Pebble::start().await;
    let mut lab = LabBuilder::new().setup("true").certified_by_pebble(&pebble).ready().await;
    let file = lab.folder.path().join("certificate/certificate.pem");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));

    let first = pebble.trust.seen(lab.address, PORT).await.unwrap();
    pebble.stop();
    let told = lab.control_plane.stages().len();
    lab.restart().await;
    eventually("ready again", || async { lab.control_plane.stages().len() == told + 2 }).await;
    assert_eq!(lab.control_plane.stages()[told..], ["agent-started", "ready"]);
    assert_eq!(pebble.trust.seen(lab.address, PORT).await.unwrap(), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_renewed_in_time_and_open_terminals_do_not_notice() {
    let pebble = Pebble::issuing_for(Duration::from_secs(24)).await;
    let lab = LabBuilder::new().setup("true").certified_by_pebble(&pebble).ready().await;
    let mut browser = Browser::open_secured(&lab, &pebble.trust, "one").await;
    let first = pebble.trust.seen(lab.address, PORT).await.unwrap();

    let seen = || {
        let (trust, address) = (pebble.trust.clone(), lab.address);
        async move { trust.seen(address, PORT).await.unwrap() }
    };
    // The client refuses what has expired: a renewal that comes too late fails here.
    eventually("another certificate", || async { seen().await != first }).await;
    browser.types(1, "echo $((6 * 7)) answers\r").await;
    browser.sees("42 answers").await;
    let stored = std::fs::read_to_string(lab.folder.path().join("certificate/certificate.pem")).unwrap();
    assert!(stored.contains("PRIVATE KEY") && stored.matches("BEGIN CERTIFICATE").count() >= 2);
}
