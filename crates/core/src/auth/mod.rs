//! Who is calling. Each kind of caller is a value that only its check can make, and that the services ask for: a route
//! that forgets to check does not compile.

mod bearer;
mod caller;
mod ed25519;
mod machine;
mod operator;
mod password;
mod session;
mod sign_in;

pub use caller::{Authenticator, Caller, ClassAdmin, SignedIn, Staff, Teacher};
pub use machine::{CallingMachine, MACHINE_PROTOCOL, authenticate_machine};
pub use operator::{Operator, OperatorKey};
pub use password::{code_sha256, hash_password, one_time_code, random_secret, sha256_hex, verify_password};
pub use session::{SESSION_LIFETIME, SessionSigner, SessionVerifier, clear_cookie};
pub use sign_in::{Delivery, SignedInView, signed_in};
