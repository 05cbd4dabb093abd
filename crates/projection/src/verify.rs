//! Holding a read model against a replay of the log.
//!
//! Every entry that the store should have is made anew from the replay and compared byte for byte;
//! whatever else the store holds is a difference too.

mod told;

use std::collections::BTreeMap;

use domain::text::Slug;
use event_log::Sequence;
use serde::Serialize;
use uuid::Uuid;

use crate::as_of::{AsOf, Cut};
use crate::error::{ReadError, StoreError};
use crate::keys;
use crate::model::ReadModel;
use crate::replay::Replay;
use crate::seen::Gate;
use crate::store::{Store, json, parse_return, row_cell};
use crate::trail;

/// The first thing in which a read model is not what the log says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirstDifference {
    /// What differs: `position`, `row`, `trail`, `index`, `return`, `register`, `parked`, …
    pub what: &'static str,
    /// Of what: the reference and the area, the group and the quarter, the id.
    pub of: String,
    /// The first field that differs, where both sides have the entry and it has fields.
    pub field: Option<String>,
    /// What the log says, of the field when there is one; `None` when it says nothing.
    pub by_the_log: Option<String>,
    /// What the read model holds, of the field when there is one; `None` when it holds nothing.
    pub in_the_model: Option<String>,
    /// The position at which they were compared.
    pub position: Sequence,
}

/// Compares everything that the read model holds with the replay: every row, index entry, trail,
/// return, register, request id, and that there is nothing else. Both must stand at one position,
/// and the read model must not move meanwhile.
///
/// # Errors
/// When the read model cannot be read.
pub fn compare(model: &ReadModel, replay: &Replay) -> Result<Option<FirstDifference>, ReadError> {
    model.ask(|store| difference(store, replay))
}

fn difference(store: &Store, replay: &Replay) -> Result<Option<FirstDifference>, ReadError> {
    let position = store.books().position();
    let check = Check {
        store,
        replay,
        position,
    };
    if position != replay.position() {
        let (log, model) = (replay.position().to_string(), position.to_string());
        return Ok(Some(check.differs(
            "position",
            "the last message",
            Some(log),
            Some(model),
        )));
    }
    if let Some(difference) = check.entries()? {
        return Ok(Some(difference));
    }
    if let Some(difference) = check.requests()? {
        return Ok(Some(difference));
    }
    if let Some(difference) = check.trails()? {
        return Ok(Some(difference));
    }
    Ok(check.registers_and_returns()?)
}

struct Check<'a> {
    store: &'a Store,
    replay: &'a Replay,
    position: Sequence,
}

/// The kinds of entries that are compared as they stand.
const KINDS: [(u8, &str); 6] = [
    (keys::AREA, "area"),
    (keys::ROW, "row"),
    (keys::OPEN, "index of open actions"),
    (keys::CHANGED, "index of changes"),
    (keys::GATE, "restriction"),
    (keys::PARKED, "parked"),
];

