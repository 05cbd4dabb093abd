//! As-of views against a fold so naive that it is easily believed.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::action::{self, ActionEvent};
use domain::aggregate::{Address, Aggregate};
use domain::reference::Reference;
use domain::returns::ReturnEvent;
use domain::stored;
use event_log::{Record, Sequence};
use projection::{AsOf, Filter, Question, ReadModel, Row, Since, Sort};

use crate::memory::MemoryLog;
use crate::rig::{Following, appends, area, ask, assert_same, auditor, full};

type Told = (Sequence, DateTime<Utc>, NaiveDate, NaiveDate, ActionEvent);

/// Every event of every action, in full, in the order of the log.
fn told(records: &[Record]) -> BTreeMap<Reference, Vec<Told>> {
    let mut told: BTreeMap<Reference, Vec<Told>> = BTreeMap::new();
    for record in records {
        let address = Address::parse(record.subject.as_str()).unwrap();
        let at = record.attributes.time;
        let mut tell = |reference: &Reference, on, from, event| {
            let entry = (record.sequence, at, on, from, event);
            told.entry(reference.clone()).or_default().push(entry);
        };
        match address.aggregate {
            _ if address.area != area() => {}
            Aggregate::Action(reference) => {
                let decision = stored::decode::<ActionEvent>(&record.body).unwrap();
                for event in decision.events {
                    tell(&reference, decision.on, event.true_from(decision.on), event);
                }
            }
            Aggregate::Return(_, quarter) => {
                let decision = stored::decode::<ReturnEvent>(&record.body).unwrap();
                for event in decision.events {
                    let from = event.true_from(decision.on);
                    for (reference, update) in event.action_updates(quarter) {
                        tell(&reference, decision.on, from, update);
                    }
                }
            }
            Aggregate::Register => {}
        }
    }
    told
}

fn naive(records: &[Record], as_of: &AsOf) -> Vec<Row> {
    let known = as_of.known_at.map_or(records.len(), |instant| {
        let later = |record: &Record| record.attributes.time > instant;
        records.iter().position(later).unwrap_or(records.len())
    });
    let known = known.min(as_of.known_position.map_or(usize::MAX, |p| p as usize));
    let mut rows = Vec::new();
    for (_, mut events) in told(&records[..known]) {
        if let Some(date) = as_of.true_on {
            events.retain(|(.., from, _)| *from <= date);
            events.sort_by_key(|(sequence, _, _, from, _)| (*from, *sequence));
        }
        let day = |(_, _, on, from, _): &Told| if as_of.true_on.is_some() { *from } else { *on };
        let action = action::fold(events.iter().map(|told| (day(told), &told.4)));
        let last = events.iter().max_by_key(|told| told.0);
        if let (Some(action), Some((sequence, at, ..))) = (action, last) {
            rows.push(Row::from_action(&action, *sequence, *at));
        }
    }
    rows.sort_by_key(|row| Sort::REFERENCE.key(row));
    rows
}

fn listed(model: &ReadModel, question: &Question<'_>) -> Vec<Row> {
    let (mut rows, mut cursor) = (Vec::new(), None);
    loop {
        let page = model.list(
            question,
            &Filter::default(),
            Sort::REFERENCE,
            37,
            cursor.as_ref(),
        );
        let page = page.unwrap();
        rows.extend(page.rows);
        match page.next {
            Some(next) => cursor = Some(next),
            None => return rows,
        }
    }
}

fn moments(records: &[Record]) -> Vec<AsOf> {
    let at = |part: usize| &records[records.len() * part / 10];
    let mut moments = vec![
        AsOf::NOW,
        AsOf::true_on(NaiveDate::MAX),
        AsOf::known_position(0),
    ];
    for part in [1, 4, 7, 9] {
        let time = at(part).attributes.time;
        let date = time.date_naive();
        moments.push(AsOf::true_on(date));
        moments.push(AsOf::known_at(time));
        moments.push(AsOf::known_at(time - TimeDelta::microseconds(1)));
        moments.push(AsOf::known_position(at(part).sequence));
        moments.push(AsOf {
            true_on: Some(date),
            ..AsOf::known_position(at(9).sequence)
        });
    }
    moments
}

