//! Pages, numbers, live changes.

use std::collections::BTreeSet;

use domain::action::{Kind, Rag, Status};
use domain::calendar::Quarter;
use domain::reference::Reference;
use domain::returns::ReturnStatus;
use futures::StreamExt;
use projection::{AsOf, Change, Cursor, Filter, Question, ReadError, ReadModel, Row, Sort, SortBy};

use crate::rig::{self, appends, area, ask, auditor, full, slug, today};

fn all(
    model: &ReadModel,
    question: &Question<'_>,
    filter: &Filter,
    sort: Sort,
    size: usize,
) -> Vec<Row> {
    let (mut rows, mut cursor): (Vec<Row>, Option<Cursor>) = (Vec::new(), None);
    loop {
        let page = model
            .list(question, filter, sort, size, cursor.as_ref())
            .unwrap();
        rows.extend(page.rows);
        match page.next {
            Some(next) => cursor = Some(next),
            None => return rows,
        }
    }
}

fn filters() -> Vec<Filter> {
    let base = Filter::default;
    vec![
        base(),
        Filter::open(),
        Filter {
            delegated_to: Some(slug("prevent")),
            ..Filter::open()
        },
        Filter {
            asked_of: Some(slug("opcc")),
            ..Filter::open()
        },
        Filter {
            overdue: Some(true),
            ..Filter::open()
        },
        Filter {
            overdue: Some(false),
            ..base()
        },
        Filter {
            topic: Some("rural CRIME".into()),
            ..base()
        },
        Filter {
            theme: Some("Victims".into()),
            open: Some(true),
            ..base()
        },
        Filter {
            statuses: vec![Status::Closed, Status::Answered],
            ..base()
        },
        Filter {
            kinds: vec![Kind::Question, Kind::Undertaking],
            rags: vec![Rag::Red, Rag::Amber],
            ..base()
        },
        Filter {
            restricted: Some(true),
            ..base()
        },
        Filter {
            due_from: Some(rig::day("2012-06-01")),
            due_to: Some(rig::day("2012-07-01")),
            ..base()
        },
        Filter {
            text: Some("HARE coursing".into()),
            ..base()
        },
        Filter {
            text: Some("2012/01".into()),
            ..Filter::open()
        },
    ]
}

#[tokio::test]
async fn numbers_agree_with_lists() {
    let dir = tempfile::tempdir().unwrap();
    let (_log, following) = full(dir.path(), 21, 1_500).await;
    let (here, model) = (area(), &following.model);
    let readers = [
        auditor(),
        rig::reader(domain::policy::Role::Group, Some("prevent")),
        domain::policy::Principal::anybody("cambs"),
    ];
    for reader in &readers {
        for as_of in [AsOf::NOW, AsOf::true_on(rig::day("2012-07-15"))] {
            let question = ask(&here, reader, as_of);
            let everything = all(model, &question, &Filter::default(), Sort::REFERENCE, 1_000);
            for filter in filters() {
                let as_at = question.as_at();
                let expected: BTreeSet<&Reference> = everything
                    .iter()
                    .filter(|row| filter.matches(row, as_at))
                    .map(|row| &row.reference)
                    .collect();
                for by in [SortBy::Due, SortBy::Reference, SortBy::LastChange] {
                    for descending in [false, true] {
                        let sort = Sort { by, descending };
                        let rows = all(model, &question, &filter, sort, 7);
                        let keys: Vec<_> = rows.iter().map(|row| sort.key(row)).collect();
                        assert!(keys.is_sorted(), "{filter:?} {sort:?}");
                        let found: BTreeSet<_> = rows.iter().map(|row| &row.reference).collect();
                        assert_eq!(found, expected, "{filter:?} {sort:?}");
                        assert_eq!(rows.len(), expected.len());
                    }
                }
                let counts = model.counts(&question, &filter).unwrap();
                assert_eq!(counts.total, expected.len() as u64, "{filter:?}");
                assert_eq!(counts.by_status.values().sum::<u64>(), counts.total);
                let overdue = |row: &&Row| expected.contains(&row.reference) && row.overdue(as_at);
                assert_eq!(
                    counts.overdue,
                    everything.iter().filter(overdue).count() as u64
                );
            }
        }
    }
    following.end().await;
}

