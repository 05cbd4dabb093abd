//! Ids that are certainly not in the index, without a look into its file.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

/// Ids for which there is room at least: a mebibyte.
const LEAST: usize = 1 << 19;

/// A Bloom filter (Bloom 1970): 16 bits an id and four of them set, so that one look in 400 at an
/// unknown id goes to the file in vain. When more ids come than there was room for, more do, until the
/// next start makes a larger one.
pub(super) struct Filter {
    words: Vec<AtomicU64>,
}

impl Filter {
    /// An empty filter with room for twice as many ids as there are now.
    pub(super) fn with_room_beside(ids: usize) -> Self {
        let room = ids.saturating_mul(2).max(LEAST).next_power_of_two();
        let mut words = Vec::new();
        words.resize_with(room / 4, AtomicU64::default);
        Self { words }
    }

    pub(super) fn add(&self, id: Uuid) {
        for (word, bit) in self.places(id) {
            word.fetch_or(bit, Ordering::Release);
        }
    }

    /// False: the id was never added.
    pub(super) fn may_hold(&self, id: Uuid) -> bool {
        self.places(id)
            .all(|(word, bit)| word.load(Ordering::Acquire) & bit != 0)
    }

    /// Ids are chosen by clients and may differ in few bits, so they are mixed (the finaliser of
    /// MurmurHash3) before their two halves are combined as in Kirsch and Mitzenmacher 2006.
    fn places(&self, id: Uuid) -> impl Iterator<Item = (&AtomicU64, u64)> {
        let (high, low) = id.as_u64_pair();
        let first = mixed(high ^ mixed(low));
        let step = mixed(first ^ low) | 1;
        (0..4).map(move |turn: u64| {
            let hash = first.wrapping_add(step.wrapping_mul(turn));
            let index = usize::try_from(hash >> 6).unwrap_or(usize::MAX) & (self.words.len() - 1);
            (&self.words[index], 1 << (hash & 63))
        })
    }
}

fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    bits ^ (bits >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_held_and_little_else() {
        let filter = Filter::with_room_beside(0);
        // Ids in a row: the hardest case for a filter that does not mix them.
        (0..100_000).for_each(|n| filter.add(Uuid::from_u128(n)));
        assert!((0..100_000).all(|n| filter.may_hold(Uuid::from_u128(n))));
        let wrong = (100_000..200_000).filter(|n| filter.may_hold(Uuid::from_u128(*n)));
        let wrong = wrong.count();
        assert!(wrong < 300, "{wrong} of 100,000 are held by mistake");
    }
}
