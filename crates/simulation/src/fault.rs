//! What may go wrong, each with the highest rate at which a storm has it.

use std::fmt;

/// One kind of misfortune.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    // Workers
    CrashBeforeCall,
    CrashDuringCall,
    CrashAfterCall,
    Pause,
    ClockSkew,
    TickMissed,
    // Table
    TableThrottled,
    TableConflict,
    TableFails,
    TableAnswerLost,
    TableSilent,
    TableWriteLate,
    TableSlow,
    IndexStale,
    // Bus and queue
    BusFails,
    BusAnswerLost,
    EventLost,
    EventTwice,
    EventLate,
    QueueFails,
    MessageTwice,
    // Providers
    RateLimited,
    FailsBefore,
    FailsAfter,
    SilentBefore,
    SilentAfter,
    EffectAfterTimeout,
    ResetWithLateEffect,
    EffectMuchTooLate,
    GarbageBefore,
    GarbageAfter,
    SlowCall,
    SlowCreate,
    NoCapacity,
    AccountLimit,
    NotOffered,
    Unauthorized,
    Outage,
    ListStale,
    ListPartial,
    DeleteIgnored,
    SlowDelete,
    // Machines
    SlowBoot,
    SlowAddress,
    NeverCalls,
    CallsTwice,
    CallsAfterDeath,
    SetupFails,
    AddressReused,
    DestroyedByOthers,
    StrayMachine,
}

use Fault as F;

impl Fault {
    /// Every kind and its highest rate: per outside call, per tick, per message or per machine.
    pub(crate) const ALL: &'static [(Self, f64)] = &[
        (F::CrashBeforeCall, 0.05),
        (F::CrashDuringCall, 0.10),
        (F::CrashAfterCall, 0.05),
        (F::Pause, 0.05),
        (F::ClockSkew, 1.0),
        (F::TickMissed, 0.3),
        (F::TableThrottled, 0.2),
        (F::TableConflict, 0.2),
        (F::TableFails, 0.2),
        (F::TableAnswerLost, 0.1),
        (F::TableSilent, 0.05),
        (F::TableWriteLate, 0.05),
        (F::TableSlow, 0.1),
        (F::IndexStale, 0.8),
        (F::BusFails, 0.3),
        (F::BusAnswerLost, 0.2),
        (F::EventLost, 0.6),
        (F::EventTwice, 0.5),
        (F::EventLate, 0.5),
        (F::QueueFails, 0.4),
        (F::MessageTwice, 0.3),
        (F::RateLimited, 0.3),
        (F::FailsBefore, 0.3),
        (F::FailsAfter, 0.3),
        (F::SilentBefore, 0.1),
        (F::SilentAfter, 0.2),
        (F::EffectAfterTimeout, 0.3),
        (F::ResetWithLateEffect, 0.3),
        (F::EffectMuchTooLate, 0.1),
        (F::GarbageBefore, 0.1),
        (F::GarbageAfter, 0.3),
        (F::SlowCall, 0.2),
        (F::SlowCreate, 0.5),
        (F::NoCapacity, 0.5),
        (F::AccountLimit, 0.3),
        (F::NotOffered, 0.3),
        (F::Unauthorized, 0.5),
        (F::Outage, 0.5),
        (F::ListStale, 0.6),
        (F::ListPartial, 0.4),
        (F::DeleteIgnored, 0.6),
        (F::SlowDelete, 0.6),
        (F::SlowBoot, 0.5),
        (F::SlowAddress, 0.5),
        (F::NeverCalls, 0.3),
        (F::CallsTwice, 0.6),
        (F::CallsAfterDeath, 0.8),
        (F::SetupFails, 0.2),
        (F::AddressReused, 1.0),
        (F::DestroyedByOthers, 0.6),
        (F::StrayMachine, 0.4),
    ];
}

/// The name in words.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, letter) in format!("{self:?}").char_indices() {
            let space = if letter.is_uppercase() && position > 0 { " " } else { "" };
            write!(f, "{space}{}", letter.to_ascii_lowercase())?;
        }
        Ok(())
    }
}
