use http::header::AUTHORIZATION;
use lambda_http::Request;

/// The token of `Authorization: Bearer …`.
pub(super) fn bearer_token(request: &Request) -> Option<&str> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
