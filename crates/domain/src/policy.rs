//! Who may do what: one pure, exhaustive function.
//!
//! Every event names the rule under which it was allowed, so an auditor can ask of any event not
//! only who did it but why they could.

use serde::{Deserialize, Serialize};

/// The parts people play. One token carries one role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Officer of the Panel's host authority: records what was raised, chases, closes.
    Clerk,
    /// The Commissioner's office: triages, delegates, responds.
    Office,
    /// A delivery group: answers for what was delegated to it, and sends a return each quarter.
    Group,
    /// Internal or external audit: reads and replays everything, changes nothing.
    Auditor,
    /// Anybody, without signing in.
    Public,
    /// Runs the machines: health and figures, no content.
    Operator,
}

impl Role {
    /// Every role, in the order of the documentation.
    pub const ALL: [Role; 6] = [
        Role::Clerk,
        Role::Office,
        Role::Group,
        Role::Auditor,
        Role::Public,
        Role::Operator,
    ];

    /// The role as it is stored and typed: `clerk`, `office`, `group`, `auditor`, `public`, `operator`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Clerk => "clerk",
            Role::Office => "office",
            Role::Group => "group",
            Role::Auditor => "auditor",
            Role::Public => "public",
            Role::Operator => "operator",
        }
    }
}

/// Somebody who asks for something, as their token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// Stable identifier of the person or program.
    pub subject: String,
    /// Name for people.
    pub name: String,
    /// The part they play.
    pub role: Role,
    /// The delivery group they answer for, when the role is [`Role::Group`].
    pub group: Option<String>,
    /// The force area in which the token counts.
    pub area: String,
}

impl Principal {
    /// Somebody who has not signed in.
    #[must_use]
    pub fn anybody(area: &str) -> Self {
        Self {
            subject: "public".into(),
            name: "Public".into(),
            role: Role::Public,
            group: None,
            area: area.into(),
        }
    }
}

/// What can be asked for: each step of an action's life, the register, returns, and reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(
    missing_docs,
    reason = "each name is the step that the domain page describes"
)]
pub enum Operation {
    Raise,
    Triage,
    Delegate,
    AcceptDelegation,
    DeclineDelegation,
    Transfer,
    RecordUpdate,
    Respond,
    CorrectResponse,
    MoveDueDate,
    PauseClock,
    ResumeClock,
    Restrict,
    LiftRestriction,
    ProposeClosure,
    Close,
    Reopen,
    Withdraw,
    Link,
    Split,
    RaiseUndertaking,
    KeepRegister,
    SaveReturnDraft,
    SubmitReturn,
    CorrectReturn,
    ReadPublished,
    ReadRestricted,
    ReadReturnDraft,
    Replay,
    ReadStatus,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Operation; 30] = {
        use Operation::*;
        [
            Raise,
            Triage,
            Delegate,
            AcceptDelegation,
            DeclineDelegation,
            Transfer,
            RecordUpdate,
            Respond,
            CorrectResponse,
            MoveDueDate,
            PauseClock,
            ResumeClock,
            Restrict,
            LiftRestriction,
            ProposeClosure,
            Close,
            Reopen,
            Withdraw,
            Link,
            Split,
            RaiseUndertaking,
            KeepRegister,
            SaveReturnDraft,
            SubmitReturn,
            CorrectReturn,
            ReadPublished,
            ReadRestricted,
            ReadReturnDraft,
            Replay,
            ReadStatus,
        ]
    };

    /// What is done, as it follows "may not" in a sentence.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Operation::Raise => "raise an action",
            Operation::Triage => "triage an action",
            Operation::Delegate => "delegate an action",
            Operation::AcceptDelegation => "accept a delegation",
            Operation::DeclineDelegation => "decline a delegation",
            Operation::Transfer => "transfer an action",
            Operation::RecordUpdate => "record a progress update",
            Operation::Respond => "respond to an action",
            Operation::CorrectResponse => "correct a response",
            Operation::MoveDueDate => "move a due date",
            Operation::PauseClock => "pause the clock",
            Operation::ResumeClock => "resume the clock",
            Operation::Restrict => "restrict an action",
            Operation::LiftRestriction => "lift a restriction",
            Operation::ProposeClosure => "propose closure",
            Operation::Close => "close an action",
            Operation::Reopen => "reopen an action",
            Operation::Withdraw => "withdraw an action",
            Operation::Link => "link actions",
            Operation::Split => "split an action",
            Operation::RaiseUndertaking => "raise an undertaking",
            Operation::KeepRegister => "change the register",
            Operation::SaveReturnDraft => "save a draft return",
            Operation::SubmitReturn => "submit a return",
            Operation::CorrectReturn => "correct a return",
            Operation::ReadPublished => "read what is published",
            Operation::ReadRestricted => "read a restricted action",
            Operation::ReadReturnDraft => "read a draft return",
            Operation::Replay => "replay the record",
            Operation::ReadStatus => "read the status of the service",
        }
    }
}

