//! How often somebody tried to sign in under one name lately. Kept by name, whether it exists or not: nobody learns by
//! being refused who does. Never by address: a whole classroom has one.

use aws_sdk_dynamodb::types::ReturnValue;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::item::{conditional, item_of, key_of, number, value_of};
use super::{Store, StoreError, keys};

/// The time that is counted together.
const GUESS_WINDOW: SignedDuration = SignedDuration::from_mins(5);
/// Tries in it.
const MOST_GUESSES: u32 = 10;

#[derive(Serialize, Deserialize)]
struct Guesses {
    tries: u32,
    /// Unix seconds.
    began_at: i64,
    ttl: i64,
}

/// There were too many tries; when the next one is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyGuesses {
    pub retry_after: SignedDuration,
}

impl Store {
    /// Counts a try before it is looked at.
    pub async fn count_guess(&self, whose: &str, now: Timestamp) -> Result<Result<(), TooManyGuesses>, StoreError> {
        let key = keys::guesses(whose);
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key_of(&key)))
            .update_expression("SET tries = tries + :one")
            .condition_expression("began_at > :window")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":window", number((now - GUESS_WINDOW).as_second()))
            .return_values(ReturnValue::AllNew);
        let counted = conditional(call.send().await)?.and_then(|answer| answer.attributes);
        let Some(guesses) = counted.map(value_of::<Guesses>).transpose()? else {
            let first = Guesses { tries: 1, began_at: now.as_second(), ttl: now.as_second() + 3600 };
            self.put(item_of(&key, &first)?).await?;
            return Ok(Ok(()));
        };
        if guesses.tries <= MOST_GUESSES {
            return Ok(Ok(()));
        }
        let ends = guesses.began_at + GUESS_WINDOW.as_secs();
        Ok(Err(TooManyGuesses { retry_after: SignedDuration::from_secs((ends - now.as_second()).max(1)) }))
    }

    /// The right password was given: tries before it do not count any more.
    pub async fn forget_guesses(&self, whose: &str) -> Result<(), StoreError> {
        self.delete(&keys::guesses(whose)).await
    }
}
