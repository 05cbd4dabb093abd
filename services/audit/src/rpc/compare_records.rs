//! What differs between two dates or positions.

use std::collections::BTreeMap;

use api::failure::Violations;
use api::message::{self, Reading};
use api::v1;
use chrono::NaiveDate;
use domain::policy::Principal;
use domain::text::Slug;
use projection::{AsOf, Replay, Row, Sort};
use tonic::{Request, Status};

use super::refuse;
use super::replay_actions::seen;
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
    let (area, (before, after)) = wrong.or(area.zip(before.zip(after))).map_err(refuse)?;
    let reader = auditor(&request, &area)?;
    let inner = &service.inner;
    let differences = inner
        .keeper
        .ask(inner.log.as_ref(), move |replay| {
            compare(replay, &area, &reader, alike(before, after))
        })
        .await
        .map_err(refuse)?;
    Ok(v1::CompareRecordsResponse { differences })
}

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
) -> Vec<v1::Difference> {
    let rows = |as_of: AsOf| {
        let reading = Reading {
            area: area.clone(),
            as_of,
            token: None,
        };
        seen(replay, &reading, reader)
    };
    let mut both: BTreeMap<Vec<u8>, (Option<Row>, Option<Row>)> = BTreeMap::new();
    for row in rows(before) {
        let key = Sort::REFERENCE.key(&row);
        both.entry(key).or_default().0 = Some(row);
    }
    for row in rows(after) {
        let key = Sort::REFERENCE.key(&row);
        both.entry(key).or_default().1 = Some(row);
    }
    both.values()
        .filter_map(|(before, after)| {
            let fields = changes(before.as_ref(), after.as_ref());
            let named = after.as_ref().or(before.as_ref())?;
            (!fields.is_empty()).then(|| v1::Difference {
                reference: named.reference.to_string(),
                what: what(before.as_ref(), after.as_ref()),
                fields,
            })
        })
        .collect()
}
