//! `import log`: every row accepted, or reported with its number and the reason.

use super::letter::bytes;
use super::log_check::Checker;
use super::log_row::Recorder;
use super::progress::Progress;
use crate::cli::session::Session;
use crate::failure::{Exit, Failure};
use crate::output::message;
use crate::serve::Signals;
use clap::Args;
use intake::action_log::{ActionLog, LogRow, Mapping, RowProblem};
use serde_json::json as object;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Read an existing action log.
#[derive(Debug, Args)]
pub(crate) struct Log {
    /// The log: CSV or an Excel workbook (.xlsx)
    file: PathBuf,
    /// Which column is what, where the headings do not say
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Who was asked, of rows that do not say; the Commissioner's office when left out and there is one
    #[arg(long, value_name = "PARTY")]
    asked_of: Option<String>,
    /// Who raised it; the panel when left out and there is one
    #[arg(long, value_name = "PARTY")]
    raised_by: Option<String>,
    /// Read and report, write nothing to the record
    #[arg(long)]
    dry_run: bool,
}

impl Log {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<Exit, Failure> {
        let mapping = match &self.mapping {
            None => Mapping::default(),
            Some(path) => {
                let text = String::from_utf8_lossy(&bytes(path)?).into_owned();
                Mapping::from_toml(&text)
                    .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?
            }
        };
        let (columns, rows) = read(&self.file, &mapping)?;
        for column in &columns {
            message(column);
        }
        let (rows, mut problems): (Vec<LogRow>, Vec<RowProblem>) = sorted(rows);
        let mut told = Told::default();
        if self.dry_run && !session.has_a_place() {
            told.accepted = rows.len();
            message(
                "no record was asked; with --server or --data the rows are held against it too",
            );
        } else if self.dry_run {
            self.check(session, &rows, &mut told, &mut problems).await?;
        } else {
            self.record(session, &rows, &mut told, &mut problems)
                .await?;
        }
        report(session, &told, &problems, self.dry_run)?;
        let whole = problems.is_empty() && told.stopped_at.is_none();
        Ok(if whole { Exit::Done } else { Exit::Failed })
    }

    async fn check(
        &self,
        session: &mut Session,
        rows: &[LogRow],
        told: &mut Told,
        problems: &mut Vec<RowProblem>,
    ) -> Result<(), Failure> {
        let (asked_of, raised_by) = (self.asked_of.as_deref(), self.raised_by.as_deref());
        let mut checker = Checker::new(session, asked_of, raised_by).await?;
        let mut progress = Progress::of(rows.len());
        for (done, row) in rows.iter().enumerate() {
            progress.at(done);
            told.of(row, checker.row(row).await, problems)?;
        }
        Ok(())
    }

    async fn record(
        &self,
        session: &mut Session,
        rows: &[LogRow],
        told: &mut Told,
        problems: &mut Vec<RowProblem>,
    ) -> Result<(), Failure> {
        let mut recorder =
            Recorder::new(session, self.asked_of.as_deref(), self.raised_by.as_deref()).await?;
        let mut progress = Progress::of(rows.len());
        let mut signals = Signals::listen()?;
        for (done, row) in rows.iter().enumerate() {
            progress.at(done);
            let recorded = tokio::select! {
                recorded = recorder.row(row) => recorded,
                () = signals.next() => {
                    told.stopped_at = Some(row.number);
                    return Ok(());
                }
            };
            told.of(row, recorded, problems)?;
            event_log::failpoint::hit("mid-import");
        }
        Ok(())
    }
}

/// What became of the rows.
#[derive(Debug, Default)]
struct Told {
    accepted: usize,
    unchanged: usize,
    stopped_at: Option<u32>,
}

impl Told {
    /// Counts what became of a row; what is wrong with it is put with the problems, and what is
    /// wrong with every row ends the import.
    fn of(
        &mut self,
        row: &LogRow,
        became: Result<bool, Failure>,
        problems: &mut Vec<RowProblem>,
    ) -> Result<(), Failure> {
        match became {
            Ok(true) => self.accepted += 1,
            Ok(false) => self.unchanged += 1,
            Err(failure) if failure.exit == Exit::SignIn || failure.exit == Exit::NotPermitted => {
                return Err(failure);
            }
            Err(failure) => problems.push(RowProblem {
                number: row.number,
                column: None,
                reason: failure.message,
                right: failure.details.join("; "),
            }),
        }
        Ok(())
    }
}

type Rows = Vec<Result<LogRow, RowProblem>>;

/// The headings in sentences, and every row.
fn read(path: &Path, mapping: &Mapping) -> Result<(Vec<String>, Rows), Failure> {
    let failed =
        |error: &dyn std::fmt::Display| Failure::usage(format!("{}: {error}", path.display()));
    let file = BufReader::new(File::open(path).map_err(|error| failed(&error))?);
    let workbook = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"));
    let log = if workbook {
        ActionLog::from_xlsx(file, mapping)
    } else {
        ActionLog::from_csv(file, mapping)
    };
    let log = log.map_err(|error| failed(&error))?;
    let columns = log.columns();
    let mut said = Vec::new();
    if !columns.unmatched.is_empty() {
        let headings = columns.unmatched.join(", ");
        said.push(format!(
            "columns that are not understood and are left out: {headings}"
        ));
    }
    Ok((said, log.collect()))
}

fn sorted(rows: Rows) -> (Vec<LogRow>, Vec<RowProblem>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for row in rows {
        match row {
            Ok(row) => good.push(row),
            Err(problem) => bad.push(problem),
        }
    }
    (good, bad)
}

fn report(
    session: &Session,
    told: &Told,
    problems: &[RowProblem],
    dry_run: bool,
) -> Result<(), Failure> {
    let mut problems = problems.to_vec();
    problems.sort_by_key(|problem| problem.number);
    if session.out.is_json() {
        session.out.json(&object!({
            "accepted": told.accepted,
            "unchanged": told.unchanged,
            "stopped_at_row": told.stopped_at,
            "problems": serde_json::to_value(&problems)?,
        }))?;
    } else if !problems.is_empty() {
        let rows: Vec<Vec<String>> = problems
            .iter()
            .map(|problem| {
                let column = problem.column.clone().unwrap_or_default();
                vec![
                    problem.number.to_string(),
                    column,
                    problem.reason.clone(),
                    problem.right.clone(),
                ]
            })
            .collect();
        session.out.rows(
            &["row", "column", "what is wrong", "what would be right"],
            &rows,
        )?;
    }
    let verb = if dry_run {
        "would be recorded"
    } else {
        "recorded"
    };
    message(&format!(
        "{} rows {verb}, {} on record already, {} not accepted",
        told.accepted,
        told.unchanged,
        problems.len()
    ));
    if let Some(row) = told.stopped_at {
        message(&format!(
            "stopped before row {row}; the same command goes on from there"
        ));
    }
    Ok(())
}
