//! Whether some order of overlapping steps, each at one instant between its begin and its end, is a run
//! of the model.
//!
//! It is the search of Wing and Gong (1993): of the steps that may come next, those that began before
//! any other ended, take one that the model allows, and go on. In general such a search must go back and
//! try others. Here it never has to. A look changes nothing, so if any order explains the rest, one that
//! begins with a look which is possible now does too. And where none is, the next step is a write, of
//! which only the one with the lowest position can be next, since positions of an action only grow.

use super::model::{State, Step};
use crate::history::Tick;
use event_log::Sequence;
use std::fmt;

/// One step with the time in which it happened.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Not before this.
    pub begun: Tick,
    /// Not after this; [`Tick::MAX`] when nobody knows.
    pub ended: Tick,
    /// The step.
    pub step: Step,
    /// Who says so, for people.
    pub what: String,
}

/// How far an explanation goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// How many steps it explains.
    pub explained: usize,
    /// Of how many.
    pub of: usize,
    /// The state they lead to.
    pub state: State,
    /// The steps of which one had to come next, and none can.
    pub next: Vec<String>,
}

impl fmt::Display for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            explained,
            of,
            state,
            next,
        } = self;
        write!(
            f,
            "an order explains {explained} of {of} answers, up to {state:?}; none of these can be next: {}",
            next.join("; ")
        )
    }
}

/// Finds an order.
///
/// # Errors
/// [`Stuck`] when there is none.
pub fn linearize(entries: &[Entry]) -> Result<(), Stuck> {
    let mut rest: Vec<&Entry> = entries.iter().collect();
    rest.sort_by_key(|entry| entry.begun);
    let mut state = State::default();
    while !rest.is_empty() {
        let first_end = rest
            .iter()
            .map(|entry| entry.ended)
            .min()
            .unwrap_or(Tick::MAX);
        let open = rest.partition_point(|entry| entry.begun <= first_end);
        let Some((at, next)) = step(&rest[..open], lowest(&rest), state) else {
            return Err(Stuck {
                explained: entries.len() - rest.len(),
                of: entries.len(),
                state,
                next: rest[..open]
                    .iter()
                    .map(|entry| entry.what.clone())
                    .collect(),
            });
        };
        rest.remove(at);
        state = next;
    }
    Ok(())
}

/// The lowest position that is still to be written.
fn lowest(rest: &[&Entry]) -> Option<Sequence> {
    let writes = rest.iter().filter_map(|entry| match entry.step {
        Step::Write(position, _) => Some(position),
        Step::Look(_) => None,
    });
    writes.min()
}

/// A look that is possible now, or else the next write.
fn step(open: &[&Entry], lowest: Option<Sequence>, state: State) -> Option<(usize, State)> {
    let possible = |look: bool| {
        open.iter().enumerate().find_map(|(at, entry)| {
            let fits = match entry.step {
                Step::Look(_) => look,
                Step::Write(position, _) => !look && Some(position) == lowest,
            };
            let next = state.after(entry.step).filter(|_| fits)?;
            Some((at, next))
        })
    };
    possible(true).or_else(|| possible(false))
}
