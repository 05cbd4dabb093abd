//! What changed since a position, a date or a meeting.

use api::failure::{Failure, Violations};
use api::message::{self, List, MOST_IN_A_PAGE, Reading, change_word, into_viewed};
use api::v1;
use api::v1::list_changes_request::Since as GivenSince;
use projection::{Filter, Since, Sort};
use tonic::Request;

use crate::failure::of_read;
use crate::path::duties;
use crate::service::Service;

pub(super) async fn answer(
    service: &Service,
    request: Request<v1::ListChangesRequest>,
) -> Result<v1::ListChangesResponse, Failure> {
    let given = request.get_ref();
    let mut wrong = Violations::new();
    let reading = message::reading(given.reading.as_ref(), &mut wrong);
    let filter = message::action_filter(given.filter.as_ref(), &mut wrong);
    let since = since(given.since.as_ref(), &mut wrong);
    let size = message::page_size(given.page_size, MOST_IN_A_PAGE, &mut wrong);
    let view = message::view(given.view, &mut wrong);
    let (reading, since) = wrong.or(reading.zip(since))?;
    let asked = service.asked(&request, reading)?;
    let cursor = list(&asked.reading, &filter, &since).cursor(&given.page_token)?;
    let read = move |model: &projection::ReadModel, asked: &crate::path::Asked| {
        let changed = model
            .changed_since(&asked.question(), &since, &filter, size, cursor.as_ref())
            .map_err(of_read)?;
        Ok((changed, duties(model, asked)?, filter, since))
    };
    let (asked, (changed, duties, filter, since), position) = service.ask(asked, read).await?;
    let next = changed.next.as_ref();
    let next = next.map(|cursor| list(&asked.reading, &filter, &since).page_token(cursor));
    let next_page_token = next.transpose()?.unwrap_or_default();
    let as_at = asked.as_at();
    let changes = changed
        .rows
        .into_iter()
        .map(|changed| v1::Change {
            reference: changed.row.reference.to_string(),
            what: changed
                .changes
                .iter()
                .map(|c| change_word(*c).to_owned())
                .collect(),
            action: Some(into_viewed(changed.row, view, as_at, &duties)),
        })
        .collect();
    Ok(v1::ListChangesResponse {
        changes,
        freshness: Some(service.freshness(position)),
        cut: !next_page_token.is_empty(),
        next_page_token,
    })
}

fn list<'a>(reading: &'a Reading, filter: &'a Filter, since: &'a Since) -> List<'a> {
    List {
        of: "ListChanges",
        reading,
        filter,
        sort: Sort::NEWEST,
        since: Some(since),
    }
}

fn since(given: Option<&GivenSince>, wrong: &mut Violations) -> Option<Since> {
    match given {
        Some(GivenSince::Position(position)) => Some(Since::Position(*position)),
        // Of the contract the day itself is part, of the read model it is not.
        Some(GivenSince::Date(date)) => message::day("date", date, wrong)
            .and_then(|day| day.pred_opt())
            .map(Since::Date),
        Some(GivenSince::Meeting(meeting)) => {
            message::slug("meeting", meeting, wrong).map(Since::Meeting)
        }
        None => {
            wrong.add("since", "is missing; give a position, a date or a meeting");
            None
        }
    }
}
