//! Which route a request takes, by API Gateway's rules: the most specific wins, a literal segment over a parameter.

use std::sync::Arc;

use axum::http::Method;

use crate::function::Function;
use crate::template::RouteSpec;

pub(crate) struct Routes(Vec<Route>);

struct Route {
    spec: RouteSpec,
    function: Arc<Function>,
}

pub(super) struct Matched<'a> {
    pub(super) function: &'a Arc<Function>,
    /// `POST /api/labs/{lab}/start`
    pub(super) key: String,
    pub(super) parameters: Vec<(&'a str, String)>,
}

impl Routes {
    pub(crate) fn new(routes: impl IntoIterator<Item = (RouteSpec, Arc<Function>)>) -> Self {
        let mut routes: Vec<Route> = routes.into_iter().map(|(spec, function)| Route { spec, function }).collect();
        // Where two routes fit, they first differ at a segment that is literal in one of them: that one comes first.
        routes.sort_by_cached_key(|route| {
            segments(&route.spec.path).map(|part| parameter(part).is_some()).collect::<Vec<_>>()
        });
        Self(routes)
    }

    pub(super) fn find(&self, method: &Method, path: &str) -> Option<Matched<'_>> {
        self.0.iter().filter(|route| route.spec.method == method.as_str()).find_map(|route| {
            Some(Matched {
                function: &route.function,
                key: format!("{} {}", route.spec.method, route.spec.path),
                parameters: parameters(&route.spec.path, path)?,
            })
        })
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.trim_start_matches('/').split('/')
}

/// The name in `{name}`.
fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

fn parameters<'a>(pattern: &'a str, path: &str) -> Option<Vec<(&'a str, String)>> {
    let mut found = Vec::new();
    let (mut expected, mut given) = (segments(pattern), segments(path));
    loop {
        match (expected.next(), given.next()) {
            (None, None) => return Some(found),
            (Some(expected), Some(given)) => match parameter(expected) {
                Some(name) if !given.is_empty() => found.push((name, decoded(given))),
                None if expected == given => {}
                _ => return None,
            },
            _ => return None,
        }
    }
}

fn decoded(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::function::testing::function;

    fn routes(paths: &[&str]) -> Routes {
        let noop = || function(Duration::from_secs(1), |_| Box::pin(async { Ok(serde_json::Value::Null) }));
        Routes::new(paths.iter().map(|path| (RouteSpec { method: "GET".into(), path: (*path).into() }, noop())))
    }

    fn key(routes: &Routes, path: &str) -> Option<String> {
        routes.find(&Method::GET, path).map(|matched| matched.key)
    }

    #[test]
    fn a_literal_segment_wins_over_a_parameter() {
        let routes = routes(&["/api/labs/{lab}", "/api/labs/all"]);
        assert_eq!(key(&routes, "/api/labs/all").as_deref(), Some("GET /api/labs/all"));
        assert_eq!(key(&routes, "/api/labs/one").as_deref(), Some("GET /api/labs/{lab}"));
    }

    #[test]
    fn parameters_are_decoded() {
        let routes = routes(&["/api/labs/{lab}/start"]);
        let matched = routes.find(&Method::GET, "/api/labs/a%20b/start").unwrap();
        assert_eq!(matched.parameters, [("lab", "a b".to_owned())]);
    }

    #[test]
    fn other_methods_and_longer_or_empty_paths_do_not_match() {
        let routes = routes(&["/api/labs/{lab}"]);
        assert!(routes.find(&Method::POST, "/api/labs/one").is_none());
        for path in ["/api/labs", "/api/labs/", "/api/labs/one/two", "/api/labs/one/"] {
            assert_eq!(key(&routes, path), None, "{path}");
        }
    }
}
