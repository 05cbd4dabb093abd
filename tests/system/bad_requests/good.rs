//! A request that is right for every call, in protobuf's text form, with every field in it; and who
//! may send it. Each bad request is one of these with one thing wrong, and in the end each of these is
//! sent as it is and accepted: so nothing else was wrong with it.

use domain::policy::Role;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// The force area of the tests.
pub(super) const AREA: &str = "cambridgeshire-peterborough";

/// Who sends a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Nobody,
    Clerk,
    Office,
    /// The group that holds what is delegated.
    Drugs,
    /// Another group.
    Prevent,
    Auditor,
    Operator,
}

impl Who {
    pub(super) const SIGNED_IN: [Who; 6] = [
        Who::Clerk,
        Who::Office,
        Who::Drugs,
        Who::Prevent,
        Who::Auditor,
        Who::Operator,
    ];

    /// A word for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Who::Nobody => "nobody",
            Who::Clerk => "the clerk",
            Who::Office => "the office",
            Who::Drugs => "the group",
            Who::Prevent => "another group",
            Who::Auditor => "an auditor",
            Who::Operator => "an operator",
        }
    }

    pub(super) fn role(self) -> (Role, Option<&'static str>) {
        match self {
            Who::Nobody => (Role::Public, None),
            Who::Clerk => (Role::Clerk, None),
            Who::Office => (Role::Office, None),
            Who::Drugs => (Role::Group, Some("drugs")),
            Who::Prevent => (Role::Group, Some("prevent")),
            Who::Auditor => (Role::Auditor, None),
            Who::Operator => (Role::Operator, None),
        }
    }
}

/// A request that is right.
pub(super) struct Good {
    pub(super) call: &'static str,
    /// Who may send it; the first does.
    pub(super) may: &'static [Who],
    pub(super) text: String,
}

/// Another id each time: a record of its own sees each test.
pub(super) fn next_id() -> Uuid {
    static IDS: AtomicU64 = AtomicU64::new(0);
    let number = IDS.fetch_add(1, Ordering::Relaxed);
    Uuid::new_v5(&Uuid::NAMESPACE_OID, &number.to_be_bytes())
}

/// What every write carries, with an id of its own.
pub(super) fn write(on: &str) -> String {
    let id = next_id();
    format!("write {{ request_id: \"{id}\" area: \"{AREA}\" on: \"{on}\" }}")
}

/// What every read carries.
pub(super) fn reading() -> String {
    format!("reading {{ area: \"{AREA}\" as_of {{ true_on: \"2018-12-01\" }} }}")
}

const FILTER: &str = "filter { kinds: KIND_QUESTION asked_of: \"opcc\" raised_by: \"pcp\" \
    delegated_to: \"drugs\" topic: \"Lanterns\" theme: \"Light\" meeting: \"september\" \
    statuses: STATUS_OPEN open: true rags: RAG_RED overdue: false due_from: \"2018-01-01\" \
    due_to: \"2018-12-31\" restricted: false coverages: COVERAGE_PENDING text: \"lantern\" }";
const CITED: &str =
    "{ title: \"A paper\" paragraph: \"7.2\" link: \"https://example.org\" dated: \"2018-07-01\" }";

fn progress() -> String {
    format!(
        "progress {{ rag: RAG_AMBER narrative: \"Counted.\" recovery: \"Count again.\" \
         milestone: \"Half\" expected_on: \"2018-12-24\" evidence {CITED} }}"
    )
}

fn content() -> String {
    format!(
        "content {{ overall: RAG_GREEN position: \"Well.\" risks: \"Few.\" help_needed: \"None.\" \
         updates {{ reference: \"PCP/2018/005\" {} }} }}",
        progress()
    )
}

fn details() -> &'static str {
    "details { aliases: \"The Lamplighters\" lead_bodies: \"The Office\" objectives: \"Light.\" }"
}

/// One for every call, some with two. `response` is the id of the response to PCP/2018/007.
pub(super) fn all(response: &str) -> Vec<Good> {
    let mut all = actions(response);
    all.extend(register());
    all.extend(returns());
    all.extend(questions());
    all.extend(audits());
    all
}

const CLERK: &[Who] = &[Who::Clerk];
const OFFICE: &[Who] = &[Who::Office];
const KEEPERS: &[Who] = &[Who::Clerk, Who::Office];
const HOLDER: &[Who] = &[Who::Drugs];
const READERS: &[Who] = &[
    Who::Nobody,
    Who::Clerk,
    Who::Office,
    Who::Drugs,
    Who::Prevent,
    Who::Auditor,
];
const ANYBODY: &[Who] = &[
    Who::Nobody,
    Who::Clerk,
    Who::Office,
    Who::Drugs,
    Who::Prevent,
    Who::Auditor,
    Who::Operator,
];
const AUDITOR: &[Who] = &[Who::Auditor];

