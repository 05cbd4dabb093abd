//! Two points of time, and what differs between them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::reference::Reference;
use domain::text::Slug;
use serde::Serialize;
use serde_json::Value;

use super::{ChangeKind, Question, cut};
use crate::as_of::{AsOf, Cut};
use crate::error::ReadError;
use crate::filter::Filter;
use crate::model::ReadModel;
use crate::row::Row;
use crate::sort::Sort;
use crate::store::{Store, parked_cell};
use crate::trail::Entry;
use crate::view::Facts;

/// A field of a row that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Its name in [`Row`].
    pub field: String,
    /// Before, as JSON; null when there was nothing.
    pub before: serde_json::Value,
    /// After, as JSON.
    pub after: serde_json::Value,
}

/// An action that differs between two points of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Its reference.
    pub reference: Reference,
    /// What the difference amounts to, the weightiest thing first.
    pub changes: Vec<ChangeKind>,
    /// Each field that differs; empty for an action that is only on one side.
    pub fields: Vec<FieldChange>,
    /// The row before, if it was on record.
    pub before: Option<Row>,
    /// The row after, if it is on record.
    pub after: Option<Row>,
}

impl ReadModel {
    /// The actions that differ between the time of the question and another, by reference, at most
    /// `limit`. A filter selects by either side.
    ///
    /// # Errors
    /// When there is nothing to answer from.
    pub fn compare(
        &self,
        question: &Question<'_>,
        with: &AsOf,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<Difference>, ReadError> {
        self.ask(|store| store.differences(question, with, filter, limit))
    }
}

impl Store {
    fn differences(
        &self,
        question: &Question<'_>,
        with: &AsOf,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<Difference>, ReadError> {
        let mut cuts = (cut(self, &question.as_of)?, cut(self, with)?);
        // Against a date, everything known folds by date too, or backdated events would differ.
        match (cuts.0.true_on, cuts.1.true_on) {
            (Some(_), None) => cuts.1.true_on = Some(NaiveDate::MAX),
            (None, Some(_)) => cuts.0.true_on = Some(NaiveDate::MAX),
            _ => {}
        }
        let candidates = self.between(question.area, cuts)?;
        let books = self.books();
        let as_at = (question.as_at(), with.as_at(question.today));
        let mut differences = Vec::new();
        for (_, reference) in candidates {
            if differences.len() == limit {
                break;
            }
            let row = |cut| -> Result<Option<Row>, ReadError> {
                let row = self.row_at(&books, question.area, &reference, cut)?;
                Ok(row.map(|row| question.seen(&books, row)))
            };
            let (before, after) = (row(cuts.0)?, row(cuts.1)?);
            let selected = before.as_ref().is_some_and(|r| filter.matches(r, as_at.0))
                || after.as_ref().is_some_and(|r| filter.matches(r, as_at.1));
            if !selected {
                continue;
            }
            let fields = match (&before, &after) {
                (Some(before), Some(after)) => fields(before, after),
                _ => Vec::new(),
            };
            if before.is_some() == after.is_some() && fields.is_empty() {
                continue;
            }
            differences.push(Difference {
                changes: changes(before.as_ref(), after.as_ref()),
                reference,
                fields,
                before,
                after,
            });
        }
        Ok(differences)
    }

    /// The actions whose trails two cuts let through differently, by reference.
    fn between(
        &self,
        area: &Slug,
        cuts: (Cut, Cut),
    ) -> Result<Vec<(Vec<u8>, Reference)>, ReadError> {
        let through = |entry: &Entry, cut: Cut| {
            entry.sequence <= cut.known && cut.true_on.is_none_or(|date| entry.from <= date)
        };
        let known = (cuts.0.known != cuts.1.known).then(|| cuts.0.known.min(cuts.1.known));
        let day = cuts.0.true_on.zip(cuts.1.true_on);
        let day = day.filter(|(a, b)| a != b).map(|(a, b)| a.min(b));
        self.warm(area, Cut::NOW)?;
        // An event is never true from later than the day it happened, so whoever has not changed
        // since the earlier of the two cannot differ.
        let candidates: Vec<Reference> = self.view(&self.books(), area, Cut::NOW, |view| {
            let since = |facts: &&Facts| {
                known.is_some_and(|known| facts.position > known)
                    || day.is_some_and(|day| facts.last_change_on > day)
            };
            let facts = view.facts(None, None).filter(since);
            Ok(facts.map(|facts| facts.reference.clone()).collect())
        })?;
        let mut found = Vec::new();
        for reference in candidates {
            let parked = parked_cell(&self.books().parked, area, &reference, Cut::NOW);
            let trail = self.trail(area, &reference, Cut::NOW)?;
            let differs = trail
                .iter()
                .any(|entry| through(entry, cuts.0) != through(entry, cuts.1));
            if differs || parked.is_some() {
                found.push((Sort::REFERENCE.key_of(&reference, None, 0), reference));
            }
        }
        found.sort_unstable();
        Ok(found)
    }
}

/// The fields that differ, but for where the row stands in the log.
fn fields(before: &Row, after: &Row) -> Vec<FieldChange> {
    let (before, after) = (before.fields(), after.fields());
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let of = |object: &serde_json::Map<String, Value>, name: &str| {
        object.get(name).cloned().unwrap_or(Value::Null)
    };
    names
        .into_iter()
        .filter(|name| {
            !matches!(
                name.as_str(),
                "position" | "last_change_at" | "last_change_on"
            )
        })
        .map(|name| FieldChange {
            field: name.clone(),
            before: of(&before, name),
            after: of(&after, name),
        })
        .filter(|change| change.before != change.after)
        .collect()
}

/// What two rows amount to when they are held side by side.
fn changes(before: Option<&Row>, after: Option<&Row>) -> Vec<ChangeKind> {
    let (before, after) = match (before, after) {
        (None, _) => return vec![ChangeKind::Raised],
        // The later side came first: seen backwards it is not there yet.
        (Some(_), None) => return vec![ChangeKind::Withdrawn],
        (Some(before), Some(after)) => (before, after),
    };
    let ended = |row: &Row| row.closed.is_some();
    let withdrawn = after.status == domain::action::Status::Withdrawn;
    let told = [
        (
            !ended(before) && ended(after) && !withdrawn,
            ChangeKind::Closed,
        ),
        (!ended(before) && withdrawn, ChangeKind::Withdrawn),
        (ended(before) && !ended(after), ChangeKind::Reopened),
        (
            before.answered_on != after.answered_on,
            ChangeKind::Answered,
        ),
        (before.due_on != after.due_on, ChangeKind::Moved),
        (
            before.restriction.is_none() && after.restriction.is_some(),
            ChangeKind::Restricted,
        ),
        (
            before.restriction.is_some() && after.restriction.is_none(),
            ChangeKind::Lifted,
        ),
        (before.delegation != after.delegation, ChangeKind::Delegated),
        (
            before.proposed != after.proposed && after.proposed.is_some(),
            ChangeKind::Proposed,
        ),
    ];
    let kinds: Vec<ChangeKind> = told
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, k)| k)
        .collect();
    if kinds.is_empty() {
        vec![ChangeKind::Updated]
    } else {
        kinds
    }
}
