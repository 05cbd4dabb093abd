//! Applying messages: fold in memory, then one write of the end states.

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::PoisonError;

use domain::aggregate::{Address, Aggregate};
use domain::reference::Reference;
use domain::register::{self, Register};
use domain::text::Slug;
use event_log::{Sequence, failpoint};

use super::times::Times;
use super::{Books, Checkpoint, Store, VERSION, cells};
use crate::as_of::Cut;
use crate::error::StoreError;
use crate::keys;
use crate::message::{Dated, Message, Said};
use crate::row::ParkedCell;
use crate::seen::Gate;
use crate::status::Parked;
use crate::trail::{self, Entry, Folded};

/// Most open actions whose state is kept between batches.
const KEPT: usize = 20_000;

type Key = (Slug, Reference);

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

/// How a batch is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Write {
    /// At once or not at all.
    Atomic,
    /// Entry by entry, into a folder that nobody reads and that a crash throws away.
    Building,
}

struct Touched {
    /// The index entries of the action before the batch.
    old: BTreeSet<Vec<u8>>,
    folded: Folded,
    /// The new entries, from this message on.
    first: Sequence,
    segment: Vec<u8>,
}

#[derive(Default)]
struct Batch {
    touched: BTreeMap<Key, Touched>,
    registers: HashMap<Slug, Register>,
    parked: BTreeMap<String, Parked>,
    areas: BTreeSet<Slug>,
    puts: Vec<(Vec<u8>, Vec<u8>)>,
    removes: Vec<Vec<u8>>,
    gates: Vec<(Key, Option<Gate>)>,
}

impl Store {
    /// Applies messages that follow the checkpoint, in one write.
    pub(crate) fn apply(&self, messages: &[Message], write: Write) -> Result<Applied, StoreError> {
        let mut writer = self.writer();
        let position = self.books().position();
        let Some(last) = messages.last().map(|message| message.sequence) else {
            return Ok(Applied::To(position));
        };
        for (expected, message) in (position + 1..).zip(messages) {
            if message.sequence != expected {
                let found = message.sequence;
                return Ok(Applied::Gap { expected, found });
            }
        }
        let mut times = match writer.times.take() {
            Some(times) => times,
            None => Times::resume(self, position)?,
        };
        let mut batch = Batch::default();
        for message in messages {
            batch
                .puts
                .extend(times.add(message.sequence, message.recorded_at));
            self.take(&mut batch, &mut writer, message)?;
        }
        batch.puts.push(times.entry());
        self.close(&mut batch)?;
        self.write(&mut batch, last, write)?;
        writer.keep(batch.touched);
        writer.times = Some(times);
        Ok(Applied::To(last))
    }

    fn take(
        &self,
        batch: &mut Batch,
        writer: &mut Writer,
        message: &Message,
    ) -> Result<(), StoreError> {
        let mut request = vec![keys::REQUEST];
        request.extend_from_slice(message.id.as_bytes());
        let sequence = message.sequence.to_be_bytes().to_vec();
        batch.puts.push((request, sequence));
        let books = self.books();
        if let Some(Address { area, .. }) = &message.address
            && !books.areas.contains(area)
            && batch.areas.insert(area.clone())
        {
            batch
                .puts
                .push((keys::of_area(keys::AREA, area), Vec::new()));
        }
        if books.parked.contains_key(&message.subject)
            || batch.parked.contains_key(&message.subject)
        {
            return Ok(());
        }
        match (&message.address, &message.said) {
            (Some(address), Ok(said)) => {
                self.take_said(batch, &books, writer, address, message, said)
            }
            (address, said) => {
                let reason = match said {
                    Err(reason) => reason.clone(),
                    Ok(_) => "its subject is not one of this program".to_owned(),
                };
                self.park(batch, &books, writer, address.as_ref(), message, reason)
            }
        }
    }

    fn take_said(
        &self,
        batch: &mut Batch,
        books: &Books,
        writer: &mut Writer,
        address: &Address,
        message: &Message,
        said: &Said,
    ) -> Result<(), StoreError> {
        let area = &address.area;
        match said {
            Said::Action(reference, entries) => {
                for entry in entries {
                    let key = (area.clone(), reference.clone());
                    self.touch(batch, books, writer, key, entry.sequence)?
                        .add(entry)?;
                }
            }
            Said::Register(events) => {
                let register = batch
                    .registers
                    .entry(area.clone())
                    .or_insert_with(|| books.registers.get(area).cloned().unwrap_or_default());
                for Dated { on, event, .. } in events {
                    register::evolve(register, *on, event);
                }
                let key = keys::register(area, message.sequence);
                batch.puts.push((key, cells::lines(events)?));
            }
            Said::Return(group, quarter, events, updates) => {
                let key = keys::return_segment(area, group, *quarter, message.sequence);
                batch.puts.push((key, cells::lines(events)?));
                for (reference, entry) in updates {
                    let key = (area.clone(), reference.clone());
                    self.touch(batch, books, writer, key, entry.sequence)?
                        .add(entry)?;
                }
            }
        }
        Ok(())
    }

    fn park(
        &self,
        batch: &mut Batch,
        books: &Books,
        writer: &mut Writer,
        address: Option<&Address>,
        message: &Message,
        reason: String,
    ) -> Result<(), StoreError> {
        let (subject, sequence) = (message.subject.clone(), message.sequence);
        tracing::error!(
            subject,
            sequence,
            reason,
            "parked: a message cannot be read"
        );
        if let Some(Address {
            area,
            aggregate: Aggregate::Action(reference),
        }) = address
        {
            let key = (area.clone(), reference.clone());
            self.touch(batch, books, writer, key, sequence)?;
        }
        let parked = Parked {
            subject: subject.clone(),
            sequence,
            reason,
        };
        let mut key = vec![keys::PARKED];
        key.extend_from_slice(subject.as_bytes());
        batch.puts.push((key, cells::json(&parked)?));
        batch.parked.insert(subject, parked);
        Ok(())
    }