/// What the decision depends on besides who asks for what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Facts<'a> {
    /// The force area of the thing that is asked for.
    pub area: &'a str,
    /// The delivery group that the thing belongs to: the one an action is delegated to, or the
    /// one whose return it is. `None` when it belongs to no group.
    pub group: Option<&'a str>,
}

/// The rules, each with an identifier that is stored in events and never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// The Panel's clerk records what the Panel did.
    PanelRecord,
    /// The clerk and the Commissioner's office both keep the register and the links in order.
    SharedRecord,
    /// The Commissioner's office answers for the Commissioner, and for bodies without a role here.
    CommissionerAnswers,
    /// A delivery group acts on what is its own.
    OwnGroup,
    /// What is published is for everybody.
    Published,
    /// Audit reads and replays everything.
    AuditReads,
    /// Operators see the machines, not the content.
    OperatorStatus,
    /// Denied: the role does not include it.
    RoleExcludes,
    /// Denied: it belongs to another group, or to none.
    OtherGroup,
    /// Denied: the token is for another force area.
    OtherArea,
}

impl Rule {
    /// The identifier that is stored with an event.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Rule::PanelRecord => "panel-record",
            Rule::SharedRecord => "shared-record",
            Rule::CommissionerAnswers => "commissioner-answers",
            Rule::OwnGroup => "own-group",
            Rule::Published => "published",
            Rule::AuditReads => "audit-reads",
            Rule::OperatorStatus => "operator-status",
            Rule::RoleExcludes => "role-excludes",
            Rule::OtherGroup => "other-group",
            Rule::OtherArea => "other-area",
        }
    }
}

/// The answer, with the rule that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Go ahead, under this rule.
    Allow(Rule),
    /// No, because of this rule.
    Deny(Rule),
}

impl Verdict {
    /// Whether the answer is yes.
    #[must_use]
    pub fn allowed(self) -> bool {
        matches!(self, Verdict::Allow(_))
    }
}

/// Decides whether somebody may do something.
///
/// Roles and what they include: `trust.md` of the design, section "Who may do what"; that a group
/// acts only on its own is the partnership's rule, that the Panel's clerk closes is the Panel's. What
/// was delegated to a body and to no group, the Commissioner's office accepts or declines: no other
/// role speaks for a body, and it would stay offered for ever.
#[must_use]
pub fn decide(principal: &Principal, operation: Operation, facts: Facts<'_>) -> Verdict {
    if principal.area != facts.area && operation != Operation::ReadPublished {
        return Verdict::Deny(Rule::OtherArea);
    }
    match principal.role {
        Role::Clerk => clerk(operation),
        Role::Office => office(operation, facts.group),
        Role::Group => group(operation, principal.group.as_deref(), facts.group),
        Role::Auditor => auditor(operation),
        Role::Public => match operation {
            Operation::ReadPublished => Verdict::Allow(Rule::Published),
            _ => Verdict::Deny(Rule::RoleExcludes),
        },
        Role::Operator => match operation {
            Operation::ReadStatus => Verdict::Allow(Rule::OperatorStatus),
            _ => Verdict::Deny(Rule::RoleExcludes),
        },
    }
}

