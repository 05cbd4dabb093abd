//! The actions of an area while a store is built: each is folded as its messages come by.
//!
//! A closed action is settled: its row is made and its state let go. When there are too many states
//! those that were quiet for longest are let go as well. What happens to an action after its state
//! was let go is in its trail, from which the end folds it.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use domain::reference::Reference;
use domain::text::Slug;

use super::runs::{Merge, Piece, Runs};
use super::{cells, parked_cell};
use crate::as_of::Cut;
use crate::error::StoreError;
use crate::keys;
use crate::row::Row;
use crate::status::Parked;
use crate::trail::{self, Entry, Folded};

/// About how many bytes a state takes.
const STATE: usize = 2 * 1024;

/// An action of which some of the log was read.
struct Growing {
    /// The entries of its trail that are not in a run yet.
    segment: Vec<u8>,
    state: State,
}

enum State {
    /// As it is now.
    Held(Box<Folded>),
    /// Its row is in a run.
    Settled,
    /// Only its trail tells.
    InTrail,
}

impl Growing {
    /// Takes an entry of the trail; how many bytes longer it is now.
    fn add(&mut self, entry: &Entry) -> Result<usize, StoreError> {
        let before = self.segment.len();
        trail::write(entry, &mut self.segment)?;
        match &mut self.state {
            State::Held(folded) => folded.evolve(entry, entry.on),
            state => *state = State::InTrail,
        }
        Ok(self.segment.len() - before)
    }
}

/// The actions of an area.
pub(super) struct Actions {
    growing: HashMap<Reference, Growing>,
    runs: Runs,
    /// Most states that are held between two spills.
    most: usize,
    /// Bytes of the segments.
    pub(super) bytes: usize,
}

/// What the end has to write of an action.
pub(super) struct Grown {
    /// Its key in the order of references.
    pub(super) key: Vec<u8>,
    /// The entries of its trail.
    pub(super) trail: Vec<u8>,
    /// Its row; `None` where nothing raises it.
    pub(super) row: Option<Row>,
}

impl Actions {
    /// None yet; what is gathered goes to a file in a folder, and states take as many bytes as are
    /// given.
    pub(super) fn new(folder: &Path, bytes: usize) -> Result<Self, StoreError> {
        Ok(Self {
            growing: HashMap::new(),
            runs: Runs::new(folder)?,
            most: bytes / STATE,
            bytes: 0,
        })
    }

    /// Takes an entry of an action's trail.
    pub(super) fn add(&mut self, reference: &Reference, entry: &Entry) -> Result<(), StoreError> {
        self.bytes += self.touch(reference, |growing| growing.add(entry))?;
        Ok(())
    }

    /// Takes that an action stands still.
    pub(super) fn parked(&mut self, reference: &Reference) {
        self.touch(reference, |growing| growing.state = State::InTrail);
    }

    /// Does something with an action that may be new. A reference is copied for those only.
    fn touch<T>(&mut self, reference: &Reference, with: impl FnOnce(&mut Growing) -> T) -> T {
        if let Some(growing) = self.growing.get_mut(reference) {
            return with(growing);
        }
        let mut new = Growing {
            segment: Vec::new(),
            state: State::Held(Box::default()),
        };
        let done = with(&mut new);
        self.growing.insert(reference.clone(), new);
        done
    }

    /// Writes what is gathered: the new ends of trails, and the rows of what is closed.
    pub(super) fn spill(&mut self) -> Result<(), StoreError> {
        let (mut pieces, mut held) = (Vec::new(), Vec::new());
        for (reference, growing) in &mut self.growing {
            let mut piece = Piece {
                segment: std::mem::take(&mut growing.segment),
                row: Vec::new(),
            };
            if let State::Held(folded) = &growing.state {
                match settled(folded) {
                    Some(row) => {
                        piece.row = cells::row(row)?;
                        growing.state = State::Settled;
                    }
                    None => held.push((folded.position, &mut growing.state)),
                }
            }
            if !piece.segment.is_empty() || !piece.row.is_empty() {
                pieces.push((keys::of_reference(reference), piece));
            }
        }
        if held.len() > self.most {
            let let_go = held.len() - self.most / 2 - 1;
            let (quiet, ..) = held.select_nth_unstable_by_key(let_go, |(at, _)| *at);
            for (_, state) in quiet {
                **state = State::InTrail;
            }
        }
        self.bytes = 0;
        pieces.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        self.runs.write(pieces.into_iter())
    }

    /// Everything that is to be written, in the order of the references.
    pub(super) fn grown(mut self) -> Result<GrownUp, StoreError> {
        self.spill()?;
        Ok(GrownUp {
            growing: self.growing,
            merge: self.runs.merge()?,
        })
    }
}

/// The actions of an area once the log is read.
pub(super) struct GrownUp {
    growing: HashMap<Reference, Growing>,
    merge: Merge,
}

impl GrownUp {
    /// The next action; `None` after the last.
    pub(super) fn next(
        &mut self,
        parked: &BTreeMap<String, Parked>,
        area: &Slug,
    ) -> Result<Option<Grown>, StoreError> {
        let Some((key, piece)) = self.merge.next()? else {
            return Ok(None);
        };
        let damaged = || StoreError::Damaged {
            reason: "a run of trails has a key that is no reference".to_owned(),
        };
        let reference = keys::reference(&key, 0).ok_or_else(damaged)?;
        let cell = parked_cell(parked, area, &reference, Cut::NOW);
        let row = match self.growing.remove(&reference).map(|growing| growing.state) {
            Some(State::Held(folded)) => folded.row(cell.as_ref()),
            Some(State::Settled) => Some(cells::parse_row(&piece.row)?),
            Some(State::InTrail) | None => {
                let mut entries = Vec::new();
                trail::read(&piece.segment, Cut::NOW, &mut entries)?;
                trail::fold(entries, Cut::NOW).row(cell.as_ref())
            }
        };
        Ok(Some(Grown {
            key,
            trail: piece.segment,
            row,
        }))
    }
}

/// The row of an action to which nothing more is likely to happen.
fn settled(folded: &Folded) -> Option<Row> {
    let action = folded.action.as_ref()?;
    (!action.status().is_open())
        .then(|| folded.row(None))
        .flatten()
}
