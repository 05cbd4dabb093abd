//! Where the message of each request id stands: an entry each while the log is followed; packed
//! blocks, sorted by id, from a rebuild, which would write a million entries otherwise, in no order.

use event_log::Sequence;
use sled::IVec;
use uuid::Uuid;

use super::Store;
use super::entries::Put;
use crate::error::StoreError;
use crate::keys;

/// Ids in a block.
const BLOCK: usize = 256;
/// Bytes of an id.
const ID: usize = 16;
/// Bytes of an id and its sequence.
const PAIR: usize = ID + size_of::<Sequence>();

/// The entry of one id.
pub(super) fn entry(id: Uuid, sequence: Sequence) -> Put {
    (key(id), sequence.to_be_bytes().to_vec())
}

fn key(id: Uuid) -> Vec<u8> {
    let mut key = vec![keys::REQUEST];
    key.extend_from_slice(id.as_bytes());
    key
}

/// The beginning of the keys of a run of blocks.
fn of_run(run: u32) -> Vec<u8> {
    let mut key = vec![keys::REQUESTS];
    key.extend_from_slice(&run.to_be_bytes());
    key
}

/// The blocks of a run of ids in order. Each stands under its first id.
pub(super) fn blocks(run: u32, sorted: &[(Uuid, Sequence)]) -> impl Iterator<Item = Put> {
    sorted.chunks(BLOCK).map(move |block| {
        let (mut key, mut pairs) = (of_run(run), Vec::with_capacity(block.len() * PAIR));
        key.extend(block.iter().take(1).flat_map(|(id, _)| id.into_bytes()));
        for (id, sequence) in block {
            pairs.extend_from_slice(id.as_bytes());
            pairs.extend_from_slice(&sequence.to_be_bytes());
        }
        (key, pairs)
    })
}

fn pairs(block: &[u8]) -> impl Iterator<Item = (Uuid, Sequence)> {
    block.chunks_exact(PAIR).filter_map(|pair| {
        let (id, _) = pair.split_at_checked(ID)?;
        Some((Uuid::from_slice(id).ok()?, keys::sequence(pair)))
    })
}

impl Store {
    /// Where the message of a request id stands.
    pub(crate) fn request(&self, id: Uuid) -> Result<Option<Sequence>, StoreError> {
        if let Some(bytes) = self.db.get(key(id))? {
            return Ok(Some(keys::sequence(&bytes)));
        }
        for run in 0.. {
            let run = of_run(run);
            if self.db.scan_prefix(&run).next().is_none() {
                break;
            }
            let mut last = run.clone();
            last.extend_from_slice(id.as_bytes());
            if let Some(block) = self.db.range(run..=last).next_back() {
                let (_, block) = block?;
                let found = pairs(&block).find(|(there, _)| *there == id);
                if let Some((_, sequence)) = found {
                    return Ok(Some(sequence));
                }
            }
        }
        Ok(None)
    }

    /// Every request id, in no order.
    pub(crate) fn requests(
        &self,
    ) -> impl Iterator<Item = Result<(Uuid, Sequence), StoreError>> + use<> {
        let entries = self.scan(&[keys::REQUEST]).map(|entry| {
            let (key, value) = entry?;
            let id = key.get(1..).and_then(|id| Uuid::from_slice(id).ok());
            let pair = id.map(|id| (id, keys::sequence(&value)));
            Ok(pair.into_iter().collect())
        });
        let blocks = self.scan(&[keys::REQUESTS]).map(|block| {
            let (_, block): (IVec, IVec) = block?;
            Ok(pairs(&block).collect())
        });
        entries
            .chain(blocks)
            .flat_map(|pairs: Result<Vec<_>, StoreError>| match pairs {
                Ok(pairs) => pairs.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            })
    }
}
