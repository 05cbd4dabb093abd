//! The one selection behind every list and every number.

use std::collections::HashSet;
use std::ops::Deref;

use domain::reference::Reference;
use event_log::Sequence;

use super::{Question, cut};
use crate::as_of::Cut;
use crate::error::{ReadError, StoreError};
use crate::filter::{Filter, Needle};
use crate::keys;
use crate::row::Row;
use crate::store::{Books, Store, parse_row};
use crate::view::{Bits, Facts, View};

/// What a filter selects of a view, as the reader may see it.
pub(super) struct Selection<'a> {
    pub(super) store: &'a Store,
    pub(super) books: &'a Books,
    pub(super) view: &'a View,
    pub(super) cut: Cut,
    question: &'a Question<'a>,
    filter: &'a Filter,
    hidden: HashSet<Reference>,
    said: Option<Said>,
}

/// The facts of an action as the reader may see them; of two words, since they go by the thousand.
pub(super) enum Seen<'a> {
    Whole(&'a Facts),
    Stub(Box<Facts>),
}

impl Deref for Seen<'_> {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        match self {
            Seen::Whole(facts) => facts,
            Seen::Stub(facts) => facts,
        }
    }
}

/// Where a text may be found.
struct Said {
    needle: Needle,
    /// Every action of the view that says it, in what the reader may see of it.
    among: Bits,
    /// Whether there are no others in it.
    exact: bool,
}

impl<'a> Selection<'a> {
    /// The last message in the answer.
    pub(super) fn position(&self) -> Sequence {
        self.books.position().min(self.cut.known)
    }

    /// The actions that are selected, and their facts as the reader may see them. Where the filter asks
    /// for a text there may be others among them, which [`Selection::says`] tells.
    pub(super) fn candidates(&self) -> impl Iterator<Item = (&Reference, Seen<'_>)> {
        let among = self.said.as_ref().map(|said| &said.among);
        let as_at = self.question.as_at();
        let all = self.view.facts(self.filter.open, among);
        all.filter_map(move |facts| {
            let seen = if self.hides(&facts.reference) {
                Seen::Stub(Box::new(facts.stub()))
            } else {
                Seen::Whole(facts)
            };
            let selected = self.filter.matches_facts(&seen, as_at);
            selected.then_some((&facts.reference, seen))
        })
    }

    /// Puts the facts of each that is selected.
    pub(super) fn each(&self, mut put: impl FnMut(&Facts)) -> Result<(), StoreError> {
        for (reference, facts) in self.candidates() {
            if self.says(reference)? {
                put(&facts);
            }
        }
        Ok(())
    }

    /// Whether the reader may not read an action.
    pub(super) fn hides(&self, reference: &Reference) -> bool {
        !self.hidden.is_empty() && self.hidden.contains(reference)
    }

    /// Whether a candidate says the text that the filter asks for, if it asks for one.
    pub(super) fn says(&self, reference: &Reference) -> Result<bool, StoreError> {
        let Some(said) = self.unproven(reference) else {
            return Ok(true);
        };
        let row = self.store.row(self.question.area, reference)?;
        Ok(row.is_some_and(|row| said.needle.is_said_in(&row)))
    }

    fn unproven(&self, reference: &Reference) -> Option<&Said> {
        let said = self.said.as_ref()?;
        (!said.exact && !self.hides(reference)).then_some(said)
    }

    /// The row of a candidate, as the reader may see it; `None` where it does not say the text that the
    /// filter asks for.
    pub(super) fn row(&self, reference: &Reference) -> Result<Option<Row>, StoreError> {
        let area = self.question.area;
        let seen = |row| self.question.seen(self.books, row);
        if self.cut == Cut::NOW {
            let unproven = self.unproven(reference);
            let said = |row: &Row| unproven.is_none_or(|said| said.needle.is_said_in(row));
            return Ok(self.store.row(area, reference)?.filter(said).map(seen));
        }
        if !self.says(reference)? {
            return Ok(None);
        }
        let row = self.view.row(reference, || {
            self.store.row_at(self.books, area, reference, self.cut)
        })?;
        Ok(row.map(|row| seen(Row::clone(&row))))
    }
}

impl Store {
    /// Asks what a filter selects, as the reader may see it.
    pub(super) fn select<T>(
        &self,
        question: &Question<'_>,
        filter: &Filter,
        ask: impl FnOnce(&Selection<'_>) -> Result<T, StoreError>,
    ) -> Result<T, ReadError> {
        let cut = cut(self, &question.as_of)?;
        let needle = filter.text.as_deref().map(Needle::new);
        self.warm(question.area, cut)?;
        if needle.is_some() {
            self.warm(question.area, Cut::NOW)?;
        }
        let books = self.books();
        let hidden = question.hidden(&books);
        let mut said = match needle {
            Some(needle) => Some(self.view(&books, question.area, Cut::NOW, |present| {
                let (among, exact) = self.saying(question, &books, &hidden, &needle, present)?;
                // The places of one view mean nothing in another.
                let elsewhere = (cut != Cut::NOW).then(|| references(present, &among));
                let said = Said {
                    needle,
                    among,
                    exact,
                };
                Ok((said, elsewhere))
            })?),
            None => None,
        };
        let answer = self.view(&books, question.area, cut, |view| {
            if let Some((said, Some(elsewhere))) = &mut said {
                said.among = Bits::default();
                for ordinal in elsewhere.iter().filter_map(|there| view.ordinal(there)) {
                    said.among.insert(ordinal);
                }
            }
            ask(&Selection {
                store: self,
                books: &books,
                view,
                cut,
                question,
                filter,
                hidden,
                said: said.map(|(said, _)| said),
            })
        })?;
        Ok(answer)
    }

    /// The places of the actions that may say a text in what the reader may see of them, and whether
    /// all of them do. Texts never change, so this holds for every point of time. What is withheld from
    /// the reader is never looked into: of hidden actions only what everybody is told.
    fn saying(
        &self,
        question: &Question<'_>,
        books: &Books,
        hidden: &HashSet<Reference>,
        needle: &Needle,
        present: &View,
    ) -> Result<(Bits, bool), StoreError> {
        let (mut among, exact) = match present.may_say(needle) {
            Some(among) => (among, false),
            None => (self.scan_for(question, needle, present)?, true),
        };
        let gates = books.gates.get(question.area);
        for reference in hidden {
            let gate = gates.and_then(|gates| gates.get(reference));
            let title = gate.and_then(|gate| gate.restriction.public_title.as_deref());
            if let Some(ordinal) = present.ordinal(reference) {
                among.put(ordinal, needle.is_told(reference, title));
            }
        }
        Ok((among, exact))
    }

    /// Reads every row: for what is too short for a signature.
    fn scan_for(
        &self,
        question: &Question<'_>,
        needle: &Needle,
        present: &View,
    ) -> Result<Bits, StoreError> {
        let mut among = Bits::default();
        for entry in self.scan(&keys::of_area(keys::ROW, question.area)) {
            let row = parse_row(&entry?.1)?;
            if let Some(ordinal) = present.ordinal(&row.reference)
                && needle.is_said_in(&row)
            {
                among.insert(ordinal);
            }
        }
        Ok(among)
    }
}

fn references(view: &View, places: &Bits) -> Vec<Reference> {
    let there = view.at(places);
    there.map(|facts| facts.reference.clone()).collect()
}
