//! A lab's web application that tells what it was asked.

use axum::Router;
use axum::body::Body;
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::routing::{any, get, post};
use futures::StreamExt;
use tokio::net::TcpListener;

/// Starts it and returns its port.
pub(crate) async fn start() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new()
        .route("/echo", any(|headers: HeaderMap, body: String| async move { format!("{headers:?}\n{body}") }))
        .route("/strict", get(strict))
        .route("/upload", post(upload))
        .route("/ws", get(|upgrade: WebSocketUpgrade| async { upgrade.on_upgrade(mirror) }))
        .fallback(|| async { "the application" });
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

async fn strict() -> impl IntoResponse {
    let headers = [
        ("x-frame-options", "DENY"),
        ("content-security-policy", "default-src 'self'; frame-ancestors 'none'"),
        ("set-cookie", "brihaspati_tab=stolen"),
        ("x-own", "kept"),
    ];
    (headers, "strict")
}

/// Takes a body of any length.
async fn upload(body: Body) -> String {
    let sizes = body.into_data_stream().map(|chunk| chunk.map_or(0, |chunk| chunk.len()));
    let size = sizes.fold(0, |sum, size| async move { sum + size }).await;
    format!("took {size}")
}

async fn mirror(mut socket: axum::extract::ws::WebSocket) {
    while let Some(Ok(Message::Text(text))) = socket.recv().await {
        if socket.send(Message::Text(format!("mirrored {text}").into())).await.is_err() {
            return;
        }
    }
}
