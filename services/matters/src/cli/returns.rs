//! `return draft`, `submit`, `correct`, `show`, `missing`, `matrix`.

use super::action::record;
use super::arguments::{AsOf, WriteOptions, quarter, reference, text};
use super::lookups::party;
use super::session::Session;
use crate::failure::{Exit, Failure};
use crate::output::{json, message};
use crate::reach::{Part, within};
use crate::words::{self, said};
use api::v1;
use clap::{Args, Subcommand};
use domain::calendar::Quarter;
use std::fmt;

/// Quarterly returns of the delivery groups.
#[derive(Debug, Subcommand)]
pub(crate) enum Return {
    /// Keep a draft (its group)
    Draft(Draft),
    /// Send a return, with all its updates, in one decision (its group)
    Submit(Submit),
    /// Correct a return that was sent; what was sent first stays on record (its group)
    Correct(Correct),
    /// Show one return
    Show(Show),
    /// Which returns did not come
    Missing(Matrix),
    /// Group by quarter: which came, came late, or are missing
    Matrix(Matrix),
}

impl Return {
    /// Runs it.
    pub(crate) async fn run(self, session: &mut Session) -> Result<Exit, Failure> {
        let done = match self {
            Self::Draft(verb) => verb.run(session).await,
            Self::Submit(verb) => verb.run(session).await,
            Self::Correct(verb) => verb.run(session).await,
            Self::Show(verb) => verb.run(session).await,
            Self::Missing(verb) => verb.missing(session).await,
            Self::Matrix(verb) => verb.run(session).await,
        };
        done.map(|()| Exit::Done)
    }
}

/// Whose return, and for which quarter.
#[derive(Debug, Args)]
struct Which {
    /// The group: identifier, name or alias
    group: String,
    /// The quarter: Q3 2018/19
    #[arg(value_parser = quarter)]
    quarter: Quarter,
}

impl Which {
    /// The group's identifier, and the part that acts for it.
    async fn group(&self, session: &mut Session) -> Result<(String, Part), Failure> {
        let id = party(session, Some(&self.group)).await?;
        let part = Part::Group(id.clone());
        Ok((id, part))
    }
}

/// A return as it is sent.
struct Sending {
    part: Part,
    group: String,
    quarter: String,
    content: Option<v1::ReturnContent>,
}

impl Sending {
    async fn new(session: &mut Session, which: &Which, content: &Content) -> Result<Self, Failure> {
        let (group, part) = which.group(session).await?;
        Ok(Self {
            part,
            group,
            quarter: which.quarter.to_string(),
            content: Some(content.message()?),
        })
    }
}

impl fmt::Display for Sending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.group, self.quarter)
    }
}

/// What a return says.
#[derive(Debug, Args)]
struct Content {
    /// The group's overall position: green, amber, red; left out in a nil return
    #[arg(long, value_parser = super::arguments::word::<v1::Rag>, value_name = "RAG", required_unless_present = "nil")]
    overall: Option<v1::Rag>,
    /// The overall position in words; - reads standard input
    #[arg(long, value_name = "TEXT")]
    position: Option<String>,
    /// Progress of an action: REFERENCE=RAG: text | recovery; may be given again
    #[arg(long = "update", value_parser = update, value_name = "UPDATE")]
    updates: Vec<v1::ReturnUpdate>,
    /// An action of which there is nothing to report; may be given again
    #[arg(long = "nothing", value_parser = reference, value_name = "REFERENCE")]
    nothing: Vec<String>,
    /// Risks
    #[arg(long, value_name = "TEXT")]
    risks: Option<String>,
    /// Help needed
    #[arg(long, value_name = "TEXT")]
    help_needed: Option<String>,
    /// Nothing to report at all
    #[arg(long, conflicts_with_all = ["overall", "position", "updates", "risks", "help_needed"])]
    nil: bool,
}

/// `PCP/2018/007=amber: what was done | what will get it back on track`.
fn update(given: &str) -> Result<v1::ReturnUpdate, String> {
    let shape = "write REFERENCE=RAG: text, and after | what will get it back on track";
    let (of, rest) = given.split_once('=').ok_or(shape)?;
    let (rag, said) = rest.split_once(':').ok_or(shape)?;
    let (narrative, recovery) = said.split_once('|').unwrap_or((said, ""));
    Ok(v1::ReturnUpdate {
        reference: reference(of)?,
        progress: Some(v1::Progress {
            rag: words::parse::<v1::Rag>(rag)?.into(),
            narrative: narrative.trim().to_owned(),
            recovery: recovery.trim().to_owned(),
            ..v1::Progress::default()
        }),
    })
}

