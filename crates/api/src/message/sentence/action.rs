//! What happened to an action.

use chrono::NaiveDate;
use domain::action::{
    ActionEvent, Coverage, DueSet, LinkKind, Origin, PartId, Rag, Raised, SplitChild,
};
use domain::calendar::Quarter;
use domain::calendar::london::say_date;
use std::collections::BTreeMap;

use super::listed;

/// What happened to an action, in a sentence; why is [`reason_of`]'s to say.
#[must_use]
pub fn of_action(event: &ActionEvent) -> String {
    match event {
        ActionEvent::Raised(raised) => of_raised(raised),
        ActionEvent::Triaged {
            remit,
            protocol,
            sensitivity,
            note: _,
        } => format!("Triaged as a matter for {remit} ({protocol}), {sensitivity}"),
        ActionEvent::Delegated { to, due, note: _ } => {
            format!("Delegated to {}{}", to.name, due_on(*due))
        }
        ActionEvent::DelegationAccepted { by } => format!("Accepted by {}", by.name),
        ActionEvent::DelegationDeclined { by, .. } => format!("Declined by {}", by.name),
        ActionEvent::Transferred { from, to, due, .. } => {
            format!(
                "Transferred from {} to {}{}",
                from.name,
                to.name,
                due_on(*due)
            )
        }
        ActionEvent::Updated {
            period,
            rag,
            expected_on,
            ..
        } => of_update(*period, *rag, *expected_on),
        ActionEvent::Responded {
            kind,
            coverage,
            also_answers,
            expected_on,
            ..
        } => {
            let mut said = format!("{} sent", capital(kind.said()));
            if let Some(day) = expected_on {
                said.push_str(&format!(", full answer promised for {}", say_date(*day)));
            }
            said.push_str(&covering(coverage));
            if !also_answers.is_empty() {
                let others = listed(also_answers.iter().map(ToString::to_string));
                said.push_str(&format!("; it also answers {others}"));
            }
            said
        }
        ActionEvent::ResponseCorrected {
            responded_on,
            coverage,
            ..
        } => format!(
            "The response of {} corrected{}",
            say_date(*responded_on),
            covering(coverage)
        ),
        _ => of_its_course(event),
    }
}

/// The events about time, visibility, the end and other actions.
fn of_its_course(event: &ActionEvent) -> String {
    match event {
        ActionEvent::DueDateMoved { from, to, .. } => {
            let from = from.map(|day| format!(" from {}", say_date(day)));
            let to = say_date(to.due_on);
            format!("Due date moved{} to {to}", from.unwrap_or_default())
        }
        ActionEvent::ClockPaused { .. } => "Clock stopped".to_owned(),
        ActionEvent::ClockResumed { days, due, .. } => {
            let s = if *days == 1 { "" } else { "s" };
            format!("Clock started again after {days} day{s}{}", due_on(*due))
        }
        ActionEvent::Restricted {
            ground,
            review_on,
            also,
            ..
        } => {
            let with = match also.as_slice() {
                [] => String::new(),
                also => format!(" with {}", listed(also.iter().map(ToString::to_string))),
            };
            let review_on = say_date(*review_on);
            format!("Restricted{with} as {ground}, to be reviewed by {review_on}")
        }
        ActionEvent::RestrictionLifted { .. } => "Restriction lifted".to_owned(),
        ActionEvent::ClosureProposed { outcome, .. } => format!("Closure proposed as {outcome}"),
        ActionEvent::Closed {
            outcome,
            superseded_by,
            ..
        } => {
            let by = superseded_by.as_ref().map(|other| format!(" by {other}"));
            format!("Closed as {outcome}{}", by.unwrap_or_default())
        }
        ActionEvent::Reopened { due, .. } => {
            format!("Opened again{}", due_on(due.as_ref().map(|due| due.due_on)))
        }
        ActionEvent::Withdrawn { .. } => "Withdrawn".to_owned(),
        ActionEvent::Linked { kind, other } => match kind {
            LinkKind::Parent => format!("Linked as part of {other}"),
            LinkKind::DuplicateOf => format!("Linked as a duplicate of {other}"),
            LinkKind::FollowsFrom => format!("Linked as following from {other}"),
        },
        ActionEvent::Split { into, .. } => format!("Split into {}", pieces(into)),
        ActionEvent::UndertakingGiven { child, .. } => {
            format!("What was promised in a response became {child}")
        }
        // The first half of the list; see `of_action`.
        ActionEvent::Raised(_)
        | ActionEvent::Triaged { .. }
        | ActionEvent::Delegated { .. }
        | ActionEvent::DelegationAccepted { .. }
        | ActionEvent::DelegationDeclined { .. }
        | ActionEvent::Transferred { .. }
        | ActionEvent::Updated { .. }
        | ActionEvent::Responded { .. }
        | ActionEvent::ResponseCorrected { .. } => String::new(),
    }
}

