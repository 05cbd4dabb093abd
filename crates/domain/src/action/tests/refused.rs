//! Every refusal, brought about once; what each says is read in one snapshot.

use super::examples::*;
use super::harness::{Given, given};
use crate::action::{
    ActionEvent, Command, Coverage, Ground, LinkKind, Outcome, PartText, Rag, Raise, Rejection,
    SplitChild,
};
use crate::calendar::deadline::DueRule;
use crate::register::tests::fixture::{day, enter, reference, slug, text};
use std::fmt::Write as _;

/// The names of all variants, and the name of one; a new variant must be added to compile.
macro_rules! variants {
    ($($name:ident),+ $(,)?) => {
        const ALL: &[&str] = &[$(stringify!($name)),+];
        fn name(rejection: &Rejection) -> &'static str {
            match rejection { $(Rejection::$name { .. } => stringify!($name),)+ }
        }
    };
}

variants![
    Unknown,
    ReferenceTaken,
    Closed,
    Withdrawn,
    NotClosed,
    ReopenedBeforeClosed,
    InFuture,
    BeforeRaised,
    BeforeStep,
    BeforeMeeting,
    UnknownMeeting,
    UnknownParty,
    PartyNotActive,
    Due,
    DueReason,
    DueInPast,
    NoNewDueDate,
    DueUnchanged,
    UnknownPart,
    PartTwice,
    NotDelegated,
    DelegatedElsewhere,
    DeclinedAlready,
    AcceptedAlready,
    TransferToItself,
    NoRecovery,
    NothingCovered,
    HoldingCovers,
    CoversAsPending,
    UnknownResponse,
    CorrectionBeforeResponse,
    CorrectsNothing,
    ClockStopped,
    ClockRunning,
    ResumedBeforePaused,
    UnknownParagraph,
    ReviewNotAfter,
    RestrictedAlready,
    NotRestricted,
    NotAnswered,
    PartNotAnswered,
    SupersededByNothing,
    NotSuperseded,
    WithdrawInstead,
    LinkToItself,
    ChildTwice,
    SplitTooSmall,
    TooManyParts,
    SharedAcrossRestriction,
    CorrectsAcrossRestriction,
    TooManyKin,
    LinkCycle,
    LinkChainTooLong,
];

