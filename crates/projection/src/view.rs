//! An area as of a point of time, small enough to stay in memory: what lists select and sort by.
//!
//! The first question as of a time folds every trail of the area once, without holding anybody up.
//! After that a question is a pass over facts of some 150 bytes an action, and only the rows of the
//! page are read or folded. Messages that came since are brought in through the index of changes:
//! only the actions they touched are folded again. Open actions are told apart from closed ones by a
//! bit each, so that a question about what is open does not grow with what once was. Texts are not
//! kept: they never change, and a search reads them from the rows of the present; beside the view of
//! the present stands a signature of each, which tells where there is nothing to read. The views
//! used last are kept.

mod bits;
mod rows;
mod sent;
mod signatures;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::NaiveDate;
use domain::action::{Coverage, Kind, Rag, Status};
use domain::calendar::deadline;
use domain::reference::Reference;
use domain::text::Slug;
use event_log::Sequence;

use crate::as_of::Cut;
use crate::error::StoreError;
use crate::filter::Needle;
use crate::keys;
use crate::row::Row;
use crate::status::Parked;
use crate::store::{Books, Store, parked_cell};
use crate::trail;

pub(crate) use bits::Bits;
pub(crate) use sent::Sent;
use signatures::Signatures;

/// What a view keeps of an action.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) reference: Reference,
    pub(crate) position: Sequence,
    pub(crate) kind: Kind,
    pub(crate) status: Status,
    pub(crate) rag: Option<Rag>,
    pub(crate) coverage: Coverage,
    pub(crate) restricted: bool,
    /// Whether these are of a stub: kind, parties and coverage are withheld.
    pub(crate) stub: bool,
    pub(crate) paused: bool,
    pub(crate) raised_on: NaiveDate,
    pub(crate) last_change_on: NaiveDate,
    pub(crate) first_due_on: Option<NaiveDate>,
    pub(crate) due_on: Option<NaiveDate>,
    pub(crate) answered_on: Option<NaiveDate>,
    pub(crate) asked_of: Arc<str>,
    pub(crate) raised_by: Arc<str>,
    pub(crate) delegated_to: Option<Arc<str>>,
    pub(crate) meeting: Option<Arc<str>>,
    pub(crate) topic: Option<Arc<str>>,
    pub(crate) theme: Option<Arc<str>>,
}

/// An area as of a cut.
#[derive(Debug, Default)]
pub(crate) struct View {
    /// Everything up to this message is in it; `None` before it is made.
    position: Option<Sequence>,
    words: HashSet<Arc<str>>,
    /// The place of each action in the facts, given when it is seen first.
    ordinals: HashMap<Reference, u32>,
    facts: Vec<Facts>,
    open: Bits,
    closed: Bits,
    /// Of the present only.
    signatures: Option<Signatures>,
    /// Of the past only: rows of the present need not be folded.
    rows: rows::Rows,
}

type Shared = Arc<RwLock<View>>;

/// The views that are kept, the one used last at the end.
pub(crate) struct Views {
    most: usize,
    kept: Mutex<Vec<((Slug, Cut), Shared)>>,
    sent: sent::Kept,
}

impl Views {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            kept: Mutex::default(),
            sent: sent::Kept::default(),
        }
    }

    /// The view of the present, if anybody asked for it yet.
    fn present(&self, area: &Slug) -> Option<Shared> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept
            .iter()
            .find(|((there, cut), _)| there == area && *cut == Cut::NOW);
        found.map(|(_, view)| Arc::clone(view))
    }

    fn get(&self, area: &Slug, cut: Cut) -> Shared {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (area.clone(), cut);
        let found = kept.iter().position(|(there, _)| *there == key);
        let entry = match found {
            Some(at) => kept.remove(at),
            None => (key, Shared::default()),
        };
        let view = Arc::clone(&entry.1);
        kept.push(entry);
        // The views of the present are used by every question of theirs and do not count.
        let past = kept.iter().filter(|((_, cut), _)| *cut != Cut::NOW).count();
        if past > self.most
            && let Some(oldest) = kept.iter().position(|((_, cut), _)| *cut != Cut::NOW)
        {
            kept.remove(oldest);
        }
        view
    }
}

/// Most messages that are brought in in passing.
const BEHIND: u64 = 8;

impl Store {
    /// Whether what is open in an area is in memory and at most so many, and nobody is about to change it.
    pub(crate) fn has_at_hand(&self, area: &Slug, most: usize) -> bool {
        let Some(view) = self.views.present(area).filter(|_| self.at_rest()) else {
            return false;
        };
        let position = self.books().position();
        view.try_read().is_ok_and(|view| {
            let at = view.position.unwrap_or(0);
            at > 0 && position.saturating_sub(at) <= BEHIND && view.count_open() <= most
        })
    }

