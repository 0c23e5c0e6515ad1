//! A lab's web application that tells what it was asked.

use axum::Router;
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::routing::{any, get};
use tokio::net::TcpListener;

/// Starts it and returns its port.
pub(crate) async fn start() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new()
        .route(
            "/echo",
            any(|headers: HeaderMap, body: String| async move { format!("{headers:?}\n{body}") }),
        )
        .route("/strict", get(strict))
        .route(
            "/ws",
            get(|upgrade: WebSocketUpgrade| async { upgrade.on_upgrade(mirror) }),
        )
        .fallback(|| async { "the application" });
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

async fn strict() -> impl IntoResponse {
    let headers = [
        ("x-frame-options", "DENY"),
        (
            "content-security-policy",
            "default-src 'self'; frame-ancestors 'none'",
        ),
        ("set-cookie", "brihaspati_tab=stolen"),
        ("x-own", "kept"),
    ];
    (headers, "strict")
}

async fn mirror(mut socket: axum::extract::ws::WebSocket) {
    while let Some(Ok(Message::Text(text))) = socket.recv().await {
        if socket
            .send(Message::Text(format!("mirrored {text}").into()))
            .await
            .is_err()
        {
            return;
        }
    }
}
