//! The same rows, as files that PostgreSQL's COPY reads (CSV, empty unquoted fields are NULL).

use crate::beside::facts::{Entry, Facts, address, each, now, through_time};
use anyhow::{Context, Result};
use chrono::NaiveDate;
use domain::action::{self, Action, ActionEvent, Status};
use domain::aggregate::Aggregate;
use domain::calendar::Quarter;
use domain::reference::Reference;
use domain::stored::{self, Decision};
use event_log::{EventLog, Record};
use projection::{Row, Sort};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Display;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

/// A file of rows.
struct Csv(BufWriter<File>);

impl Csv {
    fn create(folder: &Path, name: &str) -> Result<Self> {
        let path = folder.join(name);
        let file = File::create(&path).with_context(|| path.display().to_string())?;
        Ok(Self(BufWriter::new(file)))
    }

    /// One row; `None` is NULL.
    fn row(&mut self, fields: &[Option<String>]) -> Result<()> {
        for (at, field) in fields.iter().enumerate() {
            if at > 0 {
                self.0.write_all(b",")?;
            }
            if let Some(text) = field {
                write!(self.0, "\"{}\"", text.replace('"', "\"\""))?;
            }
        }
        Ok(self.0.write_all(b"\n")?)
    }

    fn end(mut self) -> Result<()> {
        Ok(self.0.flush()?)
    }
}

fn text(value: impl Display) -> Option<String> {
    Some(value.to_string())
}

fn maybe(value: Option<impl Display>) -> Option<String> {
    value.map(|value| value.to_string())
}

/// Writes everything that the questions are about: actions as they stand and stood, their stories,
/// and the returns.
pub(crate) async fn write(log: &Arc<dyn EventLog>, folder: &Path) -> Result<()> {
    let mut facts = Facts::default();
    let mut story = Csv::create(folder, "story.csv")?;
    each(log, |record| {
        let spoken_of = facts.take(record)?;
        if spoken_of.is_empty() {
            return Ok(());
        }
        let said = Said::of(record)?;
        spoken_of
            .iter()
            .try_for_each(|reference| story.row(&said.row(reference)))
    })
    .await?;
    story.end()?;
    actions(&facts, folder)?;
    quarterly(&facts, folder)
}

/// A message as a story shows it.
struct Said {
    sequence: u64,
    kind: String,
    on: NaiveDate,
    recorded_at: String,
    by: String,
    role: &'static str,
    rule: String,
    events: String,
}

impl Said {
    fn of(record: &Record) -> Result<Self> {
        let decision: Decision<Value> = serde_json::from_slice(&record.body)?;
        let first = decision.events.first().and_then(|event| event.get("type"));
        Ok(Self {
            sequence: record.sequence,
            kind: first.and_then(Value::as_str).unwrap_or("").to_owned(),
            on: decision.on,
            recorded_at: decision.recorded_at.to_rfc3339(),
            by: decision.by.name,
            role: decision.by.role.as_str(),
            rule: decision.rule,
            events: serde_json::to_string(&decision.events)?,
        })
    }

    fn row(&self, reference: &Reference) -> [Option<String>; 9] {
        [
            text(reference),
            text(self.sequence),
            text(&self.kind),
            text(self.on),
            text(&self.recorded_at),
            text(&self.by),
            text(self.role),
            text(&self.rule),
            text(&self.events),
        ]
    }
}

/// Whether an answer is owed: the rule of [`Action::overdue`].
fn owed(status: Status) -> bool {
    matches!(
        status,
        Status::Open | Status::PartAnswered | Status::HoldingResponse
    )
}

fn actions(facts: &Facts, folder: &Path) -> Result<()> {
    let mut standing: Vec<(Row, &[Entry])> = Vec::new();
    for entries in facts.actions.values() {
        let last = entries.last().context("an action without events")?;
        if let Some(action) = now(entries) {
            let row = Row::from_action(&action, last.sequence, last.recorded_at);
            standing.push((row, entries));
        }
    }
    standing.sort_by_cached_key(|(row, _)| Sort::REFERENCE.key(row));
    let mut current = Csv::create(folder, "action.csv")?;
    let mut versions = Csv::create(folder, "version.csv")?;
    for (order, (row, entries)) in standing.iter().enumerate() {
        current.row(&action_row(row, order)?)?;
        let stood = through_time(entries);
        for (at, (from, action)) in stood.iter().enumerate() {
            let until = stood.get(at + 1).map(|(day, _)| *day);
            versions.row(&version_row(row, order, action, *from, until))?;
        }
    }
    current.end()?;
    versions.end()
}