impl Content {
    fn message(&self) -> Result<v1::ReturnContent, Failure> {
        let mut updates = self.updates.clone();
        updates.extend(self.nothing.iter().map(|reference| v1::ReturnUpdate {
            reference: reference.clone(),
            progress: None,
        }));
        let long = |given: &Option<String>| given.as_deref().map(text).transpose();
        Ok(v1::ReturnContent {
            overall: self.overall.map_or(0, Into::into),
            position: long(&self.position)?.unwrap_or_default(),
            updates,
            risks: self.risks.clone().unwrap_or_default(),
            help_needed: self.help_needed.clone().unwrap_or_default(),
        })
    }
}

/// Keep a draft.
#[derive(Debug, Args)]
pub(crate) struct Draft {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    content: Content,
    #[command(flatten)]
    write: WriteOptions,
}

impl Draft {
    async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let sent = Sending::new(session, &self.which, &self.content).await?;
        let next = format!(
            "matters return submit {} \"{}\" …",
            sent.group, sent.quarter
        );
        let what = format!("{sent}: draft kept");
        let request = v1::SaveReturnDraftRequest {
            write: None,
            group: sent.group,
            quarter: sent.quarter,
            content: sent.content,
        };
        record(session, &sent.part, &self.write, request, &what, &next).await
    }
}

/// Send a return, with all its updates, in one decision.
#[derive(Debug, Args)]
pub(crate) struct Submit {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    content: Content,
    #[command(flatten)]
    write: WriteOptions,
}

impl Submit {
    async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let sent = Sending::new(session, &self.which, &self.content).await?;
        let next = format!("matters return show {} \"{}\"", sent.group, sent.quarter);
        let what = format!("{sent}: return sent");
        let request = v1::SubmitReturnRequest {
            write: None,
            group: sent.group,
            quarter: sent.quarter,
            content: sent.content,
        };
        record(session, &sent.part, &self.write, request, &what, &next).await
    }
}

/// Correct a return that was sent.
#[derive(Debug, Args)]
pub(crate) struct Correct {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    content: Content,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    write: WriteOptions,
}

impl Correct {
    async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let sent = Sending::new(session, &self.which, &self.content).await?;
        let what = format!("{sent}: return corrected");
        let request = v1::CorrectReturnRequest {
            write: None,
            group: sent.group,
            quarter: sent.quarter,
            content: sent.content,
            reason: self.reason,
        };
        record(session, &sent.part, &self.write, request, &what, "").await
    }
}

/// Show one return.
#[derive(Debug, Args)]
pub(crate) struct Show {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    as_of: AsOf,
}

impl Show {
    async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let (group, part) = self.which.group(session).await?;
        let request = v1::GetReturnRequest {
            reading: Some(session.reading(&self.as_of)),
            group,
            quarter: self.which.quarter.to_string(),
        };
        // With a folder of tokens that lacks the group's, whoever is there reads what was sent.
        let mut query = match session.query_as(&part).await {
            Ok(query) => query,
            Err(_) => session.query().await?,
        };
        let found = query.get_return(within(request)).await?.into_inner();
        if session.out.is_json() {
            return session.out.json(&json::of("GetReturnResponse", &found)?);
        }
        let cell = found.cell.unwrap_or_default();
        let content = found.content.unwrap_or_default();
        session.out.pairs(&[
            ("group", cell.group_name.clone()),
            ("quarter", cell.quarter.clone()),
            ("status", said::<v1::ReturnStatus>(cell.status)),
            ("due", cell.due_on.clone()),
            ("sent", cell.submitted_on.clone()),
            ("overall", said::<v1::Rag>(content.overall)),
            ("position", content.position.clone()),
            ("risks", content.risks.clone()),
            ("help needed", content.help_needed.clone()),
        ])?;
        let rows: Vec<Vec<String>> = content.updates.iter().map(line).collect();
        if rows.is_empty() {
            return Ok(());
        }
        session.out.rows(&["action", "rag", "progress"], &rows)
    }
}

