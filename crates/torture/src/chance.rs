//! Chance that follows from a seed, the same on every machine and in every release.

use uuid::{Builder, Uuid};

/// A stream of chance: SplitMix64 (Steele, Lea, Flood 2014), which needs no more than a number of state.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The stream of a seed, for one purpose: streams of other purposes do not move it.
    #[must_use]
    pub fn of(seed: u64, purpose: &str) -> Self {
        // FNV-1a spreads the purpose; the generator's own mixing does the rest.
        let spread = purpose.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, b| {
            (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut chance = Self(seed ^ spread);
        chance.draw();
        chance
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound; 0 when the bound is.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.draw() % bound.max(1)
    }

    /// A number from `least` to `most`.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most.saturating_sub(least) + 1)
    }

    /// Yes in so many of a hundred cases.
    pub fn percent(&mut self, cases: u64) -> bool {
        self.below(100) < cases
    }

    /// One of several; `None` of none.
    pub fn pick<'a, T>(&mut self, several: &'a [T]) -> Option<&'a T> {
        let at = self.below(several.len() as u64);
        several.get(usize::try_from(at).ok()?)
    }

    /// A request id.
    pub fn id(&mut self) -> Uuid {
        let bytes = (u128::from(self.draw()) << 64 | u128::from(self.draw())).to_be_bytes();
        Builder::from_random_bytes(bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_the_same_for_ever_and_another_for_each_purpose() {
        let mut chance = Chance::of(7, "a");
        let first: Vec<u64> = (0..3).map(|_| chance.below(1_000)).collect();
        let mut again = Chance::of(7, "a");
        assert_eq!(
            first,
            (0..3).map(|_| again.below(1_000)).collect::<Vec<_>>()
        );
        let mut other = Chance::of(7, "b");
        assert_ne!(
            first,
            (0..3).map(|_| other.below(1_000)).collect::<Vec<_>>()
        );
    }
}
