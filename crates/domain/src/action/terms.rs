//! The words of the field, as closed sets.

use crate::text::Line;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $stored:literal, $said:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $stored)] $variant,)+ }

        impl $name {
            /// Every value, in the order of the documentation.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// As it is stored and typed.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $stored,)+ }
            }

            /// As it is said to people.
            #[must_use]
            pub fn said(self) -> &'static str {
                match self { $($name::$variant => $said,)+ }
            }

            /// From the stored or the said form.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let text = text.trim();
                Self::ALL.iter().copied().find(|v| {
                    v.as_str().eq_ignore_ascii_case(text) || v.said().eq_ignore_ascii_case(text)
                })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.said())
            }
        }
    };
}

words! {
    /// What was raised.
    Kind {
        /// A question to be answered.
        Question = "question", "question";
        /// Something to be done.
        Action = "action", "action";
        /// A recommendation of the Panel, which it must publish (Police Reform and Social
        /// Responsibility Act 2011, s.28(7)).
        Recommendation = "recommendation", "recommendation";
        /// A request for information.
        InformationRequest = "information_request", "information request";
        /// Something promised in an answer.
        Undertaking = "undertaking", "undertaking";
    }
}

words! {
    /// Whose matter it is (Policing Protocol Order in force on the day, paragraph 24).
    Remit {
        /// The Commissioner's statutory functions: the Panel scrutinises these.
        Commissioner = "commissioner", "the Commissioner's functions";
        /// Operational policing: the Chief Constable's.
        Operational = "operational", "operational policing";
        /// A partner's.
        PartnerBody = "partner_body", "a partner body";
        /// Nobody's in the partnership.
        OutOfRemit = "out_of_remit", "out of remit";
    }
}

words! {
    /// Whether the answer, or some of it, cannot be in the public domain. Separate from remit.
    Sensitivity {
        /// Nothing is withheld.
        None = "none", "not sensitive";
        /// Some of the answer is operationally sensitive.
        Part = "part", "operationally sensitive in part";
        /// All of the answer is operationally sensitive.
        Whole = "whole", "operationally sensitive";
    }
}

words! {
    /// Delivery confidence. Separate from status.
    Rag {
        /// On course.
        Green = "green", "Green";
        /// At risk; what will get it back on track is said.
        Amber = "amber", "Amber";
        /// Off course; what will get it back on track is said.
        Red = "red", "Red";
    }
}

words! {
    /// How far a question was answered.
    Coverage {
        /// No response yet.
        Pending = "pending", "pending";
        /// Answered.
        Answered = "answered", "answered";
        /// Answered in part.
        AnsweredInPart = "answered_in_part", "answered in part";
        /// The asker was pointed to where the answer is.
        Signposted = "signposted", "signposted";
        /// The answer is withheld.
        Withheld = "withheld", "withheld";
        /// A response came and does not speak to it.
        NotAddressed = "not_addressed", "not addressed";
    }
}

words! {
    /// How an action ended.
    Outcome {
        /// Answered to the Panel's satisfaction.
        Answered = "answered", "answered";
        /// Noted; nothing more was wanted.
        Noted = "noted", "noted";
        /// Done.
        Completed = "completed", "completed";
        /// Not the Panel's to ask.
        OutOfRemit = "out_of_remit", "out of remit";
        /// Taken back by who raised it.
        Withdrawn = "withdrawn", "withdrawn";
        /// Another action took its place.
        Superseded = "superseded", "superseded";
        /// The Panel let it rest.
        NotPursued = "not_pursued", "not pursued";
    }
}

words! {
    /// The two kinds of response.
    ResponseKind {
        /// Says that an answer is coming; quiets the reminder, not the clock.
        Holding = "holding", "holding response";
        /// Answers.
        Substantive = "substantive", "substantive response";
    }
}

words! {
    /// How one action relates to another.
    LinkKind {
        /// The other is its parent.
        Parent = "parent", "part of";
        /// It asks what the other asks.
        DuplicateOf = "duplicate_of", "duplicate of";
        /// It follows from the other.
        FollowsFrom = "follows_from", "follows from";
    }
}

