//! The requests that clients send, each from its own chance and what is known of the actions.

mod every;
mod few;
mod known;
mod message;
mod register;

pub use every::every;
pub use few::{any_raise, few};
pub use known::{Known, Notes};
pub use message::{Message, rpc};
pub use register::{Register, register_requests};

use crate::chance::Chance;
use crate::history::Kind;
use api::v1;
use domain::policy::{Principal, Role};
use uuid::Uuid;

/// The force area of everything here.
pub const AREA: &str = "cambridgeshire-peterborough";

/// The series whose numbers are claimed.
pub const SERIES: &str = "pcp-2018";

/// The delivery groups that send returns.
pub const GROUPS: [&str; 2] = ["lamps", "oil"];

/// What clients ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wishes {
    /// The eight calls on which requests were fought over first: seeds that found bugs then find the same
    /// schedules now.
    Few,
    /// Every call of the contract.
    #[default]
    Every,
}

impl Wishes {
    /// A new request of the actions that are known.
    #[must_use]
    pub fn ask(self, chance: &mut Chance, known: &[Known]) -> Asking {
        match self {
            Self::Few => few(chance, known),
            Self::Every => every(chance, known),
        }
    }
}

/// Sends a message to whatever has the calls of the contract, a service or a client of one.
pub use crate::send;

/// A request as it will be sent, again and again the same.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The request id.
    pub id: Uuid,
    /// What is asked for.
    pub kind: Kind,
    /// What it speaks to, the one that its own message goes to first: the reference of an action, the
    /// subject of a return or of the register.
    pub references: Vec<String>,
    /// The position that the client had read.
    pub etag: Option<u64>,
    /// The message.
    pub message: Message,
    /// Who asks.
    pub by: By,
}

/// Who asks: a role, or one of the [`GROUPS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// Somebody in a role that is no group's.
    Role(Role),
    /// Somebody of a delivery group.
    Group(&'static str),
}

impl By {
    /// The principal.
    #[must_use]
    pub fn principal(self) -> Principal {
        let (of, role, group) = match self {
            Self::Role(role) => (role.as_str(), role, None),
            Self::Group(group) => (group, Role::Group, Some(group.to_owned())),
        };
        Principal {
            subject: format!("{of}-1"),
            name: format!("Somebody of {of}"),
            role,
            group,
            area: AREA.to_owned(),
        }
    }

    /// A name of its own.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Role(role) => role.as_str(),
            Self::Group(group) => group,
        }
    }
}

/// Somebody in a role.
#[must_use]
pub fn principal(role: Role) -> Principal {
    By::Role(role).principal()
}

/// What every request says first.
#[must_use]
pub fn write(id: Uuid, on: &str) -> v1::Write {
    v1::Write {
        request_id: id.to_string(),
        area: AREA.to_owned(),
        on: on.to_owned(),
        etag: String::new(),
    }
}
