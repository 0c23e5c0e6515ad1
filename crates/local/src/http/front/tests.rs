use std::net::Ipv4Addr;

use futures::future::BoxFuture;
use serde_json::Value;

use super::*;
use crate::function::testing::function;
use crate::template::RouteSpec;

type Outcome = Result<Value, brihaspati_core::lambda::Error>;

fn front(handler: fn(Value) -> BoxFuture<'static, Outcome>) -> Arc<Front> {
    let function = function(Duration::from_secs(5), handler);
    let route = |method: &str, path: &str| RouteSpec { method: method.into(), path: path.into() };
    let routes = [route("GET", HEALTH), route("POST", "/api/labs/{lab}/start")];
    Front::new(Routes::new(routes.map(|route| (route, function.clone()))), Portal::absent())
}

async fn call(front: &Front, request: axum::http::Request<Body>) -> (StatusCode, Value) {
    let response = front.api(request, IpAddr::V4(Ipv4Addr::LOCALHOST)).await;
    let status = response.status();
    let body = to_bytes(response.into_body(), MAX_BODY_BYTES).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

fn start(body: impl Into<Body>) -> axum::http::Request<Body> {
    Request::post("/api/labs/git/start").body(body.into()).unwrap()
}

fn echo(event: Value) -> BoxFuture<'static, Outcome> {
    Box::pin(async move { Ok(json!({"statusCode": 200, "body": event["pathParameters"].to_string()})) })
}

#[tokio::test]
async fn a_request_reaches_the_function_of_its_route() {
    assert_eq!(call(&front(echo), start("{}")).await, (StatusCode::OK, json!({"lab": "git"})));
}

#[tokio::test]
async fn an_unknown_route_is_answered_as_api_gateway_does() {
    let request = Request::get("/api/unheard").body(Body::empty()).unwrap();
    assert_eq!(call(&front(echo), request).await, (StatusCode::NOT_FOUND, json!({"message": "Not Found"})));
}

#[tokio::test]
async fn a_body_above_the_quota_is_refused() {
    let (status, _) = call(&front(echo), start(vec![0; MAX_BODY_BYTES + 1])).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test(start_paused = true)]
async fn a_function_that_takes_too_long_gives_503() {
    let (status, _) = call(&front(|_| Box::pin(std::future::pending())), start("{}")).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_function_that_fails_gives_500_without_its_reason() {
    let (status, body) = call(&front(|_| Box::pin(async { Err("the reason".into()) })), start("{}")).await;
    assert_eq!((status, body), (StatusCode::INTERNAL_SERVER_ERROR, json!({"message": "Internal Server Error"})));
}

#[tokio::test]
async fn health_is_503_until_everything_is_up() {
    let front = front(echo);
    let health = || Request::get(HEALTH).body(Body::empty()).unwrap();
    let (status, problem) = call(&front, health()).await;
    assert_eq!((status, &problem["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("starting")));
    front.set_ready();
    assert_eq!(call(&front, health()).await.0, StatusCode::OK);
}
