//! `/api/admin/classes/{class}/usage` and `…/receipts`: what a class used, and the proof that all of it is gone.

mod receipts;
mod usage;

use brihaspati_core::admin::Admin;
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::lambda::{Invoke, Routes};

pub use receipts::*;
pub use usage::*;

pub fn build(settings: &Settings) -> Result<Invoke, SettingsError> {
    let routes = Routes::of(Admin::from_settings(settings)?)
        .on("GET /api/admin/classes/{class}/usage", usage)
        .on("GET /api/admin/classes/{class}/receipts", receipts);
    Ok(routes.serve())
}

/// How the answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    #[default]
    Json,
    Csv,
}

#[derive(Debug, thiserror::Error)]
#[error("must be json or csv")]
pub(crate) struct InvalidFormat;

impl std::str::FromStr for Format {
    type Err = InvalidFormat;

    fn from_str(text: &str) -> Result<Self, InvalidFormat> {
        match text {
            "json" => Ok(Self::Json),
            "csv" => Ok(Self::Csv),
            _ => Err(InvalidFormat),
        }
    }
}
