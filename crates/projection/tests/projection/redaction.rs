//! A canary: a word planted in every text of a restricted action is in no answer to whoever may
//! not read it, now or as of any time.

use domain::action::ActionEvent;
use domain::policy::{Principal, Role};
use domain::stored;
use event_log::Append;
use futures::StreamExt;
use projection::{AsOf, Filter, Since, Sort, SortBy};

use crate::memory::MemoryLog;
use crate::rig::{self, Following, appends, area, ask, auditor, today};

const CANARY: &str = "Zanzibar";

/// The messages of one area with the canary in the texts of the actions that end up restricted.
fn planted() -> (Vec<Append>, Vec<String>) {
    let mut all = appends(61, 1_500);
    let rows = {
        let log = MemoryLog::new("x");
        log.put(all.clone());
        rig::replay(&log.records()).rows(&area(), &AsOf::NOW)
    };
    let restricted: Vec<_> = rows
        .iter()
        .filter(|row| row.restriction.is_some())
        .collect();
    let tokens: Vec<String> = restricted
        .iter()
        .map(|row| row.reference.to_string())
        .collect();
    for append in &mut all {
        let of_one = tokens
            .iter()
            .any(|token| append.subject.as_str() == format!("evt.cambs.action.{token}"));
        let explains = |event: &ActionEvent| matches!(event, ActionEvent::Restricted { .. });
        if of_one {
            let decision = stored::decode::<ActionEvent>(&append.body).unwrap();
            if decision.events.iter().any(explains) {
                continue;
            }
        } else if !append.subject.as_str().starts_with("evt.cambs.return") {
            continue;
        }
        // Every text of the generator ends in a question mark; topics and themes are few.
        let mut body = String::from_utf8(append.body.to_vec()).unwrap();
        if of_one {
            body = body
                .replace('?', CANARY)
                .replace("\"topic\":\"", &format!("\"topic\":\"{CANARY} "));
            body = body.replace("\"theme\":\"", &format!("\"theme\":\"{CANARY} "));
            body = body.replace("\"minute\":\"", &format!("\"minute\":\"{CANARY} "));
            body = body.replace("to be agreed", &format!("{CANARY} to be agreed"));
        } else {
            for token in &tokens {
                let from = format!("\"reference\":\"{token}\",\"said\":{{\"rag\":");
                let plant = |rag: &str| format!("{from}\"{rag}\",\"narrative\":\"");
                for rag in ["green", "amber", "red"] {
                    body = body.replace(&plant(rag), &format!("{}{CANARY} ", plant(rag)));
                }
            }
        }
        append.body = body.into();
    }
    (all, tokens)
}

#[tokio::test]
async fn no_answer_holds_the_canary() {
    let (all, tokens) = planted();
    assert!(tokens.len() > 1, "{tokens:?}");
    let log = MemoryLog::new("one");
    log.put(all);
    let dir = tempfile::tempdir().unwrap();
    let following = Following::begin(dir.path(), &log);
    following.reach(&log).await;
    rig::assert_same(&following.model, &log.records());
    let (here, model) = (area(), &following.model);
    let times = [
        AsOf::NOW,
        AsOf::known_position(1_200),
        AsOf::true_on(rig::day("2012-06-20")),
        AsOf::true_on(rig::day("2012-09-01")),
    ];
    let readers = [
        Principal::anybody("cambs"),
        rig::reader(Role::Clerk, None),
        rig::reader(Role::Group, Some("no-group-of-theirs")),
        rig::reader(Role::Operator, None),
    ];
    for reader in &readers {
        for as_of in times {
            let answers = answers(&following, reader, as_of).await;
            assert!(!answers.contains(CANARY), "{:?} {as_of:?}", reader.role);
        }
        let question = ask(&here, reader, AsOf::NOW);
        for text in [CANARY, "zanzi"] {
            for open in [None, Some(true)] {
                let filter = Filter {
                    text: Some(text.into()),
                    open,
                    ..Filter::default()
                };
                let found = model.list(&question, &filter, Sort::DUE, 50, None).unwrap();
                assert_eq!(found.rows, []);
                assert_eq!(model.counts(&question, &filter).unwrap().total, 0);
            }
        }
        // It is still there to be counted: as many rows as there are for the auditor.
        let everything = model.counts(&question, &Filter::default()).unwrap();
        let auditor = auditor();
        let question = ask(&here, &auditor, AsOf::NOW);
        let theirs = model.counts(&question, &Filter::default()).unwrap();
        assert_eq!(
            (everything.total, everything.open),
            (theirs.total, theirs.open)
        );
    }
    assert!(
        answers(&following, &auditor(), AsOf::NOW)
            .await
            .contains(CANARY)
    );
    following.end().await;
}

/// Everything that can be asked, as text.
async fn answers(following: &Following, reader: &Principal, as_of: AsOf) -> String {
    let (here, model) = (area(), &following.model);
    let question = ask(&here, reader, as_of);
    let every = Filter::default();
    let mut said = String::new();
    for by in [SortBy::Due, SortBy::Reference, SortBy::LastChange] {
        for filter in [Filter::default(), Filter::open()] {
            let page = model.list(
                &question,
                &filter,
                Sort {
                    by,
                    descending: false,
                },
                1_000,
                None,
            );
            for row in page.unwrap().rows {
                let story = model.action(&question, &row.reference).unwrap().unwrap();
                assert_eq!(story.row, row);
                assert_eq!(row.stub, story.messages.is_empty());
                said.push_str(&serde_json::to_string(&row).unwrap());
            }
        }
    }
    said.push_str(&format!("{:?}", model.counts(&question, &every).unwrap()));
    let since = Since::Date(rig::day("2012-01-01"));
    said.push_str(&format!(
        "{:?}",
        model
            .changed_since(&question, &since, &every, 1_000, None)
            .unwrap()
    ));
    let with = AsOf::true_on(rig::day("2012-08-01"));
    said.push_str(&format!(
        "{:?}",
        model.compare(&question, &with, &every, 1_000).unwrap()
    ));
    let register = model.register(&here, &as_of).unwrap();
    for meeting in register.meetings.keys() {
        said.push_str(&format!(
            "{:?}",
            model.coverage_of_meeting(&question, meeting).unwrap()
        ));
    }
    let (from, to) = ("Q1 2012/13".parse().unwrap(), "Q4 2013/14".parse().unwrap());
    for cell in model.returns_matrix(&question, None, from, to).unwrap() {
        let sent = model
            .quarterly_return(&question, &cell.group, cell.quarter)
            .unwrap();
        said.push_str(&format!("{sent:?}"));
    }
    let mut changes = model.watch(here.clone(), every, reader.clone(), 0, today);
    let rows = model
        .counts(&ask(&here, reader, AsOf::NOW), &Filter::default())
        .unwrap()
        .total;
    for _ in 0..rows {
        said.push_str(&format!("{:?}", changes.next().await.unwrap().unwrap()));
    }
    said
}
