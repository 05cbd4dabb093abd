//! `action list`.

use super::super::arguments::{AsOf, word};
use super::super::session::Session;
use super::filter::Filter;
use crate::failure::Failure;
use crate::output::{message, rows};
use crate::reach::within;
use api::v1;
use clap::Args;

/// How many are asked for at a time.
const PAGE: u32 = 500;

/// List actions.
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    as_of: AsOf,
    /// Order: due, due-desc, reference, reference-desc, last-change, last-change-desc
    #[arg(long, visible_alias = "sort", default_value = "due", value_parser = word::<v1::Order>, value_name = "ORDER")]
    order: v1::Order,
    /// At most so many; all when left out
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
}

impl List {
    /// Runs it.
    pub(super) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        let filter = self.filter.message(session).await?;
        let asked = Asked {
            filter,
            order: self.order,
            view: shown(session),
        };
        let (actions, more) = pages(session, &self.as_of, &asked, self.limit).await?;
        if actions.is_empty() && !session.out.is_json() {
            message("no actions");
            return Ok(());
        }
        rows::print(session.out, &actions)?;
        if more {
            let shown = actions.len();
            message(&format!("the first {shown} are shown; there are more"));
        }
        Ok(())
    }
}

/// The view that has all that is shown of a list: JSON has more keys than a table has columns.
pub(super) fn shown(session: &Session) -> v1::ActionView {
    match session.out.is_json() {
        true => v1::ActionView::Full,
        false => v1::ActionView::Basic,
    }
}

/// Which actions of a list, in which order, and how much of each.
pub(crate) struct Asked {
    pub(crate) filter: v1::ActionFilter,
    pub(crate) order: v1::Order,
    pub(crate) view: v1::ActionView,
}

/// Every action that the filter selects, page after page, or the first `limit` of them; and whether
/// there are more.
pub(crate) async fn pages(
    session: &mut Session,
    as_of: &AsOf,
    asked: &Asked,
    limit: Option<u32>,
) -> Result<(Vec<v1::ActionRow>, bool), Failure> {
    let reading = session.reading(as_of);
    let mut query = session.query().await?;
    let mut actions = Vec::new();
    let mut page_token = String::new();
    loop {
        let so_far = u32::try_from(actions.len()).unwrap_or(u32::MAX);
        let left = limit.map_or(PAGE, |limit| limit.saturating_sub(so_far));
        if left == 0 {
            return Ok((actions, true));
        }
        let request = v1::ListActionsRequest {
            reading: Some(reading.clone()),
            filter: Some(asked.filter.clone()),
            order: asked.order.into(),
            page_size: left.min(PAGE),
            page_token,
            view: asked.view.into(),
        };
        let page = query.list_actions(within(request)).await?.into_inner();
        actions.extend(page.actions);
        if page.next_page_token.is_empty() {
            return Ok((actions, false));
        }
        page_token = page.next_page_token;
    }
}
