//! What Netlify and API Gateway do: one origin that serves the portal and hands `/api/*` to the functions.

pub(crate) mod front;
mod netlify;
mod payload;
pub(crate) mod portal;
pub(crate) mod routes;