fn line(update: &v1::ReturnUpdate) -> Vec<String> {
    let (rag, text) = match &update.progress {
        Some(progress) => (said::<v1::Rag>(progress.rag), progress.narrative.clone()),
        None => (String::new(), "nothing to report".to_owned()),
    };
    vec![update.reference.clone(), rag, text]
}

/// Group by quarter: which came, came late, or are missing.
#[derive(Debug, Args)]
pub(crate) struct Matrix {
    /// Only of this board: identifier or name
    #[arg(long, value_name = "BODY")]
    board: Option<String>,
    /// From this quarter: Q1 2018/19
    #[arg(long, value_parser = quarter, value_name = "QUARTER")]
    from: Option<Quarter>,
    /// To this quarter
    #[arg(long, value_parser = quarter, value_name = "QUARTER")]
    to: Option<Quarter>,
    #[command(flatten)]
    as_of: AsOf,
}

impl Matrix {
    async fn ask(&self, session: &mut Session) -> Result<v1::GetReturnsMatrixResponse, Failure> {
        let today = self
            .as_of
            .as_of
            .unwrap_or_else(|| domain::calendar::london::civil_date(crate::chance::now()));
        let now = Quarter::containing(today).map_err(|error| Failure::usage(error.to_string()))?;
        let to = self.to.unwrap_or(now);
        let from = self.from.unwrap_or_else(|| year_before(to));
        let request = v1::GetReturnsMatrixRequest {
            reading: Some(session.reading(&self.as_of)),
            board: party(session, self.board.as_deref()).await?,
            from_quarter: from.to_string(),
            to_quarter: to.to_string(),
        };
        let mut query = session.query().await?;
        Ok(query
            .get_returns_matrix(within(request))
            .await?
            .into_inner())
    }

    async fn missing(self, session: &mut Session) -> Result<(), Failure> {
        let mut found = self.ask(session).await?;
        found
            .cells
            .retain(|cell| cell.status() == v1::ReturnStatus::Missing);
        if session.out.is_json() {
            return session
                .out
                .json(&json::of("GetReturnsMatrixResponse", &found)?["cells"]);
        }
        if found.cells.is_empty() {
            message("no return is missing");
            return Ok(());
        }
        let row = |cell: &v1::ReturnCell| {
            vec![
                cell.quarter.clone(),
                cell.group.clone(),
                cell.group_name.clone(),
                cell.due_on.clone(),
                cell.open_actions.to_string(),
            ]
        };
        let rows: Vec<Vec<String>> = found.cells.iter().map(row).collect();
        session.out.rows(
            &["quarter", "identifier", "group", "due", "open actions"],
            &rows,
        )
    }

    async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let found = self.ask(session).await?;
        if session.out.is_json() {
            return session
                .out
                .json(&json::of("GetReturnsMatrixResponse", &found)?);
        }
        let mut quarters: Vec<&str> = Vec::new();
        let mut groups: Vec<(&str, Vec<String>)> = Vec::new();
        for cell in &found.cells {
            if !quarters.contains(&cell.quarter.as_str()) {
                quarters.push(&cell.quarter);
            }
            if !groups.iter().any(|(name, _)| *name == cell.group_name) {
                groups.push((&cell.group_name, Vec::new()));
            }
        }
        for (name, row) in &mut groups {
            row.push((*name).to_owned());
            for quarter in &quarters {
                let cell = found
                    .cells
                    .iter()
                    .find(|cell| cell.group_name == *name && cell.quarter == *quarter);
                row.push(cell.map_or_else(String::new, state));
            }
        }
        let headings: Vec<&str> = std::iter::once("group").chain(quarters).collect();
        let rows: Vec<Vec<String>> = groups.into_iter().map(|(_, row)| row).collect();
        session.out.rows(&headings, &rows)
    }
}

/// The quarter a year before, or as far back as there are quarters.
fn year_before(quarter: Quarter) -> Quarter {
    (0..3).fold(quarter, |quarter, _| quarter.previous().unwrap_or(quarter))
}

fn state(cell: &v1::ReturnCell) -> String {
    let state = said::<v1::ReturnStatus>(cell.status);
    match said::<v1::Rag>(cell.overall).as_str() {
        "" => state,
        rag => format!("{state}, {rag}"),
    }
}
