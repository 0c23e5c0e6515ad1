//! Parts of addresses that come from the command line or from an answer.

use reqwest::Url;

use crate::failure::{Failure, wrong_usage};

/// `text` as one part of a path. Identifiers and labs' names are plain; nothing else gets into an address.
pub(crate) fn segment(text: &str) -> Result<&str, Failure> {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if plain && !text.is_empty() {
        return Ok(text);
    }
    Err(wrong_usage(format!("“{text}” is not an identifier: letters, digits, hyphens and underscores")))
}

/// `path` with a query; empty values are left out.
pub(super) fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = pairs.iter().filter(|(_, value)| !value.is_empty()).collect();
    if pairs.is_empty() {
        return path.to_owned();
    }
    let encoded = Url::parse_with_params("http://localhost", pairs).ok().and_then(|url| url.query().map(str::to_owned));
    match encoded {
        Some(query) if path.contains('?') => format!("{path}&{query}"),
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_part_of_the_path() {
        assert!(segment("secrets-in-git").is_ok());
        for text in ["", "..", "a/b", "a?b", "a b", "%2e%2e"] {
            assert!(segment(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_query_is_encoded_and_added() {
        assert_eq!(with_query("/a", &[("cursor", "x&y=z")]), "/a?cursor=x%26y%3Dz");
        assert_eq!(with_query("/a?format=json", &[("cursor", "2")]), "/a?format=json&cursor=2");
        assert_eq!(with_query("/a", &[("cursor", "")]), "/a");
    }
}
