//! The gate in front of a lab's web application.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use bytes::Bytes;
use futures::{SinkExt, StreamExt, stream};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::application;
use crate::lab::{Lab, LabBuilder, PORT, PORTAL, SECRET};

async fn lab_with_application() -> Lab {
    let port = application::start().await;
    LabBuilder::new().setup("true").tab(port).ready().await
}

async fn send(request: Request<Body>) -> (Response<()>, String) {
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let (parts, body) = client.request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (Response::from_parts(parts, ()), String::from_utf8(body.to_vec()).unwrap())
}

async fn get(lab: &Lab, path: &str, cookie: &str) -> (Response<()>, String) {
    send(Request::get(lab.tab_url(path)).header("cookie", cookie).body(Body::empty()).unwrap()).await
}

pub(crate) async fn enter(lab: &Lab, origin: &str, secret: &str) -> Response<()> {
    let request = Request::post(lab.tab_url("/.brihaspati/enter"))
        .header("origin", origin)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("secret={secret}")))
        .unwrap();
    send(request).await.0
}

pub(crate) async fn cookie(lab: &Lab) -> String {
    let answer = enter(lab, PORTAL, SECRET).await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_buys_a_cookie_and_the_cookie_opens_the_application() {
    let lab = lab_with_application().await;
    let answer = enter(&lab, PORTAL, SECRET).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()["location"], "/");
    let set = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(set.ends_with("; HttpOnly; Secure; SameSite=None; Partitioned; Path=/"), "{set}");
    assert!(set.starts_with("brihaspati_tab=") && !set.contains(SECRET));
    let (answer, body) = get(&lab, "/", &cookie(&lab).await).await;
    assert_eq!((answer.status(), body.as_str()), (StatusCode::OK, "the application"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_cookie_there_is_a_page_that_says_how_to_come_in() {
    let lab = lab_with_application().await;
    for cookie in ["", "brihaspati_tab=guess", &format!("brihaspati_tab={SECRET}")] {
        let (answer, body) = get(&lab, "/echo", cookie).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert!(body.contains("Come in by the portal") && body.contains("The &lt;app&gt;"));
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains(&format!("frame-ancestors {PORTAL}")), "{policy}");
        assert!(answer.headers().get("x-frame-options").is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_enters_from_elsewhere_or_with_a_wrong_secret() {
    let lab = lab_with_application().await;
    assert_eq!(enter(&lab, "http://evil.example", SECRET).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(enter(&lab, PORTAL, "wrong").await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(enter(&lab, PORTAL, &"x".repeat(20_000)).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(get(&lab, "/.brihaspati/other", "").await.0.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_application_never_sees_the_cookie_or_the_secret() {
    let lab = lab_with_application().await;
    let request = Request::post(lab.tab_url("/echo"))
        .header("cookie", format!("mine=1; {}", cookie(&lab).await))
        .header("connection", "x-hop")
        .header("x-hop", "1")
        .body(Body::from("the body"))
        .unwrap();
    let (answer, body) = send(request).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(body.contains("mine=1") && body.ends_with("the body"), "{body}");
    assert!(!body.contains("brihaspati_tab") && !body.contains(SECRET) && !body.contains("x-hop"), "{body}");
    assert!(body.contains(&format!("\"host\": \"{}:{}\"", lab.address, PORT + 1)), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_refuses_frames_is_shown_all_the_same() {
    let lab = lab_with_application().await;
    let (answer, _) = get(&lab, "/strict", &cookie(&lab).await).await;
    assert!(answer.headers().get("x-frame-options").is_none());
    assert!(answer.headers().get("set-cookie").is_none());
    assert_eq!(answer.headers()["content-security-policy"], "default-src 'self'");
    assert_eq!(answer.headers()["x-own"], "kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_does_not_answer_gives_a_page_that_looks_again() {
    let closed = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let lab = LabBuilder::new().setup("true").tab(closed).ready().await;
    let (answer, body) = get(&lab, "/", &cookie(&lab).await).await;
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    assert!(body.contains(r#"http-equiv="refresh""#) && body.contains("prefers-color-scheme: dark"));
}

/// An upload whose length nobody knows beforehand; its sender then waits.
async fn upload(lab: &Lab, mebibytes: usize, more: &'static [u8]) -> (Response<()>, String) {
    let mebibyte = Bytes::from(vec![b'x'; 1 << 20]);
    let chunks = stream::iter(vec![mebibyte; mebibytes]);
    let rest = stream::once(async move { Bytes::from_static(more) });
    let body = chunks.chain(rest).map(Ok::<_, Infallible>);
    let body = if more.is_empty() { Body::from_stream(body) } else { Body::from_stream(body.chain(stream::pending())) };
    let request = Request::post(lab.tab_url("/upload")).header("cookie", cookie(lab).await).body(body).unwrap();
    send(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_of_unknown_length_passes_up_to_the_limit() {
    let lab = lab_with_application().await;
    let (answer, body) = upload(&lab, 64, b"").await;
    assert_eq!((answer.status(), body.as_str()), (StatusCode::OK, "took 67108864"));
    let (answer, body) = upload(&lab, 64, b"x").await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(body.contains("Too large"), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn websockets_pass_the_gate() {
    let lab = lab_with_application().await;
    let url = format!("ws://{}:{}/ws", lab.address, PORT + 1);
    match connect_async(url.clone()).await {
        Err(Error::Http(answer)) => assert_eq!(answer.status(), 401),
        other => panic!("{:?}", other.map(|_| ())),
    }
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("cookie", cookie(&lab).await.parse().unwrap());
    let (mut socket, _) = connect_async(request).await.unwrap();
    socket.send(Message::text("hello")).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("mirrored hello"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_main_port_says_where_to_go() {
    let lab = LabBuilder::new().setup("true").ready().await;
    let url = |path: &str| format!("http://{}:{PORT}{path}", lab.address);
    let (answer, body) = send(Request::get(url("/")).body(Body::empty()).unwrap()).await;
    assert_eq!(body, "Lab machine of Brihaspati; open it from the portal.\n");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    let (answer, _) = send(Request::get(url("/etc/passwd")).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}
