//! The register as it stood on a day.

use chrono::NaiveDate;
use domain::calendar::returns::ReturnDueRule;
use domain::register::{Body, BodyKind, Group, Register};
use domain::text::Slug;

use super::row::said;
use crate::v1;

/// Bodies, groups, series and meetings under the names they had on a day. Freshness is the
/// caller's to add.
#[must_use]
pub fn register(register: &Register, on: NaiveDate) -> v1::GetRegisterResponse {
    v1::GetRegisterResponse {
        bodies: register.bodies.values().map(|b| body(b, on)).collect(),
        groups: register.groups.values().map(|g| group(g, on)).collect(),
        series: register
            .series
            .values()
            .map(|series| v1::SeriesEntry {
                id: series.id.to_string(),
                body: series.body.to_string(),
                year: series.year,
                pattern: series.pattern.as_str().to_owned(),
                title: series
                    .title
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
            })
            .collect(),
        meetings: register
            .meetings
            .values()
            .map(|meeting| v1::MeetingEntry {
                id: meeting.id.to_string(),
                body: meeting.body.to_string(),
                held_on: meeting.held_on.to_string(),
                title: meeting
                    .title
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
            })
            .collect(),
        freshness: None,
    }
}

fn body(body: &Body, on: NaiveDate) -> v1::BodyEntry {
    v1::BodyEntry {
        id: body.id.to_string(),
        name: body.names.on(on).to_string(),
        kind: body_kind(body.kind).into(),
        until: said(body.until),
        succeeded_by: named(body.succeeded_by.as_ref()),
        returns: body.returns.as_ref().map(|rule| v1::ReturnDueRule {
            rule: Some(match *rule {
                ReturnDueRule::EndOfMonthAfter { months } => {
                    v1::return_due_rule::Rule::EndOfMonthAfter(months.into())
                }
                ReturnDueRule::DaysAfter { days } => {
                    v1::return_due_rule::Rule::DaysAfter(days.into())
                }
            }),
        }),
    }
}

fn body_kind(kind: BodyKind) -> v1::BodyKind {
    match kind {
        BodyKind::Panel => v1::BodyKind::Panel,
        BodyKind::CommissionerOffice => v1::BodyKind::CommissionerOffice,
        BodyKind::Constabulary => v1::BodyKind::Constabulary,
        BodyKind::Board => v1::BodyKind::Board,
        BodyKind::Partner => v1::BodyKind::Partner,
    }
}

fn group(group: &Group, on: NaiveDate) -> v1::GroupEntry {
    let lines = |lines: &[domain::text::Line]| lines.iter().map(ToString::to_string).collect();
    v1::GroupEntry {
        id: group.id.to_string(),
        name: group.names.on(on).to_string(),
        board: group.board.to_string(),
        aliases: lines(&group.details.aliases),
        lead_bodies: lines(&group.details.lead_bodies),
        objectives: group
            .details
            .objectives
            .iter()
            .map(ToString::to_string)
            .collect(),
        from: group.from.to_string(),
        until: said(group.until),
        succeeded_by: named(group.succeeded_by.as_ref()),
    }
}

fn named(slug: Option<&Slug>) -> String {
    slug.map(ToString::to_string).unwrap_or_default()
}
