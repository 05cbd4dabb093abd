//! Building a store from a whole log: what nobody reads yet need not be right in between.
//!
//! While the log is read each action is folded in memory, and its trail is gathered in sorted runs.
//! At the end the runs are merged, and trails, rows and index entries are written once, in the order
//! of their keys. So the work for a message does not grow with the log, and what is held in memory
//! is bounded but for some hundred bytes an action. A crash throws the folder away.

use std::path::PathBuf;
use std::sync::PoisonError;
use std::sync::mpsc;

use domain::reference::Reference;
use domain::text::Slug;
use event_log::{Sequence, failpoint};
use uuid::Uuid;

use super::apply::Applied;
use super::entries::{Entries, Put};
use super::growing::{Actions, Grown, GrownUp};
use super::requests;
use super::take::{Key, Taken, Trails};
use super::times::Times;
use super::trails::Block;
use super::{Checkpoint, Store, cells};
use crate::error::StoreError;
use crate::keys;
use crate::message::Message;
use crate::seen::Gate;
use crate::trail::Entry;

/// Trails and rows handed from the fold to the writer at a time.
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

/// The actions, by area.
struct Spool {
    /// Where what is gathered goes.
    folder: PathBuf,
    /// Most bytes of states.
    states: usize,
    /// Few: a list is searched faster than a map.
    areas: Vec<(Slug, Actions)>,
}

impl Spool {
    fn bytes(&self) -> usize {
        self.areas.iter().map(|(_, actions)| actions.bytes).sum()
    }

    fn actions(&mut self, area: &Slug) -> Result<&mut Actions, StoreError> {
        let at = match self.areas.iter().position(|(here, _)| here == area) {
            Some(at) => at,
            None => {
                let none = Actions::new(&self.folder, self.states)?;
                self.areas.push((area.clone(), none));
                self.areas.len() - 1
            }
        };
        Ok(&mut self.areas[at].1)
    }
}

impl Trails for Spool {
    fn add(&mut self, area: &Slug, reference: &Reference, entry: &Entry) -> Result<(), StoreError> {
        self.actions(area)?.add(reference, entry)
    }

    fn parked(
        &mut self,
        area: &Slug,
        reference: &Reference,
        _: Sequence,
    ) -> Result<(), StoreError> {
        self.actions(area)?.parked(reference);
        Ok(())
    }
}

/// What is folded and is to be written.
#[derive(Default)]
struct Handed {
    puts: Vec<Put>,
    index: Vec<Put>,
    gates: Vec<(Key, Gate)>,
}

impl Building {
    /// Begins on an empty store that is bound to a log.
    pub(crate) fn new(store: Store, gather: usize) -> Result<Self, StoreError> {
        Ok(Self {
            times: Times::resume(&store, 0)?,
            spool: Spool {
                folder: store.path().to_owned(),
                states: gather.saturating_mul(2),
                areas: Vec::new(),
            },
            store,
            gather,
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
        if self.spool.bytes() + self.taken.bytes() > self.gather {
            self.spill()?;
        }
        if self.requests.len() * size_of::<(Uuid, Sequence)>() > self.gather {
            self.write_requests()?;
        }
        Ok(applied)
    }

    /// Writes every action, and the checkpoint that makes it count.
    pub(crate) fn finish(mut self) -> Result<Store, StoreError> {
        self.spill()?;
        self.write_requests()?;
        self.requests = Vec::new();
        let (key, block) = self.times.entry();
        self.store.db.insert(key, block)?;
        for (area, actions) in std::mem::take(&mut self.spool.areas) {
            self.store
                .write_actions(&area, actions.grown()?, self.gather)?;
        }
        let mut books = self.store.books_to_write();
        let checkpoint = Checkpoint {
            rebuilt_to: self.position,
            ..books.checkpoint_at(self.position)?
        };
        let cell = cells::json(&checkpoint)?;
        self.store.db.insert(keys::CHECKPOINT, cell)?;
        books.checkpoint = Some(checkpoint);
        drop(books);
        Ok(self.store)
    }

    /// Writes what is gathered of the trails, and what stands beside them.
    fn spill(&mut self) -> Result<(), StoreError> {
        let Taken {
            registers,
            parked,
            areas,
            puts,
        } = std::mem::take(&mut self.taken);
        for (_, actions) in &mut self.spool.areas {
            actions.spill()?;
        }
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

    /// Writes the actions of an area; what is left to fold is folded beside.
    fn write_actions(
        &self,
        area: &Slug,
        actions: GrownUp,
        gather: usize,
    ) -> Result<(), StoreError> {
        let (hand, handed) = mpsc::sync_channel::<Handed>(WAITING);
        let (written, folded) = std::thread::scope(|scope| {
            let folding = scope.spawn(move || self.hand_over(area, actions, &hand));
            let written = self.write_handed(handed, gather);
            (written, folding.join())
        });
        let folded = folded.map_err(|_| StoreError::Damaged {
            reason: "folding its trails gave up".to_owned(),
        })?;
        written.and(folded)
    }

    fn hand_over(
        &self,
        area: &Slug,
        mut actions: GrownUp,
        hand: &mpsc::SyncSender<Handed>,
    ) -> Result<(), StoreError> {
        let parked = self.books().parked.clone();
        let (mut handed, mut block) = (Handed::default(), Block::new(area));
        while let Some(Grown { key, trail, row }) = actions.next(&parked, area)? {
            handed.puts.extend(block.add(&key, &trail)?);
            if let Some(row) = row {
                let key = (area.clone(), row.reference.clone());
                let open = keys::open(area, &row);
                let Entries { row, index, gate } = Entries::of(area, row, open)?;
                handed.puts.push(row);
                handed.index.extend(index);
                handed.gates.extend(gate.map(|gate| (key, gate)));
            }
            if handed.puts.len() >= HANDED && hand.send(std::mem::take(&mut handed)).is_err() {
                // The writer has ended with an error of its own, which is told.
                return Ok(());
            }
        }
        handed.puts.extend(block.take());
        let _ = hand.send(handed);
        Ok(())
    }

    fn write_handed(
        &self,
        handed: mpsc::Receiver<Handed>,
        gather: usize,
    ) -> Result<(), StoreError> {
        let (mut index, mut bytes) = (Vec::new(), 0);
        for mut some in handed {
            self.insert_in_order(some.puts)?;
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
