//! Requests in few words. What they say is of no matter; how long it is, is as in life.

use crate::chance::Chance;
use crate::day::GROUPS;
use api::v1;
use chrono::{Days, NaiveDate};

/// A paragraph, as an answer or an update has it.
const PARAGRAPH: &str = "The group met with the officers of the three districts and went through the \
    figures of the quarter. Two of the five schemes are in place, the third waits for its funding to be \
    agreed in December, and the remaining two are being designed with those who live there. A fuller \
    account comes with the next return, with the numbers for each district beside those of last year.";

/// 12 September 2018, in days since 1 January 1970.
const LAST_MEETING: u64 = 17_786;

/// Quarters in which returns are sent; drafts are kept in another.
const FIRST_YEAR: usize = 2000;

fn write(area: &str, on: &str, chance: &mut Chance) -> Option<v1::Write> {
    Some(v1::Write {
        request_id: chance.id().to_string(),
        area: area.to_owned(),
        on: on.to_owned(),
        etag: String::new(),
    })
}

fn reading(area: &str) -> Option<v1::Reading> {
    Some(v1::Reading {
        area: area.to_owned(),
        ..Default::default()
    })
}

fn due_on(date: String) -> Option<v1::DueRule> {
    Some(v1::DueRule {
        rule: Some(v1::due_rule::Rule::OnDate(date)),
    })
}

pub(crate) fn group(number: usize) -> String {
    format!("group-{number}")
}

pub(crate) fn bodies(area: &str, chance: &mut Chance) -> Vec<v1::RegisterBodyRequest> {
    [
        ("pcp", "The Panel", v1::BodyKind::Panel),
        ("opcc", "The Office", v1::BodyKind::CommissionerOffice),
        ("board", "The Board", v1::BodyKind::Board),
    ]
    .into_iter()
    .map(|(id, name, kind)| v1::RegisterBodyRequest {
        write: write(area, "2018-01-02", chance),
        id: id.to_owned(),
        name: name.to_owned(),
        kind: kind.into(),
    })
    .collect()
}

pub(crate) fn groups(area: &str, chance: &mut Chance) -> Vec<v1::RegisterGroupRequest> {
    let one = |number| v1::RegisterGroupRequest {
        write: write(area, "2018-01-02", chance),
        id: group(number),
        name: format!("Delivery Group {number}"),
        board: "board".to_owned(),
        details: Some(v1::GroupDetails {
            lead_bodies: vec!["The Board".to_owned()],
            ..Default::default()
        }),
    };
    (0..GROUPS).map(one).collect()
}

pub(crate) fn series(area: &str, chance: &mut Chance) -> v1::OpenSeriesRequest {
    v1::OpenSeriesRequest {
        write: write(area, "2018-01-02", chance),
        id: "pcp-2018".to_owned(),
        body: "pcp".to_owned(),
        year: 2018,
        pattern: "PCP/{year}/{n:03}".to_owned(),
        title: String::new(),
    }
}

/// The name of a meeting.
fn meeting(number: usize) -> String {
    format!("meeting-{number}")
}

/// Meetings on as many days, the last of them on the day on which everything is raised.
pub(crate) fn meetings(
    area: &str,
    count: usize,
    chance: &mut Chance,
) -> Vec<v1::ArrangeMeetingRequest> {
    let last = NaiveDate::default() + Days::new(LAST_MEETING);
    let one = |number| v1::ArrangeMeetingRequest {
        write: write(area, "2018-01-02", chance),
        id: meeting(number),
        body: "pcp".to_owned(),
        held_on: (last - Days::new((count - 1 - number) as u64)).to_string(),
        title: String::new(),
    };
    (0..count).map(one).collect()
}

pub(crate) fn raise(area: &str, at: usize, chance: &mut Chance) -> v1::RaiseActionRequest {
    v1::RaiseActionRequest {
        write: write(area, "2018-09-12", chance),
        series: "pcp-2018".to_owned(),
        kind: v1::Kind::Question.into(),
        text:
            "How many of the crossings near schools were made safer this year, and who paid for it?"
                .to_owned(),
        topic: "Road safety".to_owned(),
        meeting: meeting(at),
        minute: "5.2".to_owned(),
        asked_of: "opcc".to_owned(),
        raised_by: "pcp".to_owned(),
        parts: vec!["How many?".to_owned(), "Who paid for it?".to_owned()],
        due: due_on("2018-10-10".to_owned()),
        ..Default::default()
    }
}

pub(crate) fn triage(area: &str, reference: &str, chance: &mut Chance) -> v1::TriageActionRequest {
    v1::TriageActionRequest {
        write: write(area, "2018-09-13", chance),
        reference: reference.to_owned(),
        remit: v1::Remit::Commissioner.into(),
        sensitivity: v1::Sensitivity::None.into(),
        note: String::new(),
    }
}

pub(crate) fn delegate(
    area: &str,
    reference: &str,
    to: usize,
    chance: &mut Chance,
) -> v1::DelegateActionRequest {
    v1::DelegateActionRequest {
        write: write(area, "2018-09-14", chance),
        reference: reference.to_owned(),
        to: group(to),
        ..Default::default()
    }
}

pub(crate) fn accept(
    area: &str,
    reference: &str,
    chance: &mut Chance,
) -> v1::AcceptDelegationRequest {
    v1::AcceptDelegationRequest {
        write: write(area, "2018-09-17", chance),
        reference: reference.to_owned(),
    }
}

