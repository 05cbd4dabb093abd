//! The one map from failures to gRPC status, with rich error details (AIP-193).
//!
//! Every status carries an `ErrorInfo` with a reason of [`Reason`], the domain
//! `matters-arising`, and the facts as metadata. Bad fields come all at once in a `BadRequest`.

mod code_name;
mod reasons;
mod rejections;
mod status;
mod violations;

pub use code_name::code_name;
pub use reasons::Reason;
pub use status::DOMAIN;
pub use violations::{Violation, Violations};

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::dates::say_date;
use domain::calendar::london::say_instant;
use domain::policy::{Operation, Rule};
use domain::{action, register, returns};
use event_log::{AppendError, LogError};
use identity::TokenError;
use uuid::Uuid;

/// Why a call gave no answer. The display is what a person reads.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Failure {
    /// Fields that are not as they must be: all of them.
    #[error("{0}")]
    Fields(Violations),
    /// No token, or not a good one.
    #[error("{0}")]
    Token(TokenError),
    /// A token for another force area.
    #[error("the token is for the area {token_area}, not for {area}; sign in for {area}")]
    OtherArea {
        /// The area of the token.
        token_area: String,
        /// The area that was asked for.
        area: String,
        /// The rule that denied it.
        rule: Rule,
    },
    /// The policy says no.
    #[error("{name} may not {}: {}", operation.phrase(), said(*rule))]
    Denied {
        /// Who asked.
        name: String,
        /// For what.
        operation: Operation,
        /// The rule that denied it.
        rule: Rule,
    },
    /// The world as it stands does not allow it, of an action.
    #[error("{0}")]
    Action(Box<action::Rejection>),
    /// The same, of the register.
    #[error("{0}")]
    Register(register::Rejection),
    /// The same, of a return.
    #[error("{0}")]
    Return(Box<returns::Rejection>),
    /// Something that is named does not exist.
    #[error("no {what} {name} is on record; check the field {field}")]
    NotFound {
        /// What kind of thing it is, in words.
        what: &'static str,
        /// How it was named.
        name: String,
        /// The field that names it.
        field: &'static str,
    },
    /// The due date was to be counted to a meeting that is not arranged.
    #[error(
        "the register has no meeting of {body} after {}; arrange it first, or give another due date",
        say_date(*after)
    )]
    NoNextMeeting {
        /// The name of the body.
        body: String,
        /// The day after which it was to be.
        after: NaiveDate,
    },
    /// Every reference of a series was used.
    #[error("the series {series} has no number left; open another series")]
    SeriesFull {
        /// The series.
        series: String,
    },
    /// The request id stands for another request.
    #[error("the request id {id} was used for another request; choose a new one")]
    RequestIdReused {
        /// The request id.
        id: Uuid,
    },
    /// It changed after it was read.
    #[error(
        "{who} changed {what} on {}, after you read it; read it again and decide again",
        say_instant(*at)
    )]
    Changed {
        /// What changed: a reference, a return, the register.
        what: String,
        /// Who changed it.
        who: String,
        /// When.
        at: DateTime<Utc>,
        /// The etag that was given.
        etag: u64,
        /// The etag now.
        now: u64,
    },
    /// The world changed between the messages of one request: some stand, the last was refused.
    #[error(
        "{refused}; recorded before that: {}; the same request, sent again under the same id once it \
         is allowed, records the rest",
        recorded.join(", ")
    )]
    Partly {
        /// Why the rest was refused.
        refused: Box<Failure>,
        /// The actions whose part is recorded.
        recorded: Vec<String>,
    },
    /// Others were faster, again and again.
    #[error("{what} was changed by others {attempts} times while this was decided; try again")]
    Contended {
        /// What changed.
        what: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// More in flight than this service takes.
    #[error("{limit} requests are being worked on already; try again in a moment")]
    Busy {
        /// How many it takes.
        limit: usize,
    },
    /// An append failed.
    #[error("{}", status::append_text(.0))]
    Append(AppendError),
    /// A read of the log failed.
    #[error("{}", status::log_text(.0))]
    Log(LogError),
    /// The caller's deadline came first.
    #[error("the deadline passed before the outcome was known; retry with the same request id")]
    Deadline,
    /// A read was to see a write that has not arrived yet.
    #[error("position {wanted} has not arrived here yet, {at} has; try again in a moment")]
    NotCaughtUp {
        /// The position that was asked for.
        wanted: u64,
        /// The position that has arrived.
        at: u64,
    },
    /// A token that was given out over another log.
    #[error("the token belongs to another log; read without it")]
    OtherLog,
    /// A page token that this list did not give out.
    #[error("the page token is not of this list; ask for the first page")]
    PageToken,
    /// The record of a thing cannot be read.
    #[error("the record of {what} cannot be read; the operator has been told")]
    Unreadable {
        /// What cannot be read.
        what: String,
        /// For the operator: where and why.
        cause: String,
    },
    /// A defect of this program or its machine.
    #[error("something went wrong here; the operator has been told")]
    Fault {
        /// For the operator.
        cause: String,
    },
}

/// A rule that denied, in words.
fn said(rule: Rule) -> &'static str {
    match rule {
        Rule::OtherGroup => "it belongs to another delivery group, or to none",
        Rule::OtherArea => "the token is for another area",
        Rule::RoleExcludes
        | Rule::PanelRecord
        | Rule::SharedRecord
        | Rule::CommissionerAnswers
        | Rule::OwnGroup
        | Rule::Published
        | Rule::AuditReads
        | Rule::OperatorStatus => "the role of the token does not include it",
    }
}

impl From<Violations> for Failure {
    fn from(violations: Violations) -> Self {
        Failure::Fields(violations)
    }
}

impl From<action::Rejection> for Failure {
    fn from(rejection: action::Rejection) -> Self {
        Failure::Action(Box::new(rejection))
    }
}

impl From<register::Rejection> for Failure {
    fn from(rejection: register::Rejection) -> Self {
        Failure::Register(rejection)
    }
}

impl From<returns::Rejection> for Failure {
    fn from(rejection: returns::Rejection) -> Self {
        Failure::Return(Box::new(rejection))
    }
}

impl From<AppendError> for Failure {
    fn from(error: AppendError) -> Self {
        Failure::Append(error)
    }
}

impl From<LogError> for Failure {
    fn from(error: LogError) -> Self {
        Failure::Log(error)
    }
}
