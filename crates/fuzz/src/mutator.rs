//! Cases: something of the corpus, changed a little.

/// The most changes of one case.
const CHANGES: usize = 6;

/// Bytes at which readers change their mind.
const TELLING: &[&[u8]] = &[
    b"\0",
    b"\n",
    b"\r\n",
    b"\t",
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b";",
    b"=",
    b"-",
    b"--",
    b"+",
    b".",
    b"/",
    b"%",
    b"*",
    b">",
    b"#",
    b"'",
    b"\"\"\"",
    b"'''",
    b"<",
    b"&",
    b"(",
    b")",
    b"?",
    b"0",
    b"-1",
    b"1",
    b"9999",
    b"18446744073709551615",
    b"18446744073709551616",
    b"-9223372036854775808",
    b"1e308",
    b"NaN",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"\"\"",
    b"2018-02-31",
    b"29 February 2019",
    b"31/12/9999",
    b"\xff",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xae",
    b"\xe2\x80\xa8",
    b"\\u0000",
    b"\\ud800",
    b"\xf0\x9f\x8f\x9b",
    b"\x80",
    b"\x7f",
    b"\xff\xff\xff\xff\x0f",
    b"  ",
    b"- ",
    b"1. ",
    b"(a) ",
    b"**",
    b"Q3 2018/19",
    b"PCP/2018/001",
];

/// Draws cases; the same seed draws the same.
#[derive(Debug, Clone)]
pub struct Mutator {
    state: u64,
}

impl Mutator {
    /// For one case of a run: so each can be made again alone.
    #[must_use]
    pub fn of(seed: u64, case: u64) -> Self {
        Self {
            state: seed.rotate_left(32) ^ case.wrapping_mul(0xd134_2543_de82_ef95),
        }
    }

    /// The next number: SplitMix64 (Steele, Lea, Flood 2014).
    pub fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound; 0 when the bound is.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap();
        usize::try_from(self.draw() % bound).unwrap()
    }

    /// A case of at most `most` bytes.
    pub fn case(&mut self, corpus: &[Vec<u8>], most: usize, case: &mut Vec<u8>) {
        case.clear();
        case.extend_from_slice(&corpus[self.below(corpus.len())]);
        for _ in 0..self.below(CHANGES + 1) {
            self.change(corpus, case);
        }
        case.truncate(most);
    }

    fn change(&mut self, corpus: &[Vec<u8>], case: &mut Vec<u8>) {
        let at = self.below(case.len() + 1);
        let end = (at + 1 + self.below(16)).min(case.len());
        match self.below(10) {
            // One bit, one byte.
            0 if at < case.len() => case[at] ^= 1 << self.below(8),
            1 if at < case.len() => case[at] = self.draw().to_le_bytes()[0],
            // A piece goes, or comes twice.
            2 if at < end => drop(case.drain(at..end)),
            3 if at < end => {
                let piece = case[at..end].to_vec();
                self.insert(case, &piece);
            }
            4 => case.truncate(at),
            // A piece of another, a telling word, here or in place of what is here.
            5 => {
                let other = &corpus[self.below(corpus.len())];
                let from = self.below(other.len() + 1);
                let piece = &other[from..(from + self.below(64)).min(other.len())];
                case.splice(at..at, piece.iter().copied());
            }
            6 | 7 => {
                let word = TELLING[self.below(TELLING.len())];
                case.splice(at..at, word.iter().copied());
            }
            8 if at < end => {
                let word = TELLING[self.below(TELLING.len())];
                case.splice(at..end, word.iter().copied());
            }
            // Much of one thing.
            _ => {
                let byte = case.get(at).copied().unwrap_or(b'x');
                let many = [2, 20, 65, 301][self.below(4)];
                case.splice(at..at, std::iter::repeat_n(byte, many));
            }
        }
    }

    fn insert(&mut self, case: &mut Vec<u8>, piece: &[u8]) {
        let at = self.below(case.len() + 1);
        case.splice(at..at, piece.iter().copied());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_makes_the_same_cases_and_most_are_new() {
        let corpus = vec![b"2018-11-09".to_vec(), b"9 November 2018".to_vec()];
        let cases = |seed| -> Vec<Vec<u8>> {
            let of = |case| {
                let mut made = Vec::new();
                Mutator::of(seed, case).case(&corpus, 400, &mut made);
                made
            };
            (0..1_000).map(of).collect()
        };
        let (mut first, other) = (cases(7), cases(8));
        assert_eq!(first, cases(7));
        assert_ne!(first, other);
        first.sort();
        first.dedup();
        assert!(first.len() > 700, "{}", first.len());
    }
}
