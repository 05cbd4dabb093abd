//! When each message was recorded: packed blocks, from which an instant finds its cut.
//!
//! A block holds the running maximum of the recording times up to and with each of its messages, so
//! the first message past an instant is found by two binary searches, even where clocks jumped.

use chrono::{DateTime, Utc};
use event_log::Sequence;

use super::Store;
use crate::error::StoreError;
use crate::keys;

/// Messages in a block.
const BLOCK: u64 = 256;

/// The blocks of a run of new messages, each to be written whole.
#[derive(Debug, Default)]
pub(crate) struct Times {
    block: u64,
    latest: i64,
    bytes: Vec<u8>,
}

impl Times {
    /// Goes on after the message `position`, with its block as it is stored.
    pub(crate) fn resume(store: &Store, position: Sequence) -> Result<Self, StoreError> {
        if position == 0 {
            return Ok(Self {
                latest: i64::MIN,
                ..Self::default()
            });
        }
        let block = (position - 1) / BLOCK;
        let bytes = store.block(block)?;
        Ok(Self {
            block,
            latest: *times(&bytes).last().unwrap_or(&i64::MIN),
            bytes,
        })
    }

    /// Adds a message; yields the block that it completes or begins anew, when there is one.
    pub(crate) fn add(
        &mut self,
        sequence: Sequence,
        at: DateTime<Utc>,
    ) -> Option<(Vec<u8>, Vec<u8>)> {
        let block = (sequence - 1) / BLOCK;
        let done = (block != self.block).then(|| self.entry());
        if block != self.block {
            self.block = block;
            self.bytes.clear();
        }
        self.latest = self.latest.max(at.timestamp_micros());
        self.bytes.extend_from_slice(&self.latest.to_be_bytes());
        done
    }

    /// The block as it is now.
    pub(crate) fn entry(&self) -> (Vec<u8>, Vec<u8>) {
        (key(self.block), self.bytes.clone())
    }
}

fn key(block: u64) -> Vec<u8> {
    let mut key = vec![keys::TIMES];
    key.extend_from_slice(&block.to_be_bytes());
    key
}

fn times(bytes: &[u8]) -> Vec<i64> {
    bytes
        .chunks_exact(8)
        .filter_map(|chunk| Some(i64::from_be_bytes(chunk.try_into().ok()?)))
        .collect()
}

impl Store {
    fn block(&self, block: u64) -> Result<Vec<u8>, StoreError> {
        Ok(self
            .db
            .get(key(block))?
            .map_or_else(Vec::new, |bytes| bytes.to_vec()))
    }

    /// The last message of the longest run from the first one of which all were recorded at or
    /// before an instant; and whether the run ends because a later one follows.
    pub(crate) fn known_at(
        &self,
        instant: DateTime<Utc>,
        position: Sequence,
    ) -> Result<Sequence, StoreError> {
        let instant = instant.timestamp_micros();
        let (mut low, mut high) = (0, position.div_ceil(BLOCK));
        // The first block whose last time is past the instant.
        while low < high {
            let middle = low.midpoint(high);
            if times(&self.block(middle)?)
                .last()
                .is_some_and(|last| *last > instant)
            {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        let within = times(&self.block(low)?).partition_point(|time| *time <= instant);
        Ok((low * BLOCK + u64::try_from(within).unwrap_or(0)).min(position))
    }
}