/// A write of some day, with its other fields.
fn wrote(call: &'static str, may: &'static [Who], on: &str, rest: &str) -> Good {
    Good {
        call,
        may,
        text: format!("{} {rest}", write(on)),
    }
}

fn actions(response: &str) -> Vec<Good> {
    let step = |call, may, number: u8, rest: &str| {
        let rest = format!("reference: \"PCP/2018/{number:03}\" {rest}");
        wrote(call, may, "2018-11-20", &rest)
    };
    let raise = "kind: KIND_QUESTION text: \"How many lanterns?\" topic: \"Lanterns\" theme: \"Light\" \
        meeting: \"september\" minute: \"5.2\" asked_of: \"opcc\" raised_by: \"The Panel\" \
        parts: \"How many?\" parts: \"Who paid?\" due { on_date: \"2018-10-10\" }";
    let progress = progress();
    let covered = "coverage { part: \"a\" coverage: COVERAGE_ANSWERED }";
    vec![
        wrote(
            "RaiseAction",
            CLERK,
            "2018-09-12",
            &format!("series: \"pcp-2018\" {raise}"),
        ),
        wrote(
            "RaiseAction",
            CLERK,
            "2018-09-12",
            &format!("kept_reference: \"OLD/1\" {raise}"),
        ),
        step(
            "TriageAction",
            OFFICE,
            1,
            "remit: REMIT_COMMISSIONER sensitivity: SENSITIVITY_NONE note: \"Ours.\"",
        ),
        step(
            "DelegateAction",
            OFFICE,
            1,
            "to: \"drugs\" due_on: \"2018-12-01\" note: \"Yours.\"",
        ),
        step("AcceptDelegation", HOLDER, 2, ""),
        step("DeclineDelegation", HOLDER, 3, "reason: \"Not ours.\""),
        step(
            "TransferAction",
            OFFICE,
            4,
            "to: \"prevent\" due_on: \"2018-12-01\" reason: \"Theirs.\"",
        ),
        step(
            "RecordUpdate",
            &[Who::Drugs, Who::Office],
            5,
            &format!("period: \"Q2 2018/19\" {progress}"),
        ),
        step(
            "RespondToAction",
            OFFICE,
            6,
            &format!(
                "kind: RESPONSE_KIND_SUBSTANTIVE text: \"Forty.\" {covered} citations {CITED} \
             also_answers {{ reference: \"PCP/2018/020\" {covered} }}"
            ),
        ),
        step(
            "CorrectResponse",
            OFFICE,
            7,
            &format!(
                "response_id: \"{response}\" text: \"Forty-one.\" {covered} citations {CITED} \
             correct_citations: true reason: \"Miscounted.\""
            ),
        ),
        step(
            "MoveDueDate",
            CLERK,
            8,
            "due { on_date: \"2018-12-12\" } reason: \"More time.\"",
        ),
        step(
            "MoveDueDate",
            CLERK,
            8,
            "due { working_days { days: 30 calendar: WORKING_CALENDAR_UK_WIDE } } reason: \"More time.\"",
        ),
        step("PauseClock", CLERK, 9, "reason: \"An election.\""),
        step("ResumeClock", CLERK, 10, ""),
        step(
            "RestrictAction",
            KEEPERS,
            11,
            "ground { schedule_12a_paragraph: 7 } reason: \"It would tell where.\" review_on: \"2019-11-20\" \
             explanation: \"Held back for now.\" public_title: \"A matter\"",
        ),
        step(
            "LiftRestriction",
            KEEPERS,
            12,
            "reason: \"It is known now.\"",
        ),
        step(
            "ProposeClosure",
            OFFICE,
            13,
            "outcome: OUTCOME_COMPLETED reason: \"Done.\"",
        ),
        step(
            "CloseAction",
            CLERK,
            14,
            "outcome: OUTCOME_SUPERSEDED reason: \"Asked again.\" superseded_by: \"PCP/2018/001\"",
        ),
        step(
            "ReopenAction",
            CLERK,
            15,
            "reason: \"Too soon.\" due { on_date: \"2019-01-10\" }",
        ),
        step("WithdrawAction", CLERK, 16, "reason: \"Asked elsewhere.\""),
        step(
            "LinkActions",
            KEEPERS,
            17,
            "kind: LINK_KIND_FOLLOWS_FROM other: \"PCP/2018/018\"",
        ),
        step(
            "SplitAction",
            CLERK,
            19,
            "pieces { text: \"How many lanterns?\" parts: \"a\" } pieces { parts: \"b\" } \
             series: \"pcp-2018\" reason: \"Two owners.\"",
        ),
        step(
            "RaiseUndertaking",
            KEEPERS,
            7,
            &format!(
                "response_id: \"{response}\" text: \"We shall count again.\" series: \"pcp-2018\" \
             due {{ none_agreed: \"It was not said.\" }} asked_of: \"opcc\""
            ),
        ),
    ]
}

