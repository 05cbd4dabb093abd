//! What a log amounts to, folded by the domain's own rules: what the rows for a database say.

use anyhow::{Context, Result, anyhow};
use chrono::{DateTime, NaiveDate, Utc};
use domain::action::{self, Action, ActionEvent};
use domain::aggregate::{Address, Aggregate};
use domain::calendar::Quarter;
use domain::reference::Reference;
use domain::register::{self, Register, RegisterEvent};
use domain::returns::{self, Return, ReturnEvent};
use domain::stored;
use domain::text::Slug;
use event_log::{EventLog, Record};
use futures::StreamExt;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// One thing that happened to an action, without its long texts.
pub(crate) struct Entry {
    pub(crate) sequence: u64,
    pub(crate) recorded_at: DateTime<Utc>,
    pub(crate) on: NaiveDate,
    /// The day from which it is true.
    pub(crate) from: NaiveDate,
    pub(crate) event: ActionEvent,
}

/// Everything a log says.
#[derive(Default)]
pub(crate) struct Facts {
    pub(crate) actions: HashMap<Reference, Vec<Entry>>,
    pub(crate) returns: BTreeMap<(Slug, NaiveDate), (Quarter, Return)>,
    pub(crate) register: Register,
    pub(crate) last_day: Option<NaiveDate>,
}

/// Reads a log from its beginning, record by record.
pub(crate) async fn each(
    log: &Arc<dyn EventLog>,
    mut take: impl FnMut(&Record) -> Result<()>,
) -> Result<()> {
    let head = log.head().await?;
    let mut batches = log.follow(0);
    let mut seen = 0;
    while seen < head {
        for record in batches.next().await.context("the log ended")?? {
            take(&record)?;
            seen = record.sequence;
        }
    }
    Ok(())
}

/// Where a record belongs.
pub(crate) fn address(record: &Record) -> Result<Address> {
    let subject = record.subject.as_str();
    Address::parse(subject).map_err(|error| anyhow!("{subject}: {error}"))
}

impl Facts {
    /// Takes in a record; the actions that it speaks of.
    pub(crate) fn take(&mut self, record: &Record) -> Result<Vec<Reference>> {
        match address(record)?.aggregate {
            Aggregate::Register => {
                let said = stored::decode_events::<RegisterEvent>(&record.body)?;
                for event in &said.events {
                    register::evolve(&mut self.register, said.on, event);
                }
                self.last_day = self.last_day.max(Some(said.on));
                Ok(Vec::new())
            }
            Aggregate::Action(reference) => {
                let said = stored::decode_events::<ActionEvent>(&record.body)?;
                for event in said.events {
                    self.enter(
                        record,
                        reference.clone(),
                        said.on,
                        event.true_from(said.on),
                        event,
                    );
                }
                Ok(vec![reference])
            }
            Aggregate::Return(group, quarter) => self.take_return(record, group, quarter),
        }
    }

    fn take_return(
        &mut self,
        record: &Record,
        group: Slug,
        quarter: Quarter,
    ) -> Result<Vec<Reference>> {
        let said = stored::decode_events::<ReturnEvent>(&record.body)?;
        let key = (group, quarter.first_day());
        let mut state = self.returns.remove(&key).map(|(_, state)| state);
        let mut spoken_of = Vec::new();
        for event in &said.events {
            let from = event.true_from(said.on);
            state = returns::evolve(state, said.on, event);
            for (reference, update) in event.action_updates(quarter) {
                spoken_of.push(reference.clone());
                self.enter(record, reference, said.on, from, update);
            }
        }
        self.returns
            .extend(state.map(|state| (key, (quarter, state))));
        spoken_of.sort();
        spoken_of.dedup();
        Ok(spoken_of)
    }

    fn enter(
        &mut self,
        record: &Record,
        reference: Reference,
        on: NaiveDate,
        from: NaiveDate,
        event: ActionEvent,
    ) {
        self.last_day = self.last_day.max(Some(on));
        self.actions.entry(reference).or_default().push(Entry {
            sequence: record.sequence,
            recorded_at: record.attributes.time,
            on,
            from,
            event: event.slim(),
        });
    }
}

/// An action as it stands now.
pub(crate) fn now(entries: &[Entry]) -> Option<Action> {
    action::fold(entries.iter().map(|entry| (entry.on, &entry.event)))
}

/// How an action stood from each day on: what was true, by all that is known, in the order of the
/// days from which it was.
pub(crate) fn through_time(entries: &[Entry]) -> Vec<(NaiveDate, Action)> {
    let mut ordered: Vec<&Entry> = entries.iter().collect();
    ordered.sort_by_key(|entry| (entry.from, entry.sequence));
    let mut stood: Vec<(NaiveDate, Action)> = Vec::new();
    let mut state = None;
    for entry in ordered {
        state = action::evolve(state, entry.from, &entry.event);
        let Some(action) = &state else { continue };
        match stood.last_mut().filter(|(day, _)| *day == entry.from) {
            Some((_, last)) => *last = action.clone(),
            None => stood.push((entry.from, action.clone())),
        }
    }
    stood
}
