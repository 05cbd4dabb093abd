//! Actions, a page at a time.

use api::failure::{Failure, Violations};
use api::message::{self, DEFAULT_PAGE, Duties, List, View, into_viewed};
use api::v1;
use tonic::Request;

use crate::failure::of_read;
use crate::path::duties;
use crate::service::Service;

pub(super) async fn answer(
    service: &Service,
    request: Request<v1::ListActionsRequest>,
) -> Result<v1::ListActionsResponse, Failure> {
    let given = request.get_ref();
    let mut wrong = Violations::new();
    let reading = message::reading(given.reading.as_ref(), &mut wrong);
    let filter = message::action_filter(given.filter.as_ref(), &mut wrong);
    let sort = message::order(given.order, &mut wrong);
    let size = message::page_size(given.page_size, DEFAULT_PAGE, &mut wrong);
    let view = message::view(given.view, &mut wrong);
    let asked = service.asked(&request, wrong.or(reading)?)?;
    let cursor = List {
        of: "ListActions",
        reading: &asked.reading,
        filter: &filter,
        sort,
        since: None,
    }
    .cursor(&given.page_token)?;
    let (model, question) = (&service.inner.model, asked.question());
    let at_once = model.has_page_at_once(&question, &filter, sort, size, cursor.as_ref());
    let read = move |model: &projection::ReadModel, asked: &crate::path::Asked| {
        let page = model
            .list(&asked.question(), &filter, sort, size, cursor.as_ref())
            .map_err(of_read)?;
        // Only whole rows say whether somebody can be required to answer.
        let duties = match view {
            View::Full => duties(model, asked)?,
            View::Basic => Duties::default(),
        };
        Ok((page, duties, filter))
    };
    let (asked, (page, duties, filter), _) = service.ask_where(asked, at_once, read).await?;
    let list = List {
        of: "ListActions",
        reading: &asked.reading,
        filter: &filter,
        sort,
        since: None,
    };
    let next = page
        .next
        .map(|cursor| list.page_token(&cursor))
        .transpose()?;
    let as_at = asked.as_at();
    Ok(v1::ListActionsResponse {
        actions: page
            .rows
            .into_iter()
            .map(|row| into_viewed(row, view, as_at, &duties))
            .collect(),
        next_page_token: next.unwrap_or_default(),
        freshness: Some(service.freshness(page.position)),
    })
}
