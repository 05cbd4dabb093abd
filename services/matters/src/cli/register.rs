//! `register body`, `group`, `series`, `returns`, `show`.

use super::action::record;
use super::arguments::{AsOf, WriteOptions, word};
use super::lookups::party;
use super::session::Session;
use crate::failure::{Exit, Failure};
use crate::output::{Format, data, json};
use crate::reach::{Part, WriteCall, within};
use crate::words::said;
use api::v1;
use clap::{Args, Subcommand};
use domain::policy::Role;

const CLERK: Part = Part::Role(Role::Clerk);

/// Bodies, delivery groups, series of references.
#[derive(Debug, Subcommand)]
pub(crate) enum Register {
    /// Register a body, rename it, or end it
    Body(Body),
    /// Register a delivery group, rename it, change its details, or end it
    Group(Group),
    /// Open a series of references
    Series(Series),
    /// Say when a board wants its groups' returns
    Returns(Returns),
    /// Show the register
    Show(Show),
}

impl Register {
    /// Runs it.
    pub(crate) async fn run(self, session: &mut Session) -> Result<Exit, Failure> {
        let done = match self {
            Self::Body(verb) => verb.run(session).await,
            Self::Group(verb) => verb.run(session).await,
            Self::Series(verb) => verb.run(session).await,
            Self::Returns(verb) => verb.run(session).await,
            Self::Show(verb) => verb.run(session).await,
        };
        done.map(|()| Exit::Done)
    }
}

async fn enter<R: WriteCall>(
    session: &mut Session,
    write: &WriteOptions,
    request: R,
    what: &str,
) -> Result<(), Failure> {
    record(session, &CLERK, write, request, what, "").await
}

/// Register a body, rename it, or end it.
#[derive(Debug, Args)]
pub(crate) struct Body {
    /// Identifier
    id: String,
    /// Name; the new name of one that is registered
    #[arg(long, required_unless_present = "end")]
    name: Option<String>,
    /// What it is: panel, commissioner-office, constabulary, board, partner; left out, it is renamed
    #[arg(long, value_parser = word::<v1::BodyKind>, conflicts_with = "end", value_name = "KIND")]
    kind: Option<v1::BodyKind>,
    /// It ends
    #[arg(long)]
    end: bool,
    /// What came after it
    #[arg(long, requires = "end", value_name = "BODY")]
    succeeded_by: Option<String>,
    #[command(flatten)]
    write: WriteOptions,
}

impl Body {
    async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let (id, name) = (self.id.clone(), self.name.unwrap_or_default());
        if self.end {
            let what = format!("{id}: ended");
            let request = v1::EndBodyRequest {
                write: None,
                id,
                succeeded_by: self.succeeded_by.unwrap_or_default(),
            };
            return enter(session, &self.write, request, &what).await;
        }
        match self.kind {
            Some(kind) => {
                let what = format!("{}: registered as {name}", self.id);
                let request = v1::RegisterBodyRequest {
                    write: None,
                    id,
                    name,
                    kind: kind.into(),
                };
                enter(session, &self.write, request, &what).await
            }
            None => {
                let what = format!("{}: named {name}", self.id);
                let request = v1::RenameBodyRequest {
                    write: None,
                    id,
                    name,
                };
                enter(session, &self.write, request, &what).await
            }
        }
    }
}

/// Register a delivery group, rename it, change its details, or end it.
#[derive(Debug, Args)]
pub(crate) struct Group {
    /// Identifier
    id: String,
    /// Name; the new name of one that is registered
    #[arg(long)]
    name: Option<String>,
    /// The board it belongs to; left out, the group is one that is registered
    #[arg(long, requires = "name", value_name = "BODY")]
    board: Option<String>,
    /// Another name in use for it; may be given again
    #[arg(long = "alias", value_name = "NAME")]
    aliases: Vec<String>,
    /// A body that leads or co-chairs it; may be given twice
    #[arg(long = "lead", value_name = "BODY")]
    leads: Vec<String>,
    /// What it is there to achieve; may be given again
    #[arg(long = "objective", value_name = "TEXT")]
    objectives: Vec<String>,
    /// It ends
    #[arg(long, conflicts_with_all = ["name", "board", "aliases", "leads", "objectives"])]
    end: bool,
    /// What came after it
    #[arg(long, requires = "end", value_name = "GROUP")]
    succeeded_by: Option<String>,
    #[command(flatten)]
    write: WriteOptions,
}

