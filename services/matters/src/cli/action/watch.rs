//! `action watch` and `changes`.

use super::super::arguments::{AsOf, day};
use super::super::lookups::meeting;
use super::super::session::Session;
use super::filter::Filter;
use super::list::shown;
use crate::failure::Failure;
use crate::output::{self, json, message, rows, tsv};
use crate::reach::{Query, within};
use crate::serve::Signals;
use api::v1;
use api::v1::list_changes_request::Since;
use chrono::NaiveDate;
use clap::Args;

/// What changed since a date, a meeting or a position.
#[derive(Debug, Args)]
pub(crate) struct Changes {
    #[command(flatten)]
    since: SinceWhen,
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    as_of: AsOf,
}

/// Since when: exactly one.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct SinceWhen {
    /// What happened on this day or later
    #[arg(long, value_parser = day, value_name = "DATE")]
    since: Option<NaiveDate>,
    /// What happened after this meeting: its identifier, or its date
    #[arg(long, value_name = "MEETING")]
    since_meeting: Option<String>,
    /// What was recorded after this position
    #[arg(long, value_name = "POSITION")]
    since_position: Option<u64>,
}

impl Changes {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let since = match (
            &self.since.since,
            &self.since.since_meeting,
            self.since.since_position,
        ) {
            (Some(day), ..) => Since::Date(day.to_string()),
            (_, Some(given), _) => Since::Meeting(meeting(session, Some(given)).await?),
            (_, _, position) => Since::Position(position.unwrap_or(0)),
        };
        let request = v1::ListChangesRequest {
            reading: Some(session.reading(&self.as_of)),
            since: Some(since),
            filter: Some(self.filter.message(session).await?),
            view: shown(session).into(),
            ..v1::ListChangesRequest::default()
        };
        let changes = every_page(&mut session.query().await?, request).await?;
        if session.out.is_json() {
            return session
                .out
                .json(&json::of("ListChangesResponse", &changes)?);
        }
        let cells: Vec<Vec<String>> = changes.changes.iter().map(changed).collect();
        if cells.is_empty() {
            message("no changes");
            return Ok(());
        }
        session
            .out
            .rows(&["reference", "what", "state", "due", "text"], &cells)?;
        Ok(())
    }
}

/// All pages as one.
async fn every_page(
    query: &mut Query,
    mut request: v1::ListChangesRequest,
) -> Result<v1::ListChangesResponse, Failure> {
    let mut all = query
        .list_changes(within(request.clone()))
        .await?
        .into_inner();
    while !all.next_page_token.is_empty() {
        request.page_token = std::mem::take(&mut all.next_page_token);
        let mut page = query
            .list_changes(within(request.clone()))
            .await?
            .into_inner();
        all.changes.append(&mut page.changes);
        (all.cut, all.next_page_token) = (page.cut, page.next_page_token);
    }
    Ok(all)
}

fn changed(change: &v1::Change) -> Vec<String> {
    let row = change.action.clone().unwrap_or_default();
    vec![
        change.reference.clone(),
        change.what.join(", "),
        rows::state(&row),
        rows::due(&row),
        rows::text(&row),
    ]
}

/// Follow changes as they happen, until Ctrl-C.
#[derive(Debug, Args)]
pub(crate) struct Watch {
    #[command(flatten)]
    filter: Filter,
    /// Begin after this position of the log, 0 for its beginning; from now on when left out
    #[arg(long, value_name = "POSITION")]
    after: Option<u64>,
}

impl Watch {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let after = match self.after {
            // In the contract 0 is from now on. The first message of a record is about no action:
            // somebody must be in the register who raises it.
            Some(0) => u64::from(session.position().await? > 0),
            after => after.unwrap_or(0),
        };
        let request = v1::WatchActionsRequest {
            reading: Some(session.now()),
            filter: Some(self.filter.message(session).await?),
            after_position: after,
        };
        let mut query = session.query().await?;
        let mut changes = query.watch_actions(request).await?.into_inner();
        let mut signals = Signals::listen()?;
        let mut last = after;
        message("watching; Ctrl-C ends it");
        loop {
            let change = tokio::select! {
                change = changes.message() => change?,
                () = signals.next() => None,
            };
            let Some(change) = change else {
                message(&format!(
                    "to go on from here: matters action watch --after {last}"
                ));
                return Ok(());
            };
            last = change.position;
            print(session, &change)?;
        }
    }
}

fn print(session: &Session, change: &v1::WatchActionsResponse) -> Result<(), Failure> {
    if session.out.is_json() {
        // One object a line: a stream has no end to close an array at.
        return output::data(&json::of("WatchActionsResponse", change)?.to_string());
    }
    let cells = match &change.action {
        Some(row) => rows::action(row),
        None => vec![change.removed.clone(), "no longer selected".to_owned()],
    };
    output::data(&tsv::line(&cells))
}
