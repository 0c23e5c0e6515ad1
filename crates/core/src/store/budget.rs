//! What a class's budget is used for: one number, added to under a condition, and counted anew when it leaves no room.
//! [`crate::domain::budget`] says why that keeps the limit.

use std::time::Duration;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use jiff::Timestamp;
use rand::distr::{Alphanumeric, SampleString as _};

use super::item::{Item, failed, key_of, number, text};
use super::{Store, StoreError, keys};
use crate::domain::budget::{
    Charge, Commitment, Ledger, Reservation, abandoned_before, minute, oldest_counted, stale_after,
};
use crate::domain::ids::ClassId;

const TOTAL: &str = "total_micro_usd";
const COUNTED_AT: &str = "counted_at";
const COUNTING_SINCE: &str = "counting_since";
const COUNTING_BY: &str = "counting_by";
/// With the minute: what was reserved in it.
const BUCKET: &str = "r";

/// Buckets are kept a little longer than a count by a slower clock needs them.
const KEPT_MINUTES: i64 = 6;
/// So many minutes before those, buckets are removed in passing; older ones wait for the next count.
const SWEPT_MINUTES: i64 = 20;

/// Of those, so many at a time: an expression has at most 4 kB.
const REMOVED_AT_ONCE: usize = 100;

/// Whoever finds a count under way waits for it, about five seconds.
const MAX_ROUNDS: u32 = 50;
const ROUND_MS: std::ops::Range<u64> = 50..150;

/// What a conditional update came to: the item as it is now, or as it was where the condition did not hold.
enum Updated {
    Done(Ledger),
    Refused(Ledger),
}

impl Store {
    /// Reserves the cost within the limit. `commitments` lists the class's environments, and may be called again.
    ///
    /// # Errors
    /// [`StoreError::Contended`] where a count by somebody else does not come to an end.
    pub async fn reserve<F>(
        &self,
        charge: &Charge<'_>,
        now: impl Fn() -> Timestamp,
        commitments: impl Fn() -> F,
    ) -> Result<Reservation, StoreError>
    where
        F: Future<Output = Result<Vec<Commitment>, StoreError>>,
    {
        self.within_budget(charge, true, now, commitments).await
    }

    /// Whether that could be reserved now. Nothing is.
    ///
    /// # Errors
    /// As [`reserve`](Self::reserve).
    pub async fn could_reserve<F>(
        &self,
        charge: &Charge<'_>,
        now: impl Fn() -> Timestamp,
        commitments: impl Fn() -> F,
    ) -> Result<Reservation, StoreError>
    where
        F: Future<Output = Result<Vec<Commitment>, StoreError>>,
    {
        self.within_budget(charge, false, now, commitments).await
    }

    /// To be called when a class gets a budget that had none: what was started without one was not reserved. The next
    /// reservation counts first. A Play that is under way at this moment may be missed until the count after that.
    pub async fn doubt_budget(&self, class: &ClassId) -> Result<(), StoreError> {
        let update = self.budget_update(class).update_expression(format!("REMOVE {TOTAL}, {COUNTED_AT}"));
        update.send().await.map(|_| ()).map_err(failed("UpdateItem"))
    }

    async fn within_budget<F>(
        &self,
        charge: &Charge<'_>,
        for_real: bool,
        now: impl Fn() -> Timestamp,
        commitments: impl Fn() -> F,
    ) -> Result<Reservation, StoreError>
    where
        F: Future<Output = Result<Vec<Commitment>, StoreError>>,
    {
        let me = Alphanumeric.sample_string(&mut rand::rng(), 16);
        for _ in 0..MAX_ROUNDS {
            let found = match for_real {
                true => self.add(charge, now()).await?,
                false => self.look(charge).await?,
            };
            let ledger = match found {
                Updated::Done(_) => return Ok(Reservation::Reserved),
                Updated::Refused(ledger) => ledger,
            };
            let began = now();
            if let Some(total) = ledger.total.filter(|_| ledger.is_fresh(began)) {
                return Ok(Reservation::Refused {
                    spent_and_committed_micro_usd: total,
                    limit_micro_usd: charge.limit_micro_usd,
                });
            }
            match self.begin_count(charge.class, &me, began).await? {
                Updated::Done(ledger) => {
                    let counted = ledger.count(&commitments().await?, began);
                    self.end_count(charge.class, &me, &ledger, counted, began).await?;
                }
                Updated::Refused(ledger) if ledger.counting_since.is_some() => {
                    tokio::time::sleep(Duration::from_millis(fastrand::u64(ROUND_MS))).await;
                }
                // Somebody has counted since this one looked.
                Updated::Refused(_) => {}
            }
        }
        Err(StoreError::Contended)
    }

