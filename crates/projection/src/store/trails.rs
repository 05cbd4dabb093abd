//! Where trails stand: a segment for each batch that touched the action, while the log is followed; packed
//! blocks of several actions from a rebuild, which would write an entry for each action otherwise.

use domain::reference::Reference;
use domain::text::Slug;
use event_log::Sequence;

use super::entries::Put;
use super::{Store, cells};
use crate::as_of::Cut;
use crate::error::StoreError;
use crate::keys;
use crate::trail::{self, Entry};

/// Bytes of trails in a block, before they are packed: some twenty actions. One is read out of it in ten
/// microseconds.
const BLOCK: usize = 16 * 1024;
/// Bytes of a length.
const LENGTH: usize = 4;

/// The entry of a segment, since the first message of it.
pub(super) fn segment(area: &Slug, reference: &Reference, first: Sequence, entries: &[u8]) -> Put {
    let mut key = keys::of_action(keys::TRAIL, area, reference);
    key.extend_from_slice(&first.to_be_bytes());
    (key, cells::pack_trail(entries))
}

/// A block that is being filled with trails, in the order of their actions.
pub(super) struct Block {
    area: Slug,
    first: Option<Vec<u8>>,
    bytes: Vec<u8>,
}

impl Block {
    pub(super) fn new(area: &Slug) -> Self {
        Self {
            area: area.clone(),
            first: None,
            bytes: Vec::new(),
        }
    }

    /// Takes the trail of an action, by its key in the order of references; yields the block that this fills.
    pub(super) fn add(
        &mut self,
        reference: &[u8],
        entries: &[u8],
    ) -> Result<Option<Put>, StoreError> {
        self.first.get_or_insert_with(|| reference.to_vec());
        put((reference, entries), &mut self.bytes)?;
        Ok(if self.bytes.len() < BLOCK {
            None
        } else {
            self.take()
        })
    }

    /// The block as far as it is filled; `None` when it is empty.
    pub(super) fn take(&mut self) -> Option<Put> {
        let mut key = keys::of_area(keys::TRAILS, &self.area);
        key.extend(self.first.take()?);
        let packed = cells::pack_trail(&self.bytes);
        self.bytes.clear();
        Some((key, packed))
    }
}

/// An action, by its key in the order of references, and entries of its trail.
type Trail<'a> = (&'a [u8], &'a [u8]);
/// The same, as it was read.
type Kept = (Vec<u8>, Vec<u8>);

/// Adds a trail to a block that is not packed yet.
pub(crate) fn put((of, entries): Trail<'_>, block: &mut Vec<u8>) -> Result<(), StoreError> {
    for part in [of, entries] {
        let length = u32::try_from(part.len()).map_err(|_| damaged("is too long"))?;
        block.extend_from_slice(&length.to_le_bytes());
        block.extend_from_slice(part);
    }
    Ok(())
}

/// The trails of an unpacked block.
pub(crate) fn unpacked(block: &[u8]) -> impl Iterator<Item = Result<Trail<'_>, StoreError>> {
    let mut rest = block;
    std::iter::from_fn(move || {
        (!rest.is_empty()).then(|| {
            let mut part = || {
                let (length, after) = rest.split_first_chunk::<LENGTH>()?;
                let (part, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
                rest = after;
                Some(part)
            };
            let trail = part().zip(part());
            if trail.is_none() {
                rest = &[];
            }
            trail.ok_or_else(|| damaged("ends too soon"))
        })
    })
}

