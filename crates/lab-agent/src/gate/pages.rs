//! The gate's own pages: small, calm, in light and dark, and shown by nobody but the portal.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
/// The page of an application that is still starting looks again after so many seconds.
const RETRY: &str = r#"<meta http-equiv="refresh" content="2">"#;

/// The pages of one tab.
#[derive(Debug)]
pub(super) struct Pages {
    title: String,
    policy: String,
}

struct Page<'a> {
    status: StatusCode,
    heading: &'a str,
    text: &'a str,
    retry: bool,
}

impl Pages {
    pub(super) fn new(title: &str, portal_origin: &str) -> Self {
        // The only style allowed is the one in this program (CSP level 3, section 2.3.1).
        let style = STANDARD.encode(Sha256::digest(STYLE));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; \
             frame-ancestors {portal_origin}"
        );
        Self { title: escape(title), policy }
    }

    pub(super) fn come_in_by_the_portal(&self) -> Response {
        self.page(&Page {
            status: StatusCode::UNAUTHORIZED,
            heading: "Come in by the portal",
            text: "This page belongs to a lab machine. Open it from the lab in the portal, with the button of this tab.",
            retry: false,
        })
    }

    pub(super) fn wrong_origin(&self) -> Response {
        self.page(&Page {
            status: StatusCode::FORBIDDEN,
            heading: "Only the portal opens this door",
            text: "The request came from another site. Open this tab from the lab in the portal.",
            retry: false,
        })
    }

    pub(super) fn not_there_yet(&self) -> Response {
        self.page(&Page {
            status: StatusCode::BAD_GATEWAY,
            heading: "Not answering yet",
            text: "The lab's application is starting, or was stopped in the terminal. This page looks again by itself.",
            retry: true,
        })
    }

    pub(super) fn too_large(&self) -> Response {
        self.page(&Page {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            heading: "Too large",
            text: "Uploads to a lab's application end at 64 MB.",
            retry: false,
        })
    }

    pub(super) fn bad_form(&self) -> Response {
        self.page(&Page {
            status: StatusCode::BAD_REQUEST,
            heading: "That did not work",
            text: "The portal's request was incomplete. Open this tab again from the lab in the portal.",
            retry: false,
        })
    }

    pub(super) fn not_found(&self) -> Response {
        self.page(&Page {
            status: StatusCode::NOT_FOUND,
            heading: "Nothing here",
            text: "Go back to the lab in the portal.",
            retry: false,
        })
    }

    fn page(&self, page: &Page<'_>) -> Response {
        let html = TEMPLATE
            .replace("{{style}}", STYLE)
            .replace("{{retry}}", if page.retry { RETRY } else { "" })
            .replace("{{state}}", if page.retry { "waiting" } else { "still" })
            .replace("{{heading}}", page.heading)
            .replace("{{text}}", page.text)
            .replace("{{title}}", &self.title);
        let headers: [(HeaderName, &str); 5] = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CONTENT_SECURITY_POLICY, &self.policy),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CACHE_CONTROL, "no-store"),
        ];
        (page.status, headers, html).into_response()
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars().take(80) {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_break_out_of_the_page() {
        assert_eq!(escape("<b>\"&'"), "&lt;b&gt;&quot;&amp;&#39;");
    }

    #[test]
    fn only_the_page_that_waits_looks_again() {
        let pages = Pages::new("Notes API", "https://portal.example");
        let policy = pages.not_there_yet().headers()[header::CONTENT_SECURITY_POLICY].clone();
        assert!(policy.to_str().unwrap().ends_with("frame-ancestors https://portal.example"));
        assert_eq!(pages.not_there_yet().status(), StatusCode::BAD_GATEWAY);
        assert_eq!(pages.come_in_by_the_portal().status(), StatusCode::UNAUTHORIZED);
    }
}
