//! One signed call to AWS (Signature Version 4), over the protocol that its service speaks
//! (<https://smithy.io/2.0/aws/protocols/index.html>).

use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use reqwest::header::{CONTENT_TYPE, DATE};
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::xml::{self, ErrorResponse};
use super::{Aws, AwsError};
use crate::backoff::pause;

pub(super) const TIMEOUT: Duration = Duration::from_secs(15);
const ATTEMPTS: u32 = 4;

/// A call, before it is signed.
struct Call<'a> {
    service: &'a str,
    operation: &'a str,
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Aws {
    /// A service of the JSON protocols. `target` is `prefix.Operation`.
    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        service: &str,
        target: &str,
        version: &str,
        body: &Value,
    ) -> Result<T, AwsError> {
        let operation = target.rsplit('.').next().unwrap_or(target);
        let headers =
            vec![("content-type", format!("application/x-amz-json-{version}")), ("x-amz-target", target.to_owned())];
        let (method, path) = (Method::POST, "/".to_owned());
        let answer = self.call(&Call { service, operation, method, path, headers, body: body.to_string() }).await?;
        decode(service, operation, &answer)
    }

    /// A service of the REST JSON protocol. `path` is already encoded.
    pub(super) async fn rest<T: DeserializeOwned>(
        &self,
        service: &str,
        operation: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, AwsError> {
        let headers = body.map(|_| ("content-type", "application/json".to_owned())).into_iter().collect();
        let body = body.map(Value::to_string).unwrap_or_default();
        let answer = self.call(&Call { service, operation, method, path: path.to_owned(), headers, body }).await?;
        let answer = if answer.is_empty() { b"{}".to_vec() } else { answer };
        decode(service, operation, &answer)
    }

    /// A service of the Query protocol: parameters in, XML out.
    pub(super) async fn query<T: DeserializeOwned>(
        &self,
        service: &str,
        version: &str,
        operation: &str,
        parameters: &[(&str, &str)],
    ) -> Result<T, AwsError> {
        let all = [("Action", operation), ("Version", version)].into_iter().chain(parameters.iter().copied());
        let form = reqwest::Url::parse_with_params("http://localhost", all);
        let form = form.map_err(|error| AwsError::senseless(format!("{service}:{operation}"), error))?;
        let body = form.query().unwrap_or_default().to_owned();
        let headers = vec![("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned())];
        let (method, path) = (Method::POST, "/".to_owned());
        let answer = self.call(&Call { service, operation, method, path, headers, body }).await?;
        let text = String::from_utf8_lossy(&answer);
        xml::read(&text).map_err(|error| AwsError::senseless(format!("{service}:{operation}"), error))
    }

    /// What time it is at AWS. Any answer tells, a refusal too.
    pub(crate) async fn time(&self) -> Result<Option<SystemTime>, AwsError> {
        let sent = self.client.get(self.endpoint("cloudformation")).send().await;
        let answer = sent.map_err(|error| AwsError::unreachable("cloudformation".to_owned(), root_cause(&error)))?;
        let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok());
        let date = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
        Ok(date.map(|date| date.timestamp().into()))
    }

    /// Repeated where AWS asks for it or gave no answer: every call here may be made twice.
    async fn call(&self, call: &Call<'_>) -> Result<Vec<u8>, AwsError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let (again, error) = match self.send(call).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            match pause(attempt, ATTEMPTS, None).filter(|_| again) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            }
        }
    }

    /// An error, and whether the same call may do better.
    async fn send(&self, call: &Call<'_>) -> Result<Vec<u8>, (bool, AwsError)> {
        let name = || format!("{}:{}", call.service, call.operation);
        let url = format!("{}{}", self.endpoint(call.service), call.path);
        let mut request = self.client.request(call.method.clone(), &url).body(call.body.clone());
        for (header, value) in &call.headers {
            request = request.header(*header, value);
        }
        for (header, value) in self.signature(call, &url).await.map_err(|error| (false, error))? {
            request = request.header(header, value);
        }
        let no_answer = |error: reqwest::Error| (true, AwsError::unreachable(name(), root_cause(&error)));
        let answer = request.send().await.map_err(no_answer)?;
        let status = answer.status();
        let header = answer.headers().get("x-amzn-errortype").and_then(|kind| kind.to_str().ok()).map(str::to_owned);
        let is_xml = answer.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().ends_with(b"xml"));
        let body = answer.bytes().await.map_err(no_answer)?;
        if status.is_success() {
            return Ok(body.to_vec());
        }
        let (code, message) = refusal(header.as_deref(), is_xml, &body);
        let code = code.unwrap_or_else(|| status.as_u16().to_string());
        let throttled = code.contains("Throttl") || code.contains("TooManyRequests") || code == "SlowDown";
        let again = throttled || status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error();
        Err((again, AwsError::refused(name(), &code, &message)))
    }

    async fn signature(&self, call: &Call<'_>, url: &str) -> Result<Vec<(String, String)>, AwsError> {
        let name = || format!("{}:{}", call.service, call.operation);
        let identity = self.credentials(&name()).await?.into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region())
            .name(call.service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| AwsError::senseless(name(), error))?
            .into();
        let headers = call.headers.iter().map(|(header, value)| (*header, value.as_str()));
        let body = SignableBody::Bytes(call.body.as_bytes());
        let signed = SignableRequest::new(call.method.as_str(), url, headers, body)
            .and_then(|request| sign(request, &parameters))
            .map_err(|error| AwsError::senseless(name(), error))?;
        let headers = signed.output().headers().map(|(header, value)| (header.to_owned(), value.to_owned()));
        Ok(headers.collect())
    }
}