    /// The state of an action in the batch, brought in when it is touched first.
    fn touch<'b>(
        &self,
        batch: &'b mut Batch,
        books: &Books,
        writer: &mut Writer,
        key: Key,
        first: Sequence,
    ) -> Result<&'b mut Touched, StoreError> {
        let slot = match batch.touched.entry(key) {
            Slot::Occupied(slot) => return Ok(slot.into_mut()),
            Slot::Vacant(slot) => slot,
        };
        let (area, reference) = slot.key();
        let folded = match writer.kept.remove(slot.key()) {
            Some(folded) => folded,
            None => self.folded(area, reference, Cut::NOW)?,
        };
        let parked = super::read::parked_cell(&books.parked, area, reference, Cut::NOW);
        let old = match folded.row(parked.as_ref()) {
            Some(row) => indexed(area, &row),
            None => BTreeSet::new(),
        };
        Ok(slot.insert(Touched {
            old,
            folded,
            first,
            segment: Vec::new(),
        }))
    }

    /// Turns what was touched into entries to write and to remove.
    fn close(&self, batch: &mut Batch) -> Result<(), StoreError> {
        let books = self.books();
        for ((area, reference), touched) in &mut batch.touched {
            if !touched.segment.is_empty() {
                let key = keys::segment(area, reference, touched.first);
                batch.puts.push((key, std::mem::take(&mut touched.segment)));
            }
            let parked: Option<ParkedCell> =
                super::read::parked_cell(&batch.parked, area, reference, Cut::NOW)
                    .or_else(|| super::read::parked_cell(&books.parked, area, reference, Cut::NOW));
            let Some(row) = touched.folded.row(parked.as_ref()) else {
                continue;
            };
            let bytes = cells::row(&row)?;
            let new = indexed(area, &row);
            batch.removes.extend(touched.old.difference(&new).cloned());
            for key in new {
                let covering = key.first() == Some(&keys::OPEN);
                let value = if covering { bytes.clone() } else { Vec::new() };
                batch.puts.push((key, value));
            }
            batch
                .puts
                .push((keys::of_action(keys::ROW, area, reference), bytes));
            let gate = Gate::of(&row);
            let had = books
                .gates
                .get(area)
                .is_some_and(|gates| gates.contains_key(reference));
            if gate.is_some() || had {
                let key = keys::of_action(keys::GATE, area, reference);
                match &gate {
                    Some(gate) => batch.puts.push((key, cells::json(gate)?)),
                    None => batch.removes.push(key),
                }
                batch.gates.push(((area.clone(), reference.clone()), gate));
            }
        }
        Ok(())
    }

    fn write(&self, batch: &mut Batch, last: Sequence, write: Write) -> Result<(), StoreError> {
        let mut books = self.books.write().unwrap_or_else(PoisonError::into_inner);
        let Some(was) = &books.checkpoint else {
            return Err(StoreError::Damaged {
                reason: "it is bound to no log".to_owned(),
            });
        };
        let checkpoint = Checkpoint {
            version: VERSION,
            incarnation: was.incarnation.clone(),
            sequence: last,
        };
        batch
            .puts
            .push((keys::CHECKPOINT.to_vec(), cells::json(&checkpoint)?));
        let (puts, removes) = (
            std::mem::take(&mut batch.puts),
            std::mem::take(&mut batch.removes),
        );
        match write {
            Write::Atomic => {
                let mut sled = sled::Batch::default();
                removes.into_iter().for_each(|key| sled.remove(key));
                puts.into_iter()
                    .for_each(|(key, value)| sled.insert(key, value));
                failpoint::hit("projection-batch");
                self.db.apply_batch(sled)?;
                failpoint::hit("projection-applied");
            }
            Write::Building => self.write_in_order(puts, removes)?,
        }
        books.checkpoint = Some(checkpoint);
        books.areas.append(&mut batch.areas);
        books.parked.append(&mut batch.parked);
        books.registers.extend(batch.registers.drain());
        for ((area, reference), gate) in batch.gates.drain(..) {
            let gates = books.gates.entry(area).or_default();
            match gate {
                Some(gate) => gates.insert(reference, gate),
                None => gates.remove(&reference),
            };
        }
        Ok(())
    }

    /// Neighbouring keys fall into one page of the tree, so order saves most of the work.
    fn write_in_order(
        &self,
        mut puts: Vec<(Vec<u8>, Vec<u8>)>,
        mut removes: Vec<Vec<u8>>,
    ) -> Result<(), StoreError> {
        removes.sort_unstable();
        for key in removes {
            self.db.remove(key)?;
        }
        // Stable: of two blocks of times under one key the later one counts.
        puts.sort_by(|a, b| a.0.cmp(&b.0));
        for (key, value) in puts {
            self.db.insert(key, value)?;
        }
        failpoint::hit("projection-batch");
        Ok(())
    }
}

impl Touched {
    fn add(&mut self, entry: &Entry) -> Result<(), StoreError> {
        trail::write(entry, &mut self.segment)?;
        self.folded.evolve(entry, entry.on);
        Ok(())
    }
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

/// The index entries of an action.
fn indexed(area: &Slug, row: &crate::row::Row) -> BTreeSet<Vec<u8>> {
    let mut keys: BTreeSet<Vec<u8>> = keys::open(area, row).into_iter().collect();
    keys.insert(keys::changed(area, row.position, &row.reference));
    keys
}