    /// Has the view made, in its own time: questions that hold the books need not wait for it.
    pub(crate) fn warm(&self, area: &Slug, cut: Cut) -> Result<(), StoreError> {
        let view = self.views.get(area, cut);
        let made = view
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .position
            .is_some();
        if made {
            return Ok(());
        }
        let mut view = view.write().unwrap_or_else(PoisonError::into_inner);
        if view.position.is_none() {
            let (position, parked) = {
                let books = self.books();
                (books.position(), books.parked.clone())
            };
            let known = Cut {
                known: cut.known.min(position),
                ..cut
            };
            self.fill(&parked, area, known, cut == Cut::NOW, &mut view)?;
            view.position = Some(position.min(cut.known));
        }
        Ok(())
    }

    /// The view, with every message of the books in it.
    pub(crate) fn view<T>(
        &self,
        books: &Books,
        area: &Slug,
        cut: Cut,
        ask: impl FnOnce(&View) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let shared = self.views.get(area, cut);
        let wanted = books.position().min(cut.known);
        let at = |view: &View| view.position;
        let behind = at(&shared.read().unwrap_or_else(PoisonError::into_inner)) != Some(wanted);
        if behind {
            let mut view = shared.write().unwrap_or_else(PoisonError::into_inner);
            match view.position {
                Some(position) if position >= wanted => {}
                Some(position) => self.refresh(books, area, cut, position, &mut view)?,
                None => self.fill(&books.parked, area, cut, cut == Cut::NOW, &mut view)?,
            }
            view.position = Some(view.position.unwrap_or(0).max(wanted));
        }
        let view = shared.read().unwrap_or_else(PoisonError::into_inner);
        ask(&view)
    }

    fn refresh(
        &self,
        books: &Books,
        area: &Slug,
        cut: Cut,
        after: Sequence,
        view: &mut View,
    ) -> Result<(), StoreError> {
        for reference in self.indexed_after(area, after) {
            let reference = reference?;
            match self.row_at(books, area, &reference, cut)? {
                Some(row) => view.put(&row),
                None => view.remove(&reference),
            }
        }
        Ok(())
    }

    fn fill(
        &self,
        parked: &BTreeMap<String, Parked>,
        area: &Slug,
        cut: Cut,
        present: bool,
        view: &mut View,
    ) -> Result<(), StoreError> {
        if present {
            view.signatures.get_or_insert_default();
            for entry in self.scan(&keys::of_area(keys::ROW, area)) {
                view.put(&crate::store::parse_row(&entry?.1)?);
            }
            return Ok(());
        }
        if cut.true_on.is_none() {
            return self.fill_from_present(parked, area, cut, view);
        }
        self.trails(area, |_, trail| {
            let mut entries = Vec::new();
            trail::read(trail, cut, &mut entries)?;
            let folded = trail::fold(entries, cut);
            if let Some(action) = &folded.action {
                let parked = parked_cell(parked, area, action.reference(), cut);
                if let Some(row) = folded.row(parked.as_ref()) {
                    view.put(&row);
                }
            }
            Ok(())
        })
    }

    /// What was known at a position: what no later message touched is as it is now, and only the
    /// rest is folded.
    fn fill_from_present(
        &self,
        parked: &BTreeMap<String, Parked>,
        area: &Slug,
        cut: Cut,
        view: &mut View,
    ) -> Result<(), StoreError> {
        for entry in self.scan(&keys::of_area(keys::ROW, area)) {
            let row = crate::store::parse_row(&entry?.1)?;
            if row.position <= cut.known && row.parked.is_none() {
                view.put(&row);
                continue;
            }
            let cell = parked_cell(parked, area, &row.reference, cut);
            if let Some(row) = self.folded(area, &row.reference, cut)?.row(cell.as_ref()) {
                view.put(&row);
            }
        }
        Ok(())
    }

    /// The actions of an area whose last change came after a position, by the position of that
    /// change: out of the index, or out of the view of the present where the index begins later.
    pub(crate) fn changed_after(
        &self,
        books: &Books,
        area: &Slug,
        position: Sequence,
    ) -> Result<Vec<Reference>, StoreError> {
        if position >= books.rebuilt_to() {
            return self.indexed_after(area, position).collect();
        }
        self.view(books, area, Cut::NOW, |view| {
            Ok(view.changed_after(position))
        })
    }
}

impl View {
    fn word(&mut self, text: &str) -> Arc<str> {
        if let Some(word) = self.words.get(text) {
            return Arc::clone(word);
        }
        let word: Arc<str> = text.into();
        self.words.insert(Arc::clone(&word));
        word
    }

    fn put(&mut self, row: &Row) {
        let facts = Facts {
            reference: row.reference.clone(),
            position: row.position,
            kind: row.kind,
            status: row.status,
            rag: row.rag,
            coverage: row.coverage,
            restricted: row.restriction.is_some(),
            stub: false,
            paused: row.clock_paused_since.is_some(),
            raised_on: row.raised_on,
            last_change_on: row.last_change_on,
            first_due_on: row.first_due_on,
            due_on: row.due_on,
            answered_on: row.answered_on,
            asked_of: self.word(row.asked_of.id.as_str()),
            raised_by: self.word(row.raised_by.id.as_str()),
            delegated_to: row.delegated_to.as_ref().map(|p| self.word(p.id.as_str())),
            meeting: row.meeting.as_ref().map(|m| self.word(m.id.as_str())),
            topic: row.topic.as_ref().map(|t| self.word(t)),
            theme: row.theme.as_ref().map(|t| self.word(t)),
        };
        let ordinal = self.place(facts);
        self.open.put(ordinal, row.status.is_open());
        self.closed.put(ordinal, !row.status.is_open());
        if let Some(signatures) = &mut self.signatures {
            signatures.add(ordinal, row);
        }
    }

