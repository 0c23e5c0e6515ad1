//! Listing and deleting at one provider until nothing comes back.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures::{StreamExt, stream};
use serde_json::{Value, json};

use crate::clouds::{Cloud, CloudKind, Machine};
use crate::deployment::Installation;
use crate::output::{Output, many};

/// Deletions at the same time. Both providers limit requests by the minute, not by how many there are at once.
const CONCURRENCY: usize = 8;
/// Between two looks.
const ROUND: Duration = Duration::from_secs(3);
const SHORTEST_ROUND: Duration = Duration::from_millis(250);

/// What became of one provider's machines.
pub(super) struct Swept {
    pub(super) kind: CloudKind,
    /// Whose deletion the provider accepted.
    pub(super) deleted: usize,
    /// Listed when the time was over.
    pub(super) left: Vec<Machine>,
    /// Why it is not proven empty.
    pub(super) trouble: Option<String>,
}

impl Swept {
    pub(super) fn is_clean(&self) -> bool {
        self.left.is_empty() && self.trouble.is_none()
    }

    pub(super) fn document(&self) -> Value {
        let left: Vec<Value> =
            self.left.iter().map(|machine| json!({ "id": machine.id, "label": machine.label })).collect();
        json!({ "provider": self.kind.slug(), "deleted": self.deleted, "left": left, "trouble": self.trouble })
    }
}

/// Ends when every look for as long as `watch` found no machine, or at `until`.
pub(super) async fn sweep(
    cloud: &Cloud,
    installation: &Installation,
    watch: Duration,
    until: Instant,
    output: &Output,
) -> Swept {
    let tag = installation.tag();
    let round = ROUND.min(watch.max(SHORTEST_ROUND));
    let mut swept = Swept { kind: cloud.kind, deleted: 0, left: Vec::new(), trouble: None };
    let mut deleted = BTreeSet::new();
    let mut quiet_since = None;
    loop {
        let before = swept.trouble.clone();
        let look = look(cloud, &tag, &mut swept, &mut deleted, output);
        if tokio::time::timeout_at(until.into(), look).await.is_err() {
            swept.trouble = Some(before.unwrap_or_else(|| "the time was over".to_owned()));
        }
        swept.deleted = deleted.len();
        let now = Instant::now();
        quiet_since = if swept.is_clean() { quiet_since.or(Some(now)) } else { None };
        if quiet_since.is_some_and(|since| now - since >= watch) || now >= until {
            return swept;
        }
        tokio::time::sleep(round).await;
    }
}

/// Lists once, and deletes what is listed.
async fn look(cloud: &Cloud, tag: &str, swept: &mut Swept, deleted: &mut BTreeSet<u64>, output: &Output) {
    match cloud.machines(tag).await {
        Ok(machines) => (swept.left, swept.trouble) = (machines, None),
        Err(error) => {
            output.note(error.to_string());
            swept.trouble = Some(error.to_string());
            return;
        }
    }
    if swept.left.is_empty() {
        return;
    }
    output.note(format!("{}: deleting {}", cloud.kind, many(swept.left.len(), "machine")));
    let ids: Vec<u64> = swept.left.iter().map(|machine| machine.id).collect();
    let deletions = stream::iter(ids).map(|id| async move { (id, cloud.delete(id).await) });
    let mut deletions = deletions.buffer_unordered(CONCURRENCY);
    while let Some((id, answer)) = deletions.next().await {
        match answer {
            Ok(()) => drop(deleted.insert(id)),
            Err(error) => swept.trouble = Some(error.to_string()),
        }
    }
}