#[tokio::test]
async fn every_moment_is_what_a_naive_fold_says() {
    let log = MemoryLog::new("one");
    let mut all = appends(11, 900);
    // A clock that jumped back, then forward.
    for append in &mut all[300..320] {
        append.attributes.time -= TimeDelta::days(40);
    }
    all[500].attributes.time += TimeDelta::days(10);
    log.put(all);
    let dir = tempfile::tempdir().unwrap();
    let following = Following::begin(dir.path(), &log);
    following.reach(&log).await;
    let records = log.records();
    assert_same(&following.model, &records);
    let replay = crate::rig::replay(&records);
    let (here, auditor) = (area(), auditor());
    for moment in moments(&records) {
        let expected = naive(&records, &moment);
        let question = ask(&here, &auditor, moment);
        assert_eq!(listed(&following.model, &question), expected, "{moment:?}");
        assert_eq!(replay.rows(&here, &moment), expected, "{moment:?}");
        let register = following.model.register(&here, &moment).unwrap();
        assert_eq!(register, replay.register(&here, &moment), "{moment:?}");
        let counts = following
            .model
            .counts(&question, &Filter::default())
            .unwrap();
        assert_eq!(counts.total, expected.len() as u64, "{moment:?}");
    }
    // A view that was asked for stays right while the log grows.
    let now = records.last().unwrap().attributes.time;
    log.put(appends(11, 1_100).split_off(900));
    following.reach(&log).await;
    let records = log.records();
    for moment in [
        AsOf::NOW,
        AsOf::known_at(now),
        AsOf::true_on(now.date_naive()),
    ] {
        let question = ask(&here, &auditor, moment);
        assert_eq!(
            listed(&following.model, &question),
            naive(&records, &moment),
            "{moment:?}"
        );
    }
    following.end().await;
}

#[tokio::test]
async fn a_comparison_is_the_difference_of_two_lists() {
    let dir = tempfile::tempdir().unwrap();
    let (log, following) = full(dir.path(), 5, 900).await;
    let (here, auditor, records) = (area(), auditor(), log.records());
    let at = |part: usize| records[records.len() * part / 10].attributes.time;
    let pairs = [
        (
            AsOf::true_on(at(3).date_naive()),
            AsOf::true_on(at(6).date_naive()),
        ),
        (AsOf::known_at(at(2)), AsOf::known_at(at(8))),
        (AsOf::known_position(100), AsOf::NOW),
    ];
    for (a, b) in pairs {
        let plain = |mut row: Row| {
            row.position = 0;
            row.last_change_at = DateTime::<Utc>::MIN_UTC;
            row.last_change_on = NaiveDate::MIN;
            row
        };
        let by_reference = |as_of: &AsOf| -> BTreeMap<Reference, Row> {
            let rows = naive(&records, as_of).into_iter().map(plain);
            rows.map(|row| (row.reference.clone(), row)).collect()
        };
        let (before, after) = (by_reference(&a), by_reference(&b));
        let mut expected: Vec<Reference> = before
            .keys()
            .chain(
                after
                    .keys()
                    .filter(|reference| !before.contains_key(reference)),
            )
            .filter(|reference| before.get(reference) != after.get(reference))
            .cloned()
            .collect();
        expected.sort();
        let question = ask(&here, &auditor, a);
        let found = following
            .model
            .compare(&question, &b, &Filter::default(), usize::MAX);
        let found = found.unwrap();
        assert!(found.iter().all(|d| !d.changes.is_empty()));
        let mut found: Vec<Reference> = found.into_iter().map(|d| d.reference).collect();
        found.sort();
        assert!(!found.is_empty());
        assert_eq!(found, expected, "{a:?} {b:?}");
    }
    let question = ask(&here, &auditor, AsOf::NOW);
    let since = Since::Position(700);
    let page = |size, cursor: Option<&_>| {
        let model = &following.model;
        let page = model.changed_since(&question, &since, &Filter::default(), size, cursor);
        page.unwrap()
    };
    let changed = page(1_000, None);
    assert_eq!(changed.next, None);
    let changed = changed.rows;
    let (mut in_pages, mut next) = (Vec::new(), None);
    loop {
        let page = page(7, next.as_ref());
        assert!(page.rows.len() <= 7);
        in_pages.extend(page.rows);
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(in_pages, changed);
    assert!(
        changed
            .windows(2)
            .all(|pair| pair[0].row.position >= pair[1].row.position)
    );
    let touched = naive(&records, &AsOf::NOW);
    let touched = touched.iter().filter(|row| row.position > 700).count();
    assert_eq!(changed.len(), touched);
    following.end().await;
}

#[tokio::test]
async fn a_list_of_the_past_that_is_kept_takes_in_what_comes() {
    let log = MemoryLog::new("one");
    let dir = tempfile::tempdir().unwrap();
    let all = appends(7, 1_200);
    log.put(all[..600].iter().cloned());
    let following = Following::begin(dir.path(), &log);
    let (here, reader) = (area(), auditor());
    let as_of = AsOf::true_on("2012-07-01".parse().unwrap());
    let mut seen = Vec::new();
    for more in all[600..].chunks(50) {
        log.put(more.iter().cloned());
        following.reach(&log).await;
        let question = ask(&here, &reader, as_of);
        let rows = || {
            let page =
                following
                    .model
                    .list(&question, &Filter::default(), Sort::REFERENCE, 1_000, None);
            page.unwrap().rows
        };
        let mut expected = naive(&log.records(), &as_of);
        expected.sort_by_key(|row| Sort::REFERENCE.key(row));
        // The second time out of what is kept.
        assert_eq!(rows(), expected);
        assert_eq!(rows(), expected);
        seen.push(expected);
    }
    // What was recorded late has changed what was true on the day.
    seen.dedup();
    assert!(seen.len() > 2, "{}", seen.len());
    following.end().await;
}