impl Store {
    /// The trail of an action, as a cut lets it through.
    pub(crate) fn trail(
        &self,
        area: &Slug,
        reference: &Reference,
        cut: Cut,
    ) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        let blocks = keys::of_area(keys::TRAILS, area);
        let wanted = keys::of_reference(reference);
        let last = [blocks.as_slice(), &wanted].concat();
        if let Some(block) = self.db.range(blocks..=last).next_back() {
            let block = cells::unpack_trail(&block?.1)?;
            for trail in unpacked(&block) {
                let (of, bytes) = trail?;
                if of == wanted {
                    trail::read(bytes, cut, &mut entries)?;
                    break;
                }
            }
        }
        for segment in self.scan(&keys::of_action(keys::TRAIL, area, reference)) {
            trail::read(&cells::unpack_trail(&segment?.1)?, cut, &mut entries)?;
        }
        Ok(entries)
    }

    /// Every trail of an area, by reference: the key of the action in the order of references, and the
    /// entries.
    pub(crate) fn trails(
        &self,
        area: &Slug,
        mut each: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut later = self.segments(area).peekable();
        let prefix = keys::of_area(keys::TRAILS, area);
        for block in self.scan(&prefix) {
            let (key, block) = block?;
            let block = cells::unpack_trail(&block)?;
            // Under another key `trail` would not find it.
            let first = unpacked(&block).next().transpose()?;
            if first.map(|(of, _)| of) != key.get(prefix.len()..) {
                return Err(damaged("stands under another key than its first action's"));
            }
            for trail in unpacked(&block) {
                let (of, entries) = trail?;
                let from_here =
                    |next: &Result<Kept, _>| matches!(next, Ok((next, _)) if next.as_slice() >= of);
                while let Some(new) = later.next_if(|next| !from_here(next)) {
                    let (new, entries) = new?;
                    each(&new, &entries)?;
                }
                let more = later.next_if(|next| matches!(next, Ok((same, _)) if same == of));
                match more.transpose()? {
                    Some((_, more)) => each(of, &[entries, &more].concat())?,
                    None => each(of, entries)?,
                }
            }
        }
        for new in later {
            let (new, entries) = new?;
            each(&new, &entries)?;
        }
        Ok(())
    }

    /// The segments of an area, by reference, those of an action put together.
    fn segments(&self, area: &Slug) -> impl Iterator<Item = Result<Kept, StoreError>> + use<> {
        let prefix = keys::of_area(keys::TRAIL, area);
        let mut all = self
            .scan(&prefix)
            .map(move |segment| {
                let (key, value) = segment?;
                let of = key.len().checked_sub(size_of::<Sequence>());
                let of = of.and_then(|end| key.get(prefix.len()..end));
                let of = of.ok_or_else(|| damaged("has a key that is too short"))?;
                Ok((of.to_vec(), cells::unpack_trail(&value)?))
            })
            .peekable();
        std::iter::from_fn(move || {
            let mut found = all.next()?;
            if let Ok((of, entries)) = &mut found {
                let same = |next: &Result<Kept, _>| matches!(next, Ok((next, _)) if next == of);
                while let Some(Ok((_, more))) = all.next_if(same) {
                    entries.extend(more);
                }
            }
            Some(found)
        })
    }
}

fn damaged(how: &str) -> StoreError {
    StoreError::Damaged {
        reason: format!("a block of trails {how}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_block_that_would_not_be_found_is_damage() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), 1 << 20, 1).unwrap();
        let area = Slug::new("cambs").unwrap();
        let [first, second] =
            ["A/1", "A/2"].map(|text| keys::of_reference(&Reference::new(text).unwrap()));
        let mut filling = Block::new(&area);
        for of in [&first, &second] {
            assert!(filling.add(of, b"an entry").unwrap().is_none());
        }
        let (key, block) = filling.take().unwrap();
        store.db.insert(&key, block.clone()).unwrap();
        let mut found = Vec::new();
        let each = |of: &[u8], _: &[u8]| {
            found.push(of.to_vec());
            Ok(())
        };
        store.trails(&area, each).unwrap();
        assert_eq!(found, [first, second.clone()]);
        store.db.remove(key).unwrap();
        let other = [keys::of_area(keys::TRAILS, &area), second].concat();
        store.db.insert(other, block).unwrap();
        assert!(store.trails(&area, |_, _| Ok(())).is_err());
    }

    proptest! {
        /// However long they are, trails leave their blocks as they came, each block under its first.
        #[test]
        fn trails_leave_their_blocks_as_they_came(
            kept in prop::collection::btree_map(
                prop::collection::vec(any::<u8>(), 1..6),
                prop::collection::vec(any::<u8>(), 0..20_000),
                0..20,
            ),
        ) {
            let area = Slug::new("cambs").unwrap();
            let mut filling = Block::new(&area);
            let mut blocks = Vec::new();
            for (key, entries) in &kept {
                blocks.extend(filling.add(key, entries).unwrap());
            }
            blocks.extend(filling.take());
            let mut found = Vec::new();
            for (key, block) in blocks {
                let block = cells::unpack_trail(&block).unwrap();
                let first = found.len();
                for trail in unpacked(&block) {
                    let (of, entries) = trail.unwrap();
                    found.push((of.to_vec(), entries.to_vec()));
                }
                let prefix = keys::of_area(keys::TRAILS, &area);
                prop_assert_eq!(&key[prefix.len()..], found[first].0.as_slice());
            }
            prop_assert_eq!(found, kept.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn what_is_no_block_is_damage(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let read: usize = unpacked(&bytes).map_while(Result::ok).map(|(of, entries)| of.len() + entries.len() + 8).sum();
            prop_assert!(read <= bytes.len());
            prop_assert_eq!(read == bytes.len(), unpacked(&bytes).all(|trail| trail.is_ok()));
        }
    }
}