fn clerk(operation: Operation) -> Verdict {
    use Operation::*;
    match operation {
        Raise | MoveDueDate | PauseClock | ResumeClock | Restrict | LiftRestriction | Close
        | Reopen | Withdraw | Split => Verdict::Allow(Rule::PanelRecord),
        Link | RaiseUndertaking | KeepRegister | ReadStatus => Verdict::Allow(Rule::SharedRecord),
        ReadPublished => Verdict::Allow(Rule::Published),
        Triage | Delegate | AcceptDelegation | DeclineDelegation | Transfer | RecordUpdate
        | Respond | CorrectResponse | ProposeClosure | SaveReturnDraft | SubmitReturn
        | CorrectReturn | ReadRestricted | ReadReturnDraft | Replay => {
            Verdict::Deny(Rule::RoleExcludes)
        }
    }
}

/// The office answers for the Commissioner, and for the bodies that have no part of their own here: an
/// action may be delegated to a board, the Constabulary or a partner, none of which has a token, and
/// somebody must record whether it was taken on. What was delegated to a group, that group answers.
fn office(operation: Operation, its: Option<&str>) -> Verdict {
    use Operation::*;
    match operation {
        AcceptDelegation | DeclineDelegation if its.is_none() => {
            Verdict::Allow(Rule::CommissionerAnswers)
        }
        AcceptDelegation | DeclineDelegation => Verdict::Deny(Rule::OtherGroup),
        Triage | Delegate | Transfer | RecordUpdate | Respond | CorrectResponse | Restrict
        | LiftRestriction | ProposeClosure | ReadRestricted => {
            Verdict::Allow(Rule::CommissionerAnswers)
        }
        Link | RaiseUndertaking | KeepRegister | ReadStatus => Verdict::Allow(Rule::SharedRecord),
        ReadPublished => Verdict::Allow(Rule::Published),
        Raise | MoveDueDate | PauseClock | ResumeClock | Close | Reopen | Withdraw | Split
        | SaveReturnDraft | SubmitReturn | CorrectReturn | ReadReturnDraft | Replay => {
            Verdict::Deny(Rule::RoleExcludes)
        }
    }
}

fn group(operation: Operation, mine: Option<&str>, its: Option<&str>) -> Verdict {
    use Operation::*;
    match operation {
        AcceptDelegation | DeclineDelegation | RecordUpdate | ProposeClosure | SaveReturnDraft
        | SubmitReturn | CorrectReturn | ReadReturnDraft | ReadRestricted => {
            if mine.is_some() && mine == its {
                Verdict::Allow(Rule::OwnGroup)
            } else {
                Verdict::Deny(Rule::OtherGroup)
            }
        }
        ReadPublished => Verdict::Allow(Rule::Published),
        Raise | Triage | Delegate | Transfer | Respond | CorrectResponse | MoveDueDate
        | PauseClock | ResumeClock | Restrict | LiftRestriction | Close | Reopen | Withdraw
        | Link | Split | RaiseUndertaking | KeepRegister | Replay | ReadStatus => {
            Verdict::Deny(Rule::RoleExcludes)
        }
    }
}

fn auditor(operation: Operation) -> Verdict {
    use Operation::*;
    match operation {
        ReadRestricted | ReadReturnDraft | Replay | ReadStatus => Verdict::Allow(Rule::AuditReads),
        ReadPublished => Verdict::Allow(Rule::Published),
        Raise | Triage | Delegate | AcceptDelegation | DeclineDelegation | Transfer
        | RecordUpdate | Respond | CorrectResponse | MoveDueDate | PauseClock | ResumeClock
        | Restrict | LiftRestriction | ProposeClosure | Close | Reopen | Withdraw | Link
        | Split | RaiseUndertaking | KeepRegister | SaveReturnDraft | SubmitReturn
        | CorrectReturn => Verdict::Deny(Rule::RoleExcludes),
    }
}

#[cfg(test)]
mod tests;