impl Check<'_> {
    fn differs(
        &self,
        what: &'static str,
        of: &str,
        by_the_log: Option<String>,
        in_the_model: Option<String>,
    ) -> FirstDifference {
        FirstDifference {
            what,
            of: of.to_owned(),
            field: None,
            by_the_log,
            in_the_model,
            position: self.position,
        }
    }

    /// What differs in an entry that both have.
    fn differs_in(
        &self,
        what: &'static str,
        of: &str,
        log: &[u8],
        model: &[u8],
    ) -> FirstDifference {
        match told::field(log, model) {
            Some((field, log, model)) => FirstDifference {
                field: Some(field),
                ..self.differs(what, of, log, model)
            },
            None => self.differs(what, of, Some(say(log)), Some(say(model))),
        }
    }

    /// Rows, indexes, gates, parked subjects.
    fn entries(&self) -> Result<Option<FirstDifference>, StoreError> {
        let expected = self.expected()?;
        for (kind, what) in KINDS {
            let mut wanted = expected.range(vec![kind]..vec![kind + 1]).peekable();
            for entry in self.store.scan(&[kind]) {
                let (key, value) = entry?;
                let wanted = wanted.next();
                if wanted
                    .is_some_and(|(there, bytes)| there[..] == key[..] && bytes[..] == value[..])
                {
                    continue;
                }
                let value = told::readable(kind, &value);
                let difference = match wanted {
                    Some((wanted, bytes)) if wanted[..] == key[..] => {
                        let bytes = told::readable(kind, bytes);
                        self.differs_in(what, &told::name(&key), &bytes, &value)
                    }
                    // One of the two lacks the lower key.
                    Some((wanted, bytes)) if wanted[..] < key[..] => {
                        let bytes = told::readable(kind, bytes);
                        self.differs(what, &told::name(wanted), Some(say(&bytes)), None)
                    }
                    _ => self.differs(what, &told::name(&key), None, Some(say(&value))),
                };
                return Ok(Some(difference));
            }
            if let Some((key, bytes)) = wanted.next() {
                let bytes = told::readable(kind, bytes);
                return Ok(Some(self.differs(
                    what,
                    &told::name(key),
                    Some(say(&bytes)),
                    None,
                )));
            }
        }
        Ok(None)
    }

    /// Every entry of [`KINDS`] by the log.
    fn expected(&self) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, StoreError> {
        let mut entries = BTreeMap::new();
        let rebuilt_to = self.store.books().rebuilt_to();
        for area in self.replay.areas() {
            entries.insert(keys::of_area(keys::AREA, &area), Vec::new());
            for row in self.replay.rows(&area, &AsOf::NOW) {
                if row.position > rebuilt_to {
                    let changed = keys::changed(&area, row.position, &row.reference);
                    entries.insert(changed, Vec::new());
                }
                if let Some(gate) = Gate::of(&row) {
                    let key = keys::of_action(keys::GATE, &area, &row.reference);
                    entries.insert(key, json(&gate)?);
                }
                let mut keys = keys::open(&area, &row);
                keys.push(keys::of_action(keys::ROW, &area, &row.reference));
                let bytes = row_cell(row)?;
                entries.extend(keys.into_iter().map(|key| (key, bytes.clone())));
            }
        }
        for parked in self.replay.parked() {
            let mut key = vec![keys::PARKED];
            key.extend_from_slice(parked.subject.as_bytes());
            entries.insert(key, json(&parked)?);
        }
        Ok(entries)
    }

    fn requests(&self) -> Result<Option<FirstDifference>, StoreError> {
        let differs = |id: Uuid, log: Option<Sequence>, model: Option<Sequence>| {
            let [log, model] = [log, model].map(|at| at.map(|at| at.to_string()));
            self.differs("request id", &id.to_string(), log, model)
        };
        let mut wanted = self.replay.requests().clone();
        for found in self.store.requests() {
            let (id, sequence) = found?;
            let by_the_log = wanted.remove(&id);
            if by_the_log != Some(sequence) {
                return Ok(Some(differs(id, by_the_log, Some(sequence))));
            }
        }
        let first = wanted.into_iter().min_by_key(|(_, sequence)| *sequence);
        Ok(first.map(|(id, sequence)| differs(id, Some(sequence), None)))
    }

    /// Each trail, put together, is the trail by the log.
    fn trails(&self) -> Result<Option<FirstDifference>, StoreError> {
        for area in self.replay.areas() {
            let mut stored: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
            self.store.trails(&area, |of, entries| {
                // Twice in the store is twice as long, and so no trail of the log.
                let trail = stored.entry(of.to_vec()).or_default();
                trail.extend_from_slice(entries);
                Ok(())
            })?;
            for (reference, trail) in self.replay.trails(&area) {
                let found = stored.remove(&keys::of_reference(reference));
                if found.as_deref() != Some(trail) {
                    let of = format!("{reference} in {area}");
                    let found = found.map(|bytes| say_trail(&bytes));
                    return Ok(Some(self.differs(
                        "trail",
                        &of,
                        Some(say_trail(trail)),
                        found,
                    )));
                }
            }
            if let Some((of, bytes)) = stored.pop_first() {
                let key = [keys::of_area(keys::TRAIL, &area), of].concat();
                return Ok(Some(self.differs(
                    "trail",
                    &told::name(&key),
                    None,
                    Some(say_trail(&bytes)),
                )));
            }
        }
        Ok(None)
    }

    fn registers_and_returns(&self) -> Result<Option<FirstDifference>, StoreError> {
        for area in self.replay.areas() {
            let by_the_log = self.replay.register(&area, &AsOf::NOW);
            let books = self.store.books();
            let kept = books.registers.get(&area).cloned().unwrap_or_default();
            let stored = self.store.register(&area, crate::as_of::Cut::NOW)?;
            if kept != by_the_log || stored != by_the_log {
                let (log, model) = (format!("{by_the_log:?}"), format!("{stored:?}"));
                return Ok(Some(self.differs(
                    "register",
                    area.as_str(),
                    Some(log),
                    Some(model),
                )));
            }
            if let Some(difference) = self.returns(&area)? {
                return Ok(Some(difference));
            }
        }
        Ok(None)
    }

    fn returns(&self, area: &Slug) -> Result<Option<FirstDifference>, StoreError> {
        let mut stored: BTreeMap<Vec<u8>, Vec<_>> = BTreeMap::new();
        for segment in self.store.scan(&keys::of_area(keys::RETURN, area)) {
            let (key, value) = segment?;
            let of = key[..key.len().saturating_sub(8)].to_vec();
            stored.entry(of).or_default().extend(parse_return(&value)?);
        }
        for (group, quarter, events) in self.replay.return_events(area) {
            let found = stored.remove(&keys::of_return(area, group, quarter));
            if found.as_deref() != Some(events) {
                let of = format!("{group} for {quarter} in {area}");
                let found = found.map(|events| format!("{events:?}"));
                return Ok(Some(self.differs(
                    "return",
                    &of,
                    Some(format!("{events:?}")),
                    found,
                )));
            }
        }
        let extra = stored.pop_first();
        Ok(extra.map(|(key, events)| {
            self.differs(
                "return",
                &told::name(&key),
                None,
                Some(format!("{events:?}")),
            )
        }))
    }
}

/// Values as text, cut to a length that fits a report.
fn say_trail(trail: &[u8]) -> String {
    let mut entries = Vec::new();
    match trail::read(trail, Cut::NOW, &mut entries) {
        Ok(()) => say(&json(&entries).unwrap_or_default()),
        Err(error) => error.to_string(),
    }
}

fn say(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace('\0', " ");
    text.chars().take(2_000).collect()
}
