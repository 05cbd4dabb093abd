//! Sorted runs in one file without a name, and their merge: how trails that come in the order of
//! the log leave in the order of their actions, however many there are (external merge sort).
//!
//! Writing each new end of a trail into the tree would have it rewrite its pages again and again;
//! this way every page is written once. The file goes when it is closed, however the process ends.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::error::StoreError;

/// Bytes that a merge reads of a run at a time.
const CHUNK: usize = 64 * 1024;
/// Bytes before a key: its length, the segment's, the row's.
const HEAD: usize = 4 + 4 + 4;

/// What a run has of an action.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Entries of its trail.
    pub(super) segment: Vec<u8>,
    /// Its row as it is stored; empty when it is not known yet.
    pub(super) row: Vec<u8>,
}

impl Piece {
    /// Takes in what a later run has of the same action.
    fn extend(&mut self, later: Piece) {
        self.segment.extend_from_slice(&later.segment);
        if !later.row.is_empty() {
            self.row = later.row;
        }
    }
}

/// Runs that are written.
pub(super) struct Runs {
    file: File,
    ends: Vec<u64>,
}

impl Runs {
    /// None yet, in a file in a folder.
    pub(super) fn new(folder: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            file: tempfile::tempfile_in(folder)?,
            ends: Vec::new(),
        })
    }

    /// Writes a run, whose pieces are in the order of their keys.
    pub(super) fn write(
        &mut self,
        pieces: impl Iterator<Item = (Vec<u8>, Piece)>,
    ) -> Result<(), StoreError> {
        let (mut end, mut bytes) = (self.ends.last().copied().unwrap_or(0), Vec::new());
        for (key, piece) in pieces {
            for length in [key.len(), piece.segment.len(), piece.row.len()] {
                let length = u32::try_from(length).map_err(|_| broken("is too long"))?;
                bytes.extend_from_slice(&length.to_le_bytes());
            }
            for part in [&key, &piece.segment, &piece.row] {
                bytes.extend_from_slice(part);
            }
            if bytes.len() >= CHUNK {
                self.file.write_all(&bytes)?;
                end += bytes.len() as u64;
                bytes.clear();
            }
        }
        self.file.write_all(&bytes)?;
        self.ends.push(end + bytes.len() as u64);
        Ok(())
    }

    /// Everything in the order of the keys, each key once.
    pub(super) fn merge(self) -> Result<Merge, StoreError> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        let runs = begins.zip(&self.ends).map(|(at, end)| Run {
            at,
            end: *end,
            bytes: Vec::new(),
            used: 0,
        });
        let mut merge = Merge {
            file: self.file,
            runs: runs.collect(),
            next: BinaryHeap::new(),
        };
        for run in 0..merge.runs.len() {
            merge.advance(run)?;
        }
        Ok(merge)
    }
}

/// A run that is being read.
struct Run {
    /// Where the file is to be read next.
    at: u64,
    end: u64,
    bytes: Vec<u8>,
    used: usize,
}

impl Run {
    /// The next bytes; `None` at the end.
    fn take(&mut self, file: &mut File, count: usize) -> Result<Option<&[u8]>, StoreError> {
        if self.bytes.len() - self.used < count {
            self.bytes.drain(..self.used);
            self.used = 0;
            let left = self.end - self.at;
            let more = (count.max(CHUNK) as u64).min(left);
            file.seek(SeekFrom::Start(self.at))?;
            file.take(more).read_to_end(&mut self.bytes)?;
            self.at += more;
        }
        let from = self.used;
        if self.bytes.len() == from && count > 0 {
            return Ok(None);
        }
        self.used += count;
        let taken = self.bytes.get(from..self.used);
        taken.map(Some).ok_or_else(|| broken("ends too soon"))
    }

    fn piece(&mut self, file: &mut File) -> Result<Option<(Vec<u8>, Piece)>, StoreError> {
        let Some(head) = self.take(file, HEAD)? else {
            return Ok(None);
        };
        let mut numbers = [0; 3];
        for (number, bytes) in numbers.iter_mut().zip(head.chunks_exact(4)) {
            let mut length = [0; 4];
            length.copy_from_slice(bytes);
            *number = u32::from_le_bytes(length) as usize;
        }
        let mut part = |count| match self.take(file, count)? {
            Some(bytes) => Ok(bytes.to_vec()),
            None => Err(broken("ends too soon")),
        };
        let [key, segment, row] = numbers;
        let key = part(key)?;
        let piece = Piece {
            segment: part(segment)?,
            row: part(row)?,
        };
        Ok(Some((key, piece)))
    }
}

/// The pieces of all runs, in order.
pub(super) struct Merge {
    file: File,
    runs: Vec<Run>,
    /// The next key of each run, with the run, and its piece.
    next: BinaryHeap<Reverse<Next>>,
}

struct Next {
    key: Vec<u8>,
    run: usize,
    piece: Piece,
}

impl PartialEq for Next {
    fn eq(&self, other: &Self) -> bool {
        (&self.key, self.run) == (&other.key, other.run)
    }
}

impl Eq for Next {}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (&self.key, self.run).cmp(&(&other.key, other.run))
    }
}

impl Merge {
    fn advance(&mut self, run: usize) -> Result<(), StoreError> {
        if let Some((key, piece)) = self.runs[run].piece(&mut self.file)? {
            self.next.push(Reverse(Next { key, run, piece }));
        }
        Ok(())
    }

    /// The next key with everything that the runs have of it, earlier runs first.
    pub(super) fn next(&mut self) -> Result<Option<(Vec<u8>, Piece)>, StoreError> {
        let Some(Reverse(Next {
            key,
            run,
            mut piece,
        })) = self.next.pop()
        else {
            return Ok(None);
        };
        self.advance(run)?;
        while self
            .next
            .peek()
            .is_some_and(|Reverse(next)| next.key == key)
        {
            let Some(Reverse(later)) = self.next.pop() else {
                break;
            };
            piece.extend(later.piece);
            self.advance(later.run)?;
        }
        Ok(Some((key, piece)))
    }
}

fn broken(how: &str) -> StoreError {
    StoreError::Damaged {
        reason: format!("a run of trails {how}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However trails are cut into runs, the merge is what one map would hold.
        #[test]
        fn runs_merge_into_what_was_written(
            runs in prop::collection::vec(
                prop::collection::btree_map(
                    prop::collection::vec(any::<u8>(), 1..4),
                    (prop::collection::vec(any::<u8>(), 0..40_000), any::<bool>()),
                    0..6,
                ),
                0..6,
            ),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut written = Runs::new(folder.path()).unwrap();
            let mut expected: BTreeMap<Vec<u8>, Piece> = BTreeMap::new();
            for run in runs {
                let pieces: Vec<_> = run.into_iter().map(|(key, (segment, row))| {
                    let row = if row { segment.clone() } else { Vec::new() };
                    (key, Piece { segment, row })
                }).collect();
                for (key, piece) in &pieces {
                    expected.entry(key.clone()).or_default().extend(piece.clone());
                }
                written.write(pieces.into_iter()).unwrap();
            }
            let mut merge = written.merge().unwrap();
            let mut found = BTreeMap::new();
            let mut last = None;
            while let Some((key, piece)) = merge.next().unwrap() {
                prop_assert!(last.as_ref().is_none_or(|last| *last < key));
                last = Some(key.clone());
                found.insert(key, piece);
            }
            prop_assert_eq!(found, expected);
        }
    }
}
