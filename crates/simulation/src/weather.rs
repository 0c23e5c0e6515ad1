//! The weather of a run: which faults strike how often, and when it clears.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::dice::Dice;
use crate::fault::Fault;

/// The rates of a storm. Each seed has another mix: what never meets in a storm of everything meets in one of few things.
pub(crate) struct Weather {
    rates: BTreeMap<Fault, f64>,
    /// From the beginning of the run.
    pub(crate) clears_after: Duration,
    clear: bool,
    /// How often each kind struck.
    pub(crate) struck: BTreeMap<Fault, u64>,
}

impl Weather {
    pub(crate) fn of(dice: &mut Dice) -> Self {
        const CALM: f64 = 0.06;
        let calm = dice.chance(CALM);
        let share = dice.rate(0.08, 0.9);
        let mut rates = BTreeMap::new();
        for (fault, highest) in Fault::ALL {
            let rate = dice.rate(highest / 30.0, *highest);
            if dice.chance(share) && !calm {
                rates.insert(*fault, rate);
            }
        }
        let clears_after = dice.between(Duration::from_mins(2), Duration::from_mins(14));
        Self { rates, clears_after, clear: calm, struck: BTreeMap::new() }
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.rates.is_empty()
    }

    pub(crate) fn is_clear(&self) -> bool {
        self.clear
    }

    /// Nothing strikes from here on.
    pub(crate) fn clears(&mut self) {
        self.clear = true;
    }

    /// Whether the fault strikes now, and counts it if so.
    pub(crate) fn strikes(&mut self, fault: Fault, dice: &mut Dice) -> bool {
        let Some(rate) = self.rates.get(&fault) else { return false };
        let strikes = !self.clear && dice.chance(*rate);
        if strikes {
            *self.struck.entry(fault).or_default() += 1;
        }
        strikes
    }
}
