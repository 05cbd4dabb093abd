//! Keys of the store: bytes whose order is the order that is asked for.
//!
//! The first byte says what it is, then comes the area, ended by a zero byte.

use chrono::{Datelike, NaiveDate};
use domain::calendar::Quarter;
use domain::reference::Reference;
use domain::text::Slug;
use event_log::Sequence;

use crate::row::Row;

/// The day of an action without a due date: after every other.
pub(crate) const UNDATED: u32 = u32::MAX;

/// The checkpoint: one entry.
pub(crate) const CHECKPOINT: &[u8] = b"K";
/// Area → nothing.
pub(crate) const AREA: u8 = b'A';
/// Area, first reference of a block → trails of several actions.
pub(crate) const TRAILS: u8 = b'B';
/// Area, position, reference of its last change, where that came after a rebuild → nothing.
pub(crate) const CHANGED: u8 = b'C';
/// Area, sequence → entries of the register.
pub(crate) const REGISTER: u8 = b'G';
/// Area, reference, sequence → segment of a trail.
pub(crate) const TRAIL: u8 = b'H';
/// Request id → sequence.
pub(crate) const REQUEST: u8 = b'I';
/// Run, first request id of a block → request ids and their sequences.
pub(crate) const REQUESTS: u8 = b'J';
/// Area, scope, due day, reference of an open action → its row.
pub(crate) const OPEN: u8 = b'O';
/// Subject → why it is parked.
pub(crate) const PARKED: u8 = b'P';
/// Area, group, quarter, sequence → events of a return.
pub(crate) const RETURN: u8 = b'Q';
/// Area, reference → row.
pub(crate) const ROW: u8 = b'R';
/// Area, reference of a restricted action → gate.
pub(crate) const GATE: u8 = b'S';
/// Block of sequences → when each was recorded.
pub(crate) const TIMES: u8 = b'T';

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

/// What [`natural`] writes.
pub(crate) fn of_reference(reference: &Reference) -> Vec<u8> {
    let mut key = Vec::with_capacity(32);
    natural(reference, &mut key);
    key
}

/// The reference at the end of a key that [`natural`] wrote, with `after` bytes behind it.
pub(crate) fn reference(key: &[u8], after: usize) -> Option<Reference> {
    let key = key.get(..key.len().checked_sub(after + 1)?)?;
    let from = key.iter().rposition(|byte| *byte == 0)? + 1;
    Reference::new(std::str::from_utf8(key.get(from..)?).ok()?).ok()
}

/// The beginning of the keys of a kind in an area.
pub(crate) fn of_area(kind: u8, area: &Slug) -> Vec<u8> {
    let mut key = Vec::with_capacity(96);
    key.push(kind);
    key.extend_from_slice(area.as_str().as_bytes());
    key.push(0);
    key
}

/// A kind, an area and a reference.
pub(crate) fn of_action(kind: u8, area: &Slug, reference: &Reference) -> Vec<u8> {
    let mut key = of_area(kind, area);
    natural(reference, &mut key);
    key
}

/// An action by its last change.
pub(crate) fn changed(area: &Slug, position: Sequence, reference: &Reference) -> Vec<u8> {
    let mut key = of_area(CHANGED, area);
    key.extend_from_slice(&position.to_be_bytes());
    natural(reference, &mut key);
    key
}

/// Events of the register.
pub(crate) fn register(area: &Slug, sequence: Sequence) -> Vec<u8> {
    let mut key = of_area(REGISTER, area);
    key.extend_from_slice(&sequence.to_be_bytes());
    key
}

/// The beginning of the keys of a group's return.
pub(crate) fn of_return(area: &Slug, group: &Slug, quarter: Quarter) -> Vec<u8> {
    let mut key = of_area(RETURN, area);
    key.extend_from_slice(group.as_str().as_bytes());
    key.push(0);
    key.extend_from_slice(quarter.token().as_bytes());
    key.push(0);
    key
}

/// Events of a return.
pub(crate) fn return_segment(
    area: &Slug,
    group: &Slug,
    quarter: Quarter,
    sequence: Sequence,
) -> Vec<u8> {
    let mut key = of_return(area, group, quarter);
    key.extend_from_slice(&sequence.to_be_bytes());
    key
}

/// The open actions of which an index is kept: all, or those of one body or group in one part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope<'a> {
    All,
    AskedOf(&'a Slug),
    RaisedBy(&'a Slug),
    DelegatedTo(&'a Slug),
}

/// The beginning of the keys of an index of open actions.
pub(crate) fn of_scope(area: &Slug, scope: Scope<'_>) -> Vec<u8> {
    let mut key = of_area(OPEN, area);
    let (letter, slug) = match scope {
        Scope::All => (b'*', None),
        Scope::AskedOf(slug) => (b'a', Some(slug)),
        Scope::RaisedBy(slug) => (b'r', Some(slug)),
        Scope::DelegatedTo(slug) => (b'd', Some(slug)),
    };
    key.push(letter);
    key.extend_from_slice(slug.map_or("", Slug::as_str).as_bytes());
    key.push(0);
    key
}

/// The keys under which an open action is indexed; none when it is not open.
pub(crate) fn open(area: &Slug, row: &Row) -> Vec<Vec<u8>> {
    if !row.status.is_open() {
        return Vec::new();
    }
    let mut scopes = vec![
        Scope::All,
        Scope::AskedOf(&row.asked_of.id),
        Scope::RaisedBy(&row.raised_by.id),
    ];
    scopes.extend(row.delegated_to.iter().map(|p| Scope::DelegatedTo(&p.id)));
    let key = |scope| {
        let mut key = of_scope(area, scope);
        key.extend_from_slice(&crate::sort::Sort::DUE.key(row));
        key
    };
    scopes.into_iter().map(key).collect()
}

/// The sequence at the end of a key.
pub(crate) fn sequence(key: &[u8]) -> Sequence {
    let mut bytes = [0; 8];
    if let Some(tail) = key.len().checked_sub(8).and_then(|from| key.get(from..)) {
        bytes.copy_from_slice(tail);
    }
    Sequence::from_be_bytes(bytes)
}

/// The area of a key; `None` when it has none.
pub(crate) fn area(key: &[u8]) -> Option<Slug> {
    let text = key.get(1..)?;
    let end = text.iter().position(|b| *b == 0).unwrap_or(text.len());
    Slug::new(std::str::from_utf8(&text[..end]).ok()?).ok()
}
