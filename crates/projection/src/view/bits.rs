//! A set of ordinals, a bit each.

/// Words by which a set grows: those of 4,096 ordinals.
const STEP: usize = 64;

/// A set of ordinals; whatever is beyond its end is not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bits(Vec<u64>);

impl Bits {
    pub(crate) fn insert(&mut self, ordinal: u32) {
        let (word, bit) = place(ordinal);
        if word >= self.0.len() {
            let words = (word + 1).next_multiple_of(STEP);
            self.0.reserve_exact(words - self.0.len());
            self.0.resize(words, 0);
        }
        self.0[word] |= bit;
    }

    pub(crate) fn remove(&mut self, ordinal: u32) {
        let (word, bit) = place(ordinal);
        if let Some(word) = self.0.get_mut(word) {
            *word &= !bit;
        }
    }

    pub(crate) fn put(&mut self, ordinal: u32, there: bool) {
        if there {
            self.insert(ordinal);
        } else {
            self.remove(ordinal);
        }
    }

    /// Keeps only what another set has too.
    pub(crate) fn keep(&mut self, other: &Self) {
        self.0.truncate(other.0.len());
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word &= other;
        }
    }

    /// The 64 ordinals from `at` times 64 on.
    pub(crate) fn word(&self, at: usize) -> u64 {
        self.0.get(at).copied().unwrap_or(0)
    }

    pub(crate) fn has(&self, ordinal: u32) -> bool {
        let (word, bit) = place(ordinal);
        self.word(word) & bit != 0
    }

    pub(crate) fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
}

fn place(ordinal: u32) -> (usize, u64) {
    ((ordinal / 64) as usize, 1 << (ordinal % 64))
}

/// The ordinals of a word of a set.
pub(crate) fn ones(at: usize, mut word: u64) -> impl Iterator<Item = u32> {
    let first = u32::try_from(at * 64).unwrap_or(u32::MAX);
    std::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros())?;
        word &= word - 1;
        Some(first + bit)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn all(bits: &Bits) -> Vec<u32> {
        (0..200).flat_map(|at| ones(at, bits.word(at))).collect()
    }

    proptest! {
        #[test]
        fn it_is_a_set(
            steps in proptest::collection::vec((0u32..10_000, any::<bool>()), 0..200),
            other in proptest::collection::btree_set(0u32..10_000, 0..200),
        ) {
            let (mut bits, mut set) = (Bits::default(), BTreeSet::new());
            for (ordinal, there) in steps {
                bits.put(ordinal, there);
                if there { set.insert(ordinal) } else { set.remove(&ordinal) };
            }
            prop_assert_eq!(all(&bits), set.iter().copied().collect::<Vec<_>>());
            prop_assert!(set.iter().all(|ordinal| bits.has(*ordinal)));
            prop_assert_eq!(bits.count(), set.len());
            let mut others = Bits::default();
            other.iter().for_each(|ordinal| others.insert(*ordinal));
            bits.keep(&others);
            let both: Vec<u32> = set.intersection(&other).copied().collect();
            prop_assert_eq!(all(&bits), both);
        }
    }
}