fn register() -> Vec<Good> {
    let entry = |call, rest: &str| wrote(call, KEEPERS, "2018-11-20", rest);
    let details = details();
    vec![
        entry(
            "RegisterBody",
            "id: \"fire\" name: \"Fire and Rescue\" kind: BODY_KIND_PARTNER",
        ),
        entry("RenameBody", "id: \"board\" name: \"The New Board\""),
        entry("EndBody", "id: \"old-body\" succeeded_by: \"opcc\""),
        entry(
            "RegisterGroup",
            &format!("id: \"roads\" name: \"Roads\" board: \"board\" {details}"),
        ),
        entry("RenameGroup", "id: \"prevent\" name: \"Prevention\""),
        entry("DetailGroup", &format!("id: \"prevent\" {details}")),
        entry("EndGroup", "id: \"old-group\" succeeded_by: \"prevent\""),
        entry(
            "OpenSeries",
            "id: \"pcp-2019\" body: \"pcp\" year: 2019 pattern: \"PCP/{year}/{n:03}\" title: \"2019\"",
        ),
        entry(
            "ArrangeMeeting",
            "id: \"february\" body: \"pcp\" held_on: \"2019-02-06\" title: \"Budget\"",
        ),
        entry(
            "ScheduleReturns",
            "board: \"board\" rule { end_of_month_after: 2 }",
        ),
    ]
}

fn returns() -> Vec<Good> {
    let content = content();
    let of = |call, quarter: &str, rest: &str| {
        let rest = format!("group: \"drugs\" quarter: \"{quarter}\" {content} {rest}");
        wrote(call, HOLDER, "2018-11-20", &rest)
    };
    vec![
        of("SaveReturnDraft", "Q2 2018/19", ""),
        of("SubmitReturn", "Q2 2018/19", ""),
        of("CorrectReturn", "Q1 2018/19", "reason: \"Miscounted.\""),
    ]
}

fn questions() -> Vec<Good> {
    let ask = |call, rest: &str| Good {
        call,
        may: READERS,
        text: format!("{} {rest}", reading()),
    };
    let live = format!("reading {{ area: \"{AREA}\" }} {FILTER} after_position: 1");
    vec![
        ask(
            "ListActions",
            &format!("{FILTER} order: ORDER_REFERENCE page_size: 5"),
        ),
        ask("CountActions", FILTER),
        ask("GetAction", "reference: \"PCP/2018/001\""),
        Good {
            call: "WatchActions",
            may: READERS,
            text: live,
        },
        ask(
            "ListChanges",
            &format!("date: \"2018-01-01\" page_size: 5 {FILTER}"),
        ),
        ask(
            "GetReturnsMatrix",
            "board: \"board\" from_quarter: \"Q1 2018/19\" to_quarter: \"Q2 2018/19\"",
        ),
        ask("GetReturn", "group: \"drugs\" quarter: \"Q1 2018/19\""),
        ask("GetMeetingCoverage", "meeting: \"september\""),
        ask(
            "GetPerformance",
            "party: \"opcc\" from: \"2018-01-01\" to: \"2018-12-31\"",
        ),
        ask("GetRegister", ""),
        ask(
            "GetRequest",
            "request_id: \"1b4e28ba-2fa1-41d2-883f-0016d3cca427\"",
        ),
        Good {
            call: "GetStatus",
            may: ANYBODY,
            text: String::new(),
        },
    ]
}

fn audits() -> Vec<Good> {
    let audit = |call, rest: &str| Good {
        call,
        may: AUDITOR,
        text: rest.to_owned(),
    };
    let area = format!("area: \"{AREA}\"");
    vec![
        audit(
            "ReplayEvents",
            &format!(
                "{area} after_position: 1 to_position: 9 reference: \"PCP/2018/001\" \
             types: \"action.raised.v1\" from: \"2018-01-01\" to: \"2018-12-31\""
            ),
        ),
        audit(
            "GetHistory",
            &format!("{area} reference: \"PCP/2018/001\" as_of {{ true_on: \"2018-12-01\" }}"),
        ),
        audit(
            "ReplayActions",
            &format!("{} {FILTER} order: ORDER_DUE page_size: 5", reading()),
        ),
        audit(
            "CompareRecords",
            &format!(
                "{area} before {{ true_on: \"2018-09-13\" }} after {{ true_on: \"2018-12-01\" }} limit: 5 \
             after_reference: \"PCP/2018/001\""
            ),
        ),
        audit("ExportLog", &area),
        audit("VerifyRecord", &area),
    ]
}
