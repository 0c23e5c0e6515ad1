//! What a function is: a state built once from its settings, and a handler. `run_*` serves it on Lambda; the local stack
//! builds the same [`Invoke`] and feeds it the events AWS would send.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use futures::future::BoxFuture;
use lambda_http::request::{LambdaRequest, RequestContext};
use lambda_http::{Adapter, Request, RequestExt};
use lambda_runtime::{Context, LambdaEvent};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tower::ServiceExt;
use tracing::Instrument;

use crate::config::{Settings, SettingsError};
use crate::http::{ApiError, ApiResult, service};
use crate::telemetry;
use crate::trace::TraceId;

pub use lambda_runtime::Error;

/// A function as the runtime sees it: the event's JSON in, the answer's JSON out.
pub type Invoke = Arc<dyn Fn(Value, Context) -> BoxFuture<'static, Result<Value, Error>> + Send + Sync>;

/// A function behind a route of the HTTP API (payload format 2.0).
pub fn route<S, H, F>(state: S, handler: H) -> Invoke
where
    S: Send + Sync + 'static,
    H: Fn(Arc<S>, Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = ApiResult> + Send + 'static,
{
    let state = Arc::new(state);
    let service = service(move |request| handler(state.clone(), request));
    Arc::new(move |event, context| {
        let adapter = Adapter::from(service.clone());
        Box::pin(async move {
            let request: LambdaRequest = serde_json::from_value(event)?;
            let answer = adapter.oneshot(LambdaEvent::new(request, context)).await?;
            Ok(serde_json::to_value(answer)?)
        })
    })
}

/// The routes of a family that share one function: each by its key in `template.yaml`, `GET /api/…/{parameter}`.
pub struct Routes<S> {
    state: Arc<S>,
    handlers: HashMap<&'static str, Handler<S>>,
}

type Handler<S> = Arc<dyn Fn(Arc<S>, Request) -> BoxFuture<'static, ApiResult> + Send + Sync>;

impl<S: Send + Sync + 'static> Routes<S> {
    pub fn of(state: S) -> Self {
        Self { state: Arc::new(state), handlers: HashMap::new() }
    }

    #[must_use]
    pub fn on<H, F>(mut self, key: &'static str, handler: H) -> Self
    where
        H: Fn(Arc<S>, Request) -> F + Send + Sync + 'static,
        F: Future<Output = ApiResult> + Send + 'static,
    {
        self.handlers.insert(key, Arc::new(move |state, request| Box::pin(handler(state, request))));
        self
    }

    pub fn serve(self) -> Invoke {
        let routes = Arc::new(self.handlers);
        route(self.state, move |state: Arc<Arc<S>>, request| {
            let handler = route_key(&request).and_then(|key| routes.get(key.as_str()).cloned());
            async move {
                match handler {
                    Some(handler) => handler(Arc::clone(&state), request).await,
                    None => {
                        Err(ApiError::internal("template.yaml sends a route here that this function does not know"))
                    }
                }
            }
        })
    }
}

fn route_key(request: &Request) -> Option<String> {
    match request.request_context_ref()? {
        RequestContext::ApiGatewayV2(context) => context.route_key.clone(),
        #[allow(unreachable_patterns)]
        _ => None,
    }
}

/// A function behind a queue, a schedule or any other source whose event is `E`.
pub fn consumer<S, H, F, E, A>(state: S, handler: H) -> Invoke
where
    S: Send + Sync + 'static,
    H: Fn(Arc<S>, E, Context) -> F + Send + Sync + 'static,
    F: Future<Output = Result<A, Error>> + Send + 'static,
    E: DeserializeOwned + Send + 'static,
    A: Serialize,
{
    let state = Arc::new(state);
    let handler = Arc::new(handler);
    Arc::new(move |event, context| {
        let (state, handler) = (state.clone(), handler.clone());
        // What concerns one environment has a span of its own inside, with that environment's trace id.
        let run = tracing::info_span!("run", trace_id = %TraceId::random());
        let answer = async move {
            let event: E = serde_json::from_value(event)?;
            Ok(serde_json::to_value(handler(state, event, context).await?)?)
        };
        Box::pin(answer.instrument(run))
    })
}

/// Runs a function on Lambda until the runtime ends it.
pub async fn run(build: impl FnOnce(&Settings) -> Result<Invoke, SettingsError>) -> Result<(), Error> {
    let settings = Settings::from_process();
    telemetry::init(&settings)?;
    let invoke = build(&settings).inspect_err(|error| tracing::error!(%error, "cannot start"))?;
    lambda_runtime::run(lambda_runtime::service_fn(move |event: LambdaEvent<Value>| {
        invoke(event.payload, event.context)
    }))
    .await
}
