//! The story of one action: one entry for each event that touched it.

use chrono::NaiveDate;
use domain::action::{ActionEvent, DueSet};
use domain::aggregate::Aggregate;
use domain::calendar::Quarter;
use domain::calendar::london::say_date;
use domain::reference::Reference;
use domain::returns::ReturnEvent;
use domain::text::Slug;
use event_log::Record;
use projection::Row;

use super::events::{Circumstances, Happened, decode_record};
use super::freshness::timestamp;
use super::sentence::{of_action, reason_of, whole};
use crate::v1;
use crate::words::Word;

/// What one record says of one action, oldest first: of a return only the update about that action,
/// so that nothing of the others it speaks of is shown. Events that are not true by `true_on` are
/// left out.
///
/// # Errors
/// A sentence for the operator when the record cannot be read.
pub fn story_of(
    reference: &Reference,
    record: &Record,
    true_on: Option<NaiveDate>,
) -> Result<Vec<(v1::StoryEntry, ActionEvent)>, String> {
    let stored = decode_record(record)?;
    let circumstances = stored.happened.circumstances();
    let told: Vec<(&'static str, ActionEvent, NaiveDate, String)> = match &stored.happened {
        Happened::Action(decision) => decision
            .events
            .iter()
            .map(|event| {
                let from = event.true_from(decision.on);
                (event.type_name(), event.clone(), from, of_action(event))
            })
            .collect(),
        Happened::Return(decision) => {
            let Aggregate::Return(group, quarter) = &stored.address.aggregate else {
                return Ok(Vec::new());
            };
            let about = |event: &ReturnEvent| about(reference, group, *quarter, event, decision.on);
            decision.events.iter().filter_map(about).collect()
        }
        Happened::Register(_) => Vec::new(),
    };
    told.into_iter()
        .filter(|(_, _, from, _)| true_on.is_none_or(|day| *from <= day))
        .map(|(kind, event, _, sentence)| {
            let sentence = whole(&sentence, circumstances.by, reason_of(&event).as_deref());
            let mut entry = entry(record, circumstances, kind, sentence);
            entry.data_json = serde_json::to_string(&event).map_err(|e| e.to_string())?;
            Ok((entry, event))
        })
        .collect()
}

fn about(
    reference: &Reference,
    group: &Slug,
    quarter: Quarter,
    event: &ReturnEvent,
    on: NaiveDate,
) -> Option<(&'static str, ActionEvent, NaiveDate, String)> {
    let (_, update) = event
        .action_updates(quarter)
        .into_iter()
        .find(|(named, _)| named == reference)?;
    let how = match event {
        ReturnEvent::Corrected { .. } => "in a correction of the return",
        ReturnEvent::Drafted { .. } | ReturnEvent::Submitted { .. } => "in the return",
    };
    let sentence = format!("{}, {how} of {group}", of_action(&update));
    Some((event.type_name(), update, event.true_from(on), sentence))
}

fn entry(
    record: &Record,
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
        position: record.sequence,
        id: record.id.to_string(),
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
