//! The terms that several requests share: due dates, citations, coverage, grounds, progress.

use super::{CITATIONS_LIMIT, Covered, Fields, covered};
use crate::v1;
use chrono::NaiveDate;
use domain::action::{Citation, Ground, PartId, Rag};
use domain::calendar::deadline::{DueRule, MOST_DAYS};
use domain::calendar::working_days::WorkingCalendar;
use domain::text::{Line, Text};
use std::collections::BTreeSet;

/// In place of the day of a meeting: the next in the register of the body that raised the action.
const NEXT: &str = "next";

pub(super) fn due(fields: &mut Fields, field: &str, rule: Option<&v1::DueRule>) -> Option<DueRule> {
    let due = maybe_due(fields, field, rule);
    if rule.is_none_or(|rule| rule.rule.is_none()) {
        fields.wrong(
            field,
            "is missing; give a date, working days, a meeting, or why no date was agreed",
        );
    }
    due
}

pub(super) fn maybe_due(
    fields: &mut Fields,
    field: &str,
    rule: Option<&v1::DueRule>,
) -> Option<DueRule> {
    use v1::due_rule::Rule;
    let rule = rule?.rule.as_ref()?;
    fields.under(field, |fields| match rule {
        Rule::OnDate(date) => {
            let date = fields.date("on_date", date)?;
            Some(DueRule::OnDate { date })
        }
        Rule::WorkingDays(count) => fields.under("working_days", |fields| {
            let days = fields.number("days", count.days, 1, u32::from(MOST_DAYS));
            let calendar = fields.maybe_word("calendar", count.calendar);
            Some(DueRule::WorkingDays {
                days: days?,
                calendar: calendar.unwrap_or(WorkingCalendar::EnglandAndWales),
            })
        }),
        Rule::BeforeAgendaOf(meeting) if meeting == NEXT => Some(fields.next_agenda()),
        Rule::BeforeAgendaOf(meeting) => {
            let meeting_on = fields.date("before_agenda_of", meeting)?;
            Some(DueRule::BeforeAgendaOf { meeting_on })
        }
        Rule::NoneAgreed(reason) => {
            let reason = fields.line("none_agreed", reason)?.to_string();
            Some(DueRule::NoneAgreed { reason })
        }
    })
}

pub(super) fn citations(fields: &mut Fields, field: &str, list: &[v1::Citation]) -> Vec<Citation> {
    fields.each(field, list, CITATIONS_LIMIT, |fields, citation| {
        let title = fields.line("title", &citation.title);
        let paragraph = fields.maybe_line("paragraph", &citation.paragraph);
        let link = fields.maybe_line("link", &citation.link);
        let dated = fields.maybe_date("dated", &citation.dated);
        Some(Citation {
            title: title?,
            paragraph,
            link,
            dated,
        })
    })
}

pub(super) fn coverage(fields: &mut Fields, field: &str, list: &[v1::PartCoverage]) -> Covered {
    let mut seen = BTreeSet::new();
    covered(fields.each(field, list, PartId::LIMIT, |fields, cover| {
        let part = fields.part("part", &cover.part);
        let coverage = fields.word("coverage", cover.coverage);
        if part.is_some_and(|part| !seen.insert(part)) {
            fields.wrong("part", "is named twice; say it once");
        }
        Some((part?, coverage?))
    }))
}

pub(super) fn ground(fields: &mut Fields, ground: Option<&v1::Ground>) -> Option<Ground> {
    use v1::ground::Ground as Given;
    let given = ground.and_then(|ground| ground.ground.as_ref());
    match given {
        Some(Given::Schedule12aParagraph(paragraph)) => {
            let paragraph = fields.number("ground.schedule_12a_paragraph", *paragraph, 1, 7)?;
            Some(Ground::Schedule12a { paragraph })
        }
        Some(Given::OperationallySensitive(true)) => Some(Ground::OperationallySensitive),
        Some(Given::PersonalInformation(true)) => Some(Ground::PersonalInformation),
        Some(Given::LegalAdvice(true)) => Some(Ground::LegalAdvice),
        Some(_) | None => {
            fields.wrong(
                "ground",
                "is missing; give a paragraph of Schedule 12A, or one of the others as true",
            );
            None
        }
    }
}

/// What an update says, RAG apart: it may be left out of an update, not of a return.
pub(super) struct Progress {
    pub(super) rag: Option<Rag>,
    pub(super) narrative: Text,
    pub(super) recovery: Option<Text>,
    pub(super) milestone: Option<Line>,
    pub(super) expected_on: Option<NaiveDate>,
    pub(super) evidence: Vec<Citation>,
}

pub(super) fn progress(fields: &mut Fields, progress: &v1::Progress) -> Option<Progress> {
    fields.under("progress", |fields| {
        let rag = fields.maybe_word("rag", progress.rag);
        let narrative = fields.text("narrative", &progress.narrative);
        let recovery = fields.maybe_text("recovery", &progress.recovery);
        let milestone = fields.maybe_line("milestone", &progress.milestone);
        let expected_on = fields.maybe_date("expected_on", &progress.expected_on);
        let evidence = citations(fields, "evidence", &progress.evidence);
        Some(Progress {
            rag,
            narrative: narrative?,
            recovery,
            milestone,
            expected_on,
            evidence,
        })
    })
}