/// What happened, the day and the command that is refused.
type Case = (Given, &'static str, Command);

fn raising(change: impl FnOnce(&mut Raise)) -> Command {
    let mut raise = raise();
    change(&mut raise);
    Command::Raise(Box::new(raise))
}

fn about_raising() -> Vec<Case> {
    let on = RAISED_ON;
    let piece = |n: usize| PartText {
        id: part(if n.is_multiple_of(2) { "a" } else { "b" }),
        text: text("How many?"),
    };
    vec![
        (given([]), on, triage()),
        (asked(), on, raising(|_| {})),
        (given([]), "2019-07-01", raising(|_| {})),
        (given([]), "2018-09-11", raising(|_| {})),
        (
            given([]),
            on,
            raising(|r| r.meeting = Some(slug("pcp-2018-09-13"))),
        ),
        (
            given([]),
            on,
            raising(|r| r.asked_of = lookup("The Lamplighters")),
        ),
        (given([]), on, raising(|r| r.due = on_date("2018-09-11"))),
        (
            given([]),
            on,
            raising(|r| r.due = DueRule::NoneAgreed { reason: " ".into() }),
        ),
        (
            given([]),
            on,
            raising(|r| r.parts = vec![piece(0), piece(0)]),
        ),
        (
            given([]),
            on,
            raising(|r| r.parts = (0..27).map(piece).collect()),
        ),
    ]
}

fn about_delegation() -> Vec<Case> {
    let with_prevent = || asked().and([("2018-09-14", delegated("prevent"))]);
    let decline = || Command::DeclineDelegation {
        reason: text("Not our lanterns"),
    };
    let accepted = with_prevent()
        .when("2018-09-15", &Command::AcceptDelegation)
        .happened();
    let declined = || with_prevent().when("2018-09-15", &decline()).happened();
    let mut ended = asked();
    let command = crate::register::Command::EndGroup {
        id: slug("prevent"),
        succeeded_by: None,
    };
    enter(&mut ended.register, "2018-09-30", &command);
    let mut late = raised();
    late.meeting = None;
    let early = given([("2017-03-01", ActionEvent::Raised(Box::new(late)))]);
    let due_before = Command::Delegate {
        to: lookup("prevent"),
        due: Some(day("2018-09-13")),
        note: None,
    };
    vec![
        (asked(), "2018-09-11", triage()),
        (asked(), "2018-09-14", delegate("The Lamplighters")),
        (ended, "2018-10-01", delegate("Prevent")),
        (early, "2017-03-31", delegate("Prevent")),
        (asked(), "2018-09-14", due_before),
        (with_prevent(), "2018-09-15", delegate("constabulary")),
        (asked(), "2018-09-15", Command::AcceptDelegation),
        (with_prevent(), "2018-09-13", Command::AcceptDelegation),
        (asked(), "2018-09-15", transfer("prevent")),
        (accepted, "2018-09-16", decline()),
        (declined(), "2018-09-16", Command::AcceptDelegation),
        (declined(), "2018-09-16", transfer("mental-health")),
        (with_prevent(), "2018-09-15", transfer("prevent")),
        (asked(), "2018-09-16", update(Some(Rag::Red), None)),
    ]
}

fn about_responses() -> Vec<Case> {
    let answered = || asked().when("2018-11-09", &respond(1, &[])).happened();
    let pending = [("a", Coverage::Pending)];
    let unknown = [("c", Coverage::Answered)];
    let promise = Command::GiveUndertaking {
        response: response(7),
        child: reference("PCP/2018/020"),
    };
    vec![
        (asked(), "2018-11-09", respond(1, &unknown)),
        (asked(), "2018-11-09", respond(1, &pending)),
        (asked(), "2018-11-09", hold(1, &[("a", Coverage::Answered)])),
        (answered(), "2018-11-10", respond(2, &[])),
        (answered(), "2018-11-10", correct(7, Some("Fifty"), &[])),
        (asked(), "2018-11-10", promise),
        (answered(), "2018-11-08", correct(1, Some("Fifty"), &[])),
        (answered(), "2018-11-10", correct(1, None, &[])),
    ]
}

fn about_time() -> Vec<Case> {
    let stopped = || asked().when("2018-10-01", &pause()).happened();
    let to = |due| Command::MoveDueDate {
        due,
        reason: text("More time was asked for"),
    };
    let none = DueRule::NoneAgreed {
        reason: "Let it be".into(),
    };
    vec![
        (asked(), "2018-10-01", to(none)),
        (asked(), "2018-10-01", move_due(DUE_ON)),
        (
            asked(),
            "2018-10-01",
            to(DueRule::BeforeAgendaOf {
                meeting_on: day("2018-10-03"),
            }),
        ),
        (stopped(), "2018-10-02", move_due("2018-11-01")),
        (stopped(), "2018-10-02", pause()),
        (stopped(), "2018-09-30", Command::ResumeClock),
        (asked(), "2018-10-01", Command::ResumeClock),
    ]
}

fn about_restricting() -> Vec<Case> {
    let ground = Ground::OperationallySensitive;
    let restricted = asked()
        .when("2018-09-14", &restrict(ground, "2019-09-14"))
        .happened();
    let paragraph = |paragraph| restrict(Ground::Schedule12a { paragraph }, "2019-09-14");
    vec![
        (asked(), "2018-09-14", paragraph(0)),
        (asked(), "2018-09-14", paragraph(8)),
        (asked(), "2018-09-14", restrict(ground, "2018-09-14")),
        (
            restricted,
            "2018-09-15",
            restrict(Ground::LegalAdvice, "2019-09-14"),
        ),
        (asked(), "2018-09-15", lift()),
    ]
}

fn about_closing() -> Vec<Case> {
    let answered =
        |parts: &[(&str, Coverage)]| asked().when("2018-11-09", &respond(1, parts)).happened();
    let closed = || {
        answered(&[])
            .when("2019-03-31", &close(Outcome::Answered))
            .happened()
    };
    let withdrawn = asked().when("2018-09-20", &withdraw()).happened();
    let noted_for = Command::Close {
        outcome: Outcome::Noted,
        reason: None,
        superseded_by: Some(reference("PCP/2018/015")),
    };
    let on = "2019-04-01";
    vec![
        (closed(), on, triage()),
        (closed(), on, close(Outcome::Answered)),
        (withdrawn, on, withdraw()),
        (asked(), on, reopen(None)),
        (closed(), "2019-03-30", reopen(None)),
        (asked(), on, propose(Outcome::Answered)),
        (
            answered(&[("a", Coverage::Answered)]),
            on,
            close(Outcome::Answered),
        ),
        (
            answered(&[("a", Coverage::Answered), ("b", Coverage::NotAddressed)]),
            on,
            propose(Outcome::Answered),
        ),
        (asked(), on, close(Outcome::Superseded)),
        (asked(), on, superseded_by("PCP/2018/014")),
        (asked(), on, noted_for),
        (asked(), on, close(Outcome::Withdrawn)),
    ]
}

fn about_pieces() -> Vec<Case> {
    let on = "2018-09-20";
    let itself = Command::Link {
        kind: LinkKind::Parent,
        other: reference("PCP/2018/014"),
    };
    let both = |a: &'static [&'static str], b: &'static [&'static str]| {
        split(&[("PCP/2018/015", a), ("PCP/2018/016", b)])
    };
    let twice = Command::Split {
        into: ["PCP/2018/015"; 2]
            .map(|child| SplitChild {
                reference: reference(child),
                parts: vec![],
            })
            .into(),
        reason: text("Two questions, two owners"),
    };
    vec![
        (asked(), on, itself),
        (asked(), on, split(&[("PCP/2018/015", &["a", "b"])])),
        (
            asked(),
            on,
            split(&[("PCP/2018/014", &["a"]), ("PCP/2018/015", &["b"])]),
        ),
        (asked(), on, twice),
        (asked(), on, both(&["a"], &["c"])),
        (asked(), on, both(&["a"], &["a"])),
    ]
}

#[test]
fn every_refusal_says_what_is_so() {
    let cases = [
        about_raising(),
        about_delegation(),
        about_responses(),
        about_time(),
        about_restricting(),
        about_closing(),
        about_pieces(),
    ];
    let mut said = String::new();
    let mut seen = Vec::new();
    for (given, on, command) in cases.into_iter().flatten() {
        let when = given.when(on, &command);
        let rejection = when.rejection();
        seen.push(name(rejection));
        writeln!(said, "{}: {rejection}", name(rejection)).unwrap();
    }
    for rejection in super::kin::refusals() {
        seen.push(name(&rejection));
        writeln!(said, "{}: {rejection}", name(&rejection)).unwrap();
    }
    let unseen: Vec<_> = ALL.iter().filter(|name| !seen.contains(name)).collect();
    assert!(unseen.is_empty(), "no case brings about {unseen:?}");
    insta::assert_snapshot!(said);
}
