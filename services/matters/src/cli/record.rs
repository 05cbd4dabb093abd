//! `history`, `export`, `verify`.

use super::arguments::{AsOf, reference};
use super::session::Session;
use crate::failure::{Exit, Failure};
use crate::output::{self, json, message, plainly, rows};
use crate::reach::within;
use api::v1;
use api::v1::export_log_response::Piece;
use audit::export::{ExportError, Manifest, Writer};
use clap::Args;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The history of one action, with each event's effect.
#[derive(Debug, Args)]
pub(crate) struct History {
    /// Reference of the action
    #[arg(value_parser = reference)]
    reference: String,
    #[command(flatten)]
    as_of: AsOf,
}

impl History {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<Exit, Failure> {
        let request = v1::GetHistoryRequest {
            area: session.global.area.clone(),
            reference: self.reference,
            as_of: self.as_of.message(),
        };
        let mut audit = session.audit().await?;
        let history = audit.get_history(within(request)).await?.into_inner();
        if session.out.is_json() {
            session
                .out
                .json(&json::of("GetHistoryResponse", &history)?)?;
            return Ok(Exit::Done);
        }
        let cells: Vec<Vec<String>> = history.entries.iter().flat_map(lines).collect();
        session.out.rows(
            &[
                "position",
                "on",
                "recorded",
                "by",
                "what happened",
                "field",
                "before",
                "after",
            ],
            &cells,
        )?;
        Ok(Exit::Done)
    }
}

/// A line for the event, and one for each further field that it changed.
fn lines(entry: &v1::HistoryEntry) -> Vec<Vec<String>> {
    let event = entry.event.clone().unwrap_or_default();
    let head = vec![
        event.position.to_string(),
        event.on.clone(),
        rows::instant(event.recorded_at.as_ref()),
        format!("{} ({}, {})", event.by, event.role, event.rule),
        event.sentence.clone(),
    ];
    let nothing = v1::FieldChange::default();
    let changes: Vec<&v1::FieldChange> = match entry.changes.as_slice() {
        [] => vec![&nothing],
        changes => changes.iter().collect(),
    };
    let line = |(at, change): (usize, &&v1::FieldChange)| {
        let mut line = if at == 0 {
            head.clone()
        } else {
            vec![String::new(); head.len()]
        };
        line.extend([
            change.field.clone(),
            plainly(&change.before),
            plainly(&change.after),
        ]);
        line
    };
    changes.iter().enumerate().map(line).collect()
}

/// The record as lines of JSON and a manifest.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Folder to write the lines and their manifest to; the lines go to standard output when left out
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Export {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<Exit, Failure> {
        let request = v1::ExportLogRequest {
            area: session.global.area.clone(),
        };
        let mut audit = session.audit().await?;
        let mut pieces = audit.export_log(request).await?.into_inner();
        let mut lines = match &self.out {
            Some(folder) => Lines::Folder(Box::new(Writer::create(folder).map_err(failed)?)),
            None => Lines::Out(std::io::stdout().lock()),
        };
        let (mut count, mut manifest) = (0_u64, None);
        while let Some(answer) = pieces.message().await? {
            match answer.piece {
                Some(Piece::Line(line)) => {
                    count += 1;
                    lines.write(&line)?;
                }
                Some(Piece::Manifest(text)) => manifest = Some(text),
                None => {}
            }
        }
        let manifest = manifest.ok_or_else(|| {
            Failure::with(Exit::Integrity, "the export ended without its manifest")
        })?;
        match (lines, &self.out) {
            (Lines::Folder(writer), Some(folder)) => {
                let manifest: Manifest = serde_json::from_str(&manifest)?;
                writer.finish_with(&manifest).map_err(failed)?;
                message(&format!("{count} messages written to {}", folder.display()));
                message(&format!(
                    "next: matters verify --export {}",
                    folder.display()
                ));
            }
            _ => message(&format!("manifest: {manifest}")),
        }
        Ok(Exit::Done)
    }
}

/// Where the lines of an export go.
enum Lines {
    Folder(Box<Writer>),
    Out(std::io::StdoutLock<'static>),
}

impl Lines {
    fn write(&mut self, line: &str) -> Result<(), Failure> {
        match self {
            Self::Folder(writer) => {
                let Position { sequence } = serde_json::from_str(line)?;
                writer.line(line, sequence).map_err(failed)
            }
            Self::Out(out) => Ok(writeln!(out, "{line}")?),
        }
    }
}

/// What an export needs of a line besides the line itself.
#[derive(serde::Deserialize)]
struct Position {
    sequence: u64,
}

fn failed(error: ExportError) -> Failure {
    Failure::new(error.to_string())
}

/// Check that nothing is missing or changed.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Check this export instead, without a server
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
}

impl Verify {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<Exit, Failure> {
        let found = match &self.export {
            Some(export) => checked(export)?,
            None => match session.damage().await? {
                Some((position, first_difference)) => v1::VerifyRecordResponse {
                    position,
                    first_difference,
                    ..v1::VerifyRecordResponse::default()
                },
                None => served(session).await?,
            },
        };
        if session.out.is_json() {
            session
                .out
                .json(&json::of("VerifyRecordResponse", &found)?)?;
        } else {
            output::data(&sentence(&found))?;
        }
        Ok(if found.sound {
            Exit::Done
        } else {
            Exit::Integrity
        })
    }
}

/// The record, checked by the services.
async fn served(session: &mut Session) -> Result<v1::VerifyRecordResponse, Failure> {
    let area = session.global.area.clone();
    let mut audit = session.audit().await?;
    let request = v1::VerifyRecordRequest { area };
    Ok(audit.verify_record(request).await?.into_inner())
}

/// An export, checked with no server.
fn checked(export: &Path) -> Result<v1::VerifyRecordResponse, Failure> {
    let verdict = audit::offline::verify_export(export)
        .map_err(|error| Failure::with(Exit::Integrity, error.to_string()))?;
    let (first_difference, position) = match verdict.finding {
        Some(finding) => (finding.sentence, finding.position),
        None => (String::new(), 0),
    };
    Ok(v1::VerifyRecordResponse {
        sound: first_difference.is_empty(),
        messages: verdict.messages,
        events: verdict.events,
        rows: verdict.rows,
        first_difference,
        position,
        freshness: None,
    })
}

fn sentence(found: &v1::VerifyRecordResponse) -> String {
    if found.sound {
        format!(
            "sound: {} messages without a gap, {} events, {} rows equal to a replay",
            found.messages, found.events, found.rows
        )
    } else if found.position == 0 {
        format!("not sound: {}", found.first_difference)
    } else {
        format!(
            "not sound at position {}: {}",
            found.position, found.first_difference
        )
    }
}
