//! `import letter`: what a letter holds, as a table and a file to edit; and applying such a file.

use super::apply;
use crate::cli::arguments::day;
use crate::cli::session::Session;
use crate::failure::{Exit, Failure};
use crate::output::message;
use chrono::NaiveDate;
use clap::Args;
use intake::letter::{Counts, LetterProposal, SUMMARY_COLUMNS, read_bytes, summary_rows};
use intake::plan::{LetterPlan, PlanHeader};
use serde_json::{Value, json as object};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The longest file that is opened.
const LONGEST: u64 = 8 * 1024 * 1024;

/// Read a response letter.
#[derive(Debug, Args)]
pub(crate) struct Letter {
    /// The letter: text or Markdown
    #[arg(required_unless_present = "apply", conflicts_with = "apply")]
    file: Option<PathBuf>,
    /// The day of the meeting
    #[arg(long, value_parser = day, value_name = "DATE", required_unless_present = "apply")]
    meeting: Option<NaiveDate>,
    /// The day of the answer
    #[arg(long, value_parser = day, value_name = "DATE", required_unless_present = "apply")]
    answered: Option<NaiveDate>,
    /// Who was asked: identifier or name; the Commissioner's office when left out
    #[arg(long, value_name = "PARTY", default_value = apply::THE_OFFICE)]
    asked_of: String,
    /// Show what would be raised and answered, write nothing to the record
    #[arg(long)]
    dry_run: bool,
    /// Write what was found to this file, to be edited and applied
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Raise and answer what this file says
    #[arg(long, value_name = "FILE")]
    apply: Option<PathBuf>,
    /// Series whose next numbers the actions take
    #[arg(long)]
    series: Option<String>,
}

impl Letter {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<Exit, Failure> {
        let plan = match (&self.apply, &self.file) {
            (Some(plan), _) => read_plan(plan)?,
            (None, Some(file)) => {
                let plan = self.propose(session, file)?;
                if self.dry_run || self.out.is_some() {
                    return Ok(Exit::Done);
                }
                plan
            }
            (None, None) => return Err(Failure::usage("give a letter, or --apply FILE")),
        };
        if self.dry_run {
            return shown(session, &plan).map(|()| Exit::Done);
        }
        apply::apply(session, &plan, self.series.as_deref()).await
    }

    /// Reads the letter, shows what was found, writes the file that was asked for.
    fn propose(&self, session: &Session, file: &Path) -> Result<LetterPlan, Failure> {
        let proposal = read_bytes(&bytes(file)?)
            .map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
        let (Some(meeting_on), Some(answered_on)) = (self.meeting, self.answered) else {
            return Err(Failure::usage(
                "--meeting DATE and --answered DATE are needed",
            ));
        };
        if answered_on < meeting_on {
            return Err(Failure::usage(format!(
                "--answered {answered_on} is before --meeting {meeting_on}"
            )));
        }
        let header = PlanHeader {
            meeting_on,
            answered_on,
            asked_of: self.asked_of.clone(),
        };
        let plan = LetterPlan::propose(&proposal, header);
        let counts = Counts::of(&proposal);
        let applied_at_once = !self.dry_run && self.out.is_none();
        if session.out.is_json() && !applied_at_once {
            session.out.json(&found(&proposal, &counts, &plan)?)?;
        } else if !session.out.is_json() {
            let rows: Vec<Vec<String>> = summary_rows(&proposal)
                .iter()
                .map(|row| row.cells().map(ToOwned::to_owned).to_vec())
                .collect();
            session.out.rows(&SUMMARY_COLUMNS, &rows)?;
            message(&counts.to_string());
        }
        if let Some(out) = &self.out {
            write_new(out, &plan.to_toml())?;
            message(&format!("wrote {}", out.display()));
            message(&format!(
                "next: check and edit it, then matters import letter --apply {}",
                out.display()
            ));
        } else if self.dry_run {
            message("next: the same with --out plan.toml, to have a file to edit and apply");
        }
        Ok(plan)
    }
}

/// What was found, for programs; the keys are documented in `JSON.md`.
fn found(proposal: &LetterProposal, counts: &Counts, plan: &LetterPlan) -> Result<Value, Failure> {
    Ok(object!({
        "counts": {
            "topics": counts.topics,
            "items": counts.items,
            "items_with_ask": counts.items_asking,
            "asks": counts.asked,
            "distinct_asks": counts.distinct,
            "statements": counts.statement_only,
            "links": counts.links,
            "distinct_links": counts.distinct_links,
            "noted_actions": counts.noted_actions,
            "undertakings": counts.undertakings,
            "unanswered": counts.unanswered,
        },
        "letter": serde_json::to_value(proposal)?,
        "plan": serde_json::to_value(plan)?,
    }))
}

/// What a plan would do, without asking anybody.
fn shown(session: &Session, plan: &LetterPlan) -> Result<(), Failure> {
    if session.out.is_json() {
        return session.out.json(&serde_json::to_value(plan)?);
    }
    let rows: Vec<Vec<String>> = plan
        .items
        .iter()
        .filter(|item| item.raise)
        .map(|item| {
            let answer = if item.answer.is_empty() {
                "stays open"
            } else {
                "answered"
            };
            vec![
                item.topic.clone(),
                item.parts.len().to_string(),
                answer.to_owned(),
                item.text(),
            ]
        })
        .collect();
    session
        .out
        .rows(&["topic", "parts", "answer", "text"], &rows)?;
    message(&format!(
        "dry run: nothing is sent; {} actions would be raised",
        rows.len()
    ));
    Ok(())
}

fn read_plan(path: &Path) -> Result<LetterPlan, Failure> {
    let text = String::from_utf8(bytes(path)?)
        .map_err(|_| Failure::usage(format!("{} is not text in UTF-8", path.display())))?;
    LetterPlan::from_toml(&text)
        .map_err(|error| Failure::usage(format!("{}, {error}", path.display())))
}

/// The bytes of a file, if it is no longer than can be meant.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", path.display()));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > LONGEST {
        return Err(Failure::usage(format!(
            "{} is longer than {LONGEST} bytes",
            path.display()
        )));
    }
    Ok(bytes)
}

/// A file that a person may have edited is never written over.
fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let mut file = std::fs::File::create_new(path)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    Ok(std::io::Write::write_all(&mut file, text.as_bytes())?)
}
