//! Arguments that many commands share, checked before anything is sent.

use crate::failure::Failure;
use crate::words::{self, Word};
use api::v1;
use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use domain::calendar::Quarter;
use domain::calendar::{dates, london};
use domain::reference::Reference;
use std::io::Read as _;
use uuid::Uuid;

/// A day, YYYY-MM-DD or 12 September 2018.
pub(crate) fn day(text: &str) -> Result<NaiveDate, String> {
    dates::parse(text).map_err(|error| error.to_string())
}

/// A reference as people write it.
pub(crate) fn reference(text: &str) -> Result<String, String> {
    Reference::new(text.trim())
        .map(|reference| reference.as_str().to_owned())
        .map_err(|error| format!("it {error}"))
}

/// A quarter of the financial year: Q3 2018/19.
pub(crate) fn quarter(text: &str) -> Result<Quarter, String> {
    text.parse::<Quarter>().map_err(|error| error.to_string())
}

/// A word of one of the contract's enumerations.
pub(crate) fn word<W: Word>(text: &str) -> Result<W, String> {
    words::parse(text)
}

/// A text, or `-` for what comes on standard input.
pub(crate) fn text(given: &str) -> Result<String, Failure> {
    if given != "-" {
        return Ok(given.to_owned());
    }
    // A little more than the service takes, so that it can say what is too long.
    let limit = 4 * domain::text::TEXT_LIMIT + 1024;
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(u64::try_from(limit).unwrap_or(u64::MAX))
        .read_to_end(&mut bytes)?;
    String::from_utf8(bytes)
        .map(|text| text.trim_end().to_owned())
        .map_err(|_| Failure::usage("standard input is not text in UTF-8"))
}

/// When a question is put.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct AsOf {
    /// What was true on this day, with later corrections
    #[arg(long, value_parser = day, value_name = "DATE", help_heading = "As of")]
    pub(crate) as_of: Option<NaiveDate>,
    /// What was known then: at an instant, at the end of a day, or at a position of the log
    #[arg(long, value_parser = moment, value_name = "WHEN", help_heading = "As of")]
    pub(crate) known_at: Option<Moment>,
}

/// A point in what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// An instant.
    At(DateTime<Utc>),
    /// A position of the log.
    Position(u64),
}

/// An instant in RFC 3339, a day (its end in London), or a position.
fn moment(text: &str) -> Result<Moment, String> {
    if let Ok(position) = text.parse() {
        return Ok(Moment::Position(position));
    }
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(Moment::At(instant.with_timezone(&Utc)));
    }
    day(text)
        .map(|day| Moment::At(london::end_of_day(day)))
        .map_err(|error| {
            format!(
                "{error}; an instant (2018-11-09T10:00:00Z) or a position of the log will do too"
            )
        })
}

impl AsOf {
    /// For the contract; `None` as things stand.
    pub(crate) fn message(&self) -> Option<v1::AsOf> {
        if self.as_of.is_none() && self.known_at.is_none() {
            return None;
        }
        let (at, position) = match self.known_at {
            None => (None, 0),
            Some(Moment::At(instant)) => (Some(timestamp(instant)), 0),
            Some(Moment::Position(position)) => (None, position),
        };
        Some(v1::AsOf {
            true_on: said(self.as_of),
            known_at: at,
            known_position: position,
        })
    }

    /// A date or a position, as `diff` takes them.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if let Ok(position) = text.parse() {
            return Ok(Self {
                as_of: None,
                known_at: Some(Moment::Position(position)),
            });
        }
        day(text)
            .map(|day| Self {
                as_of: Some(day),
                known_at: None,
            })
            .map_err(|error| format!("{error}; a position of the log will do too"))
    }
}

fn timestamp(instant: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: instant.timestamp(),
        nanos: i32::try_from(instant.timestamp_subsec_nanos()).unwrap_or(0),
    }
}

/// A day for the contract; empty when there is none.
pub(crate) fn said(day: Option<NaiveDate>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

/// What every write takes.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct WriteOptions {
    /// The day it happened; today when left out
    #[arg(long, value_parser = day, value_name = "DATE", help_heading = "Recording")]
    pub(crate) on: Option<NaiveDate>,
    /// Id of this request: sent again, it records nothing new; a new one each time when left out
    #[arg(long, value_name = "UUID", help_heading = "Recording")]
    pub(crate) request_id: Option<Uuid>,
    /// Refuse when the action has changed since this etag was read
    #[arg(long, value_name = "ETAG", help_heading = "Recording")]
    pub(crate) etag: Option<String>,
    /// Check and show the request, send nothing
    #[arg(long, help_heading = "Recording")]
    pub(crate) dry_run: bool,
}

