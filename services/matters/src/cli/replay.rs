//! `replay`: the actions as a replay of the record gives them, on a server or out of an export.

use super::action::Filter;
use super::arguments::{AsOf, word};
use super::session::Session;
use crate::chance;
use crate::failure::{Exit, Failure};
use crate::output::{message, rows};
use crate::reach::{Part, within};
use api::failure::Violations;
use api::{message as read, v1};
use audit::Listing;
use audit::offline::replay_export;
use clap::Args;
use domain::calendar::london::civil_date;
use domain::policy::Role;
use domain::text::Slug;
use projection::AsOf as Cut;
use std::path::{Path, PathBuf};

const AUDITOR: Part = Part::Role(Role::Auditor);

/// The actions as a replay of the record gives them.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    as_of: AsOf,
    /// Order: due, due-desc, reference, reference-desc, last-change, last-change-desc
    #[arg(long, visible_alias = "sort", default_value = "due", value_parser = word::<v1::Order>, value_name = "ORDER")]
    order: v1::Order,
    /// Replay this export instead, without a server
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
}

impl Replay {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<Exit, Failure> {
        if let Some(export) = &self.export {
            let (actions, position) = self.exported(session, export).await?;
            return print(session, &actions, position);
        }
        let filter = self.filter.message(session).await?;
        let mut request = v1::ReplayActionsRequest {
            reading: Some(session.reading(&self.as_of)),
            filter: Some(filter),
            order: self.order.into(),
            page_size: 0,
            page_token: String::new(),
        };
        let mut audit = session.audit().await?;
        let mut actions = Vec::new();
        let position = loop {
            let page = audit
                .replay_actions(within(request.clone()))
                .await?
                .into_inner();
            actions.extend(page.actions);
            if page.next_page_token.is_empty() {
                break page.position;
            }
            request.page_token = page.next_page_token;
        };
        print(session, &actions, position)
    }

    /// The rows of an export, as the server it came from lists them.
    async fn exported(
        &self,
        session: &mut Session,
        export: &Path,
    ) -> Result<(Vec<v1::ActionRow>, u64), Failure> {
        let (replay, manifest) = replay_export(export)
            .map_err(|error| Failure::with(Exit::Integrity, error.to_string()))?;
        let area = &session.global.area;
        let area =
            Slug::new(area).map_err(|problem| Failure::usage(format!("--area {problem}")))?;
        match manifest.map(|manifest| manifest.area) {
            Some(Some(of)) if of != area.as_str() => {
                return Err(Failure::usage(format!(
                    "the export is of the area {of}, not of {area}; give --area {of}"
                )));
            }
            Some(_) => {}
            None => message(
                "there is no manifest beside the lines: nothing says that they are all there",
            ),
        }
        let today = civil_date(chance::now());
        session.knows(read::register(&replay.register(&area, &Cut::NOW), today));
        let filter = self.filter.message(session).await?;
        let mut wrong = Violations::new();
        let as_of = read::as_of("as_of", self.as_of.message().as_ref(), &mut wrong);
        let filter = read::action_filter(Some(&filter), &mut wrong);
        let sort = read::order(self.order.into(), &mut wrong);
        let as_of = wrong
            .or(as_of)
            .map_err(|wrong| api::failure::Failure::from(wrong).into_status(None))?;
        let listing = Listing {
            area: &area,
            as_of: &as_of,
            reader: &session.reader(&AUDITOR),
            filter: &filter,
            sort,
            as_at: as_of.as_at(today),
        };
        let position = as_of.known_position.unwrap_or(u64::MAX);
        Ok((listing.actions(&replay), position.min(replay.position())))
    }
}

fn print(session: &Session, actions: &[v1::ActionRow], position: u64) -> Result<Exit, Failure> {
    rows::print(session.out, actions)?;
    message(&format!("replayed to position {position}"));
    Ok(Exit::Done)
}
