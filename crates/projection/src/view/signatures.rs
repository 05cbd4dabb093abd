//! Which actions may say what is looked for: a signature file (Faloutsos and Christodoulakis, 1984)
//! in slices of bits (Roberts, 1979).
//!
//! Every three bytes that follow one another in a text of an action, in lower case, set one bit of
//! the action's signature. A text in which the needle is found has every three bytes of the needle,
//! so an action that lacks one of their bits does not say it. The signatures stand column by column,
//! so that a search reads no more than the columns of its needle, a bit an action each. What is left is
//! a superset, mostly a small one, and is verified in the rows.

use super::bits::Bits;
use crate::filter::{Needle, folded, texts};
use crate::row::Row;

/// Bits of a signature, as a power of two: 128 bytes an action. Of the questions and paragraphs of five
/// real letters (200 threes at the mean) a word or two of the same letters left 11 % too many with 256
/// bits, 3.5 % with 512, 1.2 % with 1,024 and 0.7 % with 2,048, and each of them is a row that is read
/// for nothing.
const BITS: u32 = 10;
const WIDTH: usize = 1 << BITS;

/// The signatures of the actions of a view, by ordinal.
#[derive(Debug)]
pub(crate) struct Signatures {
    columns: Vec<Bits>,
}

impl Default for Signatures {
    fn default() -> Self {
        Self {
            columns: vec![Bits::default(); WIDTH],
        }
    }
}

impl Signatures {
    /// Takes the texts of an action in. Texts are never taken out: they do not change.
    pub(crate) fn add(&mut self, ordinal: u32, row: &Row) {
        for text in texts(row) {
            for three in folded(text).as_bytes().windows(3) {
                self.columns[column(three)].insert(ordinal);
            }
        }
    }

    /// The actions that may say it; `None` where it is too short to tell.
    pub(crate) fn may_say(&self, needle: &Needle) -> Option<Bits> {
        let mut columns: Vec<usize> = needle.folded().as_bytes().windows(3).map(column).collect();
        columns.sort_unstable();
        columns.dedup();
        let (first, others) = columns.split_first()?;
        let mut found = self.columns[*first].clone();
        for other in others {
            found.keep(&self.columns[*other]);
        }
        Some(found)
    }
}

/// The bit that three bytes set: the upper bits of their product with an odd constant near 2^32
/// times the golden ratio, which scatters what differs in a letter only (Knuth 6.4).
fn column(three: &[u8]) -> usize {
    let number = three.iter().fold(0, |n, byte| n << 8 | u32::from(*byte));
    (number.wrapping_mul(0x9E37_79B1) >> (u32::BITS - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use domain::text::Slug;
    use event_log::Record;
    use proptest::prelude::*;

    use super::*;
    use crate::as_of::AsOf;
    use crate::generate::Generator;
    use crate::replay::Replay;

    fn row() -> Row {
        let area = Slug::new("cambs").unwrap();
        let made = Generator::new(1, std::slice::from_ref(&area)).take(60);
        let records = made.zip(1..).map(|(made, sequence)| {
            let made = made.append();
            Record {
                sequence,
                subject: made.subject,
                id: made.id,
                digest: made.digest,
                attributes: made.attributes,
                body: made.body,
            }
        });
        let records: Vec<Record> = records.collect();
        let replay = Replay::from_records(&records).unwrap();
        replay.rows(&area, &AsOf::NOW).remove(0)
    }

    /// Letters whose case is more than a bit, in one word and in several.
    fn words() -> impl Strategy<Value = String> {
        "[aAbBİıßẞΣσςǅéÉK\u{212A} -]{0,24}"
    }

    proptest! {
        #[test]
        fn nothing_that_says_it_is_left_out(
            texts in proptest::collection::vec((words(), words(), words()), 1..80),
            needle in words(),
            (whose, from, count) in (any::<prop::sample::Index>(), 0usize..20, 0usize..8),
        ) {
            let (mut signatures, mut rows) = (Signatures::default(), Vec::new());
            let plain = row();
            for (ordinal, (text, topic, part)) in (0..).zip(&texts) {
                let mut row = plain.clone();
                row.text.clone_from(text);
                row.topic = Some(topic.clone());
                row.parts[0].text.clone_from(part);
                signatures.add(ordinal, &row);
                rows.push(row);
            }
            let there: String = whose.get(&texts).0.chars().skip(from).take(count).collect();
            for needle in [needle, there.to_uppercase(), there] {
                let needle = Needle::new(&needle);
                let found = signatures.may_say(&needle);
                prop_assert_eq!(found.is_none(), needle.folded().len() < 3);
                let Some(found) = found else { continue };
                for (ordinal, row) in (0..).zip(&rows) {
                    prop_assert!(found.has(ordinal) || !needle.is_said_in(row));
                }
            }
        }
    }
}