impl Group {
    async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let id = self.id.clone();
        let details = v1::GroupDetails {
            aliases: self.aliases,
            lead_bodies: self.leads,
            objectives: self.objectives,
        };
        if self.end {
            let what = format!("{id}: ended");
            let request = v1::EndGroupRequest {
                write: None,
                id,
                succeeded_by: self.succeeded_by.unwrap_or_default(),
            };
            return enter(session, &self.write, request, &what).await;
        }
        match (self.name, self.board) {
            (Some(name), Some(board)) => {
                let board = party(session, Some(&board)).await?;
                let what = format!("{id}: registered as {name}");
                let details = Some(details);
                let request = v1::RegisterGroupRequest {
                    write: None,
                    id,
                    name,
                    board,
                    details,
                };
                enter(session, &self.write, request, &what).await
            }
            (Some(name), None) => {
                let what = format!("{id}: named {name}");
                let request = v1::RenameGroupRequest {
                    write: None,
                    id,
                    name,
                };
                enter(session, &self.write, request, &what).await
            }
            (None, _) => {
                let what = format!("{id}: details changed");
                let request = v1::DetailGroupRequest {
                    write: None,
                    id,
                    details: Some(details),
                };
                enter(session, &self.write, request, &what).await
            }
        }
    }
}

/// Open a series of references.
#[derive(Debug, Args)]
pub(crate) struct Series {
    /// Identifier: pcp-2018
    id: String,
    /// Whose series
    #[arg(long)]
    body: String,
    /// Year
    #[arg(long)]
    year: i32,
    /// How references are written: PCP/{year}/{n:03}
    #[arg(long)]
    pattern: String,
    /// Title
    #[arg(long)]
    title: Option<String>,
    #[command(flatten)]
    write: WriteOptions,
}

impl Series {
    async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let request = v1::OpenSeriesRequest {
            write: None,
            id: self.id.clone(),
            body: party(session, Some(&self.body)).await?,
            year: self.year,
            pattern: self.pattern,
            title: self.title.unwrap_or_default(),
        };
        enter(
            session,
            &self.write,
            request,
            &format!("{}: series opened", self.id),
        )
        .await
    }
}

/// Say when a board wants its groups' returns.
#[derive(Debug, Args)]
pub(crate) struct Returns {
    /// The board: identifier or name
    board: String,
    #[command(flatten)]
    rule: Due,
    #[command(flatten)]
    write: WriteOptions,
}

/// When returns are due: exactly one.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Due {
    /// The last day of the Nth month after the quarter
    #[arg(long, value_name = "N")]
    end_of_month_after: Option<u32>,
    /// N calendar days after the quarter
    #[arg(long, value_name = "N")]
    days_after: Option<u32>,
}

impl Returns {
    async fn run(self, session: &mut Session) -> Result<(), Failure> {
        use v1::return_due_rule::Rule;
        let rule = match (self.rule.end_of_month_after, self.rule.days_after) {
            (Some(months), _) => Rule::EndOfMonthAfter(months),
            (None, days) => Rule::DaysAfter(days.unwrap_or_default()),
        };
        let board = party(session, Some(&self.board)).await?;
        let what = format!("{board}: returns scheduled");
        let rule = Some(v1::ReturnDueRule { rule: Some(rule) });
        let request = v1::ScheduleReturnsRequest {
            write: None,
            board,
            rule,
        };
        enter(session, &self.write, request, &what).await
    }
}

/// Show the register.
#[derive(Debug, Args)]
pub(crate) struct Show {
    #[command(flatten)]
    as_of: AsOf,
}

impl Show {
    async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let reading = Some(session.reading(&self.as_of));
        let mut query = session.query().await?;
        let register = query
            .get_register(within(v1::GetRegisterRequest { reading }))
            .await?
            .into_inner();
        if session.out.is_json() {
            return session
                .out
                .json(&json::of("GetRegisterResponse", &register)?);
        }
        let until = |until: &str| match until {
            "" => String::new(),
            day => format!("ended {day}"),
        };
        let bodies = register.bodies.iter().map(|body| {
            let kind = said::<v1::BodyKind>(body.kind);
            vec![kind, body.id.clone(), body.name.clone(), until(&body.until)]
        });
        let groups = register.groups.iter().map(|group| {
            let notes = [
                group.board.clone(),
                group.lead_bodies.join(" and "),
                until(&group.until),
            ];
            let notes: Vec<String> = notes.into_iter().filter(|note| !note.is_empty()).collect();
            vec![
                "delivery group".to_owned(),
                group.id.clone(),
                group.name.clone(),
                notes.join("; "),
            ]
        });
        let series = register.series.iter().map(|series| {
            let name = if series.title.is_empty() {
                &series.body
            } else {
                &series.title
            };
            vec![
                "series".to_owned(),
                series.id.clone(),
                name.clone(),
                series.pattern.clone(),
            ]
        });
        let meetings = register.meetings.iter().map(|meeting| {
            vec![
                "meeting".to_owned(),
                meeting.id.clone(),
                meeting.title.clone(),
                meeting.held_on.clone(),
            ]
        });
        let rows: Vec<Vec<String>> = bodies.chain(groups).chain(series).chain(meetings).collect();
        if rows.is_empty() && session.out.format == Format::Table {
            return data("the register is empty");
        }
        session
            .out
            .rows(&["what", "identifier", "name", "notes"], &rows)
    }
}
