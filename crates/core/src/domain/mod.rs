//! What the product is about, without HTTP, AWS, clocks or randomness: those come in as arguments.

pub mod choice;
pub mod class;
pub mod decision;
pub mod environment;
pub mod failure_path;
pub mod ids;
pub mod lab;
pub mod lifecycle;
pub mod placement;
pub mod provider_error;
pub mod receipt;
pub mod secret;
pub mod timeline;
pub mod traffic;
pub mod transitions;
pub mod validation;
