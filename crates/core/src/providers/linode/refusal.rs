//! Linode's error document: `{"errors": [{"reason": …, "field": …}]}`
//! (<https://techdocs.akamai.com/linode-api/reference/errors>).

use serde::Deserialize;

use crate::providers::ProviderError;
use crate::providers::answer::{Wordings, recognise};

/// The wordings of a 400. Linode documents none of them; these were seen:
/// * label: `linode/cluster-api-provider-linode` and its tests ("Label must be unique among your linodes");
/// * limits: Linode's guide "Understanding common Cloud Manager errors" ("Account Limit Reached. Please open a support
///   ticket.") and users' reports ("You've reached a limit for the number of active services on your account.");
/// * busy: the retry conditions of `linode/linodego` and issue 17 of `linode/linode-cli`, where a create was answered
///   "Linode busy." and the machine was made all the same;
/// * capacity: "No open slots for this plan!" of the API before this one; the others are how a shortage is usually put.
///
/// Anything else that blames the region, type or image (as in the tests of `linode/linode_api4-python`: "A valid plan
/// type by that ID was not found", "region is not valid") means that the placement is not offered.
const WORDINGS: &Wordings = &[
    ("label must be unique", ProviderError::LabelInUse),
    ("account limit reached", ProviderError::AccountLimit),
    ("reached a limit", ProviderError::AccountLimit),
    ("linode busy", ProviderError::Unavailable),
    ("no open slots", ProviderError::NoCapacity),
    ("capacity", ProviderError::NoCapacity),
    ("sold out", ProviderError::NoCapacity),
    ("currently unavailable", ProviderError::NoCapacity),
    ("temporarily unavailable", ProviderError::NoCapacity),
];

#[derive(Deserialize)]
#[serde(try_from = "Document")]
pub(super) struct Refusal(Vec<Fault>);

#[derive(Deserialize)]
struct Document {
    errors: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    reason: String,
    field: Option<String>,
}

impl TryFrom<Document> for Refusal {
    type Error = &'static str;

    /// Linode always says what is wrong; a document without is somebody else's.
    fn try_from(document: Document) -> Result<Self, Self::Error> {
        if document.errors.is_empty() { Err("no errors in it") } else { Ok(Self(document.errors)) }
    }
}

impl Refusal {
    pub(super) fn kind(&self) -> ProviderError {
        let placement = |fault: &Fault| matches!(fault.field.as_deref(), Some("region" | "type" | "image"));
        recognise(&self.reason(), WORDINGS).unwrap_or_else(|| match self.0.iter().any(placement) {
            true => ProviderError::NotOffered,
            false => ProviderError::Rejected,
        })
    }

    pub(super) fn reason(&self) -> String {
        let reasons = self.0.iter().map(|fault| match &fault.field {
            Some(field) => format!("{field}: {}", fault.reason),
            None => fault.reason.clone(),
        });
        reasons.collect::<Vec<_>>().join("; ")
    }
}
