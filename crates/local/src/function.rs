//! One function as Lambda runs it: with its own variables, its time-out, and nothing of a crash reaching its neighbours.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use brihaspati_core::config::{Settings, SettingsError};
use brihaspati_core::lambda::Invoke;
use lambda_runtime::Context;
use serde_json::Value;

use crate::template::{FunctionSpec, arn};

/// What a function's crate exposes.
pub type Build = fn(&Settings) -> Result<Invoke, SettingsError>;

pub(crate) struct Function {
    pub(crate) name: String,
    timeout: Duration,
    arn: String,
    invoke: Invoke,
}

/// Why an invocation has no answer.
#[derive(Debug)]
pub(crate) enum InvocationError {
    TimedOut,
    Failed(String),
}

impl Function {
    /// Builds it from what the template gives it and what Lambda adds (`aws`).
    pub(crate) fn new(spec: &FunctionSpec, build: Build, aws: HashMap<String, String>) -> Result<Self> {
        let mut variables = spec.variables.clone();
        variables.extend(aws);
        let invoke = build(&Settings::from_map(variables)).with_context(|| format!("function {}", spec.name))?;
        Ok(Self { name: spec.name.clone(), timeout: spec.timeout, arn: arn(&spec.id), invoke })
    }

    /// Runs it on one event. It goes on when the caller stops waiting, as on Lambda, and ends at its time-out.
    pub(crate) async fn call(&self, request_id: String, event: Value) -> Result<Value, InvocationError> {
        let mut context = Context::default();
        context.request_id = request_id;
        context.deadline = deadline_millis(self.timeout);
        context.invoked_function_arn.clone_from(&self.arn);
        let invocation = tokio::time::timeout(self.timeout, (self.invoke)(event, context));
        let error = match tokio::spawn(invocation).await {
            Ok(Ok(Ok(answer))) => return Ok(answer),
            Ok(Ok(Err(error))) => InvocationError::Failed(error.to_string()),
            Ok(Err(_elapsed)) => InvocationError::TimedOut,
            Err(crash) => InvocationError::Failed(crash.to_string()),
        };
        match &error {
            InvocationError::TimedOut => {
                tracing::error!(function = self.name, "{} ran into its time-out", self.name);
            }
            InvocationError::Failed(reason) => {
                tracing::error!(function = self.name, "{} failed: {reason}", self.name);
            }
        }
        Err(error)
    }
}

fn deadline_millis(timeout: Duration) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from((now + timeout).as_millis()).unwrap_or(u64::MAX)
}

/// An id as AWS gives requests and messages: a version 4 UUID.
pub(crate) fn new_id() -> String {
    let bits = (rand::random::<u128>() & !(0xf << 76 | 0x3 << 62)) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
pub(crate) mod testing {
    use std::sync::Arc;
    use std::time::Duration;

    use brihaspati_core::lambda::Error;
    use futures::future::BoxFuture;
    use serde_json::Value;

    use super::Function;

    pub(crate) fn function<F>(timeout: Duration, handler: F) -> Arc<Function>
    where
        F: Fn(Value) -> BoxFuture<'static, Result<Value, Error>> + Send + Sync + 'static,
    {
        Arc::new(Function {
            name: "test".into(),
            timeout,
            arn: "arn".into(),
            invoke: Arc::new(move |event, _context| handler(event)),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::Value;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_function_ends_at_its_time_out() {
        let function = testing::function(Duration::from_secs(3), |_| Box::pin(std::future::pending()));
        assert!(matches!(function.call(new_id(), Value::Null).await, Err(InvocationError::TimedOut)));
    }

    #[tokio::test]
    async fn a_panic_is_a_failed_invocation() {
        let function = testing::function(Duration::from_secs(3), |_| Box::pin(async { panic!("as tested") }));
        assert!(matches!(function.call(new_id(), Value::Null).await, Err(InvocationError::Failed(_))));
    }

    #[test]
    fn ids_are_version_4_uuids() {
        let id = new_id();
        assert_eq!((id.len(), &id[14..15]), (36, "4"));
        assert!("89ab".contains(&id[19..20]), "{id}");
    }
}
