//! Where sockets wait until they have shown the secret. Anybody can come this far, so nobody may hold a place here that
//! the next one needs: a full porch sends its oldest guest away, who had the most time to speak.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

/// A browser is here for one round trip.
const MOST_GUESTS: usize = 16;

/// The guests, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Porch(Arc<Mutex<VecDeque<CancellationToken>>>);

/// A place on the porch, until dropped.
#[derive(Debug)]
pub(super) struct Guest(CancellationToken);

impl Porch {
    /// Always has a place, at the cost of whoever waits longest.
    pub(super) fn enter(&self) -> Guest {
        let here = CancellationToken::new();
        let mut guests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        guests.retain(|guest| !guest.is_cancelled());
        if guests.len() >= MOST_GUESTS
            && let Some(oldest) = guests.pop_front()
        {
            oldest.cancel();
        }
        guests.push_back(here.clone());
        Guest(here)
    }
}

impl Guest {
    /// Resolves when a newer guest needs the place.
    pub(super) async fn sent_away(&self) {
        self.0.cancelled().await;
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_oldest_of_too_many_is_sent_away() {
        let porch = Porch::default();
        let mut guests: Vec<_> = (0..MOST_GUESTS).map(|_| porch.enter()).collect();
        drop(guests.remove(3));
        guests.push(porch.enter());
        assert!(guests.iter().all(|guest| !guest.0.is_cancelled()), "who leaves makes room");
        guests.push(porch.enter());
        let gone: Vec<_> = guests.iter().map(|guest| guest.0.is_cancelled()).collect();
        assert!(gone[0] && gone[1..].iter().all(|gone| !gone));
    }
}
