//! Failures staged by a test: what the next creates, boots and deletes come to.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::machine::Provider;

/// What becomes of a create.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Answered with this HTTP status and the provider's error body; nothing is created.
    Status(u16),
    /// Answered as the provider does when a region has no room; nothing is created.
    NoCapacity,
    /// Never answered; nothing is created.
    Hang,
    /// The machine is created, and the answer never arrives.
    HangAfterCreate,
}

/// The handle a test holds. Clones stage for the same pocket cloud.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Staged>);

#[derive(Debug, Default)]
struct Staged {
    linode_creates: Mutex<VecDeque<Fault>>,
    digitalocean_creates: Mutex<VecDeque<Fault>>,
    silent_boots: AtomicU32,
    ignored_deletes: AtomicU32,
}

impl Faults {
    /// The next `count` creates at `provider` come to `fault`.
    pub fn fail_creates(&self, provider: Provider, count: usize, fault: Fault) {
        let mut queue = self.creates(provider).lock().unwrap_or_else(PoisonError::into_inner);
        queue.extend(std::iter::repeat_n(fault, count));
    }

    /// The next `count` machines boot and never call home; in a sandbox their user data does not run.
    pub fn silence_boots(&self, count: u32) {
        self.0.silent_boots.store(count, Ordering::SeqCst);
    }

    /// The next `count` deletes are accepted and not done, as DigitalOcean may do with a machine that is still new.
    pub fn ignore_deletes(&self, count: u32) {
        self.0.ignored_deletes.store(count, Ordering::SeqCst);
    }

    /// Forgets everything staged.
    pub fn clear(&self) {
        for provider in [Provider::Linode, Provider::DigitalOcean] {
            self.creates(provider).lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
        self.silence_boots(0);
        self.ignore_deletes(0);
    }

    pub(crate) fn next_create(&self, provider: Provider) -> Option<Fault> {
        self.creates(provider).lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    pub(crate) fn boots_silently(&self) -> bool {
        take_one(&self.0.silent_boots)
    }

    pub(crate) fn ignores_delete(&self) -> bool {
        take_one(&self.0.ignored_deletes)
    }

    fn creates(&self, provider: Provider) -> &Mutex<VecDeque<Fault>> {
        match provider {
            Provider::Linode => &self.0.linode_creates,
            Provider::DigitalOcean => &self.0.digitalocean_creates,
        }
    }
}

fn take_one(left: &AtomicU32) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |count| count.checked_sub(1)).is_ok()
}
