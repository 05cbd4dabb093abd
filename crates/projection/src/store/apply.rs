//! Applying messages to a store that answers: one atomic write for each batch.

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::PoisonError;

use domain::reference::Reference;
use domain::text::Slug;
use event_log::{Sequence, failpoint};

use super::entries::{self, Entries};
use super::requests;
use super::take::{Key, Taken, Trails};
use super::times::Times;
use super::{Books, Store, cells, trails};
use crate::as_of::Cut;
use crate::error::StoreError;
use crate::keys;
use crate::message::Message;
use crate::seen::Gate;
use crate::trail::{self, Entry, Folded};

/// Most open actions whose state is kept between batches: some kilobytes each.
const KEPT: usize = 5_000;

/// What the writer keeps between batches: the states of open actions, so that they need not be
/// folded again for each message.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    kept: HashMap<Key, Folded>,
    times: Option<Times>,
}

/// What came of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Applied {
    /// Everything up to this message is applied.
    To(Sequence),
    /// A message is missing; nothing was applied.
    Gap { expected: Sequence, found: Sequence },
}

impl Applied {
    /// Whether messages follow a position without a gap, and up to which one.
    pub(super) fn in_line(position: Sequence, messages: &[Message]) -> Self {
        for (expected, message) in (position + 1..).zip(messages) {
            let found = message.sequence;
            if found != expected {
                return Applied::Gap { expected, found };
            }
        }
        Applied::To(messages.last().map_or(position, |last| last.sequence))
    }
}

struct Touched {
    /// The index entries of the action before the batch.
    old: BTreeSet<Vec<u8>>,
    folded: Folded,
    /// The new entries, from this message on.
    first: Sequence,
    segment: Vec<u8>,
}

/// The states of the actions that a batch touches, brought in when they are touched first.
struct Touching<'a> {
    store: &'a Store,
    books: &'a Books,
    writer: &'a mut Writer,
    touched: BTreeMap<Key, Touched>,
}

impl Touching<'_> {
    fn touch(&mut self, key: Key, first: Sequence) -> Result<&mut Touched, StoreError> {
        let slot = match self.touched.entry(key) {
            Slot::Occupied(slot) => return Ok(slot.into_mut()),
            Slot::Vacant(slot) => slot,
        };
        let (area, reference) = slot.key();
        let folded = match self.writer.kept.remove(slot.key()) {
            Some(folded) => folded,
            None => self.store.folded(area, reference, Cut::NOW)?,
        };
        let parked = super::read::parked_cell(&self.books.parked, area, reference, Cut::NOW);
        let old = match folded.row(parked.as_ref()) {
            Some(row) => entries::indexed(area, &row),
            None => BTreeSet::new(),
        };
        Ok(slot.insert(Touched {
            old,
            folded,
            first,
            segment: Vec::new(),
        }))
    }
}

impl Trails for Touching<'_> {
    fn add(&mut self, area: &Slug, reference: &Reference, entry: &Entry) -> Result<(), StoreError> {
        let touched = self.touch((area.clone(), reference.clone()), entry.sequence)?;
        trail::write(entry, &mut touched.segment)?;
        touched.folded.evolve(entry, entry.on);
        Ok(())
    }

    fn parked(
        &mut self,
        area: &Slug,
        reference: &Reference,
        since: Sequence,
    ) -> Result<(), StoreError> {
        self.touch((area.clone(), reference.clone()), since)
            .map(|_| ())
    }
}

/// Everything one atomic write changes, and what stays in memory of it.
struct Batch {
    taken: Taken,
    removes: Vec<Vec<u8>>,
    gates: Vec<(Key, Option<Gate>)>,
}

