//! Where a machine can be made.

pub use brihaspati_lab::{Placement, ProviderKind};
