//! The story of one action: one entry for each event that touched it.

use chrono::NaiveDate;
use domain::action::{ActionEvent, DueSet};
use domain::aggregate::Aggregate;
use domain::calendar::Quarter;
use domain::calendar::london::say_date;
use domain::reference::Reference;
use domain::returns::ReturnEvent;
use domain::text::Slug;
use event_log::{Record, Sequence};
use projection::Row;
use uuid::Uuid;

use super::events::{Circumstances, Happened, StoredDecision, decode_record};
use super::freshness::timestamp;
use super::sentence::{of_action, reason_of, whole};
use crate::v1;
use crate::words::Word;

/// A record of the log that was read: what it says can be told of one action after another.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadRecord {
    sequence: Sequence,
    id: Uuid,
    stored: StoredDecision,
}

impl ReadRecord {
    /// Reads a record.
    ///
    /// # Errors
    /// A sentence for the operator when it cannot be read.
    pub fn of(record: &Record) -> Result<Self, String> {
        Ok(Self {
            sequence: record.sequence,
            id: record.id,
            stored: decode_record(record)?,
        })
    }

    /// Whether it is of a return, which says something of many actions.
    #[must_use]
    pub fn is_of_a_return(&self) -> bool {
        matches!(self.stored.happened, Happened::Return(_))
    }

    /// What it says of one action, oldest first: of a return only the update about that action, so
    /// that nothing of the others it speaks of is shown. Events that are not true by `true_on` are
    /// left out.
    ///
    /// # Errors
    /// Never in practice: what was read can be written.
    pub fn story_of(
        &self,
        reference: &Reference,
        true_on: Option<NaiveDate>,
    ) -> Result<Vec<(v1::StoryEntry, ActionEvent)>, String> {
        let circumstances = self.stored.happened.circumstances();
        self.said_of(reference)
            .into_iter()
            .filter(|said| true_on.is_none_or(|day| said.from <= day))
            .map(|said| {
                let why = reason_of(&said.event);
                let sentence = whole(&said.sentence, circumstances.by, why.as_deref());
                let mut entry = self.entry(circumstances, said.kind, sentence);
                entry.data_json = serde_json::to_string(&said.event).map_err(|e| e.to_string())?;
                Ok((entry, said.event))
            })
            .collect()
    }

    fn said_of(&self, reference: &Reference) -> Vec<SaidOf> {
        match &self.stored.happened {
            Happened::Action(decision) => decision
                .events
                .iter()
                .map(|event| SaidOf {
                    kind: event.type_name(),
                    event: event.clone(),
                    from: event.true_from(decision.on),
                    sentence: of_action(event),
                })
                .collect(),
            Happened::Return(decision) => {
                let Aggregate::Return(group, quarter) = &self.stored.address.aggregate else {
                    return Vec::new();
                };
                let events = decision.events.iter();
                events
                    .filter_map(|event| about(reference, group, *quarter, event, decision.on))
                    .collect()
            }
            Happened::Register(_) => Vec::new(),
        }
    }

    fn entry(
        &self,
        circumstances: Circumstances<'_>,
        kind: &str,
        sentence: String,
    ) -> v1::StoryEntry {
        let Circumstances {
            on,
            recorded_at,
            by,
            rule,
        } = circumstances;
        v1::StoryEntry {
            position: self.sequence,
            id: self.id.to_string(),
            r#type: kind.to_owned(),
            on: on.to_string(),
            recorded_at: Some(timestamp(recorded_at)),
            by: by.name.clone(),
            role: by.role.as_str().to_owned(),
            rule: rule.to_owned(),
            sentence,
            data_json: String::new(),
        }
    }
}

/// What an event says of one action.
struct SaidOf {
    kind: &'static str,
    event: ActionEvent,
    /// The day from which it is true.
    from: NaiveDate,
    sentence: String,
}

fn about(
    reference: &Reference,
    group: &Slug,
    quarter: Quarter,
    event: &ReturnEvent,
    on: NaiveDate,
) -> Option<SaidOf> {
    let update = event.action_update(quarter, reference)?;
    let how = match event {
        ReturnEvent::Corrected { .. } => "in a correction of the return",
        ReturnEvent::Drafted { .. } | ReturnEvent::Submitted { .. } => "in the return",
    };
    Some(SaidOf {
        kind: event.type_name(),
        sentence: format!("{}, {how} of {group}", of_action(&update)),
        from: event.true_from(on),
        event: update,
    })
}

/// The story of a stub: the days that its row shows, and nothing else. No position and no id, by
/// which the texts could be asked for elsewhere.
#[must_use]
pub fn stub_story(row: &Row) -> Vec<v1::StoryEntry> {
    let mut told = vec![(row.raised_on, "action.raised.v1", "Raised.".to_owned())];
    for response in &row.responses {
        let said = match Word::number(response.kind) {
            kind if kind == i32::from(v1::ResponseKind::Holding) => "Holding response sent.",
            _ => "Substantive response sent.",
        };
        told.push((response.on, "action.responded.v1", said.to_owned()));
    }
    if let Some(restriction) = &row.restriction {
        let said = format!(
            "Restricted, to be reviewed by {}: {}",
            say_date(restriction.review_on),
            restriction.explanation
        );
        told.push((restriction.since, "action.restricted.v1", said));
    }
    if let Some(end) = &row.closed {
        let said = format!("Closed as {}.", end.outcome);
        told.push((end.on, "action.closed.v1", said));
    }
    told.sort_by_key(|(on, _, _)| *on);
    told.into_iter()
        .map(|(on, kind, sentence)| v1::StoryEntry {
            r#type: kind.to_owned(),
            on: on.to_string(),
            sentence,
            ..v1::StoryEntry::default()
        })
        .collect()
}

/// How the due date was reached, from the events of the story, oldest first.
#[must_use]
pub fn due_explained(events: &[ActionEvent]) -> Vec<String> {
    let mut said = Vec::new();
    for event in events {
        match event {
            ActionEvent::Raised(raised) => {
                said = match &raised.due {
                    DueSet::By(deadline) => deadline.sentences(),
                    DueSet::NoneAgreed { reason } => {
                        vec![format!("No date was agreed: {reason}.")]
                    }
                };
            }
            ActionEvent::DueDateMoved { from, to, .. } => {
                let moved = from.map_or_else(
                    || "A date was set later.".to_owned(),
                    |from| format!("The date was moved; before, it was {}.", say_date(from)),
                );
                said = std::iter::once(moved).chain(to.sentences()).collect();
            }
            ActionEvent::Reopened { due: Some(due), .. } => said = due.sentences(),
            ActionEvent::ClockResumed {
                days,
                due: Some(due),
                ..
            } => {
                let s = if *days == 1 { "" } else { "s" };
                said.push(format!(
                    "The clock stood for {days} day{s}, so it is due until the end of {}.",
                    say_date(*due)
                ));
            }
            _ => {}
        }
    }
    said
}
