//! What differs between two dates or positions.

use std::collections::BTreeMap;
use std::ops::Bound;

use api::failure::{Failure, Violations};
use api::message::{self, MOST_IN_A_PAGE};
use api::v1;
use chrono::NaiveDate;
use domain::policy::Principal;
use domain::reference::Reference;
use domain::text::Slug;
use projection::{AsOf, Replay, Row, Sort};
use tonic::{Request, Status};

use super::refuse;
use crate::listing::seen;
use crate::path::auditor;
use crate::service::Service;
use crate::tell::{changes, what};

pub(super) async fn answer(
    service: &Service,
    request: Request<v1::CompareRecordsRequest>,
) -> Result<v1::CompareRecordsResponse, Status> {
    let given = request.get_ref();
    let mut wrong = Violations::new();
    let area = message::area("area", &given.area, &mut wrong);
    let before = message::as_of("before", given.before.as_ref(), &mut wrong);
    let after = message::as_of("after", given.after.as_ref(), &mut wrong);
    let beyond = (!given.after_reference.is_empty())
        .then(|| message::reference("after_reference", &given.after_reference, &mut wrong))
        .flatten();
    let limit = limit(given.limit, &mut wrong);
    let (area, (before, after)) = wrong.or(area.zip(before.zip(after))).map_err(refuse)?;
    let reader = auditor(&request, &area)?;
    let inner = &service.inner;
    let (position, found) = inner
        .keeper
        .ask(inner.log.as_ref(), move |replay| {
            let rows = compare(replay, &area, &reader, alike(before, after));
            (replay.position(), told(&rows, beyond.as_ref(), limit))
        })
        .await
        .map_err(refuse)?;
    Ok(v1::CompareRecordsResponse {
        freshness: Some(service.freshness(position).await?),
        ..found.map_err(refuse)?
    })
}

fn limit(asked: u32, wrong: &mut Violations) -> usize {
    if asked > MOST_IN_A_PAGE {
        wrong.add(
            "limit",
            format!("is {asked}; ask for 1 to {MOST_IN_A_PAGE}, or 0 for {MOST_IN_A_PAGE}"),
        );
    }
    let limit = if asked == 0 { MOST_IN_A_PAGE } else { asked };
    usize::try_from(limit).unwrap_or(1)
}

/// The actions of both times, in the order of references.
type Both = BTreeMap<Vec<u8>, (Option<Row>, Option<Row>)>;

/// Against a date, everything known folds by date too, or backdated events would differ.
fn alike(mut before: AsOf, mut after: AsOf) -> (AsOf, AsOf) {
    match (before.true_on, after.true_on) {
        (Some(_), None) => after.true_on = Some(NaiveDate::MAX),
        (None, Some(_)) => before.true_on = Some(NaiveDate::MAX),
        _ => {}
    }
    (before, after)
}

fn compare(
    replay: &Replay,
    area: &Slug,
    reader: &Principal,
    (before, after): (AsOf, AsOf),
) -> Both {
    let mut both = Both::new();
    for row in seen(replay, area, &before, reader) {
        let key = Sort::REFERENCE.key(&row);
        both.entry(key).or_default().0 = Some(row);
    }
    for row in seen(replay, area, &after, reader) {
        let key = Sort::REFERENCE.key(&row);
        both.entry(key).or_default().1 = Some(row);
    }
    both
}

/// The differences after an action, as many as the limit lets through.
fn told(
    both: &Both,
    beyond: Option<&Reference>,
    limit: usize,
) -> Result<v1::CompareRecordsResponse, Failure> {
    let after = match beyond {
        None => Bound::Unbounded,
        Some(beyond) => Bound::Excluded(key_of(both, beyond)?),
    };
    let mut differences: Vec<v1::Difference> = both
        .range((after, Bound::Unbounded))
        .filter_map(|(_, (before, after))| difference(before.as_ref(), after.as_ref()))
        .take(limit + 1)
        .collect();
    let cut = differences.len() > limit;
    differences.truncate(limit);
    Ok(v1::CompareRecordsResponse {
        differences,
        cut,
        freshness: None,
    })
}

fn key_of(both: &Both, reference: &Reference) -> Result<Vec<u8>, Failure> {
    let is = |row: &Option<Row>| row.as_ref().is_some_and(|row| row.reference == *reference);
    let found = both
        .iter()
        .find(|(_, (before, after))| is(before) || is(after));
    found
        .map(|(key, _)| key.clone())
        .ok_or_else(|| Failure::NotFound {
            what: "action",
            name: reference.to_string(),
            field: "after_reference",
        })
}

fn difference(before: Option<&Row>, after: Option<&Row>) -> Option<v1::Difference> {
    let fields = changes(before, after);
    let named = after.or(before)?;
    (!fields.is_empty()).then(|| v1::Difference {
        reference: named.reference.to_string(),
        what: what(before, after),
        fields,
    })
}
