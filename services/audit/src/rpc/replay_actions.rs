//! Rows as a replay of the log gives them, with no read model between: the rows of ListActions.

use api::failure::{Failure, Violations};
use api::message::{self, Duties, List, MOST_IN_A_PAGE, Reading, action_row};
use api::v1;
use domain::calendar::london::civil_date;
use domain::policy::Principal;
use projection::{Cursor, Filter, Replay, Sort};
use tonic::{Request, Status};

use super::refuse;
use crate::listing::Listing;
use crate::path::auditor;
use crate::service::Service;

pub(super) async fn answer(
    service: &Service,
    request: Request<v1::ReplayActionsRequest>,
) -> Result<v1::ReplayActionsResponse, Status> {
    let given = request.get_ref();
    let mut wrong = Violations::new();
    let reading = message::reading(given.reading.as_ref(), &mut wrong);
    let filter = message::action_filter(given.filter.as_ref(), &mut wrong);
    let sort = message::order(given.order, &mut wrong);
    let size = message::page_size(given.page_size, MOST_IN_A_PAGE, &mut wrong);
    let reading = wrong.or(reading).map_err(refuse)?;
    let reader = auditor(&request, &reading.area)?;
    let inner = &service.inner;
    if let Some(token) = &reading.token
        && token.incarnation != inner.log.incarnation().await.map_err(refuse)?
    {
        return Err(refuse(Failure::OtherLog));
    }
    let today = civil_date((inner.clock)());
    let asked = Asked {
        reader,
        as_at: reading.as_of.as_at(today),
        reading,
        filter,
        sort,
        size,
    };
    let cursor = asked.list().cursor(&given.page_token).map_err(refuse)?;
    let answer = inner
        .keeper
        .ask(inner.log.as_ref(), move |replay| {
            (replay.position(), asked.page(replay, cursor.as_ref()))
        })
        .await;
    let (position, page) = answer.map_err(refuse)?;
    Ok(v1::ReplayActionsResponse {
        freshness: Some(service.freshness(position).await?),
        ..page.map_err(refuse)?
    })
}

struct Asked {
    reader: Principal,
    reading: Reading,
    filter: Filter,
    sort: Sort,
    size: usize,
    as_at: chrono::NaiveDate,
}

impl Asked {
    fn list(&self) -> List<'_> {
        List {
            of: "ReplayActions",
            reading: &self.reading,
            filter: &self.filter,
            sort: self.sort,
            since: None,
        }
    }

    fn page(
        &self,
        replay: &Replay,
        cursor: Option<&Cursor>,
    ) -> Result<v1::ReplayActionsResponse, Failure> {
        let area = &self.reading.area;
        let position = cursor.map_or(replay.position(), |cursor| cursor.position);
        let mut reading = self.reading.clone();
        if cursor.is_some() {
            reading.as_of = reading.as_of.known_to(position);
        }
        let listing = Listing {
            area,
            as_of: &reading.as_of,
            reader: &self.reader,
            filter: &self.filter,
            sort: self.sort,
            as_at: self.as_at,
        };
        let mut rows = listing.rows(replay);
        rows.retain(|(key, _)| cursor.is_none_or(|cursor| *key > cursor.after));
        let more = rows.len() > self.size;
        rows.truncate(self.size);
        let next = rows.last().filter(|_| more).map(|(key, row)| Cursor {
            sort: self.sort,
            as_of: self.reading.as_of,
            position,
            after: key.clone(),
            reference: row.reference.clone(),
        });
        let next = next
            .map(|cursor| self.list().page_token(&cursor))
            .transpose()?;
        let duties = Duties::of(&replay.register(area, &self.reading.as_of));
        Ok(v1::ReplayActionsResponse {
            actions: rows
                .iter()
                .map(|(_, row)| action_row(row, self.as_at, &duties))
                .collect(),
            next_page_token: next.unwrap_or_default(),
            position: self
                .reading
                .as_of
                .known_position
                .map_or(position, |known| known.min(position)),
            freshness: None,
        })
    }
}
