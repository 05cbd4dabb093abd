//! The log on a server that syncs every message, to which messages go in atomic batches.

use std::collections::BTreeSet;

use event_log::contract::Rig;
use event_log::{Append, AppendError, Attributes, Digest, Subject, contract_tests};
use futures::future::join_all;
use uuid::Uuid;

use super::rig::OneServer;

contract_tests!(OneServer::grouped);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_goes_on_through_a_restart() {
    let mut rig = OneServer::grouped().await;
    event_log::contract::work_goes_on_through_a_restart(&mut rig).await;
}

fn append(number: u128, expected: u64) -> Append {
    Append {
        id: Uuid::from_u128(number + 1),
        subject: Subject::parse(&format!("evt.a.action.{number}")).unwrap(),
        expected,
        digest: Digest::of(&number.to_be_bytes()),
        attributes: Attributes {
            source: "/test".to_owned(),
            kind: "test".to_owned(),
            time: chrono::DateTime::UNIX_EPOCH,
        },
        body: number.to_string().into(),
    }
}

/// Every fifth expects too much, so that most batches are refused and have to be taken apart.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_a_group_has_its_own_answer() {
    let mut rig = OneServer::grouped().await;
    let log = rig.handle().await;
    let appends = (0..500).map(|n| log.append(append(n, if n % 5 == 0 { 9 } else { 0 })));
    let answers = join_all(appends).await;
    let mut sequences = BTreeSet::new();
    for (n, answer) in (0..).zip(answers) {
        match answer {
            Ok(appended) => {
                assert_ne!(n % 5, 0);
                let record = log.read(appended.sequence).await.unwrap().unwrap();
                assert_eq!(record.id, append(n, 0).id, "at {}", appended.sequence);
                assert!(!appended.duplicate);
                sequences.insert(appended.sequence);
            }
            Err(AppendError::Conflict { actual, .. }) => {
                assert_eq!((n % 5, actual), (0, Some(0)));
            }
            Err(error) => panic!("append {n}: {error}"),
        }
    }
    assert_eq!(sequences, (1..=400).collect());
    assert_eq!(log.head().await.unwrap(), 400);
}

/// What the server must have seen for the tests of this file to be about batches at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_that_wait_together_go_together() {
    let mut rig = OneServer::grouped().await;
    let log = rig.handle().await;
    let answers = join_all((0..300).map(|n| log.append(append(n, 0)))).await;
    assert!(answers.iter().all(Result::is_ok));
    let client = async_nats::connect(rig.server.url()).await.unwrap();
    let stream = async_nats::jetstream::new(client)
        .get_stream("EVENTS")
        .await;
    let stream = stream.unwrap();
    let mut batches = BTreeSet::new();
    for sequence in 1..=300 {
        let stored = stream.get_raw_message(sequence).await.unwrap();
        let batch = stored.headers.get("Nats-Batch-Id");
        batches.extend(batch.map(ToString::to_string));
    }
    assert!(!batches.is_empty(), "no message came in a batch");
    assert!(batches.len() < 100, "{} batches", batches.len());
}