/// Why it happened, in the words of who did it, without the full stop; of a restriction, what the
/// public is told.
#[must_use]
pub fn reason_of(event: &ActionEvent) -> Option<String> {
    let reason = match event {
        ActionEvent::DelegationDeclined { reason, .. }
        | ActionEvent::Transferred { reason, .. }
        | ActionEvent::ResponseCorrected { reason, .. }
        | ActionEvent::DueDateMoved { reason, .. }
        | ActionEvent::ClockPaused { reason }
        | ActionEvent::RestrictionLifted { reason }
        | ActionEvent::ClosureProposed { reason, .. }
        | ActionEvent::Reopened { reason, .. }
        | ActionEvent::Withdrawn { reason }
        | ActionEvent::Split { reason, .. } => Some(reason),
        ActionEvent::Restricted { explanation, .. } => Some(explanation),
        ActionEvent::Closed { reason, .. } => reason.as_ref(),
        ActionEvent::Raised(_)
        | ActionEvent::Triaged { .. }
        | ActionEvent::Delegated { .. }
        | ActionEvent::DelegationAccepted { .. }
        | ActionEvent::Updated { .. }
        | ActionEvent::Responded { .. }
        | ActionEvent::ClockResumed { .. }
        | ActionEvent::Linked { .. }
        | ActionEvent::UndertakingGiven { .. } => None,
    };
    reason.map(|reason| plain_end(reason.as_str()))
}

fn of_raised(raised: &Raised) -> String {
    let article = match raised.kind.said().chars().next() {
        Some('a' | 'e' | 'i' | 'o' | 'u') => "an",
        _ => "a",
    };
    let mut said = format!("Raised as {article} {}", raised.kind);
    if let Some(meeting) = &raised.meeting {
        said.push_str(&format!(" at the meeting of {}", say_date(meeting.held_on)));
    }
    said.push_str(&format!(
        " by {}, asked of {}",
        raised.raised_by.name, raised.asked_of.name
    ));
    match &raised.due {
        DueSet::By(deadline) => said.push_str(&due_on(Some(deadline.due_on))),
        DueSet::NoneAgreed { reason } => {
            said.push_str(&format!(", no due date: {}", plain_end(reason.as_str())));
        }
    }
    match &raised.origin {
        Some(Origin::Undertaking { parent, .. }) => {
            said.push_str(&format!("; promised in a response to {parent}"));
        }
        Some(Origin::Split { parent }) => said.push_str(&format!("; split from {parent}")),
        None => {}
    }
    said
}

fn of_update(period: Option<Quarter>, rag: Option<Rag>, expected: Option<NaiveDate>) -> String {
    let mut said = match period {
        Some(quarter) => format!("Progress reported for {quarter}"),
        None => "Progress reported".to_owned(),
    };
    if let Some(rag) = rag {
        said.push_str(&format!(": {rag}"));
    }
    if let Some(day) = expected {
        said.push_str(&format!(", expected by {}", say_date(day)));
    }
    said
}

/// `, answered`, or `, a answered, b signposted` when the parts differ.
fn covering(coverage: &BTreeMap<PartId, Coverage>) -> String {
    let mut values = coverage.values();
    let Some(first) = values.next() else {
        return String::new();
    };
    if values.all(|other| other == first) {
        return format!(", {first}");
    }
    let parts = coverage
        .iter()
        .map(|(part, coverage)| format!("{part} {coverage}"));
    format!(", {}", parts.collect::<Vec<_>>().join(", "))
}

fn pieces(into: &[SplitChild]) -> String {
    listed(into.iter().map(|child| {
        if child.parts.is_empty() {
            child.reference.to_string()
        } else {
            let parts = listed(child.parts.iter().map(ToString::to_string));
            format!("{} (part {parts})", child.reference)
        }
    }))
}

fn due_on(day: Option<NaiveDate>) -> String {
    day.map(|day| format!(", due {}", say_date(day)))
        .unwrap_or_default()
}

/// A text as the end of a sentence: its full stop would come twice.
fn plain_end(text: &str) -> String {
    text.trim_end().trim_end_matches('.').to_owned()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
