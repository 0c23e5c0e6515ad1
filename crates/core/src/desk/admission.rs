//! Whether Play may start something now: the class's rules first, its budget last.

use std::sync::Arc;

use futures::future::try_join_all;

use crate::clock::{Clock, SystemClock};
use crate::config::{Settings, SettingsError};
use crate::domain::admission::{Having, Refusal, admit};
use crate::domain::budget::{Charge, Reservation};
use crate::domain::class::Class;
use crate::domain::environment::Environment;
use crate::domain::lab::Lab;
use crate::domain::member::Member;
use crate::domain::terms::{Terms, allowed_placements};
use crate::store::{Store, StoreError};

/// A lab as one trainee may have it.
#[derive(Debug)]
pub struct Prospect {
    /// The one it is in now, or was in last.
    pub environment: Option<Environment>,
    /// How long a new one would live.
    pub minutes: u32,
    /// Why there can be no new one now.
    pub refusal: Option<Refusal>,
}

#[derive(Clone, Copy)]
enum Asking {
    ForReal,
    /// Nothing is reserved.
    Only,
}

pub struct Admission {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl Admission {
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Self::new(Store::from_settings(settings)?, Arc::new(SystemClock)))
    }

    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// What Play would come to for each of these labs.
    pub async fn prospects(&self, class: &Class, member: &Member, labs: &[Lab]) -> Result<Vec<Prospect>, StoreError> {
        let desk = self.store.desk(&member.id).await?;
        let on_desk = self.store.on_desk(&desk).await?;
        let prospect = |lab: &Lab| {
            let (here, elsewhere): (Vec<&Environment>, Vec<&Environment>) =
                on_desk.iter().partition(|environment| environment.lab == lab.slug);
            let live = elsewhere.into_iter().filter(|environment| environment.occupies_its_lab()).count();
            let starts = desk.labs.get(&lab.slug).map_or(0, |place| place.starts);
            (here.first().copied().cloned(), Having { starts, live })
        };
        let asked = labs.iter().map(|lab| (lab, prospect(lab))).map(async |(lab, (environment, having))| {
            let terms = self.admit(class, member, lab, having, Asking::Only).await?;
            let minutes = Terms::agree(&class.settings, member, lab).minutes;
            Ok(Prospect { environment, minutes, refusal: terms.err() })
        });
        try_join_all(asked).await
    }

    /// The terms of a new environment, its cost reserved where the class has a budget; or why there can be none.
    pub(super) async fn reserve(
        &self,
        class: &Class,
        member: &Member,
        lab: &Lab,
        having: Having,
    ) -> Result<Result<Terms, Refusal>, StoreError> {
        self.admit(class, member, lab, having, Asking::ForReal).await
    }

    async fn admit(
        &self,
        class: &Class,
        member: &Member,
        lab: &Lab,
        having: Having,
        asking: Asking,
    ) -> Result<Result<Terms, Refusal>, StoreError> {
        if let Err(refusal) = admit(class, lab, having, self.clock.now()) {
            return Ok(Err(refusal));
        }
        let mut terms = Terms::agree(&class.settings, member, lab);
        if matches!(asking, Asking::Only) && class.settings.budget_micro_usd.is_none() {
            return Ok(Ok(terms));
        }
        let prices = self.store.prices().await?;
        let placements = allowed_placements(&class.settings, lab);
        terms.hourly_micro_usd = placements.iter().map(|placement| prices.hourly(placement).ok()).collect();
        let worst = prices.worst_case(&placements, &class.settings.providers, terms.longest_minutes());
        terms.committed_micro_usd = worst.as_ref().ok().copied();
        let Some(limit_micro_usd) = class.settings.budget_micro_usd else { return Ok(Ok(terms)) };
        let Ok(cost_micro_usd) = worst else { return Ok(Err(Refusal::PricesUnknown)) };
        let charge = Charge { class: &class.id, cost_micro_usd, limit_micro_usd };
        let (now, commitments) = (|| self.clock.now(), || self.store.commitments(&class.id));
        let answer = match asking {
            Asking::ForReal => self.store.reserve(&charge, now, commitments).await?,
            Asking::Only => self.store.could_reserve(&charge, now, commitments).await?,
        };
        Ok(match answer {
            Reservation::Reserved => Ok(terms),
            Reservation::Refused { .. } => Err(Refusal::BudgetExhausted),
        })
    }
}
