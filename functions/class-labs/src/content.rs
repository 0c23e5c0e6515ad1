//! A lab as it comes in: files in JSON, or an archive.

use brihaspati_core::domain::lab::LabFile;
use brihaspati_core::http::{ApiError, Request, bounded_body, json_body, media_type, unsupported};
use brihaspati_lab::Gathered;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// Lambda takes 6 MB of request, in base64 where it is binary.
const LIMIT: usize = 4 << 20;

#[derive(Deserialize, ToSchema, Validate)]
pub struct PutLab {
    /// The folder: `lab.yaml`, `guide.md`, `setup.sh`, `files/**` and `checks/*.sh`.
    #[validate(length(min = 1))]
    pub files: Vec<LabFile>,
}

/// # Errors
/// 415 for what is neither JSON nor an archive; 413 above 4 MiB.
pub(crate) fn gather(request: &Request) -> Result<Gathered, ApiError> {
    match media_type(request).as_str() {
        "application/json" => {
            let wanted: PutLab = json_body(request, LIMIT)?;
            Ok(Gathered { files: wanted.files, ..Gathered::default() })
        }
        "application/zip" | "application/x-zip-compressed" | "application/gzip" | "application/x-gzip" => {
            Ok(Gathered::from_archive(bounded_body(request, LIMIT)?))
        }
        _ => Err(unsupported("application/json, application/zip or application/gzip (tar.gz)")),
    }
}
