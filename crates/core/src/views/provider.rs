//! Providers, as everybody's starts found them lately.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::placement::ProviderKind;
use crate::domain::traffic::{Limits, Rest, RestReason, Traffic};

/// A provider as everybody's starts found it lately.
#[derive(Serialize, ToSchema)]
pub struct ProviderView {
    pub provider: ProviderKind,
    /// Set while it is not asked for machines.
    pub resting: Option<RestView>,
    /// About how many starts wait for it.
    pub waiting: u32,
    /// Half of recent starts took at most this long, from asking for the machine to a lab that is ready.
    pub p50_seconds: Option<i64>,
    pub p90_seconds: Option<i64>,
    pub samples: u32,
}

#[derive(Serialize, ToSchema)]
pub struct RestView {
    pub reason: RestReason,
    pub since: Timestamp,
    pub until: Timestamp,
}

#[derive(Serialize, ToSchema)]
pub struct ProviderList {
    pub providers: Vec<ProviderView>,
}

impl ProviderView {
    pub fn new(traffic: &Traffic, limits: &Limits, now: Timestamp) -> Self {
        let pace = traffic.pace();
        let rest = traffic.resting(now);
        Self {
            provider: traffic.provider,
            resting: rest.map(|Rest { reason, since, until }| RestView { reason, since, until }),
            waiting: traffic.waiting(limits, now),
            p50_seconds: pace.map(|pace| pace.half_within.as_secs()),
            p90_seconds: pace.map(|pace| pace.nine_of_ten_within.as_secs()),
            samples: pace.map_or(0, |pace| pace.samples),
        }
    }
}
