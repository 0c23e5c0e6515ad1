//! Who is calling. Each kind of caller is a value that only its check can make, and that the services ask for: a route
//! that forgets to check does not compile.

mod bearer;
mod caller;
mod machine;
mod operator;
mod password;
mod session;

pub use caller::{Authenticator, Caller, ClassAdmin, Staff};
pub use machine::authenticate_machine;
pub use operator::{Operator, OperatorKey};
pub use password::{hash_password, random_secret, verify_password};
pub use session::{SESSION_LIFETIME, SessionSigner, SessionVerifier, clear_cookie, session_cookie};