words! {
    /// Where an action stands, in the words of the pages. Overdue is derived, never a status.
    Status {
        /// Waiting for a response.
        Open = "open", "Open";
        /// Some parts answered, others not.
        PartAnswered = "part_answered", "Part answered";
        /// A holding response was sent.
        HoldingResponse = "holding_response", "Holding response";
        /// Every part has a disposition.
        Answered = "answered", "Answered";
        /// Its owner proposed to close it.
        ProposedToClose = "proposed_to_close", "Proposed to close";
        /// The Panel agreed its closure.
        Closed = "closed", "Closed";
        /// Who raised it took it back.
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

impl Status {
    /// Whether somebody still owes something.
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(self, Status::Closed | Status::Withdrawn)
    }
}

words! {
    /// The Policing Protocol Order in force.
    Protocol {
        /// SI 2011/2744, in force until 2 July 2023.
        Order2011 = "policing_protocol_order_2011", "Policing Protocol Order 2011";
        /// SI 2023/649, in force from 3 July 2023.
        Order2023 = "policing_protocol_order_2023", "Policing Protocol Order 2023";
    }
}

impl Protocol {
    /// The Order that was in force on a day.
    #[must_use]
    pub fn in_force_on(day: NaiveDate) -> Self {
        match NaiveDate::from_ymd_opt(2023, 7, 3) {
            Some(new) if day >= new => Protocol::Order2023,
            _ => Protocol::Order2011,
        }
    }
}

/// Why an action is restricted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "StoredGround", into = "StoredGround")]
pub enum Ground {
    /// Exempt information under Schedule 12A of the Local Government Act 1972, Part 1.
    Schedule12a {
        /// Paragraph of Part 1, 1 to 7.
        paragraph: u8,
    },
    /// Operationally sensitive: not for the public domain.
    OperationallySensitive,
    /// Personal information.
    PersonalInformation,
    /// Legal advice.
    LegalAdvice,
}

/// A [`Ground`] as it is stored: its name, and the paragraph of the one that has one. A plain structure,
/// since formats without names cannot read what `serde` calls internally tagged.
#[derive(Serialize, Deserialize)]
struct StoredGround {
    ground: GroundName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paragraph: Option<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum GroundName {
    Schedule12a,
    OperationallySensitive,
    PersonalInformation,
    LegalAdvice,
}

impl TryFrom<StoredGround> for Ground {
    type Error = &'static str;

    fn try_from(stored: StoredGround) -> Result<Self, Self::Error> {
        Ok(match stored.ground {
            GroundName::Schedule12a => Ground::Schedule12a {
                paragraph: stored.paragraph.ok_or("missing field `paragraph`")?,
            },
            GroundName::OperationallySensitive => Ground::OperationallySensitive,
            GroundName::PersonalInformation => Ground::PersonalInformation,
            GroundName::LegalAdvice => Ground::LegalAdvice,
        })
    }
}

impl From<Ground> for StoredGround {
    fn from(ground: Ground) -> Self {
        let (ground, paragraph) = match ground {
            Ground::Schedule12a { paragraph } => (GroundName::Schedule12a, Some(paragraph)),
            Ground::OperationallySensitive => (GroundName::OperationallySensitive, None),
            Ground::PersonalInformation => (GroundName::PersonalInformation, None),
            Ground::LegalAdvice => (GroundName::LegalAdvice, None),
        };
        Self { ground, paragraph }
    }
}

impl fmt::Display for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ground::Schedule12a { paragraph } => write!(
                f,
                "exempt under paragraph {paragraph} of Schedule 12A, Local Government Act 1972"
            ),
            Ground::OperationallySensitive => f.write_str("operationally sensitive"),
            Ground::PersonalInformation => f.write_str("personal information"),
            Ground::LegalAdvice => f.write_str("legal advice"),
        }
    }
}

/// One part of an action: `a`, `b`, … in the order of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartId(u8);

impl TryFrom<String> for PartId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        PartId::parse(&text)
            .ok_or_else(|| format!("{text:?} is not a part; a part is a letter, a to z"))
    }
}

impl From<PartId> for String {
    fn from(part: PartId) -> Self {
        part.to_string()
    }
}

impl PartId {
    /// The most parts of one action: `a` to `z`.
    pub const LIMIT: usize = 26;

    /// The identifier at a position, from 0. `None` past the limit.
    #[must_use]
    pub fn at(index: usize) -> Option<Self> {
        (index < Self::LIMIT)
            .then(|| u8::try_from(index).ok().map(Self))
            .flatten()
    }

    /// From its letter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().as_bytes() {
            [letter @ b'a'..=b'z'] => Some(Self(letter - b'a')),
            _ => None,
        }
    }
}

impl fmt::Display for PartId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", char::from(b'a' + self.0.min(25)))
    }
}

/// Identifies a response; the same for every action that one response answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResponseId(pub Uuid);

impl fmt::Display for ResponseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A paper that is cited as evidence or in an answer. Citations go wrong, so each of its parts
/// can be checked on its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// Title of the document.
    pub title: Line,
    /// Paragraph, as written: `7.2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paragraph: Option<Line>,
    /// Address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Line>,
    /// Date of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated: Option<NaiveDate>,
}

impl Citation {
    /// A citation of a document by its title alone.
    #[must_use]
    pub fn of(title: Line) -> Self {
        Self {
            title,
            paragraph: None,
            link: None,
            dated: None,
        }
    }
}
