//! `meeting add`, `list`, `coverage`, `sheet`.

use super::action::{Asked, Filter, pages, record};
use super::arguments::{AsOf, WriteOptions, day};
use super::lookups::{meeting_entry, party};
use super::session::Session;
use crate::failure::{Exit, Failure};
use crate::output::{json, message, rows};
use crate::reach::{Part, within};
use crate::words::said;
use api::v1;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use domain::policy::Role;

/// Meetings, their coverage, their action sheet.
#[derive(Debug, Subcommand)]
pub(crate) enum Meeting {
    /// Put a meeting into the register (clerk)
    Add(Add),
    /// List the meetings
    List(List),
    /// How far each question of a meeting was answered
    Coverage(Coverage),
    /// The action sheet for the agenda pack
    Sheet(Sheet),
}

impl Meeting {
    /// Runs it.
    pub(crate) async fn run(self, session: &mut Session) -> Result<Exit, Failure> {
        let done = match self {
            Self::Add(verb) => verb.run(session).await,
            Self::List(verb) => verb.run(session).await,
            Self::Coverage(verb) => verb.run(session).await,
            Self::Sheet(verb) => verb.run(session).await,
        };
        done.map(|()| Exit::Done)
    }
}

/// Put a meeting into the register.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// Identifier: pcp-2018-09-12
    id: String,
    /// Whose meeting: identifier or name of the body
    #[arg(long)]
    body: String,
    /// The day of the meeting
    #[arg(long, value_parser = day, value_name = "DATE")]
    held_on: NaiveDate,
    /// Title
    #[arg(long)]
    title: Option<String>,
    #[command(flatten)]
    write: WriteOptions,
}

impl Add {
    async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let request = v1::ArrangeMeetingRequest {
            write: None,
            id: self.id.clone(),
            body: party(session, Some(&self.body)).await?,
            held_on: self.held_on.to_string(),
            title: self.title.unwrap_or_default(),
        };
        let part = Part::Role(Role::Clerk);
        let next = format!("matters action raise TEXT --meeting {}", self.id);
        let what = format!("meeting {} is in the register", self.id);
        record(session, &part, &self.write, request, &what, &next).await
    }
}

/// List the meetings.
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    as_of: AsOf,
}

impl List {
    async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let reading = Some(session.reading(&self.as_of));
        let mut query = session.query().await?;
        let request = within(v1::GetRegisterRequest { reading });
        let register = query.get_register(request).await?.into_inner();
        if session.out.is_json() {
            let all = json::of("GetRegisterResponse", &register)?;
            return session.out.json(&all["meetings"]);
        }
        let mut meetings = register.meetings;
        meetings.sort_by(|a, b| a.held_on.cmp(&b.held_on));
        let cells: Vec<Vec<String>> = meetings
            .into_iter()
            .map(|meeting| vec![meeting.id, meeting.held_on, meeting.body, meeting.title])
            .collect();
        session
            .out
            .rows(&["meeting", "held on", "body", "title"], &cells)
    }
}

/// How far each question of a meeting was answered.
#[derive(Debug, Args)]
pub(crate) struct Coverage {
    /// The meeting: its identifier, or its date
    meeting: String,
    #[command(flatten)]
    as_of: AsOf,
}

impl Coverage {
    async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let meeting = meeting_entry(session, &self.meeting).await?;
        let request = v1::GetMeetingCoverageRequest {
            reading: Some(session.reading(&self.as_of)),
            meeting: meeting.id,
        };
        let mut query = session.query().await?;
        let found = query
            .get_meeting_coverage(within(request))
            .await?
            .into_inner();
        if session.out.is_json() {
            return session
                .out
                .json(&json::of("GetMeetingCoverageResponse", &found)?);
        }
        let cells: Vec<Vec<String>> = found.actions.iter().flat_map(questions).collect();
        session
            .out
            .rows(&["reference", "part", "coverage", "topic", "asked"], &cells)?;
        let counts: Vec<String> = found
            .counts
            .iter()
            .map(|count| format!("{} {}", count.parts, said::<v1::Coverage>(count.coverage)))
            .collect();
        message(&counts.join(", "));
        Ok(())
    }
}

