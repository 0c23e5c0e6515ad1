//! The whole system in one process: `template.yaml` read, and AWS played from it around the functions' own handlers.
//!
//! | module | plays |
//! |---|---|
//! | `template` | CloudFormation: the model of what is deployed |
//! | `http` | Netlify and API Gateway: the portal, and routes to functions |
//! | `function`, `functions` | Lambda |
//! | `events` | EventBridge, SQS and the scheduler |
//! | `table` | DynamoDB |
//! | `callers`, `amz_json` | IAM before all three of them, and the protocol they share |
//! | `secrets` | Secrets Manager |
//! | `demo` | the operator, who creates a class through the admin API |
//! | `local`, `wiring`, `services`, `options`, `state_dir` | everything together |

mod amz_json;
mod callers;
mod demo;
mod events;
mod function;
mod functions;
mod http;
mod leading_keys;
mod local;
mod options;
mod secrets;
mod services;
mod state_dir;
mod table;
pub mod template;
mod wiring;

pub use demo::{Demo, DemoPerson};
pub use function::Build;
pub use functions::implementations;
pub use local::Local;
pub use options::LocalOptions;
pub use pocket_cloud;
