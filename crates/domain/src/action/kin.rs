//! Which other actions hold words of an action, and what follows from it for restrictions.
//!
//! A restriction takes words out of public view, so it must reach every action in which they stand: the
//! pieces of a split repeat the text, an undertaking the topic and what a response promised, and a
//! response that answers several actions stands in each of them. The rule is that **words are public in
//! all of these or in none**: who restricts an action restricts its kin with it, and one response is
//! not given to restricted and public actions at once.
//!
//! Restricting too much can be undone, action by action; what was published cannot be taken back. So the
//! rule looks at what the record ties together, never at the words. It does not look upwards: what an
//! action came from was public before the action was, and to take that back one restricts the origin,
//! which takes along what came out of it. Lifting is for one action at a time: whoever lifts decides
//! about every word that stands there.

use super::rejection::Rejection;
use super::state::Action;
use super::terms::ResponseId;
use crate::reference::Reference;
use std::collections::{BTreeSet, VecDeque};

/// The most actions that one restriction is carried to.
pub const KIN_LIMIT: usize = 500;

/// Another action that holds words of an action.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kin {
    /// It came out of it: the piece of a split, or an undertaking.
    Child(Reference),
    /// A response answers both.
    Answered(Reference),
}

impl Kin {
    /// The other action.
    #[must_use]
    pub fn reference(&self) -> &Reference {
        match self {
            Kin::Child(reference) | Kin::Answered(reference) => reference,
        }
    }
}

impl Action {
    /// The actions that hold words of this one, each way in which they do.
    pub fn kin(&self) -> impl Iterator<Item = Kin> {
        let children = self.children.iter().cloned().map(Kin::Child);
        let answered = self.responses.iter().flat_map(|r| &r.also_answers);
        children.chain(answered.cloned().map(Kin::Answered))
    }
}

/// All kin of an action, and theirs, each once, nearest first: ask for the [`nearest`](Self::nearest),
/// look it up, and hand it [in](Self::take).
#[derive(Debug)]
pub struct Reach {
    of: Reference,
    met: BTreeSet<Reference>,
    waiting: VecDeque<Kin>,
}

impl Reach {
    /// From an action.
    #[must_use]
    pub fn of(action: &Action) -> Self {
        Self {
            of: action.reference().clone(),
            met: BTreeSet::from([action.reference().clone()]),
            waiting: action.kin().collect(),
        }
    }

    /// One more, `None` when those were all.
    ///
    /// # Errors
    /// [`Rejection::TooManyKin`] past [`KIN_LIMIT`].
    pub fn nearest(&mut self) -> Result<Option<Kin>, Rejection> {
        while let Some(kin) = self.waiting.pop_front() {
            if self.met.insert(kin.reference().clone()) {
                if self.met.len() > KIN_LIMIT + 1 {
                    return Err(Rejection::TooManyKin {
                        reference: self.of.clone(),
                        limit: KIN_LIMIT,
                    });
                }
                return Ok(Some(kin));
            }
        }
        Ok(None)
    }

    /// The kin of one that was asked for count as well. What came out of an action that only shares a
    /// response did not come out of this one.
    pub fn take(&mut self, kin: &Kin, action: &Action) {
        let farther = action.kin().map(|next| match (kin, next) {
            (Kin::Answered(_), Kin::Child(reference)) => Kin::Answered(reference),
            (_, next) => next,
        });
        self.waiting.extend(farther);
    }
}

/// Refuses one response to actions of which some are restricted and some are not.
///
/// # Errors
/// [`Rejection::SharedAcrossRestriction`], naming both sides.
pub fn same_view<'a>(actions: impl IntoIterator<Item = &'a Action>) -> Result<(), Rejection> {
    let (restricted, public): (Vec<_>, Vec<_>) = actions
        .into_iter()
        .partition(|action| action.restriction.is_some());
    if restricted.is_empty() || public.is_empty() {
        return Ok(());
    }
    Err(Rejection::SharedAcrossRestriction {
        restricted: listed(&restricted),
        public: listed(&public),
    })
}

/// Refuses to correct, in public, a response that answers a restricted action too: what a correction
/// says of the one it says of the other. `others` are the other actions that the response answers.
///
/// # Errors
/// [`Rejection::CorrectsAcrossRestriction`], naming the restricted ones.
pub fn may_correct<'a>(
    action: &Action,
    response: ResponseId,
    others: impl IntoIterator<Item = &'a Action>,
) -> Result<(), Rejection> {
    let restricted: Vec<_> = others
        .into_iter()
        .filter(|other| other.restriction.is_some())
        .collect();
    if restricted.is_empty() || action.restriction.is_some() {
        return Ok(());
    }
    Err(Rejection::CorrectsAcrossRestriction {
        reference: action.reference().clone(),
        response,
        restricted: listed(&restricted),
    })
}

fn listed(actions: &[&Action]) -> String {
    let references: Vec<String> = actions.iter().map(|a| a.reference().to_string()).collect();
    references.join(", ")
}