fn action_row(row: &Row, order: usize) -> Result<Vec<Option<String>>> {
    let parts: Vec<&str> = row.parts.iter().map(|part| part.text.as_str()).collect();
    let topic = row.topic.as_deref().unwrap_or("");
    let search = format!(
        "{}\n{}\n{topic}\n{}",
        row.reference,
        row.text,
        parts.join("\n")
    );
    // What a list shows but nothing selects or sorts by.
    let rest = json!({
        "minute": row.minute, "parts": row.parts, "responses": row.responses,
        "delegation": row.delegation, "protocol": row.protocol, "sensitivity": row.sensitivity,
        "proposed": row.proposed, "closed": row.closed, "restriction": row.restriction,
        "links": row.links, "children": row.children, "none_agreed": row.none_agreed,
        "progress_on": row.progress_on, "progress_period": row.progress_period,
        "expected_on": row.expected_on, "last_change_at": row.last_change_at,
    });
    Ok(vec![
        text(&row.reference),
        text(order),
        text(row.kind.as_str()),
        text(row.status.as_str()),
        text(row.status.is_open()),
        text(owed(row.status)),
        text(&row.text),
        row.topic.clone(),
        row.theme.clone(),
        maybe(row.meeting.as_ref().map(|meeting| &meeting.id)),
        text(&row.asked_of.id),
        text(&row.raised_by.id),
        text(row.raised_on),
        maybe(row.first_due_on),
        maybe(row.due_on),
        text(row.due_moves),
        text(row.clock_paused_since.is_some()),
        maybe(row.delegated_to.as_ref().map(|party| &party.id)),
        maybe(row.remit.map(action::Remit::as_str)),
        text(row.coverage.as_str()),
        maybe(row.rag.map(action::Rag::as_str)),
        text(row.restriction.is_some()),
        maybe(row.answered_on),
        text(row.last_change_on),
        text(row.position),
        text(search.to_lowercase()),
        Some(serde_json::to_string(&rest)?),
    ])
}

fn version_row(
    row: &Row,
    order: usize,
    action: &Action,
    from: NaiveDate,
    until: Option<NaiveDate>,
) -> Vec<Option<String>> {
    let until = until.map_or(String::new(), |day| day.to_string());
    let status = action.status();
    vec![
        text(&row.reference),
        text(order),
        text(format!("[{from},{until})")),
        text(status.is_open()),
        text(status.as_str()),
        maybe(action.due.current),
        maybe(action.holder().map(|party| &party.id)),
        maybe(
            action
                .progress
                .as_ref()
                .and_then(|p| p.rag)
                .map(action::Rag::as_str),
        ),
        text(action.coverage().as_str()),
    ]
}

/// The groups, when each is expected to report, and what they sent.
fn quarterly(facts: &Facts, folder: &Path) -> Result<()> {
    let mut groups = Csv::create(folder, "grp.csv")?;
    let mut expected = Csv::create(folder, "expected.csv")?;
    let last = facts.last_day.context("an empty log")?;
    for group in facts.register.groups.values() {
        groups.row(&[text(&group.id), text(group.names.on(last))])?;
        let first = Quarter::containing(group.from)?;
        let quarters = std::iter::successors(Some(first), |quarter| quarter.next())
            .take_while(|quarter| quarter.first_day() <= last);
        for quarter in quarters {
            let due = facts.register.return_due_on(group, quarter);
            expected.row(&[text(&group.id), text(quarter.first_day()), text(due)])?;
        }
    }
    groups.end()?;
    expected.end()?;
    let mut sent = Csv::create(folder, "quarterly_return.csv")?;
    let mut said = Csv::create(folder, "said.csv")?;
    for ((group, quarter), (_, state)) in &facts.returns {
        let Some((on, due)) = state.submitted else {
            continue;
        };
        let overall = state.content.overall.map(action::Rag::as_str);
        let row = [
            text(group),
            text(quarter),
            text(on),
            text(due),
            maybe(overall),
            text(state.corrections),
        ];
        sent.row(&row)?;
        for update in state.content.updates.iter().filter(|u| u.said.is_some()) {
            said.row(&[text(group), text(quarter), text(&update.reference)])?;
        }
    }
    sent.end()?;
    said.end()
}

/// The messages about actions, one JSON object a line, each with how it leaves its action: what
/// another event store is given to keep and to replay, with nothing left to work out.
pub(crate) async fn events(log: &Arc<dyn EventLog>, path: &Path) -> Result<u64> {
    let mut out = BufWriter::new(File::create(path)?);
    let mut states: HashMap<Reference, Option<Action>> = HashMap::new();
    let mut count = 0;
    each(log, |record| {
        let Aggregate::Action(reference) = address(record)?.aggregate else {
            return Ok(());
        };
        let said = stored::decode_events::<ActionEvent>(&record.body)?;
        let state = states.entry(reference.clone()).or_default();
        for event in &said.events {
            *state = action::evolve(state.take(), said.on, event);
        }
        let action = state.as_ref().context("an action that was not raised")?;
        let first = said.events.first().context("a message without events")?;
        let raised = match first {
            ActionEvent::Raised(raised) => Some(raised.text.to_string()),
            _ => None,
        };
        let line = json!({
            "reference": reference, "kind": first.type_name(),
            "status": action.status().as_str(), "open": action.status().is_open(),
            "due_on": action.due.current, "grp": action.holder().map(|party| &party.id),
            "text": raised, "data": serde_json::from_slice::<Value>(&record.body)?,
        });
        serde_json::to_writer(&mut out, &line)?;
        out.write_all(b"\n")?;
        count += 1;
        Ok(())
    })
    .await?;
    out.flush()?;
    Ok(count)
}
