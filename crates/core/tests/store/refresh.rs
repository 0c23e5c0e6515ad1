//! What the reaper does beside advancing and sweeping: it keeps the prices fresh, takes left-over tags away, and says that
//! it ran.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use brihaspati_core::clock::Clock;
use brihaspati_core::config::Settings;
use brihaspati_core::domain::placement::{Placement, ProviderKind};
use brihaspati_core::domain::price::{SizePrice, SizePrices};
use brihaspati_core::events::Events;
use brihaspati_core::providers::{Lookup, Machine, MachineSpec, Provider, ProviderError, Providers};
use brihaspati_core::provisioning::{AgentSource, Installation, Provisioner, ReapStatus};
use brihaspati_core::wakeups::Wakeups;
use jiff::{SignedDuration, Timestamp};

use crate::table::Table;

struct SetClock(AtomicI64);

#[async_trait]
impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.fetch_add(duration.as_secs().cast_signed(), Ordering::SeqCst);
    }
}

/// A provider without machines, that says this about prices, and keeps these tags that nothing carries.
struct Seller {
    answer: Mutex<Result<SizePrices, ProviderError>>,
    asked: AtomicUsize,
    tags: Mutex<Vec<String>>,
    inventory: Mutex<Result<(), ProviderError>>,
}

#[async_trait]
impl Provider for Seller {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Linode
    }

    async fn create(&self, _: &MachineSpec) -> Result<Machine, ProviderError> {
        Err(ProviderError::Rejected)
    }

    async fn find(&self, _: &str) -> Result<Vec<Machine>, ProviderError> {
        Ok(Vec::new())
    }

    async fn get(&self, _: &str) -> Result<Lookup, ProviderError> {
        Err(ProviderError::Unavailable)
    }

    async fn delete(&self, _: &str) -> Result<(), ProviderError> {
        Ok(())
    }

    async fn list(&self, _: &str) -> Result<Vec<Machine>, ProviderError> {
        self.inventory.lock().unwrap().clone().map(|()| Vec::new())
    }

    async fn unused_tags(&self, _: &str) -> Result<Vec<String>, ProviderError> {
        Ok(self.tags.lock().unwrap().clone())
    }

    async fn delete_tag(&self, tag: &str) -> Result<(), ProviderError> {
        self.tags.lock().unwrap().retain(|kept| kept != tag);
        Ok(())
    }

    async fn prices(&self) -> Result<SizePrices, ProviderError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.answer.lock().unwrap().clone()
    }
}

struct Installed {
    provisioner: Provisioner,
    clock: Arc<SetClock>,
    seller: Arc<Seller>,
    _table: Table,
}

