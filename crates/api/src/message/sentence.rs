//! What happened, in a sentence of plain English, without the full stop and without who did it.
//! Exhaustive: a new event has no sentence until somebody writes one.

mod action;
mod register;
mod returns;

pub use action::{of_action, reason_of};
pub use register::of_register;
pub use returns::of_return;

use domain::policy::Role;
use domain::stored::Actor;

/// Who did it, to end a sentence with: `A Person (Commissioner's office)`.
#[must_use]
pub fn said_by(actor: &Actor) -> String {
    let role = match actor.role {
        Role::Clerk => "Panel clerk",
        Role::Office => "Commissioner's office",
        Role::Group => "delivery group",
        Role::Auditor => "auditor",
        Role::Public => "public",
        Role::Operator => "operator",
    };
    match &actor.group {
        Some(group) => format!("{} ({role} {group})", actor.name),
        None => format!("{} ({role})", actor.name),
    }
}

/// The whole sentence, with who did it and why.
pub(super) fn whole(what: &str, actor: &Actor, why: Option<&str>) -> String {
    let by = said_by(actor);
    match why {
        Some(why) => format!("{what}, by {by}: {why}."),
        None => format!("{what}, by {by}."),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(items: impl IntoIterator<Item = String>) -> String {
    let items: Vec<String> = items.into_iter().collect();
    match items.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests;
