use jiff::Timestamp;

use super::item::{failed, key_of, number};
use super::{Store, StoreError, keys};

impl Store {
    /// Refuses this session from now on. The item may be swept once the session would have ended anyway.
    pub async fn sign_out(&self, session_id: &str, session_ends_at: Timestamp) -> Result<(), StoreError> {
        let mut item = key_of(&keys::signed_out(session_id));
        item.insert("ttl".to_owned(), number(session_ends_at.as_second() + 3600));
        let call = self.client.put_item().table_name(&self.table).set_item(Some(item));
        call.send().await.map(|_| ()).map_err(failed("PutItem"))
    }
}
