//! What happens while somebody works.

use jiff::{SignedDuration, Timestamp};

use crate::domain::environment::Environment;
use crate::domain::lifecycle::Phase;
use crate::domain::receipt::EndReason;
use crate::domain::timeline::Stage;
use crate::domain::work::{CheckResult, Extension, Hand, MAX_CHECK_MESSAGE, ViewingAnswer, ViewingRequest};

impl Environment {
    /// Adds up to `minutes`, within what was agreed; the same `id` again adds nothing. How many minutes it added.
    pub fn extend(&mut self, id: &str, minutes: u32, by: &str, now: Timestamp) -> u32 {
        if !self.is_wanted() || self.phase.is_end() || self.work.extensions.iter().any(|known| known.id == id) {
            return 0;
        }
        let added = minutes.min(self.extra_minutes_left());
        if added == 0 {
            return 0;
        }
        self.work.extensions.push(Extension { id: id.to_owned(), minutes: added, by: by.to_owned(), at: now });
        if let Some(expires_at) = &mut self.expires_at {
            *expires_at += SignedDuration::from_mins(added.into());
        }
        self.timeline.add(Stage::Extended, now, Some(format!("{added} minutes more, by {by}")));
        added
    }

    /// Minutes that may still be added.
    pub fn extra_minutes_left(&self) -> u32 {
        self.terms.max_extra_minutes.saturating_sub(self.work.extra_minutes())
    }

    /// The machine says when its trainee did something last. Whoever left long ago, where the terms end that, is stopped:
    /// the machine itself just said so, silence alone would prove nothing.
    pub fn active(&mut self, active_at: Timestamp, now: Timestamp) {
        if !matches!(self.phase, Phase::Ready { .. }) {
            return;
        }
        let active_at = active_at.min(now);
        let latest = self.work.active_at.map_or(active_at, |known| known.max(active_at));
        self.work.active_at = Some(latest);
        let limit = self.terms.idle_minutes.map(|minutes| SignedDuration::from_mins(minutes.into()));
        if limit.is_some_and(|limit| now >= latest + limit) {
            self.unwant(EndReason::Idle, Stage::Idle, None, now);
        }
    }

    /// Results of the lab's own checks; unknown ones and older ones change nothing.
    pub fn checked(&mut self, results: &[CheckResult], now: Timestamp) {
        if self.phase.is_end() {
            return;
        }
        for result in results {
            let at = result.at.min(now);
            let Some(check) = self.work.checks.iter_mut().find(|check| check.name == result.name) else { continue };
            if check.checked_at.is_some_and(|known| known > at) {
                continue;
            }
            let newly_passed = result.passed && check.passed_at.is_none();
            check.passed = Some(result.passed);
            check.message = Some(result.message.chars().take(MAX_CHECK_MESSAGE).collect());
            check.checked_at = Some(at);
            if newly_passed {
                check.passed_at = Some(at);
                let title = check.title.clone();
                self.timeline.add(Stage::CheckPassed, now, Some(title));
                self.work.failing_since = None;
            } else if !result.passed {
                self.work.failing_since.get_or_insert(at);
            }
        }
        if self.work.is_done() {
            self.work.failing_since = None;
        }
    }

    /// Asks for help, or needs it no more.
    pub fn raise_hand(&mut self, raised: bool, note: Option<String>, now: Timestamp) {
        match (&mut self.work.hand, raised) {
            (Some(hand), true) => hand.note = note,
            (None, true) if !self.phase.is_end() => {
                self.timeline.add(Stage::HandRaised, now, None);
                self.work.hand = Some(Hand { since: now, note });
            }
            (Some(_), false) => {
                self.timeline.add(Stage::HandLowered, now, None);
                self.work.hand = None;
            }
            (None, _) => {}
        }
    }

    /// An instructor wants to see the terminal. Asking again while it is unanswered, or allowed, changes nothing.
    pub fn ask_to_view(&mut self, by: &str, now: Timestamp) {
        let asked = self.work.viewing.as_ref();
        if asked.is_some_and(|asked| asked.by == by && asked.answer != Some(ViewingAnswer::Refused)) {
            return;
        }
        self.work.viewing = Some(ViewingRequest { by: by.to_owned(), at: now, answer: None });
        self.timeline.add(Stage::ViewingAsked, now, Some(by.to_owned()));
    }

    /// The trainee's answer; it may be changed at any time.
    pub fn answer_viewing(&mut self, answer: ViewingAnswer, now: Timestamp) {
        let Some(asked) = &mut self.work.viewing else { return };
        if asked.answer == Some(answer) {
            return;
        }
        asked.answer = Some(answer);
        let by = asked.by.clone();
        let stage = match answer {
            ViewingAnswer::Allowed => Stage::ViewingAllowed,
            ViewingAnswer::Refused => Stage::ViewingRefused,
        };
        self.timeline.add(stage, now, Some(by));
    }
}
