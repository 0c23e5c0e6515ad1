//! Brings the end of every environment to the same moment. Nothing in the product does that: the time is written where it
//! stands, in the table, as if all had begun together; whatever follows is the product's own doing.

use std::collections::HashMap;

use anyhow::{Context, Result};
use brihaspati_core::config::Settings;
use brihaspati_core::domain::ids::EnvironmentId;
use brihaspati_core::store::{Changed, Store};
use brihaspati_local::Local;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

const WRITTEN_AT_ONCE: usize = 8;

pub(crate) async fn expire_at(local: &Local, environments: &[String], at: Timestamp) -> Result<()> {
    let store = &store(local)?;
    let writes = environments.iter().map(|id| async move {
        let id: EnvironmentId = id.parse()?;
        let changed = store.change(&id, Timestamp::now, |environment, _| environment.expires_at = Some(at)).await?;
        match changed {
            Changed::Saved(_) | Changed::Unchanged(_) => anyhow::Ok(()),
            Changed::Absent => anyhow::bail!("{id} is not in the table"),
        }
    });
    stream::iter(writes).buffer_unordered(WRITTEN_AT_ONCE).try_collect().await
}

fn store(local: &Local) -> Result<Store> {
    let variables = [
        ("AWS_REGION", "eu-west-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "bench".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "bench".to_owned()),
        ("AWS_ENDPOINT_URL_DYNAMODB", local.dynamodb_url()),
        ("TABLE_NAME", "Table".to_owned()),
    ];
    let variables: HashMap<String, String> =
        variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Store::from_settings(&Settings::from_map(variables)).context("the table cannot be reached")
}
