//! `action link`, `split`, `undertake`.

use super::super::arguments::{DueDate, WriteOptions, reference, text, word};
use super::super::session::Session;
use super::respond::latest_response;
use super::told::{record, tell};
use crate::failure::Failure;
use crate::reach::Part;
use crate::words::said;
use api::v1;
use clap::Args;
use domain::policy::Role;

/// Tie it to another action.
#[derive(Debug, Args)]
pub(crate) struct Link {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    /// How: parent (the other is its parent), duplicate-of, follows-from
    #[arg(long, value_parser = word::<v1::LinkKind>, value_name = "HOW")]
    kind: v1::LinkKind,
    /// Reference of the other action
    #[arg(value_parser = reference)]
    other: String,
    #[command(flatten)]
    write: WriteOptions,
}

impl Link {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let request = v1::LinkActionsRequest {
            write: None,
            reference: self.reference.clone(),
            kind: self.kind.into(),
            other: self.other.clone(),
        };
        let part = Part::Role(Role::Clerk);
        let kind = said::<v1::LinkKind>(self.kind.into());
        let what = format!("{}: linked, {kind} {}", self.reference, self.other);
        record(session, &part, &self.write, request, &what, "").await
    }
}

/// Split it into several, which supersede it.
#[derive(Debug, Args)]
pub(crate) struct Split {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    /// A piece: its text, after the letters of the parts that it carries on and a colon, if any: "a,b: text"
    #[arg(long = "piece", required = true, value_parser = piece, value_name = "TEXT")]
    pieces: Vec<v1::SplitPiece>,
    /// Series whose next numbers the pieces take
    #[arg(long)]
    series: String,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    write: WriteOptions,
}

/// `a,b: text`, or only a text.
fn piece(given: &str) -> Result<v1::SplitPiece, String> {
    let letters = |head: &str| {
        let parts: Vec<String> = head.split(',').map(|part| part.trim().to_owned()).collect();
        let letter =
            |part: &String| part.len() == 1 && part.chars().all(|c| c.is_ascii_lowercase());
        parts.iter().all(letter).then_some(parts)
    };
    let cut = given
        .split_once(':')
        .and_then(|(head, text)| letters(head).map(|parts| (parts, text)));
    let (parts, text) = cut.unwrap_or((Vec::new(), given));
    Ok(v1::SplitPiece {
        text: text.trim().to_owned(),
        parts,
    })
}

impl Split {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let request = v1::SplitActionRequest {
            write: None,
            reference: self.reference.clone(),
            pieces: self.pieces,
            series: self.series,
            reason: self.reason,
        };
        let part = Part::Role(Role::Clerk);
        let Some(written) = session.write(&part, &self.write, request).await? else {
            return Ok(());
        };
        let what = format!(
            "{}: split into {}",
            self.reference,
            written.children.join(", ")
        );
        tell(
            session,
            &written,
            &what,
            Some(&written.children.join("\n")),
            "",
        )
    }
}

/// Make an action of its own out of what a response promised.
#[derive(Debug, Args)]
pub(crate) struct Undertake {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    /// What was promised, verbatim; - reads standard input
    text: String,
    /// Which response promised it, by its id; the latest when left out
    #[arg(long, value_name = "ID")]
    response: Option<String>,
    /// Series whose next number it takes
    #[arg(long)]
    series: String,
    /// Who promised it; who was asked when left out
    #[arg(long, value_name = "PARTY")]
    asked_of: Option<String>,
    #[command(flatten)]
    due: DueDate,
    #[command(flatten)]
    write: WriteOptions,
}

impl Undertake {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let response_id = match &self.response {
            Some(id) => id.clone(),
            None => latest_response(session, &self.reference).await?,
        };
        let request = v1::RaiseUndertakingRequest {
            write: None,
            reference: self.reference.clone(),
            response_id,
            text: text(&self.text)?,
            series: self.series,
            due: Some(self.due.needed()?),
            asked_of: self.asked_of.unwrap_or_default(),
        };
        let part = Part::Role(Role::Office);
        let Some(written) = session.write(&part, &self.write, request).await? else {
            return Ok(());
        };
        let made = written.children.first().cloned().unwrap_or_default();
        let what = format!("{}: undertaking raised as {made}", self.reference);
        let next = format!("matters action show {made}");
        tell(session, &written, &what, Some(&made), &next)
    }
}
