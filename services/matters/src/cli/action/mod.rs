//! Everything that is done to actions and asked of them.

mod closing;
mod count;
mod due;
mod filter;
mod holder;
mod link;
mod list;
mod raise;
mod respond;
mod restrict;
mod show;
mod steps;
mod told;
mod update;
mod watch;

pub(super) use filter::Filter;
pub(super) use list::{Asked, pages};
pub(super) use told::record;

use super::session::Session;
use crate::failure::{Exit, Failure};
use clap::Subcommand;

/// Raise actions, answer them, close them, list them.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// List actions
    List(list::List),
    /// Count actions by state
    Count(count::Count),
    /// Show one action with its whole story
    Show(show::Show),
    /// What changed since a date, a meeting or a position
    Changes(watch::Changes),
    /// Follow changes as they happen, until Ctrl-C
    Watch(watch::Watch),
    /// Put a new action on record (clerk)
    Raise(raise::Raise),
    /// Say whose matter it is and whether it is sensitive (office)
    Triage(steps::Triage),
    /// Give it to a delivery group or a body (office)
    Delegate(steps::Delegate),
    /// Take on what was delegated (its group)
    Accept(steps::Accept),
    /// Do not take on what was delegated (its group)
    Decline(steps::Decline),
    /// Give it to another group or body (office)
    Transfer(steps::Transfer),
    /// Report progress (its group, else the office)
    Update(update::Update),
    /// Send a holding or a substantive response (office)
    Respond(respond::Respond),
    /// Correct a response; the first text stays on record (office)
    Correct(respond::Correct),
    /// Move the due date; the first one is kept (clerk)
    MoveDue(due::MoveDue),
    /// Stop the clock (clerk)
    Pause(due::Pause),
    /// Let the clock run again (clerk)
    Resume(due::Resume),
    /// Take it out of public view (office)
    Restrict(restrict::Restrict),
    /// Put it back into public view (office)
    Lift(restrict::Lift),
    /// Say that it is done, for the Panel to agree (office)
    ProposeClosure(closing::ProposeClosure),
    /// Close it, as the Panel agreed (clerk)
    Close(closing::Close),
    /// Open it again (clerk)
    Reopen(closing::Reopen),
    /// Take it back, for who raised it (clerk)
    Withdraw(closing::Withdraw),
    /// Tie it to another action (clerk)
    Link(link::Link),
    /// Split it into several, which supersede it (clerk)
    Split(link::Split),
    /// Make an action of its own out of what a response promised (office)
    Undertake(link::Undertake),
}

impl Action {
    /// Runs it.
    pub(crate) async fn run(self, session: &mut Session) -> Result<Exit, Failure> {
        let done = match self {
            Self::List(verb) => verb.run(session).await,
            Self::Count(verb) => verb.run(session).await,
            Self::Show(verb) => verb.run(session).await,
            Self::Changes(verb) => verb.run(session).await,
            Self::Watch(verb) => verb.run(session).await,
            Self::Raise(verb) => verb.run(session).await,
            Self::Triage(verb) => verb.run(session).await,
            Self::Delegate(verb) => verb.run(session).await,
            Self::Accept(verb) => verb.run(session).await,
            Self::Decline(verb) => verb.run(session).await,
            Self::Transfer(verb) => verb.run(session).await,
            Self::Update(verb) => verb.run(session).await,
            Self::Respond(verb) => verb.run(session).await,
            Self::Correct(verb) => verb.run(session).await,
            Self::MoveDue(verb) => verb.run(session).await,
            Self::Pause(verb) => verb.run(session).await,
            Self::Resume(verb) => verb.run(session).await,
            Self::Restrict(verb) => verb.run(session).await,
            Self::Lift(verb) => verb.run(session).await,
            Self::ProposeClosure(verb) => verb.run(session).await,
            Self::Close(verb) => verb.run(session).await,
            Self::Reopen(verb) => verb.run(session).await,
            Self::Withdraw(verb) => verb.run(session).await,
            Self::Link(verb) => verb.run(session).await,
            Self::Split(verb) => verb.run(session).await,
            Self::Undertake(verb) => verb.run(session).await,
        };
        done.map(|()| Exit::Done)
    }
}