/// The error's name without its namespace, and what AWS says about it.
fn refusal(header: Option<&str>, is_xml: bool, body: &[u8]) -> (Option<String>, String) {
    let text = String::from_utf8_lossy(body);
    if is_xml || text.trim_start().starts_with('<') {
        let error = xml::read::<ErrorResponse>(&text).map(|response| response.error).unwrap_or_default();
        return (error.code, error.message);
    }
    let document: Value = serde_json::from_slice(body).unwrap_or_default();
    let field = |names: [&str; 2]| names.iter().find_map(|name| document[*name].as_str()).map(str::to_owned);
    let code = header.map(str::to_owned).or_else(|| field(["__type", "code"]));
    let code = code.map(|code| {
        let code = code.split(':').next().unwrap_or_default();
        code.rsplit('#').next().unwrap_or_default().to_owned()
    });
    (code, field(["message", "Message"]).unwrap_or_default())
}

fn decode<T: DeserializeOwned>(service: &str, operation: &str, answer: &[u8]) -> Result<T, AwsError> {
    serde_json::from_slice(answer).map_err(|error| AwsError::senseless(format!("{service}:{operation}"), error))
}

/// The innermost cause: `connection refused` says more than the layers around it.
fn root_cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_protocols_refusals_are_read() {
        let json = br#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"no table"}"#;
        let rest = br#"{"Message":"Function not found"}"#;
        let query = br#"<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
            <Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack does not exist</Message></Error>
            <RequestId>1</RequestId></ErrorResponse>"#;
        assert_eq!(refusal(None, false, json), (Some("ResourceNotFoundException".to_owned()), "no table".to_owned()));
        let kind = Some("ResourceNotFoundException:http://internal.amazon.com/coral/");
        assert_eq!(refusal(kind, false, rest).0.as_deref(), Some("ResourceNotFoundException"));
        assert_eq!(refusal(None, true, query), (Some("ValidationError".to_owned()), "Stack does not exist".to_owned()));
        assert_eq!(refusal(None, false, b"Bad Gateway"), (None, String::new()));
    }
}