impl Store {
    /// Applies messages that follow the checkpoint, in one write, at once or not at all.
    pub(crate) fn apply(&self, messages: &[Message]) -> Result<Applied, StoreError> {
        let mut writer = self.writer();
        let position = self.books().position();
        let applied = Applied::in_line(position, messages);
        let last = match applied {
            Applied::To(last) if last > position => last,
            nothing => return Ok(nothing),
        };
        let mut times = match writer.times.take() {
            Some(times) => times,
            None => Times::resume(self, position)?,
        };
        let (batch, touched) = {
            let books = self.books();
            let mut touching = Touching {
                store: self,
                books: &books,
                writer: &mut writer,
                touched: BTreeMap::new(),
            };
            let mut taken = Taken::default();
            for message in messages {
                let completed = times.add(message.sequence, message.recorded_at);
                taken.puts.extend(completed);
                taken
                    .puts
                    .push(requests::entry(message.id, message.sequence));
                taken.take(&books, &mut touching, message)?;
            }
            taken.puts.push(times.entry());
            let mut touched = touching.touched;
            (close(&books, taken, &mut touched)?, touched)
        };
        self.write(batch, last)?;
        writer.keep(touched);
        writer.times = Some(times);
        Ok(applied)
    }

    fn write(&self, batch: Batch, last: Sequence) -> Result<(), StoreError> {
        let mut books = self.books.write().unwrap_or_else(PoisonError::into_inner);
        let checkpoint = books.checkpoint_at(last)?;
        let mut sled = sled::Batch::default();
        for key in batch.removes {
            sled.remove(key);
        }
        for (key, value) in batch.taken.puts {
            self.views.forget(&key);
            sled.insert(key, value);
        }
        sled.insert(keys::CHECKPOINT, cells::json(&checkpoint)?);
        failpoint::hit("projection-batch");
        self.db.apply_batch(sled)?;
        failpoint::hit("projection-applied");
        let (areas, parked, registers) =
            (batch.taken.areas, batch.taken.parked, batch.taken.registers);
        books.take_in(checkpoint, areas, parked, registers);
        for ((area, reference), gate) in batch.gates {
            let gates = books.gates.entry(area).or_default();
            match gate {
                Some(gate) => gates.insert(reference, gate),
                None => gates.remove(&reference),
            };
        }
        Ok(())
    }
}

/// Turns what was touched into entries to write and to remove.
fn close(
    books: &Books,
    mut taken: Taken,
    touched: &mut BTreeMap<Key, Touched>,
) -> Result<Batch, StoreError> {
    let (mut removes, mut gates) = (Vec::new(), Vec::new());
    for ((area, reference), touched) in touched {
        if !touched.segment.is_empty() {
            let entries = std::mem::take(&mut touched.segment);
            let segment = trails::segment(area, reference, touched.first, &entries);
            taken.puts.push(segment);
        }
        let parked = super::read::parked_cell(&taken.parked, area, reference, Cut::NOW)
            .or_else(|| super::read::parked_cell(&books.parked, area, reference, Cut::NOW));
        let Some(row) = touched.folded.row(parked.as_ref()) else {
            continue;
        };
        let had = books
            .gates
            .get(area)
            .is_some_and(|gates| gates.contains_key(reference));
        let keys = entries::indexed(area, &row);
        let Entries { row, index, gate } = Entries::of(area, row, keys)?;
        for stale in touched.old.iter().filter(|key| !index.contains_key(*key)) {
            removes.push(stale.clone());
        }
        taken.puts.push(row);
        taken.puts.extend(index);
        if gate.is_some() || had {
            let key = keys::of_action(keys::GATE, area, reference);
            match &gate {
                Some(gate) => taken.puts.push((key, cells::json(gate)?)),
                None => removes.push(key),
            }
            gates.push(((area.clone(), reference.clone()), gate));
        }
    }
    Ok(Batch {
        taken,
        removes,
        gates,
    })
}

impl Writer {
    fn keep(&mut self, touched: BTreeMap<Key, Touched>) {
        if self.kept.len() > KEPT {
            self.kept.clear();
        }
        let open = |folded: &Folded| folded.action.as_ref().is_some_and(|a| a.status().is_open());
        let states = touched
            .into_iter()
            .map(|(key, touched)| (key, touched.folded));
        self.kept.extend(states.filter(|(_, folded)| open(folded)));
    }
}