    /// Adds the cost to the total and to this minute's bucket, if there is room for it.
    async fn add(&self, charge: &Charge<'_>, now: Timestamp) -> Result<Updated, StoreError> {
        let this = minute(now);
        let old = (this - KEPT_MINUTES - SWEPT_MINUTES)..(this - KEPT_MINUTES);
        let swept: Vec<String> = old.map(bucket).collect();
        let update = self
            .budget_update(charge.class)
            .update_expression(format!("ADD {TOTAL} :cost, {} :cost REMOVE {}", bucket(this), swept.join(", ")))
            .condition_expression(format!("{TOTAL} <= :largest"))
            .expression_attribute_values(":cost", number(charge.cost_micro_usd))
            .expression_attribute_values(":largest", number(charge.largest_total()));
        updated(update).await
    }

    async fn look(&self, charge: &Charge<'_>) -> Result<Updated, StoreError> {
        let call = self.client.get_item().table_name(&self.table).set_key(Some(key_of(&keys::budget(charge.class))));
        let answer = call.consistent_read(true).send().await.map_err(failed("GetItem"))?;
        let ledger = ledger_of(answer.item.as_ref());
        let room = ledger.total.is_some_and(|total| total <= charge.largest_total());
        Ok(if room { Updated::Done(ledger) } else { Updated::Refused(ledger) })
    }

    /// Takes the count over, unless somebody else is at it or has just done it; with the ledger as of this moment.
    async fn begin_count(&self, class: &ClassId, me: &str, now: Timestamp) -> Result<Updated, StoreError> {
        let update = self
            .budget_update(class)
            .update_expression(format!("SET {COUNTING_SINCE} = :now, {COUNTING_BY} = :me"))
            .condition_expression(format!(
                "(attribute_not_exists({COUNTED_AT}) OR {COUNTED_AT} <= :stale) AND \
                 (attribute_not_exists({COUNTING_SINCE}) OR {COUNTING_SINCE} < :abandoned OR {COUNTING_BY} = :me)"
            ))
            .expression_attribute_values(":stale", number(stale_after(now).as_millisecond()))
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .expression_attribute_values(":abandoned", number(abandoned_before(now).as_millisecond()))
            .expression_attribute_values(":me", text(me));
        updated(update).await
    }

    /// Writes the count as a difference to the total that it began with: what was reserved meanwhile stays. Writes nothing
    /// where somebody else took the count over, or where the total became another one than counted.
    async fn end_count(
        &self,
        class: &ClassId,
        me: &str,
        began_with: &Ledger,
        counted: i64,
        began: Timestamp,
    ) -> Result<(), StoreError> {
        let oldest_kept = oldest_counted(began) - KEPT_MINUTES;
        let old = began_with.reserved.range(..oldest_kept).take(REMOVED_AT_ONCE).map(|(minute, _)| bucket(*minute));
        let removed: Vec<String> = [COUNTING_SINCE, COUNTING_BY].map(str::to_owned).into_iter().chain(old).collect();
        let (set, exists) = match began_with.total {
            Some(_) => (format!("SET {COUNTED_AT} = :at ADD {TOTAL} :change"), "attribute_exists"),
            None => (format!("SET {COUNTED_AT} = :at, {TOTAL} = :change"), "attribute_not_exists"),
        };
        let update = self
            .budget_update(class)
            .update_expression(format!("{set} REMOVE {}", removed.join(", ")))
            .condition_expression(format!("{COUNTING_BY} = :me AND {exists}({TOTAL})"))
            .expression_attribute_values(":at", number(began.as_millisecond()))
            .expression_attribute_values(
                ":change",
                number(counted.saturating_sub(began_with.total.unwrap_or_default())),
            )
            .expression_attribute_values(":me", text(me));
        updated(update).await.map(|_| ())
    }

    fn budget_update(&self, class: &ClassId) -> UpdateItemFluentBuilder {
        self.client.update_item().table_name(&self.table).set_key(Some(key_of(&keys::budget(class))))
    }
}

async fn updated(update: UpdateItemFluentBuilder) -> Result<Updated, StoreError> {
    let update = update
        .return_values(ReturnValue::AllNew)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    match update.send().await {
        Ok(answer) => Ok(Updated::Done(ledger_of(answer.attributes()))),
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                Ok(Updated::Refused(ledger_of(refused.item())))
            }
            _ => Err(failed("UpdateItem")(error)),
        },
    }
}

fn bucket(minute: i64) -> String {
    format!("{BUCKET}{minute}")
}

fn ledger_of(item: Option<&Item>) -> Ledger {
    let Some(item) = item else { return Ledger::default() };
    let whole = |value: &AttributeValue| value.as_n().ok()?.parse::<i64>().ok();
    let time = |name: &str| Timestamp::from_millisecond(whole(item.get(name)?)?).ok();
    let buckets =
        item.iter().filter_map(|(name, value)| Some((name.strip_prefix(BUCKET)?.parse().ok()?, whole(value)?)));
    Ledger {
        total: item.get(TOTAL).and_then(whole),
        reserved: buckets.collect(),
        counted_at: time(COUNTED_AT),
        counting_since: time(COUNTING_SINCE),
        counting_by: item.get(COUNTING_BY).and_then(|by| by.as_s().ok()).cloned(),
    }
}