#[test]
fn references_stand_by_series_then_number() {
    let mut references: Vec<Reference> = [
        "PCP/2018/10",
        "PCP/2018/2",
        "PCP/2017/100",
        "PCP/2018/014",
        "A",
        "PCP/2018/002",
    ]
    .iter()
    .map(|text| Reference::new(text).unwrap())
    .collect();
    let row = |reference: &Reference| {
        let text = format!(
            r#"{{"reference":"{reference}","kind":"question","status":"open","text":"x","asked_of":{{"kind":"body","id":"o","name":"O"}},"raised_by":{{"kind":"body","id":"p","name":"P"}},"raised_on":"2018-09-12","due_moves":0,"responses":[],"links":[],"children":[],"stub":false,"coverage":"pending","parts":[],"last_change_on":"2018-09-12","last_change_at":"2018-09-12T09:00:00Z","position":1}}"#
        );
        serde_json::from_str::<Row>(&text).unwrap()
    };
    let said = |references: &[Reference]| {
        references
            .iter()
            .map(Reference::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    };
    references.sort_by_key(|reference| Sort::REFERENCE.key(&row(reference)));
    assert_eq!(
        said(&references),
        "A PCP/2017/100 PCP/2018/002 PCP/2018/2 PCP/2018/10 PCP/2018/014"
    );
    let descending = Sort {
        descending: true,
        ..Sort::REFERENCE
    };
    references.sort_by_key(|reference| descending.key(&row(reference)));
    assert_eq!(
        said(&references),
        "PCP/2018/014 PCP/2018/10 PCP/2018/2 PCP/2018/002 PCP/2017/100 A"
    );
}

#[tokio::test]
async fn pages_are_those_of_the_first_page_while_writes_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let (log, following) = full(dir.path(), 31, 800).await;
    let (here, auditor, model) = (area(), auditor(), &following.model);
    let question = ask(&here, &auditor, AsOf::NOW);
    let mut more = appends(31, 2_400).split_off(800).into_iter();
    for by in [SortBy::Due, SortBy::Reference, SortBy::LastChange] {
        for descending in [false, true] {
            let sort = Sort { by, descending };
            let before = all(model, &question, &Filter::default(), sort, 1_000);
            let (mut seen, mut cursor): (Vec<Row>, Option<Cursor>) = (Vec::new(), None);
            loop {
                let page = model
                    .list(&question, &Filter::default(), sort, 20, cursor.as_ref())
                    .unwrap();
                seen.extend(page.rows);
                log.put(more.by_ref().take(20));
                following.reach(&log).await;
                match page.next {
                    Some(next) => cursor = Some(next),
                    None => break,
                }
            }
            assert_eq!(seen, before, "{sort:?}");
        }
    }
    let filter = Filter::default();
    let first = model.list(&question, &filter, Sort::REFERENCE, 5, None);
    let next = first.unwrap().next;
    let other = model.list(&question, &filter, Sort::DUE, 5, next.as_ref());
    assert_eq!(
        other.unwrap_err(),
        ReadError::WrongCursor { field: "the order" }
    );
    following.end().await;
}

#[tokio::test]
async fn live_changes_lead_from_one_list_to_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let (log, following) = full(dir.path(), 41, 500).await;
    let (here, auditor, model) = (area(), auditor(), &following.model);
    let filter = Filter::open();
    let question = ask(&here, &auditor, AsOf::NOW);
    let rows = all(model, &question, &filter, Sort::REFERENCE, 1_000);
    let mut list: std::collections::BTreeMap<_, _> = rows
        .into_iter()
        .map(|row| (row.reference.clone(), row))
        .collect();
    let from = model.position();
    let mut changes = model.watch(here.clone(), filter.clone(), auditor.clone(), from, today);
    log.put(appends(41, 900).split_off(500));
    following.reach(&log).await;
    let last = all(model, &question, &Filter::default(), Sort::NEWEST, 1)[0].position;
    loop {
        let position = match changes.next().await.unwrap().unwrap() {
            Change::Row { row, position } => {
                list.insert(row.reference.clone(), *row);
                position
            }
            Change::Removed {
                reference,
                position,
            } => {
                list.remove(&reference);
                position
            }
        };
        let now = all(model, &question, &filter, Sort::REFERENCE, 1_000);
        if position == last && now.len() == list.len() {
            assert!(
                now.iter().eq(list.values())
                    || now.iter().all(|row| list.get(&row.reference) == Some(row))
            );
            break;
        }
    }
    drop(changes);
    following.end().await;
}

#[tokio::test]
async fn a_rebuilt_store_tells_what_changed_before_it_and_since() {
    let dir = tempfile::tempdir().unwrap();
    let (log, following) = full(dir.path(), 43, 700).await;
    let (here, auditor, model) = (area(), auditor(), &following.model);
    let rebuilt_to = model.position();
    log.put(appends(43, 900).split_off(700));
    following.reach(&log).await;
    let question = ask(&here, &auditor, AsOf::NOW);
    let mut rows = all(model, &question, &Filter::default(), Sort::REFERENCE, 1_000);
    rows.sort_by_key(|row| row.position);
    for from in [0, 350, rebuilt_to - 1, rebuilt_to, rebuilt_to + 100] {
        let expected: Vec<_> = rows.iter().filter(|row| row.position > from).collect();
        assert!(!expected.is_empty());
        let every = Filter::default();
        let changes = model.watch(here.clone(), every, auditor.clone(), from, today);
        let found: Vec<_> = changes.take(expected.len()).collect().await;
        for (found, expected) in found.into_iter().zip(expected) {
            let Change::Row { row, position } = found.unwrap() else {
                panic!("{} went away", expected.reference);
            };
            assert_eq!((&*row, position), (expected, expected.position));
        }
    }
    following.end().await;
}

