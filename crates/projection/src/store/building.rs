//! Building a store from a whole log: what nobody reads yet need not be right in between.
//!
//! While the log is read only the trails are written, many messages at a time and in the order of
//! their keys. At the end each action is folded once, from its trail, and its row and index entries
//! are written once. So the work for a message does not grow with the log, nothing is written that
//! a later message would write again, and what is held in memory is bounded. A crash throws the
//! folder away.

use std::collections::HashMap;
use std::sync::PoisonError;
use std::sync::mpsc;

use domain::text::Slug;
use event_log::{Sequence, failpoint};
use uuid::Uuid;

use super::apply::Applied;
use super::entries::{Entries, Put};
use super::requests;
use super::take::{Key, Taken, Trails};
use super::times::Times;
use super::{Store, cells};
use crate::as_of::Cut;
use crate::error::StoreError;
use crate::keys;
use crate::message::Message;
use crate::seen::Gate;
use crate::trail::{self, Entry};

/// Rows handed from the fold to the writer at a time.
const HANDED: usize = 256;
/// How many of these may wait.
const WAITING: usize = 4;

/// A store that is being built.
pub(crate) struct Building {
    store: Store,
    /// Most bytes in each heap that is gathered.
    gather: usize,
    spool: Spool,
    taken: Taken,
    requests: Vec<(Uuid, Sequence)>,
    /// How many times they were written.
    run: u32,
    times: Times,
    position: Sequence,
}

/// The new ends of trails: since which message, and the entries.
#[derive(Default)]
struct Spool {
    segments: HashMap<Key, (Sequence, Vec<u8>)>,
    bytes: usize,
}

impl Trails for Spool {
    fn add(&mut self, key: Key, entry: &Entry) -> Result<(), StoreError> {
        let first = || (entry.sequence, Vec::new());
        let (_, segment) = self.segments.entry(key).or_insert_with(first);
        let before = segment.len();
        trail::write(entry, segment)?;
        self.bytes += segment.len() - before;
        Ok(())
    }

    /// The end folds every trail with what is parked.
    fn parked(&mut self, _: Key, _: Sequence) -> Result<(), StoreError> {
        Ok(())
    }
}

/// What is folded and is to be written.
#[derive(Default)]
struct Handed {
    rows: Vec<Put>,
    index: Vec<Put>,
    gates: Vec<(Key, Gate)>,
}

impl Building {
    /// Begins on an empty store that is bound to a log.
    pub(crate) fn new(store: Store, gather: usize) -> Result<Self, StoreError> {
        Ok(Self {
            times: Times::resume(&store, 0)?,
            store,
            gather,
            spool: Spool::default(),
            taken: Taken::default(),
            requests: Vec::new(),
            run: 0,
            position: 0,
        })
    }

    /// Takes in the messages that follow.
    pub(crate) fn add(&mut self, messages: &[Message]) -> Result<Applied, StoreError> {
        let applied = Applied::in_line(self.position, messages);
        let Applied::To(last) = applied else {
            return Ok(applied);
        };
        for message in messages {
            let completed = self.times.add(message.sequence, message.recorded_at);
            self.taken.puts.extend(completed);
            self.requests.push((message.id, message.sequence));
            self.taken
                .take(&self.store.books(), &mut self.spool, message)?;
        }
        self.position = last;
        if self.spool.bytes + self.taken.bytes() > self.gather {
            self.spill()?;
        }
        if self.requests.len() * size_of::<(Uuid, Sequence)>() > self.gather {
            self.write_requests()?;
        }
        Ok(applied)
    }

    /// Folds every action and writes what is asked for.
    pub(crate) fn finish(mut self) -> Result<Store, StoreError> {
        self.spill()?;
        self.write_requests()?;
        self.requests = Vec::new();
        let (key, block) = self.times.entry();
        self.store.db.insert(key, block)?;
        let areas: Vec<Slug> = self.store.books().areas.iter().cloned().collect();
        for area in &areas {
            self.store.write_rows(area, self.gather)?;
        }
        let mut books = self.store.books_to_write();
        let checkpoint = books.checkpoint_at(self.position)?;
        let cell = cells::json(&checkpoint)?;
        self.store.db.insert(keys::CHECKPOINT, cell)?;
        books.checkpoint = Some(checkpoint);
        drop(books);
        Ok(self.store)
    }

