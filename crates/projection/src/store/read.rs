//! Reading the store.

use std::collections::{BTreeMap, HashMap};

use domain::aggregate::Address;
use domain::calendar::Quarter;
use domain::reference::Reference;
use domain::register::{self, Register, RegisterEvent};
use domain::returns::{self, Return, ReturnEvent};
use domain::text::Slug;
use event_log::Sequence;

use super::{Books, Store, cells};
use crate::as_of::Cut;
use crate::error::StoreError;
use crate::keys;
use crate::message::Dated;
use crate::row::{ParkedCell, Row};
use crate::status::Parked;
use crate::trail::{self, Folded};

/// Folds dated events by a cut: as recorded, or by the day from which they are true.
pub(crate) fn dated<E>(mut events: Vec<Dated<E>>, cut: Cut) -> Vec<Dated<E>> {
    events.retain(|event| {
        event.sequence <= cut.known && cut.true_on.is_none_or(|date| event.from <= date)
    });
    if cut.true_on.is_some() {
        events.sort_by_key(|event| (event.from, event.sequence));
    }
    events
}

pub(crate) fn fold_register(events: Vec<Dated<RegisterEvent>>, cut: Cut) -> Register {
    let events = dated(events, cut);
    register::fold(events.iter().map(|event| (event.on, &event.event)))
}

pub(crate) fn fold_return(events: Vec<Dated<ReturnEvent>>, cut: Cut) -> Option<Return> {
    let events = dated(events, cut);
    returns::fold(events.iter().map(|event| (event.on, &event.event)))
}

/// Why an action stands still, as far as a cut knows.
pub(crate) fn parked_cell(
    parked: &BTreeMap<String, Parked>,
    area: &Slug,
    reference: &Reference,
    cut: Cut,
) -> Option<ParkedCell> {
    if parked.is_empty() {
        return None;
    }
    let parked = parked.get(&Address::action(area, reference).to_string())?;
    (parked.sequence <= cut.known).then(|| ParkedCell {
        sequence: parked.sequence,
        reason: parked.reason.clone(),
    })
}

impl Store {
    pub(super) fn read_books(&self) -> Result<Books, StoreError> {
        let checkpoint = self.db.get(keys::CHECKPOINT)?;
        let mut books = Books {
            checkpoint: checkpoint.map(|bytes| cells::parse(&bytes)).transpose()?,
            ..Books::default()
        };
        for entry in self.scan(&[keys::AREA]) {
            books.areas.extend(keys::area(&entry?.0));
        }
        for entry in self.scan(&[keys::PARKED]) {
            let parked: Parked = cells::parse(&entry?.1)?;
            books.parked.insert(parked.subject.clone(), parked);
        }
        for entry in self.scan(&[keys::GATE]) {
            let (key, value) = entry?;
            if let (Some(area), Some(reference)) = (keys::area(&key), keys::reference(&key, 0)) {
                let gate = cells::parse(&value)?;
                books.gates.entry(area).or_default().insert(reference, gate);
            }
        }
        let mut registers = HashMap::new();
        for area in &books.areas {
            registers.insert(area.clone(), self.register(area, Cut::NOW)?);
        }
        books.registers = registers;
        Ok(books)
    }

    /// The register of an area, folded.
    pub(crate) fn register(&self, area: &Slug, cut: Cut) -> Result<Register, StoreError> {
        let mut events = Vec::new();
        for entry in self.scan(&keys::of_area(keys::REGISTER, area)) {
            events.extend(cells::parse_lines(&entry?.1)?);
        }
        Ok(fold_register(events, cut))
    }

    /// The stored row of an action.
    pub(crate) fn row(
        &self,
        area: &Slug,
        reference: &Reference,
    ) -> Result<Option<Row>, StoreError> {
        self.db
            .get(keys::of_action(keys::ROW, area, reference))?
            .map(|bytes| cells::parse_row(&bytes))
            .transpose()
    }

    /// An action folded as a cut lets through.
    pub(crate) fn folded(
        &self,
        area: &Slug,
        reference: &Reference,
        cut: Cut,
    ) -> Result<Folded, StoreError> {
        Ok(trail::fold(self.trail(area, reference, cut)?, cut))
    }

    /// The row of an action at a cut, in full.
    pub(crate) fn row_at(
        &self,
        books: &Books,
        area: &Slug,
        reference: &Reference,
        cut: Cut,
    ) -> Result<Option<Row>, StoreError> {
        if cut == Cut::NOW {
            return self.row(area, reference);
        }
        let parked = parked_cell(&books.parked, area, reference, cut);
        Ok(self.folded(area, reference, cut)?.row(parked.as_ref()))
    }

    /// A return, folded.
    pub(crate) fn quarterly_return(
        &self,
        area: &Slug,
        group: &Slug,
        quarter: Quarter,
        cut: Cut,
    ) -> Result<Option<Return>, StoreError> {
        let mut events = Vec::new();
        for entry in self.scan(&keys::of_return(area, group, quarter)) {
            events.extend(cells::parse_lines(&entry?.1)?);
        }
        Ok(fold_return(events, cut))
    }

    /// The actions of an area whose last change came after a position, by position. The index begins where
    /// the last rebuild ended: the position must not be before that.
    pub(crate) fn indexed_after(
        &self,
        area: &Slug,
        position: Sequence,
    ) -> impl Iterator<Item = Result<Reference, StoreError>> + use<> {
        let prefix = keys::of_area(keys::CHANGED, area);
        let mut from = prefix.clone();
        from.extend_from_slice(&position.saturating_add(1).to_be_bytes());
        self.db
            .range(from..)
            .take_while(move |entry| match entry {
                Ok((key, _)) => key.starts_with(&prefix),
                Err(_) => true,
            })
            .filter_map(|entry| match entry {
                Ok((key, _)) => keys::reference(&key, 0).map(Ok),
                Err(error) => Some(Err(error.into())),
            })
    }

    /// The rows of an index of open actions after a key, in due order.
    pub(crate) fn open_after(
        &self,
        prefix: Vec<u8>,
        after: Option<&[u8]>,
    ) -> impl Iterator<Item = Result<Row, StoreError>> + use<> {
        let mut from = prefix.clone();
        from.extend_from_slice(after.unwrap_or_default());
        let bound = match after {
            Some(_) => std::ops::Bound::Excluded(from),
            None => std::ops::Bound::Included(from),
        };
        self.db
            .range((bound, std::ops::Bound::Unbounded))
            .take_while(move |entry| match entry {
                Ok((key, _)) => key.starts_with(&prefix),
                Err(_) => true,
            })
            .map(|entry| cells::parse_row(&entry?.1))
    }
}