fn progress(chance: &mut Chance) -> v1::Progress {
    v1::Progress {
        rag: v1::Rag::Green.into(),
        narrative: format!("{} of 24 so far. {PARAGRAPH}", chance.below(25)),
        ..Default::default()
    }
}

pub(crate) fn update(area: &str, reference: &str, chance: &mut Chance) -> v1::RecordUpdateRequest {
    v1::RecordUpdateRequest {
        write: write(area, "2018-10-01", chance),
        reference: reference.to_owned(),
        period: "Q2 2018/19".to_owned(),
        progress: Some(progress(chance)),
    }
}

pub(crate) fn respond(
    area: &str,
    reference: &str,
    chance: &mut Chance,
) -> v1::RespondToActionRequest {
    v1::RespondToActionRequest {
        write: write(area, "2018-11-09", chance),
        reference: reference.to_owned(),
        kind: v1::ResponseKind::Substantive.into(),
        text: format!("{PARAGRAPH}\n\n{PARAGRAPH}"),
        ..Default::default()
    }
}

pub(crate) fn move_due(area: &str, reference: &str, chance: &mut Chance) -> v1::MoveDueDateRequest {
    let (year, month, day) = (
        2019 + chance.below(80),
        1 + chance.below(12),
        1 + chance.below(28),
    );
    v1::MoveDueDateRequest {
        write: write(area, "2018-10-01", chance),
        reference: reference.to_owned(),
        due: due_on(format!("{year}-{month:02}-{day:02}")),
        reason: "The figures come later this year.".to_owned(),
    }
}

pub(crate) fn close(area: &str, reference: &str, chance: &mut Chance) -> v1::CloseActionRequest {
    v1::CloseActionRequest {
        write: write(area, "2018-11-20", chance),
        reference: reference.to_owned(),
        outcome: v1::Outcome::Noted.into(),
        ..Default::default()
    }
}

fn content(chance: &mut Chance) -> Option<v1::ReturnContent> {
    Some(v1::ReturnContent {
        overall: v1::Rag::Green.into(),
        position: format!("{} of 24. {PARAGRAPH}", chance.below(25)),
        risks: "The money for the third scheme.".to_owned(),
        ..Default::default()
    })
}

pub(crate) fn draft(area: &str, of: usize, chance: &mut Chance) -> v1::SaveReturnDraftRequest {
    v1::SaveReturnDraftRequest {
        write: write(area, "2026-07-01", chance),
        group: group(of),
        quarter: "Q1 2026/27".to_owned(),
        content: content(chance),
    }
}

/// The return of a group for the quarter of a number, the first of which began in April 2000. After a
/// hundred they begin anew, and are refused since they were sent: no run comes so far.
pub(crate) fn submit(
    area: &str,
    quarter: usize,
    of: usize,
    chance: &mut Chance,
) -> v1::SubmitReturnRequest {
    let (year, number) = (FIRST_YEAR + quarter / 4 % 25, quarter % 4 + 1);
    v1::SubmitReturnRequest {
        write: write(area, "2026-07-01", chance),
        group: group(of),
        quarter: format!("Q{number} {year}/{:02}", (year + 1) % 100),
        content: content(chance),
    }
}

fn open() -> Option<v1::ActionFilter> {
    Some(v1::ActionFilter {
        open: Some(true),
        ..Default::default()
    })
}

pub(crate) fn list_open(area: &str) -> v1::ListActionsRequest {
    v1::ListActionsRequest {
        reading: reading(area),
        filter: open(),
        ..Default::default()
    }
}

pub(crate) fn search(area: &str) -> v1::ListActionsRequest {
    v1::ListActionsRequest {
        reading: reading(area),
        filter: Some(v1::ActionFilter {
            text: "crossings".to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    }
}

pub(crate) fn as_of(area: &str) -> v1::ListActionsRequest {
    v1::ListActionsRequest {
        reading: Some(v1::Reading {
            as_of: Some(v1::AsOf {
                true_on: "2018-09-30".to_owned(),
                ..Default::default()
            }),
            ..reading(area).unwrap_or_default()
        }),
        filter: open(),
        ..Default::default()
    }
}

pub(crate) fn count(area: &str) -> v1::CountActionsRequest {
    v1::CountActionsRequest {
        reading: reading(area),
        filter: None,
    }
}

pub(crate) fn matrix(area: &str) -> v1::GetReturnsMatrixRequest {
    v1::GetReturnsMatrixRequest {
        reading: reading(area),
        ..Default::default()
    }
}

pub(crate) fn coverage(area: &str, of: usize) -> v1::GetMeetingCoverageRequest {
    v1::GetMeetingCoverageRequest {
        reading: reading(area),
        meeting: meeting(of),
    }
}

pub(crate) fn changes(area: &str) -> v1::ListChangesRequest {
    v1::ListChangesRequest {
        reading: reading(area),
        since: Some(v1::list_changes_request::Since::Date(
            "2018-11-20".to_owned(),
        )),
        page_size: 50,
        ..Default::default()
    }
}

pub(crate) fn register(area: &str) -> v1::GetRegisterRequest {
    v1::GetRegisterRequest {
        reading: reading(area),
    }
}

pub(crate) fn show(area: &str, reference: String, token: String) -> v1::GetActionRequest {
    v1::GetActionRequest {
        reading: reading(area).map(|reading| v1::Reading { token, ..reading }),
        reference,
    }
}

pub(crate) fn watch(area: &str) -> v1::WatchActionsRequest {
    v1::WatchActionsRequest {
        reading: reading(area),
        ..Default::default()
    }
}
