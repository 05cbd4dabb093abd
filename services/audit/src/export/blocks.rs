//! The lines of an export in blocks, each with a sum of its own, so that what was done to an export
//! is found near where it was done.

use event_log::Sequence;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::check::Finding;

/// Lines of a block; the last block may have fewer.
pub const BLOCK: u64 = 1_000;

/// A run of lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// The position of its first line.
    pub first_position: Sequence,
    /// The position of its last line.
    pub last_position: Sequence,
    /// How many lines.
    pub count: u64,
    /// SHA-256 of its lines, each with its line end, in hexadecimal.
    pub sha256: String,
}

/// Sums lines as they pass.
#[derive(Debug, Clone, Default)]
pub(super) struct Summing {
    whole: Vec<Block>,
    hash: Sha256,
    first: Sequence,
    last: Sequence,
    count: u64,
}

impl Summing {
    pub(super) fn line(&mut self, line: &str, position: Sequence) {
        self.hash.update(line.as_bytes());
        self.hash.update(b"\n");
        if self.count == 0 {
            self.first = position;
        }
        self.last = position;
        self.count += 1;
        if self.count == BLOCK {
            self.end();
        }
    }

    fn end(&mut self) {
        let hash = std::mem::take(&mut self.hash).finalize();
        self.whole.push(Block {
            first_position: self.first,
            last_position: self.last,
            count: self.count,
            sha256: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        });
        self.count = 0;
    }

    /// The blocks that have all their lines.
    pub(super) fn whole(&self) -> &[Block] {
        &self.whole
    }

    /// All blocks, the last one as long as it is.
    pub(super) fn blocks(mut self) -> Vec<Block> {
        if self.count > 0 {
            self.end();
        }
        self.whole
    }
}

impl Block {
    /// Where its line of a number, counted from 0, must stand; unknown where positions are left out.
    fn position_of(&self, line: u64) -> Option<Sequence> {
        let spanned = self.last_position.checked_sub(self.first_position)?;
        let none_left_out = self.count > 0 && spanned == self.count - 1;
        (none_left_out && line < self.count).then(|| self.first_position.saturating_add(line))
    }

    /// How the lines that stand here, the first of them counted from 1, are not this block.
    fn unlike(&self, here: &Self, first: u64) -> String {
        let lines = format!(
            "lines {first} to {} (positions {} to {})",
            first.saturating_add(self.count).saturating_sub(1),
            self.first_position,
            self.last_position,
        );
        match self.count.saturating_sub(here.count) {
            0 => format!("{lines} are not as they were exported"),
            1 => format!("one of {lines} is missing"),
            missing => format!("{missing} of {lines} are missing"),
        }
    }
}

/// Where the line of a number, counted from 0, must stand, as far as the blocks tell.
pub(crate) fn position_of(blocks: &[Block], line: u64) -> Option<Sequence> {
    let at = usize::try_from(line / BLOCK).ok()?;
    blocks.get(at)?.position_of(line % BLOCK)
}

/// The first block that is not as it was exported, and the last position that it may be about.
pub(crate) fn first_wrong(exported: &[Block], found: &[Block]) -> Option<(Finding, Sequence)> {
    let mut lines = 0_u64;
    for at in 0..exported.len().max(found.len()) {
        let first = lines.saturating_add(1);
        let (position, last, sentence) = match (exported.get(at), found.get(at)) {
            (Some(there), Some(here)) if there == here => {
                lines = lines.saturating_add(there.count);
                continue;
            }
            (Some(there), Some(here)) => (
                there.first_position,
                there.last_position,
                there.unlike(here, first),
            ),
            (Some(there), None) => (
                there.first_position,
                Sequence::MAX,
                format!("the lines end after line {lines}; more were exported"),
            ),
            (None, here) => (
                here.map_or(0, |here| here.first_position),
                Sequence::MAX,
                format!("line {first} and what follows it were not exported"),
            ),
        };
        let finding = Finding { position, sentence };
        return Some((finding, last));
    }
    None
}
