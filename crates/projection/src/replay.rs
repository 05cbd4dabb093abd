//! The same fold with no store: from records in order to rows, returns and registers.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::aggregate::Address;
use domain::calendar::Quarter;
use domain::reference::Reference;
use domain::register::{Register, RegisterEvent};
use domain::returns::{Return, ReturnEvent};
use domain::text::Slug;
use event_log::{Record, Sequence};
use uuid::Uuid;

use crate::as_of::{AsOf, Cut};
use crate::keys;
use crate::message::{Dated, Message, Said};
use crate::row::Row;
use crate::seen::Gate;
use crate::status::Parked;
use crate::store::{fold_register, fold_return, parked_cell};
use crate::trail::{self, Entry};

/// A record that is not the next one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a message is missing: sequence {expected} was expected, {found} came")]
pub struct Gap {
    /// The next sequence in order.
    pub expected: Sequence,
    /// The one that came.
    pub found: Sequence,
}

/// The events of the return of a group for a quarter.
type Quarterly = (Quarter, Vec<Dated<ReturnEvent>>);

/// What one area amounts to.
#[derive(Debug, Default)]
pub(crate) struct Area {
    register: Vec<Dated<RegisterEvent>>,
    /// Returns by group and quarter.
    returns: BTreeMap<(Slug, String), Quarterly>,
    /// Trails by the natural order of references, as the store keeps them before it packs them.
    trails: BTreeMap<Vec<u8>, (Reference, Vec<u8>)>,
}

/// A log folded in memory: what audit and the offline verifier compare a read model with. Rows are
/// in full: who may see them is the caller's to ask, with [`Row::seen_through`] and
/// [`Replay::gate`].
#[derive(Debug, Default)]
pub struct Replay {
    position: Sequence,
    areas: BTreeMap<Slug, Area>,
    parked: BTreeMap<String, Parked>,
    requests: HashMap<Uuid, Sequence>,
    /// The running maximum of the recording times, a message each.
    times: Vec<DateTime<Utc>>,
}

