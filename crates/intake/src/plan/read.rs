//! Reads a plan back, naming the line and the field of whatever is wrong.

use chrono::NaiveDate;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::{
    LetterPlan, PlanItem, PlanKind, PlanPart, PlanRemit, PlanSensitivity, PlanUndertaking,
};
use crate::letter::{Citation, Coverage, PartKind};

/// The longest plan that is read, in bytes.
const LONGEST_PLAN_BYTES: usize = 4 * 1024 * 1024;

/// Why a plan was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}{}: {problem}", field.as_ref().map(|f| format!(", {f}")).unwrap_or_default())]
pub struct PlanError {
    /// The line, from 1.
    pub line: usize,
    /// The field, when one can be named.
    pub field: Option<String>,
    /// What is wrong and what would be right.
    pub problem: String,
}

impl LetterPlan {
    /// Reads a plan.
    ///
    /// # Errors
    /// The first thing that is wrong: no TOML, a field nobody knows, a field left out, a date that
    /// is not in the calendar, or an item that contradicts itself.
    pub fn from_toml(text: &str) -> Result<Self, PlanError> {
        if text.len() > LONGEST_PLAN_BYTES {
            return Err(PlanError {
                line: 1,
                field: None,
                problem: format!(
                    "the file has {} bytes; at most {LONGEST_PLAN_BYTES} are read",
                    text.len()
                ),
            });
        }
        let file: PlanFile = toml::from_str(text).map_err(|error| located(text, &error))?;
        if !is_id(&file.id) {
            return Err(PlanError {
                line: line_of_key(text, "id"),
                field: Some("id".to_owned()),
                problem: NO_ID.to_owned(),
            });
        }
        let mut items = Vec::with_capacity(file.item.len());
        for item in file.item {
            let line = line_at(text, item.span().start);
            let item = item.into_inner().into_item();
            check(&item)
                .and_then(|()| check_id(&item.id, items.iter().map(|item: &PlanItem| &item.id)))
                .map_err(|mistake| mistake.located(text, line))?;
            items.push(item);
        }
        if file.answered_on < file.meeting_on {
            return Err(PlanError {
                line: line_of_key(text, "answered_on"),
                field: Some("answered_on".to_owned()),
                problem: format!(
                    "{} is before the meeting of {}; give the date of the letter",
                    file.answered_on, file.meeting_on
                ),
            });
        }
        Ok(Self {
            id: file.id,
            meeting_on: file.meeting_on,
            answered_on: file.answered_on,
            asked_of: file.asked_of,
            items,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanFile {
    id: String,
    #[serde(deserialize_with = "civil_date")]
    meeting_on: NaiveDate,
    #[serde(deserialize_with = "civil_date")]
    answered_on: NaiveDate,
    asked_of: String,
    #[serde(default)]
    item: Vec<Spanned<ItemFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemFile {
    id: String,
    raise: bool,
    kind: PlanKind,
    topic: String,
    #[serde(default, deserialize_with = "optional_date")]
    due_on: Option<NaiveDate>,
    #[serde(default)]
    no_due_reason: Option<String>,
    remit: PlanRemit,
    sensitivity: PlanSensitivity,
    answer: String,
    links: Vec<String>,
    #[serde(default)]
    part: Vec<PartFile>,
    #[serde(default)]
    citation: Vec<CitationFile>,
    #[serde(default)]
    undertaking: Vec<PlanUndertaking>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartFile {
    text: String,
    kind: PartKind,
    #[serde(default)]
    repeats: Option<usize>,
    coverage: Coverage,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CitationFile {
    document: String,
    #[serde(default)]
    paragraph: Option<String>,
    #[serde(default, deserialize_with = "optional_date")]
    date: Option<NaiveDate>,
}

impl ItemFile {
    fn into_item(self) -> PlanItem {
        PlanItem {
            id: self.id,
            raise: self.raise,
            kind: self.kind,
            topic: self.topic,
            due_on: self.due_on,
            no_due_reason: self.no_due_reason,
            remit: self.remit,
            sensitivity: self.sensitivity,
            parts: self
                .part
                .into_iter()
                .map(|part| PlanPart {
                    text: part.text,
                    kind: part.kind,
                    repeats: part.repeats,
                    coverage: part.coverage,
                })
                .collect(),
            answer: self.answer,
            links: self.links,
            citations: self
                .citation
                .into_iter()
                .map(|citation| Citation {
                    document: citation.document,
                    paragraph: citation.paragraph,
                    date: citation.date,
                })
                .collect(),
            undertakings: self.undertaking,
        }
    }
}

fn civil_date<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    let written = String::deserialize(from)?;
    // chrono takes signs and spare spaces too: "-118-09-12" has ten characters.
    let same = |date: &NaiveDate| date.to_string() == written;
    written.parse().ok().filter(same).ok_or_else(|| {
        D::Error::custom(format!(
            "“{written}” is not a day; write year, month and day, such as \"2018-11-09\""
        ))
    })
}

fn optional_date<'de, D: Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
    civil_date(from).map(Some)
}

/// Something in an item that reads well and cannot be meant.
struct Mistake {
    field: &'static str,
    /// Which block of the item it is in, counted from 0: `[[item.part]]` 1 is the second.
    block: Option<(&'static str, usize)>,
    problem: String,
}

impl Mistake {
    fn new(field: &'static str, problem: &str) -> Self {
        Self {
            field,
            block: None,
            problem: problem.to_owned(),
        }
    }

    fn located(self, text: &str, item_line: usize) -> PlanError {
        let mut lines = text.lines().enumerate().skip(item_line);
        let mut line = item_line;
        if let Some((heading, index)) = self.block {
            let block = lines
                .by_ref()
                .filter(|(_, line)| line.trim() == heading)
                .nth(index);
            line = block.map_or(line, |(at, _)| at + 1);
        }
        let field = lines
            .take_while(|(_, line)| !line.trim_start().starts_with("[["))
            .find(|(_, line)| {
                line.split('=')
                    .next()
                    .is_some_and(|name| name.trim() == self.field)
            });
        PlanError {
            line: field.map_or(line, |(at, _)| at + 1),
            field: Some(self.field.to_owned()),
            problem: self.problem,
        }
    }
}

/// An item must say what it needs, and not two things at once.
fn check(item: &PlanItem) -> Result<(), Mistake> {
    if item.raise && item.parts.is_empty() {
        return Err(Mistake::new(
            "raise",
            "raise is true and there is no part; add an [[item.part]] with the question, or set raise = false",
        ));
    }
    match (item.due_on.is_some(), item.no_due_reason.as_deref()) {
        (true, Some(_)) => {
            let problem = "due_on and no_due_reason are both given; keep one";
            return Err(Mistake::new("due_on", problem));
        }
        (false, None | Some("")) => {
            let problem = "there is no due_on; give one, or say in no_due_reason why there is none";
            return Err(Mistake::new("no_due_reason", problem));
        }
        _ => {}
    }
    check_parts(item)?;
    for (at, undertaking) in item.undertakings.iter().enumerate() {
        let earlier = item.undertakings.iter().take(at).map(|other| &other.id);
        check_id(&undertaking.id, earlier).map_err(|mistake| Mistake {
            block: Some(("[[item.undertaking]]", at)),
            ..mistake
        })?;
    }
    let orphan = item
        .undertakings
        .iter()
        .position(|undertaking| undertaking.raise);
    match orphan.filter(|_| !item.raise) {
        Some(at) => Err(Mistake {
            field: "raise",
            block: Some(("[[item.undertaking]]", at)),
            problem: "an undertaking is raised as a child of its item, which is not raised; \
                      set raise = true on the item too, or raise = false here"
                .to_owned(),
        }),
        None => Ok(()),
    }
}

const NO_ID: &str = "an id is 1 to 40 letters, digits and hyphens, such as \"3b\"";

fn is_id(id: &str) -> bool {
    (1..=40).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// An id that stands twice would make two things one when the plan is applied.
fn check_id<'a>(id: &str, mut earlier: impl Iterator<Item = &'a String>) -> Result<(), Mistake> {
    if !is_id(id) {
        return Err(Mistake::new("id", NO_ID));
    }
    if earlier.any(|other| other == id) {
        let problem =
            format!("“{id}” stands above already; give this one an id of its own, such as “{id}b”");
        return Err(Mistake::new("id", &problem));
    }
    Ok(())
}

fn check_parts(item: &PlanItem) -> Result<(), Mistake> {
    for (at, part) in item.parts.iter().enumerate() {
        let mistake = |field, problem: &str| Mistake {
            field,
            block: Some(("[[item.part]]", at)),
            problem: problem.to_owned(),
        };
        if part.text.trim().is_empty() {
            return Err(mistake(
                "text",
                "the part has no words; write the question, or delete the part",
            ));
        }
        if part
            .repeats
            .is_some_and(|earlier| earlier == 0 || earlier > at)
        {
            return Err(mistake(
                "repeats",
                "a part can only repeat an earlier part of its item, numbered from 1",
            ));
        }
    }
    Ok(())
}

fn located(text: &str, error: &toml::de::Error) -> PlanError {
    let start = error.span().map_or(0, |span| span.start);
    let line = line_at(text, start);
    let source = text.lines().nth(line - 1).unwrap_or("");
    let field = source
        .split_once('=')
        .map(|(name, _)| name.trim().to_owned())
        .filter(|name| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        });
    PlanError {
        line,
        field,
        problem: error.message().trim().replace('\n', "; "),
    }
}

fn line_at(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().get(..byte).unwrap_or_default();
    1 + before.iter().filter(|&&b| b == b'\n').count()
}

fn line_of_key(text: &str, key: &str) -> usize {
    text.lines()
        .position(|line| line.trim_start().starts_with(key))
        .map_or(1, |at| at + 1)
}
