//! Reads a response letter into a proposal: what was asked, what was answered, what was promised.
//!
//! A letter is read in four steps: its lines are cleaned and classified, grouped into blocks, put
//! together into topics and items, and each item is told apart into what was asked and what was
//! answered. Everything found is a proposal for a person to check; nothing of the letter is lost:
//! every line is accounted for in [`LetterProposal::line_roles`].

mod asked;
mod blocks;
mod citations;
mod compose;
mod counts;
mod coverage;
mod covering;
mod lines;
mod links;
mod remit;
mod sentences;
mod summary;
mod undertakings;

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use citations::Citation;
pub use counts::Counts;
pub use covering::Correspondent;
pub use summary::{SUMMARY_COLUMNS, SummaryRow, summary_rows};

/// The longest letter that is read, in bytes: some four hundred pages.
pub const LONGEST_LETTER_BYTES: usize = 1024 * 1024;

/// What was found in a response letter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct LetterProposal {
    /// The date of the letter itself.
    pub dated: Option<NaiveDate>,
    /// To whom it is written.
    pub addressee: Option<Correspondent>,
    /// Who signs it.
    pub sender: Option<Correspondent>,
    /// The topics that have items, in order.
    pub topics: Vec<Topic>,
    /// Other actions that the covering letter notes without answering them.
    pub noted_actions: Vec<String>,
    /// Web addresses outside every item, each occurrence.
    pub other_links: Vec<String>,
    /// Paragraphs outside every item: covering letter, introductions, signature.
    pub outside: Vec<String>,
    /// What became of each line of the letter, from its first.
    #[serde(skip)]
    pub line_roles: Vec<LineRole>,
}

/// A heading and the items under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Topic {
    /// The heading as written, without its marks; empty in a letter without headings.
    pub heading: String,
    /// Its bullets or numbers.
    pub items: Vec<Item>,
}

/// One bullet or number of the letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Each question or request, in order.
    pub parts: Vec<Part>,
    /// Whether nothing was asked.
    pub statement_only: bool,
    /// The answer, or the statement: its paragraphs and lists as written, parted by blank lines.
    pub answer: String,
    /// Papers that the answer cites.
    pub citations: Vec<Citation>,
    /// Web addresses in the item, each occurrence.
    pub links: Vec<String>,
    /// Sentences that promise something, verbatim.
    pub undertakings: Vec<String>,
    /// Whether the answer calls it an operational matter, one for the Chief Constable.
    pub operational: bool,
    /// Whether the answer calls it operationally sensitive.
    pub operationally_sensitive: Option<Sensitivity>,
    /// Indexes of the parts that got no answer.
    pub unanswered: Vec<usize>,
}

/// One question or request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its words, verbatim.
    pub text: String,
    /// How it is asked.
    pub kind: PartKind,
    /// The index of an earlier part of the same item with the same words.
    pub repeats: Option<usize>,
    /// How far it was answered, proposed.
    pub coverage: Coverage,
    /// Why that coverage is proposed.
    pub coverage_reason: String,
}

/// How a part is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartKind {
    /// With a question mark.
    Question,
    /// Without one: "Analysis of unmet demand".
    Request,
}

/// How far a question was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    /// Answered.
    Answered,
    /// Answered in part.
    AnsweredInPart,
    /// The answer says where to look.
    Signposted,
    /// Withheld, with a reason.
    Withheld,
    /// The answer does not take it up.
    NotAddressed,
    /// No answer is due yet.
    Pending,
}

impl Coverage {
    /// The coverage in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::AnsweredInPart => "answered in part",
            Self::Signposted => "signposted",
            Self::Withheld => "withheld",
            Self::NotAddressed => "not addressed",
            Self::Pending => "pending",
        }
    }
}

/// How much of an answer is called operationally sensitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sensitivity {
    /// Some of it; the rest is answered.
    Partial,
    /// All of it.
    Full,
}

