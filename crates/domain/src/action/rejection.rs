//! Why something asked of an action is refused: a sentence about the world, with its facts.

use super::terms::{Outcome, PartId, ResponseId};
use crate::calendar::deadline::DueError;
use crate::calendar::london::say_date;
use crate::reference::Reference;
use crate::text::{Slug, TextProblem};
use chrono::NaiveDate;

/// A refusal. The text is what a person reads; the variant and its facts are for programs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each variant's message says what it means")]
pub enum Rejection {
    #[error("no action {reference} is on record; check the reference")]
    Unknown { reference: Reference },
    #[error("{reference} is taken by another action, raised on {}", say_date(*.raised_on))]
    ReferenceTaken {
        reference: Reference,
        raised_on: NaiveDate,
    },
    #[error("{reference} was closed on {} as {outcome}; reopen it first", say_date(*.on))]
    Closed {
        reference: Reference,
        on: NaiveDate,
        outcome: Outcome,
    },
    #[error("{reference} was withdrawn on {}; reopen it first", say_date(*.on))]
    Withdrawn { reference: Reference, on: NaiveDate },
    #[error("{reference} is not closed; there is nothing to reopen")]
    NotClosed { reference: Reference },
    #[error("{} is before {reference} was closed, on {}", say_date(*.on), say_date(*.closed_on))]
    ReopenedBeforeClosed {
        reference: Reference,
        on: NaiveDate,
        closed_on: NaiveDate,
    },
    #[error("{} is in the future; today is {}", say_date(*.on), say_date(*.today))]
    InFuture { on: NaiveDate, today: NaiveDate },
    #[error(
        "{} is before {reference} was raised, on {}", say_date(*.on), say_date(*.raised_on)
    )]
    BeforeRaised {
        reference: Reference,
        on: NaiveDate,
        raised_on: NaiveDate,
    },
    #[error(
        "{} is before the meeting {meeting}, held on {}", say_date(*.on), say_date(*.held_on)
    )]
    BeforeMeeting {
        meeting: Slug,
        on: NaiveDate,
        held_on: NaiveDate,
    },
    #[error(
        "{} is before {reference} was {step}, on {}", say_date(*.on), say_date(*.since)
    )]
    BeforeStep {
        reference: Reference,
        on: NaiveDate,
        step: &'static str,
        since: NaiveDate,
    },
    #[error("no meeting {meeting} is in the register; arrange it first")]
    UnknownMeeting { meeting: Slug },
    #[error("nobody called {name:?} is in the register; register the body or delivery group first")]
    UnknownParty { name: String },
    #[error("{name} did not exist on {}", say_date(*.on))]
    PartyNotActive { name: String, on: NaiveDate },
    #[error("a due date cannot be worked out: {0}")]
    Due(DueError),
    #[error("the reason for having no due date {0}")]
    DueReason(TextProblem),
    #[error("the due date {} is before {}", say_date(*.due), say_date(*.on))]
    DueInPast { due: NaiveDate, on: NaiveDate },
    #[error("a due date is moved to another date; to end without one, close the action")]
    NoNewDueDate,
    #[error("the due date of {reference} is {} already", say_date(*.due))]
    DueUnchanged {
        reference: Reference,
        due: NaiveDate,
    },
    #[error("{reference} has no part {part}; its parts are {parts}")]
    UnknownPart {
        reference: Reference,
        part: PartId,
        parts: String,
    },
    #[error("part {part} is named twice")]
    PartTwice { part: PartId },
    #[error("{reference} is delegated to nobody; delegate it first")]
    NotDelegated { reference: Reference },
    #[error("{reference} has been with {holder} since {}; transfer it instead", say_date(*.since))]
    DelegatedElsewhere {
        reference: Reference,
        holder: String,
        since: NaiveDate,
    },
    #[error("{holder} declined {reference}; delegate it again")]
    DeclinedAlready {
        reference: Reference,
        holder: String,
    },
    #[error("{holder} accepted {reference} already; transfer it instead of declining")]
    AcceptedAlready {
        reference: Reference,
        holder: String,
    },
    #[error("{reference} is with {holder} already, since {}", say_date(*.since))]
    TransferToItself {
        reference: Reference,
        holder: String,
        since: NaiveDate,
    },
    #[error("an update with {rag} says what will get it back on track; fill in the recovery")]
    NoRecovery { rag: &'static str },
    #[error(
        "a substantive response to {reference} covers no part; say what became of each question"
    )]
    NothingCovered { reference: Reference },
    #[error("a holding response answers nothing yet; send a substantive response to cover a part")]
    HoldingCovers,
    #[error(
        "\"pending\" is not an answer; say answered, answered in part, signposted, withheld or not addressed"
    )]
    CoversAsPending,
    #[error("{reference} has no response {response}; its responses are {known}")]
    UnknownResponse {
        reference: Reference,
        response: ResponseId,
        known: String,
    },
    #[error("{} is before the response that is corrected, sent on {}", say_date(*.on), say_date(*.responded_on))]
    CorrectionBeforeResponse {
        on: NaiveDate,
        responded_on: NaiveDate,
    },
    #[error("a correction changes the text, the coverage or the citations; none is given")]
    CorrectsNothing,
    #[error("the clock of {reference} stopped on {}; resume it first", say_date(*.since))]
    ClockStopped {
        reference: Reference,
        since: NaiveDate,
    },
    #[error("the clock of {reference} is running; there is nothing to resume")]
    ClockRunning { reference: Reference },
    #[error("{} is before the clock of {reference} stopped, on {}", say_date(*.on), say_date(*.since))]
    ResumedBeforePaused {
        reference: Reference,
        on: NaiveDate,
        since: NaiveDate,
    },
    #[error("paragraph {paragraph} is not in Part 1 of Schedule 12A; its paragraphs are 1 to 7")]
    UnknownParagraph { paragraph: u8 },
    #[error("a restriction is reviewed after it begins: {} is not after {}", say_date(*.review_on), say_date(*.on))]
    ReviewNotAfter { review_on: NaiveDate, on: NaiveDate },
    #[error("{reference} has been restricted since {}; lift that restriction first", say_date(*.since))]
    RestrictedAlready {
        reference: Reference,
        since: NaiveDate,
    },
    #[error("{reference} is not restricted")]
    NotRestricted { reference: Reference },
    #[error(
        "one response cannot answer what is restricted ({restricted}) together with what is public ({public}); answer them apart"
    )]
    SharedAcrossRestriction { restricted: String, public: String },
    #[error(
        "the response {response} answers {restricted} too, which is restricted, and {reference} is public; restrict {reference} first, or answer it again alone"
    )]
    CorrectsAcrossRestriction {
        reference: Reference,
        response: ResponseId,
        restricted: String,
    },
    #[error(
        "words of {reference} stand in more than {limit} other actions; restrict those that came out of it first"
    )]
    TooManyKin { reference: Reference, limit: usize },
    #[error(
        "{reference} has no substantive response; record it, or choose another outcome than answered"
    )]
    NotAnswered { reference: Reference },
    #[error("part {part} of {reference} is {coverage}; it cannot be closed as answered")]
    PartNotAnswered {
        reference: Reference,
        part: PartId,
        coverage: &'static str,
    },
    #[error("an action is closed as superseded by another; name the action that took its place")]
    SupersededByNothing,
    #[error("only an action closed as superseded names another in its place")]
    NotSuperseded,
    #[error("closing as withdrawn is done by withdrawing; withdraw {reference} instead")]
    WithdrawInstead { reference: Reference },
    #[error("{reference} cannot be tied to itself")]
    LinkToItself { reference: Reference },
    #[error("the links would form a circle: {chain}; link {reference} to something else")]
    LinkCycle { reference: Reference, chain: String },
    #[error("more than {limit} actions are linked above {reference}; link it to something else")]
    LinkChainTooLong { reference: Reference, limit: usize },
    #[error("{reference} is split into two or more; {count} given")]
    SplitTooSmall { reference: Reference, count: usize },
    #[error("{child} is named twice; each piece of a split is an action of its own")]
    ChildTwice { child: Reference },
    #[error("an action has at most {limit} parts; {count} given")]
    TooManyParts { count: usize, limit: usize },
}
