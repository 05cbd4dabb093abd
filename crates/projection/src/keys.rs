//! Keys of the store: bytes whose order is the order that is asked for.

use chrono::{Datelike, NaiveDate};
use domain::reference::Reference;

/// The day of an action without a due date: after every other.
pub(crate) const UNDATED: u32 = u32::MAX;

/// A day as a number that keeps its order.
pub(crate) fn day(date: Option<NaiveDate>) -> u32 {
    date.map_or(UNDATED, |date| {
        u32::try_from(date.num_days_from_ce()).unwrap_or(0)
    })
}

/// Appends a reference so that series stand together and numbers in them by value: runs of digits
/// compare as numbers (`PCP/2018/2` before `PCP/2018/10`), equal ones by how they are written. It
/// ends itself, so that no key is the beginning of another.
pub(crate) fn natural(reference: &Reference, key: &mut Vec<u8>) {
    let text = reference.as_str().as_bytes();
    let mut at = 0;
    while at < text.len() {
        if !text[at].is_ascii_digit() {
            key.push(text[at]);
            at += 1;
            continue;
        }
        let digits = text[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        let zeros = text[at..at + digits - 1]
            .iter()
            .take_while(|b| **b == b'0')
            .count();
        let significant = &text[at + zeros..at + digits];
        key.push(b'0');
        key.push(u8::try_from(significant.len()).unwrap_or(u8::MAX));
        key.extend_from_slice(significant);
        at += digits;
    }
    key.push(0);
    key.extend_from_slice(text);
    key.push(0);
}