/// What became of a line of the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineRole {
    /// Nothing on it.
    Blank,
    /// A rule or a page number.
    PageFurniture,
    /// The heading of a topic (its index).
    Heading {
        /// Index into [`LetterProposal::topics`].
        topic: usize,
    },
    /// Part of an item: its question or its answer.
    Item {
        /// Index into [`LetterProposal::topics`].
        topic: usize,
        /// Index into [`Topic::items`].
        item: usize,
    },
    /// Outside every item: see [`LetterProposal::outside`].
    Outside,
}

/// Why a letter cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// It is longer than [`LONGEST_LETTER_BYTES`].
    #[error(
        "the letter has {bytes} bytes; at most {LONGEST_LETTER_BYTES} are read. Split it, or remove what is not the letter"
    )]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// It is no text in UTF-8 or Windows-1252.
    #[error(
        "the file is not plain text in UTF-8 or Windows-1252; save the letter as plain text (UTF-8) or Markdown"
    )]
    NotText,
}

/// Reads a letter from the bytes of a file.
///
/// # Errors
/// When it is too long, or no text.
pub fn read_bytes(bytes: &[u8]) -> Result<LetterProposal, LetterError> {
    if bytes.len() > LONGEST_LETTER_BYTES {
        return Err(LetterError::TooLong { bytes: bytes.len() });
    }
    // Zero bytes are the sign of a word processor's own format.
    if crate::encoding::is_utf16(bytes) || bytes.contains(&0) {
        return Err(LetterError::NotText);
    }
    let text = crate::encoding::decode(bytes).ok_or(LetterError::NotText)?;
    Ok(read(&text))
}

/// Reads a letter from its text. Any text gives a proposal, if perhaps one without topics.
#[must_use]
pub fn read(text: &str) -> LetterProposal {
    let text = lines::clean(text);
    let source: Vec<&str> = text.split('\n').collect();
    let draft = compose::compose(&blocks::blocks(&text), source.len());
    let covering = covering::read(&draft.outside, &source);
    let topics = draft
        .topics
        .iter()
        .map(|topic| Topic {
            heading: topic.heading.clone(),
            items: topic.items.iter().map(item).collect(),
        })
        .collect();
    LetterProposal {
        dated: covering.dated,
        addressee: covering.addressee,
        sender: covering.sender,
        topics,
        noted_actions: covering.noted_actions,
        other_links: draft
            .outside
            .iter()
            .flat_map(|outside| links::links(&outside.text))
            .collect(),
        outside: draft
            .outside
            .into_iter()
            .map(|outside| outside.text)
            .collect(),
        line_roles: draft.roles,
    }
}

fn item(draft: &compose::ItemDraft) -> Item {
    let split = asked::split(draft);
    let answer = split.answer;
    let citations = citations::citations(&answer);
    let links: Vec<String> = split
        .asked
        .iter()
        .flat_map(|(text, _)| links::links(text))
        .chain(links::links(&answer))
        .collect();
    let sensitivity = remit::sensitivity(&answer);
    let mut parts = parts(split.asked);
    coverage::propose(
        &mut parts,
        &coverage::AnswerSigns {
            answer: &answer,
            sensitivity,
            cites_or_links: !(citations.is_empty() && links.is_empty()),
        },
    );
    let unanswered = (0..parts.len())
        .filter(|&at| parts[at].coverage == Coverage::NotAddressed)
        .collect();
    Item {
        statement_only: parts.is_empty(),
        undertakings: undertakings::undertakings(&answer),
        operational: remit::is_operational(&answer),
        operationally_sensitive: sensitivity,
        citations,
        links,
        unanswered,
        parts,
        answer,
    }
}

fn parts(asked: Vec<(String, PartKind)>) -> Vec<Part> {
    let mut first: HashMap<String, usize> = HashMap::new();
    asked
        .into_iter()
        .enumerate()
        .map(|(at, (text, kind))| {
            let earliest = *first.entry(sentences::key(&text)).or_insert(at);
            Part {
                repeats: (earliest < at).then_some(earliest),
                text,
                kind,
                coverage: Coverage::Pending,
                coverage_reason: String::new(),
            }
        })
        .collect()
}