    /// Writes what is gathered of the trails, and what stands beside them.
    fn spill(&mut self) -> Result<(), StoreError> {
        let Spool { segments, .. } = std::mem::take(&mut self.spool);
        let Taken {
            registers,
            parked,
            areas,
            mut puts,
        } = std::mem::take(&mut self.taken);
        puts.extend(
            segments
                .into_iter()
                .map(|((area, reference), (first, segment))| {
                    (keys::segment(&area, &reference, first), segment)
                }),
        );
        self.store.insert_in_order(puts)?;
        let mut books = self.store.books_to_write();
        let checkpoint = books.checkpoint_at(self.position)?;
        books.take_in(checkpoint, areas, parked, registers);
        failpoint::hit("projection-batch");
        Ok(())
    }

    fn write_requests(&mut self) -> Result<(), StoreError> {
        self.requests.sort_unstable();
        for (key, block) in requests::blocks(self.run, &self.requests) {
            self.store.db.insert(key, block)?;
        }
        self.requests.clear();
        self.run += 1;
        Ok(())
    }
}

impl Store {
    fn books_to_write(&self) -> std::sync::RwLockWriteGuard<'_, super::Books> {
        self.books.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Neighbouring keys fall into one page of the tree, so order saves most of the work.
    fn insert_in_order(&self, mut puts: Vec<Put>) -> Result<(), StoreError> {
        // Stable: of two blocks of times under one key the later one counts.
        puts.sort_by(|a, b| a.0.cmp(&b.0));
        for (key, value) in puts {
            self.db.insert(key, value)?;
        }
        Ok(())
    }

    /// Folds the actions of an area and writes their rows beside the fold.
    fn write_rows(&self, area: &Slug, gather: usize) -> Result<(), StoreError> {
        let (hand, handed) = mpsc::sync_channel::<Handed>(WAITING);
        let (written, folded) = std::thread::scope(|scope| {
            let folding = scope.spawn(move || self.fold_rows(area, &hand));
            let written = self.write_handed(handed, gather);
            (written, folding.join())
        });
        let folded = folded.map_err(|_| StoreError::Damaged {
            reason: "folding its trails gave up".to_owned(),
        })?;
        written.and(folded)
    }

    /// Every trail comes in the order of the references, which is that of the rows' keys.
    fn fold_rows(&self, area: &Slug, hand: &mpsc::SyncSender<Handed>) -> Result<(), StoreError> {
        let parked = self.books().parked.clone();
        let mut handed = Handed::default();
        let mut failed = None;
        self.each_trail(area, Cut::NOW, |entries| {
            let folded = trail::fold(entries, Cut::NOW);
            let Some(action) = folded.action.as_ref().filter(|_| failed.is_none()) else {
                return;
            };
            let reference = action.reference().clone();
            let cell = super::parked_cell(&parked, area, &reference, Cut::NOW);
            let Some(row) = folded.row(cell.as_ref()) else {
                return;
            };
            match Entries::of(area, &row) {
                Ok(Entries { row, index, gate }) => {
                    handed.rows.push(row);
                    handed.index.extend(index);
                    let key = (area.clone(), reference);
                    handed.gates.extend(gate.map(|gate| (key, gate)));
                }
                Err(error) => failed = Some(error),
            }
            if handed.rows.len() >= HANDED {
                // The writer has ended with an error of its own, which is told.
                let _ = hand.send(std::mem::take(&mut handed));
            }
        })?;
        let _ = hand.send(handed);
        failed.map_or(Ok(()), Err)
    }

    fn write_handed(
        &self,
        handed: mpsc::Receiver<Handed>,
        gather: usize,
    ) -> Result<(), StoreError> {
        let (mut index, mut bytes) = (Vec::new(), 0);
        for mut some in handed {
            self.insert_in_order(some.rows)?;
            bytes += some
                .index
                .iter()
                .map(|(k, v)| k.len() + v.len())
                .sum::<usize>();
            index.append(&mut some.index);
            if bytes > gather {
                self.insert_in_order(std::mem::take(&mut index))?;
                bytes = 0;
            }
            for ((area, reference), gate) in some.gates {
                let key = keys::of_action(keys::GATE, &area, &reference);
                self.db.insert(key, cells::json(&gate)?)?;
                let mut books = self.books_to_write();
                books.gates.entry(area).or_default().insert(reference, gate);
            }
        }
        self.insert_in_order(index)
    }
}
