//! Chance that follows from a seed: SplitMix64 (Steele, Lea, Flood 2014).

use std::time::Duration;
use uuid::{Builder, Uuid};

/// A stream of chance.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn of(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound that is not 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.draw() % bound).unwrap_or(0)
    }

    /// The time to the next arrival of a Poisson process: independent people, at so many a second.
    pub(crate) fn gap(&mut self, per_second: f64) -> Duration {
        // 53 bits make a fraction of (0, 1].
        let fraction = ((self.draw() >> 11) + 1) as f64 / (1_u64 << 53) as f64;
        Duration::from_secs_f64((-fraction.ln() / per_second).min(3_600.0))
    }

    pub(crate) fn id(&mut self) -> Uuid {
        let bytes = (u128::from(self.draw()) << 64 | u128::from(self.draw())).to_be_bytes();
        Builder::from_random_bytes(bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_come_as_often_as_they_should() {
        let mut chance = Chance::of(7);
        let all: Duration = (0..20_000).map(|_| chance.gap(100.0)).sum();
        assert!((190.0..210.0).contains(&all.as_secs_f64()), "{all:?}");
    }
}