    /// Puts facts where those of their action are, or at the end.
    fn place(&mut self, facts: Facts) -> u32 {
        if let Some(ordinal) = self.ordinals.get(&facts.reference) {
            self.facts[*ordinal as usize] = facts;
            self.rows.forget(*ordinal);
            return *ordinal;
        }
        let ordinal = u32::try_from(self.facts.len()).unwrap_or(u32::MAX);
        self.ordinals.insert(facts.reference.clone(), ordinal);
        self.facts.push(facts);
        ordinal
    }

    /// Takes an action out, which keeps its place.
    fn remove(&mut self, reference: &Reference) {
        if let Some(ordinal) = self.ordinals.get(reference) {
            self.open.remove(*ordinal);
            self.closed.remove(*ordinal);
            self.rows.forget(*ordinal);
        }
    }

    /// The row of an action as of the view's time, kept or else folded.
    pub(crate) fn row(
        &self,
        reference: &Reference,
        fold: impl FnOnce() -> Result<Option<Row>, StoreError>,
    ) -> Result<Option<Arc<Row>>, StoreError> {
        let Some(ordinal) = self.ordinal(reference) else {
            return Ok(None);
        };
        if let Some(row) = self.rows.get(ordinal) {
            return Ok(Some(row));
        }
        let row = fold()?.map(Arc::new);
        if let Some(row) = &row {
            self.rows.put(ordinal, Arc::clone(row));
        }
        Ok(row)
    }

    /// The place of an action, whether it is in the view or was once.
    pub(crate) fn ordinal(&self, reference: &Reference) -> Option<u32> {
        self.ordinals.get(reference).copied()
    }

    /// The actions whose last change came after a position, by position.
    fn changed_after(&self, position: Sequence) -> Vec<Reference> {
        let later = self
            .facts(None, None)
            .filter(|facts| facts.position > position);
        let mut changed: Vec<_> = later
            .map(|facts| (facts.position, &facts.reference))
            .collect();
        changed.sort_unstable();
        changed
            .into_iter()
            .map(|(_, reference)| reference.clone())
            .collect()
    }

    /// An open action.
    pub(crate) fn open(&self, reference: &Reference) -> Option<&Facts> {
        let ordinal = self.ordinal(reference)?;
        let open = self.open.has(ordinal);
        self.facts.get(ordinal as usize).filter(|_| open)
    }

    /// How many are open.
    pub(crate) fn count_open(&self) -> usize {
        self.open.count()
    }

    /// The facts of open actions, of closed ones, or of both, and where it is given only of a set.
    pub(crate) fn facts<'a>(
        &'a self,
        open: Option<bool>,
        among: Option<&'a Bits>,
    ) -> impl Iterator<Item = &'a Facts> {
        let word = move |at| {
            let wanted = match open {
                Some(true) => self.open.word(at),
                Some(false) => self.closed.word(at),
                None => self.open.word(at) | self.closed.word(at),
            };
            wanted & among.map_or(u64::MAX, |among| among.word(at))
        };
        (0..self.facts.len().div_ceil(64))
            .flat_map(move |at| bits::ones(at, word(at)))
            .filter_map(|ordinal| self.facts.get(ordinal as usize))
    }

    /// The facts at the places of a set.
    pub(crate) fn at<'a>(&'a self, places: &'a Bits) -> impl Iterator<Item = &'a Facts> {
        self.facts(None, Some(places))
    }

    /// The actions that may say something; `None` where that cannot be told without reading.
    pub(crate) fn may_say(&self, needle: &Needle) -> Option<Bits> {
        self.signatures.as_ref()?.may_say(needle)
    }
}

impl Facts {
    /// The same rule as [`Row::overdue`].
    pub(crate) fn overdue(&self, as_at: NaiveDate) -> bool {
        crate::row::owed(self.status)
            && !self.paused
            && self.due_on.is_some_and(|due| deadline::overdue(due, as_at))
    }

    /// What is left of the facts of a restricted action: those of its stub, see [`Row::stub`].
    pub(crate) fn stub(&self) -> Self {
        Self {
            restricted: true,
            stub: true,
            rag: None,
            delegated_to: None,
            topic: None,
            theme: None,
            ..self.clone()
        }
    }
}

/// The restricted actions that a reader may not read.
pub(crate) fn hidden(
    books: &Books,
    area: &Slug,
    reader: &domain::policy::Principal,
) -> HashSet<Reference> {
    let none = HashMap::new();
    let gates = books.gates.get(area).unwrap_or(&none);
    gates
        .iter()
        .filter(|(_, gate)| !gate.opens_to(reader, area.as_str()))
        .map(|(reference, _)| reference.clone())
        .collect()
}
