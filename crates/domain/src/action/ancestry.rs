//! Links of one kind form no circle: nothing is part of itself, or follows from itself, over others.

use super::rejection::Rejection;
use super::state::Action;
use super::terms::LinkKind;
use crate::reference::Reference;
use std::collections::{BTreeSet, VecDeque};

/// The most actions that are looked at to see whether a chain of links leads back.
pub const ANCESTRY_LIMIT: usize = 1_000;

/// What an action that is about to be linked leads to: ask for the [`nearest`](Self::nearest), look it up,
/// and hand it [in](Self::take).
#[derive(Debug)]
pub struct Ancestry {
    of: Reference,
    kind: LinkKind,
    met: BTreeSet<Reference>,
    /// Chains from the action to what is to be looked at.
    waiting: VecDeque<Vec<Reference>>,
    looked_at: Vec<Reference>,
}

impl Ancestry {
    /// The link of an action to another.
    #[must_use]
    pub fn of(action: &Reference, kind: LinkKind, other: &Reference) -> Self {
        Self {
            of: action.clone(),
            kind,
            met: BTreeSet::new(),
            waiting: VecDeque::from([vec![action.clone(), other.clone()]]),
            looked_at: vec![],
        }
    }

    /// The next action to look at, `None` when nothing leads back.
    ///
    /// # Errors
    /// [`Rejection::LinkCycle`] with the whole chain, [`Rejection::LinkChainTooLong`] past
    /// [`ANCESTRY_LIMIT`].
    pub fn nearest(&mut self) -> Result<Option<Reference>, Rejection> {
        while let Some(chain) = self.waiting.pop_front() {
            let Some(last) = chain.last().cloned() else {
                continue;
            };
            if last == self.of {
                let chain: Vec<String> = chain.iter().map(ToString::to_string).collect();
                return Err(Rejection::LinkCycle {
                    reference: self.of.clone(),
                    chain: chain.join(" to "),
                });
            }
            if self.met.insert(last.clone()) {
                if self.met.len() > ANCESTRY_LIMIT {
                    return Err(Rejection::LinkChainTooLong {
                        reference: self.of.clone(),
                        limit: ANCESTRY_LIMIT,
                    });
                }
                self.looked_at = chain;
                return Ok(Some(last));
            }
        }
        Ok(None)
    }

    /// What the one that was asked for last is linked to.
    pub fn take(&mut self, action: &Action) {
        let others = action.links.iter().filter(|link| link.kind == self.kind);
        for link in others.filter(|link| !self.met.contains(&link.other)) {
            let mut chain = self.looked_at.clone();
            chain.push(link.other.clone());
            self.waiting.push_back(chain);
        }
    }
}