/// How a due date is given.
#[derive(Debug, Clone, Default, Args)]
#[group(multiple = false)]
pub(crate) struct DueDate {
    /// Due on this day
    #[arg(long, value_parser = day, value_name = "DATE", help_heading = "Due")]
    due: Option<NaiveDate>,
    /// Due so many working days after
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=250), value_name = "DAYS", help_heading = "Due")]
    due_in: Option<u32>,
    /// The same, skipping the bank holidays of every part of the United Kingdom, as FOIA counts
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=250), value_name = "DAYS", help_heading = "Due")]
    due_in_foia: Option<u32>,
    /// Due before the agenda of the meeting on this day is published; next: of the next meeting
    #[arg(long, value_parser = day_or_next, value_name = "DATE", help_heading = "Due")]
    due_before_agenda_of: Option<String>,
    /// No due date was agreed, and why
    #[arg(long, value_name = "REASON", help_heading = "Due")]
    no_due_date: Option<String>,
}

/// A day, or the word for the next meeting.
fn day_or_next(given: &str) -> Result<String, String> {
    if given == "next" {
        return Ok(given.to_owned());
    }
    day(given).map(|day| day.to_string())
}

impl DueDate {
    /// For the contract; `None` when nothing was said.
    pub(crate) fn rule(&self) -> Option<v1::DueRule> {
        use v1::due_rule::Rule;
        let working = |days, calendar: v1::WorkingCalendar| {
            Rule::WorkingDays(v1::WorkingDays {
                days,
                calendar: calendar.into(),
            })
        };
        let rule = if let Some(day) = self.due {
            Rule::OnDate(day.to_string())
        } else if let Some(days) = self.due_in {
            working(days, v1::WorkingCalendar::EnglandAndWales)
        } else if let Some(days) = self.due_in_foia {
            working(days, v1::WorkingCalendar::UkWide)
        } else if let Some(meeting) = &self.due_before_agenda_of {
            Rule::BeforeAgendaOf(meeting.clone())
        } else if let Some(reason) = &self.no_due_date {
            Rule::NoneAgreed(reason.clone())
        } else {
            return None;
        };
        Some(v1::DueRule { rule: Some(rule) })
    }

    /// The same, where one must be given.
    pub(crate) fn needed(&self) -> Result<v1::DueRule, Failure> {
        self.rule().ok_or_else(|| {
            Failure::usage(
                "when is it due? give --due DATE, --due-in DAYS, --due-before-agenda-of DATE, or --no-due-date REASON",
            )
        })
    }
}

/// A paper: a title, or `title=…; paragraph=…; link=…; dated=…` in any order.
pub(crate) fn citation(given: &str) -> Result<v1::Citation, String> {
    let mut citation = v1::Citation::default();
    let named = |piece: &str| {
        let (name, value) = piece.split_once('=')?;
        let name = name.trim();
        ["title", "paragraph", "link", "dated"]
            .contains(&name)
            .then(|| (name.to_owned(), value.trim().to_owned()))
    };
    if given.split(';').next().and_then(named).is_none() {
        given.trim().clone_into(&mut citation.title);
        return Ok(citation);
    }
    for piece in given.split(';').filter(|piece| !piece.trim().is_empty()) {
        let (name, value) = named(piece).ok_or_else(|| {
            format!(
                "{:?} is not one of title=, paragraph=, link=, dated=",
                piece.trim()
            )
        })?;
        match name.as_str() {
            "title" => citation.title = value,
            "paragraph" => citation.paragraph = value,
            "link" => citation.link = value,
            _ => citation.dated = day(&value)?.to_string(),
        }
    }
    Ok(citation)
}

/// How far a part was answered: `a=answered`.
pub(crate) fn part_coverage(given: &str) -> Result<v1::PartCoverage, String> {
    let (part, coverage) = given
        .split_once('=')
        .ok_or("write the part and its coverage: a=answered")?;
    Ok(v1::PartCoverage {
        part: part.trim().to_owned(),
        coverage: words::parse::<v1::Coverage>(coverage)?.into(),
    })
}