/// A row for each part; the action itself where it has none.
fn questions(row: &v1::ActionRow) -> Vec<Vec<String>> {
    let cells = |part: &str, coverage: i32, text: String| {
        let coverage = said::<v1::Coverage>(coverage);
        vec![
            row.reference.clone(),
            part.to_owned(),
            coverage,
            row.topic.clone(),
            text,
        ]
    };
    if row.parts.is_empty() {
        return vec![cells("", row.coverage, rows::text(row))];
    }
    let part = |part: &v1::Part| cells(&part.part, part.coverage, part.text.clone());
    row.parts.iter().map(part).collect()
}

/// The action sheet for the agenda pack.
#[derive(Debug, Args)]
pub(crate) struct Sheet {
    /// The meeting: its identifier, or its date; every action that is not closed when left out
    meeting: Option<String>,
    #[command(flatten)]
    as_of: AsOf,
}

impl Sheet {
    async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let mut filter = Filter::default().message(session).await?;
        match &self.meeting {
            Some(given) => filter.meeting = meeting_entry(session, given).await?.id,
            None => filter.open = Some(true),
        }
        let asked = Asked {
            filter,
            order: v1::Order::Reference,
            view: v1::ActionView::Full,
        };
        let (actions, _) = pages(session, &self.as_of, &asked, None).await?;
        if session.out.is_json() {
            let array = actions.iter().map(rows::action_json).collect();
            return session.out.json(&array);
        }
        if session.out.is_narrow() {
            let cells: Vec<Vec<String>> = actions.iter().map(short).collect();
            let headings = ["reference", "question or action", "status", "next step"];
            return session.out.rows(&headings, &cells);
        }
        let cells: Vec<Vec<String>> = actions.iter().map(line).collect();
        session.out.rows(
            &[
                "reference",
                "meeting and minute",
                "question or action",
                "owner",
                "due",
                "status",
                "last change",
                "next step",
            ],
            &cells,
        )
    }
}

/// One action as a line of the sheet on a narrow screen: what belongs together stands together.
fn short(row: &v1::ActionRow) -> Vec<String> {
    let [reference, meeting, text, owner, due, status, changed, next] = cells(row);
    let said = |before: &str, value: String| match value.as_str() {
        "" => String::new(),
        value => format!("\n{before}{value}"),
    };
    vec![
        format!("{reference}{}", said("", meeting)),
        format!("{text}{}", said("Owner: ", owner)),
        format!("{status}{}{}", said("due ", due), said("changed ", changed)),
        next,
    ]
}

/// One action as a line of the sheet.
fn line(row: &v1::ActionRow) -> Vec<String> {
    cells(row).to_vec()
}

fn cells(row: &v1::ActionRow) -> [String; 8] {
    let meeting = [row.meeting_on.as_str(), row.minute.as_str()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    let owner = match &row.delegated_to {
        Some(party) => party.name.clone(),
        None => rows::party(row.asked_of.as_ref()),
    };
    let rag = said::<v1::Rag>(row.rag);
    let status = if rag.is_empty() {
        rows::state(row)
    } else {
        format!("{}; {rag}", rows::state(row))
    };
    let due = if row.first_due_on.is_empty() || row.first_due_on == row.due_on {
        rows::due(row)
    } else {
        format!("{}; first {}", rows::due(row), row.first_due_on)
    };
    [
        row.reference.clone(),
        meeting,
        rows::text(row),
        owner,
        due,
        status,
        row.last_change_on.clone(),
        next_step(row).to_owned(),
    ]
}

/// What is to be done next.
fn next_step(row: &v1::ActionRow) -> &'static str {
    match row.status() {
        v1::Status::Open if row.delegated_to.is_none() => "to be delegated or answered",
        v1::Status::Open => "awaiting an answer",
        v1::Status::PartAnswered => "the rest to be answered",
        v1::Status::HoldingResponse => "awaiting the full answer",
        v1::Status::Answered => "the Panel to consider the answer",
        v1::Status::ProposedToClose => "the Panel to agree closure",
        _ => "",
    }
}
