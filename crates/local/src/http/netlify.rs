//! The headers of `netlify.toml`, so that the portal runs here under the very policy it runs under when deployed.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderName, HeaderValue};
use serde::Deserialize;

pub(super) struct HeaderRules(Vec<(String, HeaderMap)>);

#[derive(Deserialize)]
struct Site {
    #[serde(default)]
    headers: Vec<Rule>,
    #[serde(default)]
    redirects: Vec<Redirect>,
}

#[derive(Deserialize)]
struct Rule {
    r#for: String,
    values: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Redirect {
    from: String,
    to: String,
    status: u16,
}

impl HeaderRules {
    #[cfg(test)]
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    pub(super) fn parse(text: &str) -> Result<Self> {
        let site: Site = toml::from_str(text).context("netlify.toml is not valid")?;
        let falls_back = |rule: &Redirect| rule.from == "/*" && rule.to == "/index.html" && rule.status == 200;
        ensure!(
            site.redirects.iter().any(falls_back),
            "netlify.toml does not hand the portal's own paths to /index.html"
        );
        let rules = site.headers.into_iter().map(|rule| Ok((rule.r#for, header_map(rule.values)?)));
        Ok(Self(rules.collect::<Result<_>>()?))
    }

    /// Puts what the rules say for `path` on an answer; of two rules the later one wins.
    pub(super) fn apply(&self, path: &str, headers: &mut HeaderMap) {
        for (pattern, values) in &self.0 {
            let fits = pattern.strip_suffix('*').map_or(pattern == path, |prefix| path.starts_with(prefix));
            if fits {
                headers.extend(values.clone());
            }
        }
    }
}

fn header_map(values: BTreeMap<String, String>) -> Result<HeaderMap> {
    let mut map = HeaderMap::new();
    for (name, value) in values {
        let name = HeaderName::try_from(&name).with_context(|| format!("netlify.toml: header {name}"))?;
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        let value = if name == CONTENT_SECURITY_POLICY { with_plain_schemes(&value) } else { value };
        map.insert(name, HeaderValue::try_from(value)?);
    }
    Ok(map)
}

/// Machines on loopback have no certificate: wherever the policy lets machines in by `https:` or `wss:`, here it lets in
/// their plain schemes too. It is named by scheme and not by address because browsers match no address but 127.0.0.1.
fn with_plain_schemes(policy: &str) -> String {
    let directive = |directive: &str| {
        let sources = directive.split_whitespace().flat_map(|source| match source {
            "https:" => vec![source, "http:"],
            "wss:" => vec![source, "ws:"],
            other => vec![other],
        });
        sources.collect::<Vec<_>>().join(" ")
    };
    policy.split(';').map(directive).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deployed_policy_lets_local_machines_in() {
        let rules = HeaderRules::parse(include_str!("../../../../netlify.toml")).unwrap();
        let mut headers = HeaderMap::new();
        rules.apply("/labs", &mut headers);
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        for allowed in ["connect-src 'self' wss: ws:", "frame-src https: http:", "default-src 'none'"] {
            assert!(policy.contains(allowed), "{policy}");
        }
        assert!(!policy.contains("script-src 'self' http"), "{policy}");
    }

    #[test]
    fn assets_are_kept_by_browsers_and_pages_are_not() {
        let rules = HeaderRules::parse(include_str!("../../../../netlify.toml")).unwrap();
        let cache = |path: &str| {
            let mut headers = HeaderMap::new();
            rules.apply(path, &mut headers);
            headers["cache-control"].to_str().unwrap().to_owned()
        };
        assert!(cache("/assets/index-1234.js").contains("immutable"));
        assert!(cache("/labs").contains("no-cache"));
    }

    #[test]
    fn a_site_that_loses_the_portals_own_paths_is_refused() {
        assert!(HeaderRules::parse("").is_err());
    }
}
