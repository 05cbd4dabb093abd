//! `action respond` and `correct`.

use super::super::arguments::{WriteOptions, citation, day, part_coverage, reference, said, text};
use super::super::session::Session;
use super::told::tell;
use crate::failure::Failure;
use crate::reach::Part;
use api::v1;
use chrono::NaiveDate;
use clap::Args;
use domain::policy::Role;

const OFFICE: Part = Part::Role(Role::Office);

/// Send a holding or a substantive response.
#[derive(Debug, Args)]
pub(crate) struct Respond {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    /// The response; - reads standard input
    text: String,
    /// It says only that an answer is coming
    #[arg(long, conflicts_with_all = ["coverage", "also"])]
    holding: bool,
    /// How far a part was answered: a=answered, b=not-addressed; everything is answered when none is given
    #[arg(long, value_parser = part_coverage, value_delimiter = ',', value_name = "PART=COVERAGE")]
    coverage: Vec<v1::PartCoverage>,
    /// A paper it cites: a title, or title=…; paragraph=…; link=…; dated=…
    #[arg(long, value_parser = citation, value_name = "PAPER")]
    cite: Vec<v1::Citation>,
    /// Another action that it answers too: REFERENCE, or REFERENCE:a=answered,b=withheld
    #[arg(long, value_parser = also, value_name = "REFERENCE")]
    also: Vec<v1::AlsoAnswers>,
    /// When the full answer is promised, of a holding response
    #[arg(long, value_parser = day, requires = "holding", value_name = "DATE")]
    expected_on: Option<NaiveDate>,
    #[command(flatten)]
    write: WriteOptions,
}

fn also(given: &str) -> Result<v1::AlsoAnswers, String> {
    let (other, parts) = given.split_once(':').unwrap_or((given, ""));
    let coverage = parts
        .split(',')
        .filter(|part| !part.trim().is_empty())
        .map(part_coverage)
        .collect::<Result<_, _>>()?;
    Ok(v1::AlsoAnswers {
        reference: reference(other)?,
        coverage,
    })
}

impl Respond {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let kind = if self.holding {
            v1::ResponseKind::Holding
        } else {
            v1::ResponseKind::Substantive
        };
        let request = v1::RespondToActionRequest {
            write: None,
            reference: self.reference.clone(),
            kind: kind.into(),
            text: text(&self.text)?,
            coverage: self.coverage,
            citations: self.cite,
            also_answers: self.also,
            expected_on: said(self.expected_on),
        };
        let Some(written) = session.write(&OFFICE, &self.write, request).await? else {
            return Ok(());
        };
        let (what, next) = if self.holding {
            (
                format!(
                    "{}: holding response sent; the clock runs on",
                    self.reference
                ),
                format!("matters action respond {} TEXT", self.reference),
            )
        } else {
            (
                format!("{}: response sent", self.reference),
                format!(
                    "matters action propose-closure {} --outcome answered --reason TEXT",
                    self.reference
                ),
            )
        };
        tell(session, &written, &what, None, &next)
    }
}

/// Correct a response; the first text stays on record.
#[derive(Debug, Args)]
pub(crate) struct Correct {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    /// Which response, by its id; the latest when left out
    #[arg(long, value_name = "ID")]
    response: Option<String>,
    /// The corrected text; - reads standard input
    #[arg(long)]
    text: Option<String>,
    /// The corrected coverage of a part: a=answered-in-part
    #[arg(long, value_parser = part_coverage, value_delimiter = ',', value_name = "PART=COVERAGE")]
    coverage: Vec<v1::PartCoverage>,
    /// The papers it should have cited, all of them
    #[arg(long, value_parser = citation, value_name = "PAPER")]
    cite: Vec<v1::Citation>,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    write: WriteOptions,
}

impl Correct {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let response_id = match &self.response {
            Some(id) => id.clone(),
            None => latest_response(session, &self.reference).await?,
        };
        let request = v1::CorrectResponseRequest {
            write: None,
            reference: self.reference.clone(),
            response_id,
            text: self
                .text
                .as_deref()
                .map(text)
                .transpose()?
                .unwrap_or_default(),
            coverage: self.coverage,
            correct_citations: !self.cite.is_empty(),
            citations: self.cite,
            reason: self.reason,
        };
        let Some(written) = session.write(&OFFICE, &self.write, request).await? else {
            return Ok(());
        };
        let what = format!(
            "{}: response corrected; what was sent first stays on record",
            self.reference
        );
        let next = format!("matters history {}", self.reference);
        tell(session, &written, &what, None, &next)
    }
}

/// The id of the latest response of an action.
pub(super) async fn latest_response(
    session: &mut Session,
    reference: &str,
) -> Result<String, Failure> {
    let row = session.action(reference).await?;
    row.responses
        .last()
        .map(|response| response.id.clone())
        .ok_or_else(|| Failure::new(format!("{reference} has no response yet")))
}