#[tokio::test]
async fn returns_stand_in_a_matrix_and_promptness_in_figures() {
    let dir = tempfile::tempdir().unwrap();
    let (log, following) = full(dir.path(), 51, 3_000).await;
    let (here, auditor, model) = (area(), auditor(), &following.model);
    let question = Question {
        today: rig::day("2014-01-01"),
        ..ask(&here, &auditor, AsOf::NOW)
    };
    let quarter = |text: &str| text.parse::<Quarter>().unwrap();
    let (from, to) = (quarter("Q1 2012/13"), quarter("Q4 2013/14"));
    let cells = model
        .returns_matrix(&question, Some(&slug("ccssb")), from, to)
        .unwrap();
    assert_eq!(cells.len(), 6 * 8);
    let of = |status| cells.iter().filter(|cell| cell.status == status).count();
    assert!(of(ReturnStatus::Received) + of(ReturnStatus::ReceivedLate) > 0);
    assert_eq!(of(ReturnStatus::NotYetDue), 6);
    let replay = rig::replay(&log.records());
    let sent = replay.returns(&here, &AsOf::NOW);
    assert!(!sent.is_empty());
    for (group, quarter, expected) in sent {
        let found = model.quarterly_return(&question, &group, quarter).unwrap();
        assert_eq!(found, Some(expected));
    }
    let (first, last) = (rig::day("2012-04-01"), rig::day("2029-12-31"));
    let figures = model
        .performance(&question, Some(&slug("opcc")), first, last)
        .unwrap();
    let rows = replay.rows(&here, &AsOf::NOW);
    let asked: Vec<_> = rows
        .iter()
        .filter(|row| row.asked_of.id == slug("opcc"))
        .collect();
    assert_eq!(figures.raised, asked.len() as u64);
    let late = |row: &&&Row| {
        row.answered_on
            .zip(row.first_due_on)
            .is_some_and(|(on, due)| on > due)
    };
    assert_eq!(figures.late_first, asked.iter().filter(late).count() as u64);
    assert!(figures.median_days.is_some() && figures.median_working_days.is_some());
    let meeting = rows.iter().find_map(|row| row.meeting.clone()).unwrap();
    let covered = model.coverage_of_meeting(&question, &meeting.id).unwrap();
    let held = rows
        .iter()
        .filter(|row| row.meeting.as_ref() == Some(&meeting))
        .count();
    assert_eq!(covered.len(), held);
    following.end().await;
}

#[tokio::test]
async fn only_what_takes_no_time_is_answered_in_passing() {
    let dir = tempfile::tempdir().unwrap();
    let (_, following) = full(dir.path(), 7, 1_000).await;
    let (here, nowhere, reader) = (area(), slug("nowhere"), auditor());
    let (model, open) = (&following.model, Filter::open());
    let now = ask(&here, &reader, AsOf::NOW);
    let past = ask(&here, &reader, AsOf::known_position(900));
    // Nobody has asked yet: what is open is not in memory.
    assert!(!model.has_counts_at_once(&now, &open) && !model.has_matrix_at_once(&now));
    assert!(model.has_page_at_once(&now, &open, Sort::DUE, 50, None));
    model.counts(&now, &open).unwrap();
    assert!(model.has_counts_at_once(&now, &open) && model.has_matrix_at_once(&now));
    assert!(model.has_action_at_once(&now) && !model.has_action_at_once(&past));
    assert!(!model.has_counts_at_once(&past, &open) && !model.has_matrix_at_once(&past));
    assert!(!model.has_counts_at_once(&now, &Filter::default()));
    assert!(!model.has_counts_at_once(&ask(&nowhere, &reader, AsOf::NOW), &open));
    let first = model.list(&now, &open, Sort::DUE, 2, None).unwrap();
    let page = |filter: &Filter, sort, size, cursor| {
        model.has_page_at_once(&now, filter, sort, size, cursor)
    };
    assert!(!page(&open, Sort::DUE, 50, first.next.as_ref()));
    assert!(!page(&open, Sort::DUE, 1_000, None));
    assert!(page(&open, Sort::NEWEST, 50, None));
    let saying = |text: &str| Filter {
        text: Some(text.into()),
        ..Filter::open()
    };
    assert!(page(&saying("hare"), Sort::DUE, 50, None));
    // Too short for a signature: every row is read.
    assert!(!page(&saying("ha"), Sort::DUE, 50, None));
    following.end().await;
}
