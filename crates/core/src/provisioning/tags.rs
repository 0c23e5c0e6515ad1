//! Taking away the tags that ended machines leave behind. Each Play has one of its own, with its trace id, and not every
//! provider forgets a tag that nothing carries any more. Nothing depends on it: it stands behind everybody else's calls,
//! and a token that may not do it may still do all the rest.

use std::time::Duration;

use futures::future::join_all;
use jiff::Timestamp;

use super::Provisioner;
use crate::domain::placement::ProviderKind;
use crate::providers::{Provider, ProviderError};
use crate::trace::TAG_PREFIX;

/// One run in so many looks for them.
const EVERY_MINUTES: i64 = 10;
/// Most that one run takes away at one provider.
const MOST: usize = 100;
/// For all pages of one provider.
const LIST_LIMIT: Duration = Duration::from_secs(20);

impl Provisioner {
    pub(super) async fn forget_tags(&self, until: Timestamp) {
        let now = self.clock.now();
        if now.as_second() / 60 % EVERY_MINUTES == 0 && now + LIST_LIMIT <= until {
            join_all(self.providers.iter().map(|provider| self.forget_tags_of(provider.as_ref(), until))).await;
        }
    }

    async fn forget_tags_of(&self, provider: &dyn Provider, until: Timestamp) {
        let kind = provider.kind();
        let unused = tokio::time::timeout(LIST_LIMIT, provider.unused_tags(TAG_PREFIX)).await;
        let unused = match unused.unwrap_or(Err(ProviderError::TimedOut)) {
            Ok(unused) => unused,
            Err(error) => {
                tracing::warn!(provider = %kind, %error, "tags that nothing carries could not be listed");
                return;
            }
        };
        for tag in unused.iter().take(MOST) {
            if self.clock.now() >= until || !self.nobody_waits(kind).await {
                return;
            }
            if let Err(error) = provider.delete_tag(tag).await {
                tracing::warn!(provider = %kind, tag, %error, "a tag that nothing carries could not be taken away");
                return;
            }
        }
    }

    /// Whether a call may be made now; then its place in the provider's line is taken.
    async fn nobody_waits(&self, provider: ProviderKind) -> bool {
        let taken = self.store.change_traffic(provider, |traffic| {
            let now = self.clock.now();
            traffic.may_call(&self.limits, now) && traffic.reserve_call(&self.limits, now) <= now
        });
        taken.await.unwrap_or(false)
    }
}
