//! HTTP to API Gateway's payload format 2.0 and back.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use std::net::IpAddr;

use anyhow::{Context, Result};
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, HeaderName, HeaderValue, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Response, StatusCode};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::routes::Matched;
use crate::template::ACCOUNT;

pub(super) fn event(matched: &Matched<'_>, parts: &Parts, body: &[u8], source: IpAddr, request_id: &str) -> Value {
    let path = parts.uri.path();
    let now = Timestamp::now();
    let host = parts.headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let mut event = json!({
        "version": "2.0",
        "routeKey": matched.key,
        "rawPath": path,
        "rawQueryString": parts.uri.query().unwrap_or_default(),
        "headers": headers(&parts.headers, source),
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": host,
            "domainPrefix": host.split('.').next().unwrap_or_default(),
            "http": {
                "method": parts.method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": source.to_string(),
                "userAgent": parts.headers.get("user-agent").and_then(|agent| agent.to_str().ok()).unwrap_or_default(),
            },
            "requestId": request_id,
            "routeKey": matched.key,
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now.as_millisecond(),
        },
        "isBase64Encoded": false,
    });
    let cookies = cookies(&parts.headers);
    if !cookies.is_empty() {
        event["cookies"] = cookies.into();
    }
    let query = query_parameters(parts.uri.query().unwrap_or_default());
    if !query.is_empty() {
        event["queryStringParameters"] = Value::Object(query);
    }
    if !matched.parameters.is_empty() {
        event["pathParameters"] =
            matched.parameters.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str()))).collect();
    }
    if !body.is_empty() {
        match std::str::from_utf8(body) {
            Ok(text) if is_text(&parts.headers) => event["body"] = text.into(),
            _ => {
                event["body"] = BASE64_STANDARD.encode(body).into();
                event["isBase64Encoded"] = true.into();
            }
        }
    }
    event
}

/// Lower-case names; repeated headers joined by commas; cookies apart; what API Gateway adds about the sender.
fn headers(headers: &HeaderMap, source: IpAddr) -> Map<String, Value> {
    let mut joined = Map::new();
    for name in headers.keys().filter(|name| *name != COOKIE) {
        let values: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
        joined.insert(name.as_str().to_owned(), values.join(",").into());
    }
    joined.insert("x-forwarded-for".to_owned(), source.to_string().into());
    joined.insert("x-forwarded-proto".to_owned(), "http".into());
    joined
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(';'))
        .map(|cookie| cookie.trim().to_owned())
        .filter(|cookie| !cookie.is_empty())
        .collect()
}

/// Repeated parameters are joined by commas.
fn query_parameters(query: &str) -> Map<String, Value> {
    let mut parameters: Map<String, Value> = Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let joined = match parameters.get(name.as_ref()).and_then(Value::as_str) {
            Some(earlier) => format!("{earlier},{value}"),
            None => value.into_owned(),
        };
        parameters.insert(name.into_owned(), joined.into());
    }
    parameters
}

/// API Gateway passes these on as text, and everything else in base64.
fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.starts_with("text/")
        || matches!(kind, "application/json" | "application/javascript" | "application/xml")
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(default)]
    cookies: Vec<String>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// A function's answer as HTTP.
pub(super) fn response(answer: Value) -> Result<Response<Body>> {
    let answer: Answer = serde_json::from_value(answer).context("the answer is not of payload format 2.0")?;
    let body = answer.body.unwrap_or_default();
    let body = if answer.is_base64_encoded { BASE64_STANDARD.decode(body)? } else { body.into_bytes() };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(answer.status_code)?;
    for (name, value) in answer.headers {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        response.headers_mut().append(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    for cookie in answer.cookies {
        response.headers_mut().append(SET_COOKIE, HeaderValue::try_from(cookie)?);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use axum::http::Request;

    use super::*;
    use crate::function::testing::function;

    fn event_of(request: Request<&[u8]>) -> Value {
        let function = function(Duration::from_secs(1), |_| Box::pin(async { Ok(Value::Null) }));
        let matched = Matched {
            function: &function,
            key: "POST /api/labs/{lab}/start".into(),
            parameters: vec![("lab", "git".into())],
        };
        let (parts, body) = request.into_parts();
        event(&matched, &parts, body, IpAddr::V4(Ipv4Addr::LOCALHOST), "id")
    }

    #[test]
    fn a_request_becomes_an_event_of_format_2() {
        let request = Request::post("/api/labs/git/start?a=1&a=2")
            .header("Content-Type", "application/json")
            .header("X-Twice", "one")
            .header("X-Twice", "two")
            .header("Cookie", "a=1; b=2")
            .body(b"{}".as_slice())
            .unwrap();
        let event = event_of(request);
        assert_eq!(event["rawPath"], "/api/labs/git/start");
        assert_eq!(event["rawQueryString"], "a=1&a=2");
        assert_eq!(event["queryStringParameters"]["a"], "1,2");
        assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
        assert_eq!(event["headers"]["x-twice"], "one,two");
        assert!(event["headers"].get("cookie").is_none());
        assert_eq!(event["pathParameters"], json!({"lab": "git"}));
        assert_eq!(event["requestContext"]["http"]["sourceIp"], "127.0.0.1");
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("{}"), &json!(false)));
    }

    #[test]
    fn a_body_that_is_not_text_travels_in_base64() {
        let event = event_of(Request::post("/").body(b"\xff\x00".as_slice()).unwrap());
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("/wA="), &json!(true)));
    }

    #[test]
    fn cookies_and_binary_bodies_of_an_answer_reach_the_client() {
        let answer = json!({
            "statusCode": 201,
            "headers": {"content-type": "application/octet-stream"},
            "cookies": ["a=1; Path=/", "b=2"],
            "body": "/wA=",
            "isBase64Encoded": true,
        });
        let response = response(answer).unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(response.headers().get_all(SET_COOKIE).iter().count(), 2);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/octet-stream");
    }

    #[test]
    fn an_answer_of_another_shape_is_an_error() {
        assert!(response(json!({"hello": "world"})).is_err());
    }
}