impl Installed {
    /// With Linode alone.
    async fn new() -> Self {
        let table = Table::start().await;
        let clock = Arc::new(SetClock(AtomicI64::new(1_800_000_000)));
        let seller = Arc::new(Seller {
            answer: Mutex::new(Ok(sold_for(7500))),
            asked: AtomicUsize::new(0),
            tags: Mutex::default(),
            inventory: Mutex::new(Ok(())),
        });
        let mut settings = table.settings.clone();
        let more: HashMap<String, String> = [
            ("ACME_DIRECTORIES", "https://acme.example/directory"),
            ("AGENT_SHA256", "0".repeat(64).as_str()),
            ("AGENT_URL", "http://127.0.0.1:9/agent"),
            ("CONTROL_PLANE_URL", "http://127.0.0.1:9/api"),
            ("EVENT_BUS_NAME", "bus"),
            ("INSTALLATION", "test"),
            ("MACHINE_URL", "https://{address}:443"),
            ("PORTAL_ORIGIN", "http://127.0.0.1:9"),
            ("PROVISION_QUEUE_URL", "http://127.0.0.1:9/queue"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        settings.extend(more);

        let settings = Settings::from_map(settings);
        let linode: Arc<dyn Provider> = seller.clone();
        let provisioner = Provisioner {
            store: table.store.clone(),
            providers: Providers::new([linode]),
            events: Events::from_settings(&settings).unwrap(),
            wakeups: Wakeups::from_settings(&settings).unwrap(),
            agent: AgentSource::from_settings(&settings).unwrap(),
            installation: Installation::from_settings(&settings).unwrap(),
            limits: settings.limits().unwrap(),
            clock: clock.clone(),
        };
        Self { provisioner, clock, seller, _table: table }
    }

    async fn reap(&self) -> ReapStatus {
        self.provisioner.reap(self.clock.now() + SignedDuration::from_secs(55)).await
    }

    /// How often the provider is asked while the reaper runs each minute.
    async fn asked_in(&self, minutes: usize) -> usize {
        let before = self.seller.asked.load(Ordering::SeqCst);
        for _ in 0..minutes {
            self.clock.sleep(Duration::from_secs(60)).await;
            let status = self.reap().await;
            assert_eq!(status.failed, 0, "a price that cannot be had is no failure of the reaper's work");
        }
        self.seller.asked.load(Ordering::SeqCst) - before
    }

    fn seller_says(&self, answer: Result<SizePrices, ProviderError>) {
        *self.seller.answer.lock().unwrap() = answer;
    }

    async fn hourly(&self) -> Option<i64> {
        self.provisioner.store.prices().await.unwrap().hourly(&placement(ProviderKind::Linode)).ok()
    }
}

fn sold_for(hourly_micro_usd: i64) -> SizePrices {
    [("small".to_owned(), SizePrice { hourly_micro_usd, regions: [].into() })].into()
}

fn placement(provider: ProviderKind) -> Placement {
    Placement { provider, region: "r".into(), size: "small".into(), image: "i".into() }
}

#[tokio::test]
async fn prices_are_fetched_by_the_first_run_and_again_after_six_hours() {
    let installed = Installed::new().await;
    assert_eq!(installed.reap().await.priced, 1);
    assert_eq!(installed.hourly().await, Some(7500));
    assert_eq!(installed.asked_in(30).await, 0);

    installed.seller_says(Ok(sold_for(9000)));
    installed.clock.sleep(Duration::from_secs(6 * 3600 - 30 * 60)).await;
    assert_eq!(installed.reap().await.priced, 1);
    assert_eq!(installed.hourly().await, Some(9000));
}

#[tokio::test]
async fn a_provider_that_refuses_is_left_alone_for_longer_each_time_and_the_old_prices_stay() {
    let installed = Installed::new().await;
    installed.reap().await;
    installed.clock.sleep(Duration::from_secs(6 * 3600)).await;
    installed.seller_says(Err(ProviderError::Unauthorized));

    // After 1, 3, 7, 15, 31, 63 minutes, and then once an hour.
    assert_eq!(installed.asked_in(120).await, 6);
    assert_eq!(installed.hourly().await, Some(7500));

    installed.seller_says(Ok(sold_for(9000)));
    assert_eq!(installed.asked_in(60).await, 1);
    assert_eq!(installed.hourly().await, Some(9000));
}

#[tokio::test]
async fn a_provider_that_asks_for_time_gets_it() {
    let installed = Installed::new().await;
    installed.seller_says(Err(ProviderError::RateLimited { retry_after: Some(Duration::from_secs(900)) }));
    installed.reap().await;
    assert_eq!(installed.asked_in(14).await, 0);
    assert_eq!(installed.asked_in(1).await, 1);
}

#[tokio::test]
async fn a_run_that_has_little_time_left_leaves_the_prices_to_the_next() {
    let installed = Installed::new().await;
    let status = installed.provisioner.reap(installed.clock.now() + SignedDuration::from_secs(25)).await;
    assert_eq!(status.priced, 0);
    assert_eq!(installed.seller.asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_lab_that_also_names_a_provider_without_a_token_can_be_priced() {
    let installed = Installed::new().await;
    installed.reap().await;
    let prices = installed.provisioner.store.prices().await.unwrap();
    let placements = ProviderKind::ALL.map(placement);
    assert_eq!(prices.worst_case(&placements, &ProviderKind::ALL, 50), Ok(7500));
    assert_eq!(prices.fetched_at(), Some(installed.clock.now()));
}

#[tokio::test]
async fn tags_that_nothing_carries_are_taken_away_within_ten_minutes() {
    let installed = Installed::new().await;
    *installed.seller.tags.lock().unwrap() = (0..130).map(|number| format!("trace:{number:032x}")).collect();
    for _ in 0..10 {
        installed.clock.sleep(Duration::from_secs(60)).await;
        installed.reap().await;
    }
    assert_eq!(installed.seller.tags.lock().unwrap().len(), 30, "a hundred in one run of ten");
}

#[tokio::test]
async fn the_reaper_says_that_it_ran() {
    let installed = Installed::new().await;
    let store = &installed.provisioner.store;
    assert_eq!(store.heartbeat().await.unwrap(), None);
    installed.reap().await;
    let heartbeat = store.heartbeat().await.unwrap().unwrap();
    assert_eq!(heartbeat.last_run_at, installed.clock.now());
    assert!(!heartbeat.is_late(installed.clock.now() + SignedDuration::from_mins(3)));
    assert!(heartbeat.is_late(installed.clock.now() + SignedDuration::from_secs(181)));
}

#[tokio::test]
async fn a_provider_that_refuses_the_token_counts_as_unhealthy_until_it_takes_it_again() {
    let installed = Installed::new().await;
    assert_eq!(installed.reap().await.unhealthy_providers, 0);
    *installed.seller.inventory.lock().unwrap() = Err(ProviderError::Unauthorized);
    assert_eq!(installed.reap().await.unhealthy_providers, 1);
    *installed.seller.inventory.lock().unwrap() = Ok(());
    assert_eq!(installed.reap().await.unhealthy_providers, 0);
}
