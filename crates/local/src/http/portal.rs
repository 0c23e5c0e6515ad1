//! The built portal and the lab agent as files, the way Netlify serves them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::{Response, StatusCode};
use tower::ServiceExt;
use tower_http::services::{ServeDir, ServeFile};

use super::netlify::HeaderRules;

/// Where machines fetch the lab agent.
pub(crate) const AGENT_PATH: &str = "/downloads/lab-agent";

pub(crate) struct Portal {
    site: Option<PathBuf>,
    agent: Option<PathBuf>,
    headers: HeaderRules,
}

impl Portal {
    /// `site` is the portal's build, `netlify` the text of `netlify.toml`.
    pub(crate) fn new(site: Option<PathBuf>, agent: Option<PathBuf>, netlify: &str) -> Result<Self> {
        if let Some(site) = &site {
            let page = site.join("index.html");
            ensure!(page.is_file(), "the portal is not built: {} is missing", page.display());
        }
        Ok(Self { site, agent, headers: HeaderRules::parse(netlify).context("the portal's headers")? })
    }

    #[cfg(test)]
    pub(super) fn absent() -> Self {
        Self { site: None, agent: None, headers: HeaderRules::none() }
    }

    pub(super) async fn serve(&self, request: Request) -> Response<Body> {
        let path = request.uri().path().to_owned();
        let mut response = match (&self.site, &self.agent) {
            (_, Some(agent)) if path == AGENT_PATH => file(agent, request).await,
            (Some(site), _) if path != AGENT_PATH => page(site, request).await,
            _ => text(StatusCode::NOT_FOUND, "there is nothing here\n"),
        };
        self.headers.apply(&path, response.headers_mut());
        response
    }
}

async fn file(path: &Path, request: Request) -> Response<Body> {
    match ServeFile::new(path).oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

/// A file of the site, or the page whose router knows the path.
async fn page(site: &Path, request: Request) -> Response<Body> {
    let files = ServeDir::new(site).fallback(ServeFile::new(site.join("index.html")));
    match files.oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

fn text(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(portal: &Portal, path: &str) -> (StatusCode, String) {
        let response = portal.serve(Request::get(path).body(Body::empty()).unwrap()).await;
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 1024).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    fn portal(directory: &Path) -> Portal {
        std::fs::write(directory.join("index.html"), "the page").unwrap();
        std::fs::write(directory.join("app.js"), "the script").unwrap();
        std::fs::write(directory.join("agent"), "the agent").unwrap();
        let netlify = include_str!("../../../../netlify.toml");
        Portal::new(Some(directory.to_owned()), Some(directory.join("agent")), netlify).unwrap()
    }

    #[tokio::test]
    async fn files_are_served_and_other_paths_are_the_page() {
        let directory = tempfile::tempdir().unwrap();
        let portal = portal(directory.path());
        assert_eq!(get(&portal, "/app.js").await, (StatusCode::OK, "the script".into()));
        assert_eq!(get(&portal, "/environments/env_1").await, (StatusCode::OK, "the page".into()));
        assert_eq!(get(&portal, AGENT_PATH).await, (StatusCode::OK, "the agent".into()));
    }

    #[tokio::test]
    async fn nothing_outside_the_site_is_served() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("secret"), "no").unwrap();
        let site = directory.path().join("site");
        std::fs::create_dir(&site).unwrap();
        let portal = portal(&site);
        for path in ["/../secret", "/%2e%2e/secret", "/..%2fsecret"] {
            assert_ne!(get(&portal, path).await.1, "no", "{path}");
        }
    }

    #[test]
    fn a_portal_that_was_not_built_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let built = Portal::new(Some(directory.path().to_owned()), None, include_str!("../../../../netlify.toml"));
        assert!(built.is_err());
    }
}
