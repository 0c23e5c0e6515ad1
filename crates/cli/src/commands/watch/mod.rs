//! The room, kept up to date until Ctrl-C.

mod changes;
mod rows;
mod screen;

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use jiff::Timestamp;

use self::changes::changes_between;
use self::screen::Screen;
use super::Context;
use crate::api::Answer;
use crate::api::class::ClassRef;
use crate::api::room::RoomView;
use crate::args::Watch;
use crate::failure::{Exit, Failure};
use crate::output::{one_line, plain};

const REFRESH: Duration = Duration::from_secs(2);
/// A class breaks for lunch with the laptop closed; a script should not wait for ever.
const GIVE_UP: Duration = Duration::from_secs(30 * 60);

pub(super) async fn run(context: &Context<'_>, wanted: &Watch) -> Result<(), Failure> {
    let class = context.api.find_class(&wanted.class.class).await?;
    if wanted.once {
        let answer: Answer<RoomView> = context.api.get(&class.path("/room")).await?;
        return context.output.show(&answer.json, |output| {
            output.note(heading(&answer.value));
            output.table(&rows::table(&answer.value, answer.value.now))
        });
    }
    let mut room = Watched { class, etag: None, seen: None, fetched: Instant::now() };
    tokio::select! {
        // The signal's own trouble leaves the terminal's usual way of ending a program.
        Ok(()) = tokio::signal::ctrl_c() => Ok(()),
        ended = room.follow(context) => ended,
    }
}

fn heading(room: &RoomView) -> String {
    plain(&format!("{} ({}), {}: {}", room.class.title, room.class.code, room.class.state, rows::summary(room)))
}

struct Watched {
    class: ClassRef,
    etag: Option<String>,
    seen: Option<RoomView>,
    fetched: Instant,
}

impl Watched {
    async fn follow(&mut self, context: &Context<'_>) -> Result<(), Failure> {
        let output = context.output;
        let mut screen = (output.terminal && !output.json).then(Screen::open).transpose()?;
        let mut unreachable_since: Option<Instant> = None;
        loop {
            let trouble = match self.refresh(context, screen.is_none()).await {
                Ok(()) => {
                    unreachable_since = None;
                    None
                }
                Err(failure) if failure.exit() == Exit::Unreachable => {
                    let since = *unreachable_since.get_or_insert_with(Instant::now);
                    if since.elapsed() > GIVE_UP || self.seen.is_none() {
                        return Err(failure);
                    }
                    Some(failure.to_string())
                }
                Err(failure) => return Err(failure),
            };
            if let (Some(screen), Some(room)) = (&mut screen, &self.seen) {
                screen.draw(&heading(room), &rows::table(room, self.now(room)), trouble.as_deref(), output)?;
            }
            tokio::time::sleep(REFRESH).await;
        }
    }

    /// Asks once. `tell` prints each change on a line of its own.
    async fn refresh(&mut self, context: &Context<'_>, tell: bool) -> Result<(), Failure> {
        let path = self.class.path("/room");
        let Some(answer) = context.api.get_if_changed::<RoomView>(&path, self.etag.as_deref()).await? else {
            return Ok(());
        };
        if tell {
            for change in changes_between(self.seen.as_ref(), &answer.value) {
                let line = if context.output.json { Some(one_line(&change.document())) } else { change.words() };
                line.map_or(Ok(()), |line| context.output.line(line))?;
            }
        }
        self.etag = answer.etag;
        self.seen = Some(answer.value);
        self.fetched = Instant::now();
        Ok(())
    }

    /// The installation's time, not this computer's: an unchanged room is not sent again, and its time goes on.
    fn now(&self, room: &RoomView) -> Timestamp {
        let gone_by = SignedDuration::try_from(self.fetched.elapsed()).unwrap_or_default();
        room.now.checked_add(gone_by).unwrap_or(room.now)
    }
}
