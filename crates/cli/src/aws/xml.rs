//! The Query protocol's XML: an answer's result lies in an element named after the operation.

use serde::Deserialize;
use serde::de::DeserializeOwned;

pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, quick_xml::DeError> {
    quick_xml::de::from_str(text)
}

/// A list is an element with a `member` for each of its items; an empty list may be left out.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    #[serde(default = "Vec::new")]
    pub(super) member: Vec<T>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { member: Vec::new() }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct ErrorResponse {
    #[serde(rename = "Error")]
    pub(super) error: ErrorDetail,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ErrorDetail {
    pub(super) code: Option<String>,
    pub(super) message: String,
}

/// An answer that says nothing but that it was done.
#[derive(Debug, Deserialize)]
pub(super) struct Done {}