impl Replay {
    /// Before the first message.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Folds a whole log or export.
    ///
    /// # Errors
    /// [`Gap`] when a record is not the next one.
    pub fn from_records<'a>(records: impl IntoIterator<Item = &'a Record>) -> Result<Self, Gap> {
        let mut replay = Self::new();
        for record in records {
            replay.apply(record)?;
        }
        Ok(replay)
    }

    /// Applies the next record.
    ///
    /// # Errors
    /// [`Gap`] when it is not the next one.
    pub fn apply(&mut self, record: &Record) -> Result<(), Gap> {
        let expected = self.position + 1;
        if record.sequence != expected {
            return Err(Gap {
                expected,
                found: record.sequence,
            });
        }
        let message = Message::read(record);
        self.position = expected;
        self.requests.insert(message.id, message.sequence);
        let latest = self
            .times
            .last()
            .copied()
            .unwrap_or(DateTime::<Utc>::MIN_UTC);
        self.times.push(latest.max(message.recorded_at));
        if let Some(address) = &message.address {
            self.areas.entry(address.area.clone()).or_default();
        }
        if !self.parked.contains_key(&message.subject) {
            self.take(message);
        }
        Ok(())
    }

    fn take(&mut self, message: Message) {
        let (sequence, subject) = (message.sequence, message.subject);
        match (message.address, message.said) {
            (Some(Address { area, .. }), Ok(said)) => {
                self.areas.entry(area).or_default().take(said);
            }
            (_, said) => {
                let reason = match said {
                    Err(reason) => reason,
                    Ok(_) => "its subject is not one of this program".to_owned(),
                };
                let parked = Parked {
                    subject: subject.clone(),
                    sequence,
                    reason,
                };
                self.parked.insert(subject, parked);
            }
        }
    }

    /// The last message that was applied.
    #[must_use]
    pub fn position(&self) -> Sequence {
        self.position
    }

    /// The areas of which the log speaks.
    #[must_use]
    pub fn areas(&self) -> Vec<Slug> {
        self.areas.keys().cloned().collect()
    }

    /// The rows of an area, by reference, in full.
    #[must_use]
    pub fn rows(&self, area: &Slug, as_of: &AsOf) -> Vec<Row> {
        let cut = self.cut(as_of);
        let trails = self
            .areas
            .get(area)
            .into_iter()
            .flat_map(|area| area.trails.values());
        trails
            .filter_map(|(reference, trail)| self.fold(area, reference, trail, cut))
            .collect()
    }

    /// The row of an action, in full.
    #[must_use]
    pub fn row(&self, area: &Slug, reference: &Reference, as_of: &AsOf) -> Option<Row> {
        let trail = self.trail(area, reference)?;
        self.fold(area, reference, trail, self.cut(as_of))
    }

    /// The messages that touched an action, returns included, in order.
    #[must_use]
    pub fn messages(&self, area: &Slug, reference: &Reference, as_of: &AsOf) -> Vec<Sequence> {
        let cut = self.cut(as_of);
        let entries = self.trail(area, reference).map(|trail| entries(trail, cut));
        let mut messages: Vec<Sequence> = entries
            .unwrap_or_default()
            .iter()
            .map(|entry| entry.sequence)
            .collect();
        messages.dedup();
        let parked = parked_cell(&self.parked, area, reference, cut);
        messages.extend(parked.map(|parked| parked.sequence));
        messages
    }

    /// How a restricted action stands now; `None` when it is not restricted.
    #[must_use]
    pub fn gate(&self, area: &Slug, reference: &Reference) -> Option<Gate> {
        self.row(area, reference, &AsOf::NOW)
            .as_ref()
            .and_then(Gate::of)
    }

    /// The register of an area.
    #[must_use]
    pub fn register(&self, area: &Slug, as_of: &AsOf) -> Register {
        let events = self.areas.get(area).map(|area| area.register.clone());
        fold_register(events.unwrap_or_default(), self.cut(as_of))
    }

    /// The returns of an area, by group and quarter.
    #[must_use]
    pub fn returns(&self, area: &Slug, as_of: &AsOf) -> Vec<(Slug, Quarter, Return)> {
        let cut = self.cut(as_of);
        let returns = self
            .areas
            .get(area)
            .into_iter()
            .flat_map(|area| &area.returns);
        returns
            .filter_map(|((group, _), (quarter, events))| {
                Some((group.clone(), *quarter, fold_return(events.clone(), cut)?))
            })
            .collect()
    }

    /// The aggregates that stand still, by subject.
    #[must_use]
    pub fn parked(&self) -> Vec<Parked> {
        self.parked.values().cloned().collect()
    }

    /// Every message id with its sequence, in no order.
    pub(crate) fn requests(&self) -> &HashMap<Uuid, Sequence> {
        &self.requests
    }

    /// The trail of an action, as lines.
    pub(crate) fn trail(&self, area: &Slug, reference: &Reference) -> Option<&[u8]> {
        let mut key = Vec::new();
        keys::natural(reference, &mut key);
        let (_, trail) = self.areas.get(area)?.trails.get(&key)?;
        Some(trail)
    }

    /// The trails of an area, as lines, by reference.
    pub(crate) fn trails(&self, area: &Slug) -> impl Iterator<Item = (&Reference, &[u8])> {
        let trails = self
            .areas
            .get(area)
            .into_iter()
            .flat_map(|area| area.trails.values());
        trails.map(|(reference, trail)| (reference, trail.as_slice()))
    }

    /// The events of every return of an area.
    pub(crate) fn return_events(
        &self,
        area: &Slug,
    ) -> impl Iterator<Item = (&Slug, Quarter, &[Dated<ReturnEvent>])> {
        let returns = self
            .areas
            .get(area)
            .into_iter()
            .flat_map(|area| &area.returns);
        returns.map(|((group, _), (quarter, events))| (group, *quarter, events.as_slice()))
    }

    fn fold(&self, area: &Slug, reference: &Reference, trail: &[u8], cut: Cut) -> Option<Row> {
        let parked = parked_cell(&self.parked, area, reference, cut);
        trail::fold(entries(trail, cut), cut).row(parked.as_ref())
    }

    fn cut(&self, as_of: &AsOf) -> Cut {
        let within = |instant: DateTime<Utc>| {
            let count = self.times.partition_point(|time| *time <= instant);
            Sequence::try_from(count).unwrap_or(Sequence::MAX)
        };
        let at = as_of.known_at.map_or(Sequence::MAX, within);
        Cut {
            known: at.min(as_of.known_position.unwrap_or(Sequence::MAX)),
            true_on: as_of.true_on,
        }
    }
}

impl Area {
    fn take(&mut self, said: Said) {
        match said {
            Said::Action(reference, entries) => {
                for entry in &entries {
                    self.add(&reference, entry);
                }
            }
            Said::Register(events) => self.register.extend(events),
            Said::Return(group, quarter, events, updates) => {
                let slot = self.returns.entry((group, quarter.token()));
                slot.or_insert_with(|| (quarter, Vec::new()))
                    .1
                    .extend(events);
                for (reference, entry) in &updates {
                    self.add(reference, entry);
                }
            }
        }
    }

    fn add(&mut self, reference: &Reference, entry: &Entry) {
        let mut key = Vec::new();
        keys::natural(reference, &mut key);
        let slot = self.trails.entry(key);
        let (_, trail) = slot.or_insert_with(|| (reference.clone(), Vec::new()));
        if let Err(error) = trail::write(entry, trail) {
            // Every event can be written.
            tracing::error!(%error, sequence = entry.sequence, "an entry was not kept");
        }
    }
}

/// The entries of a packed trail that a cut lets through.
fn entries(trail: &[u8], cut: Cut) -> Vec<Entry> {
    let mut entries = Vec::new();
    if let Err(error) = trail::read(trail, cut, &mut entries) {
        tracing::error!(%error, "a trail of the replay cannot be read");
    }
    entries
}
