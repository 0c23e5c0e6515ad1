//! What the API shows. Built from the domain, never stored.

mod class;
mod environment;
mod member;
mod provider;
mod room;
mod session;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub use class::{ClassList, ClassRef, ClassSummary, ClassView, InstructorView, Spending};
pub use environment::{
    AccessView, ChecksView, ClassEnvironmentList, ClassEnvironmentView, EnvironmentList, EnvironmentView,
    ExtensionView, LabRef, MachineAnswer, PlacementView, StartView, TabView, ViewingView, WantedView,
};
pub use member::{MemberView, PersonList, PersonView};
pub use provider::{ProviderList, ProviderView, RestView};
pub use room::{RoomClass, RoomLab, RoomPerson, RoomView, TileView};
pub use session::SessionView;

use crate::domain::message::Message;

/// What an instructor says to a class or a person, as that person sees it.
#[derive(Serialize, ToSchema)]
pub struct MessageView {
    pub id: String,
    pub at: Timestamp,
    pub from: String,
    pub text: String,
    /// Said to some, not to the whole class.
    pub personal: bool,
}

impl From<&Message> for MessageView {
    fn from(message: &Message) -> Self {
        Self {
            id: message.id.to_string(),
            at: message.at,
            from: message.from.clone(),
            text: message.text.clone(),
            personal: !message.to.is_empty(),
        }
    }
}
