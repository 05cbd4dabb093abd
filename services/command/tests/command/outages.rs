//! The log's server killed and started again under many writers.

use crate::asks::*;
use crate::call;
use crate::rig::{Caller, On, Rig, write};
use api::v1;
use domain::policy::Role;
use futures::future::join_all;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tonic::{Code, Status};

const WRITERS: usize = 8;
const EACH: usize = 12;
const KILLS: usize = 3;

/// What the writers have met so far.
#[derive(Default)]
struct Tally {
    acknowledged: AtomicUsize,
    failed: AtomicUsize,
}

impl Tally {
    /// Notes an answer; `None` when the same request must be sent again.
    fn note(&self, answer: Result<v1::Written, Status>) -> Option<v1::Written> {
        match answer {
            Ok(written) => {
                self.acknowledged.fetch_add(1, Ordering::SeqCst);
                Some(written)
            }
            Err(status) => {
                let passing = [Code::Unavailable, Code::DeadlineExceeded, Code::Aborted];
                assert!(passing.contains(&status.code()), "{status:?}");
                self.failed.fetch_add(1, Ordering::SeqCst);
                None
            }
        }
    }
}

/// Raises an action and records progress on it, again and again; each request is sent until it is
/// answered. What was acknowledged: request ids with their answers.
async fn writes(clerk: Caller, office: Caller, tally: Arc<Tally>) -> Vec<(String, v1::Written)> {
    let mut acknowledged = Vec::new();
    for _ in 0..EACH {
        let request = question();
        let raised = loop {
            let answer = call!(clerk, raise_action, request.clone());
            if let Some(written) = tally.note(answer) {
                break written;
            }
        };
        let update = v1::RecordUpdateRequest {
            write: write("2018-10-02"),
            reference: raised.reference.clone(),
            period: String::new(),
            progress: Some(progress(v1::Rag::Green)),
        };
        acknowledged.push((request.write.unwrap().request_id, raised));
        let updated = loop {
            let answer = call!(office, record_update, update.clone());
            if let Some(written) = tally.note(answer) {
                break written;
            }
        };
        acknowledged.push((update.write.unwrap().request_id, updated));
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_nothing_and_doubles_nothing() {
    let (mut rig, _) = Rig::with_register_on(On::JetStream).await;
    let before = rig.messages().await.len();
    // Short, so that callers hear of the outage and must send again.
    rig.patience = Duration::from_millis(500);
    let tally = Arc::new(Tally::default());
    let mut writers = Vec::new();
    for _ in 0..2 {
        let server = rig.serve().await;
        let clerk = rig.caller(server, Role::Clerk).await;
        let office = rig.caller(server, Role::Office).await;
        for _ in 0..WRITERS / 2 {
            let writing = writes(clerk.clone(), office.clone(), Arc::clone(&tally));
            writers.push(tokio::spawn(writing));
        }
    }
    let all = WRITERS * EACH * 2;
    for kill in 1..=KILLS {
        let enough = all * kill / (KILLS + 2);
        reaches("writes before a kill", &tally.acknowledged, enough).await;
        let failed = tally.failed.load(Ordering::SeqCst);
        let nats = rig.nats.as_mut().unwrap();
        nats.kill().unwrap();
        reaches("a write that fails", &tally.failed, failed + 1).await;
        nats.restart().await.unwrap();
    }
    let acknowledged: Vec<_> = join_all(writers)
        .await
        .into_iter()
        .flat_map(Result::unwrap)
        .collect();
    assert_eq!(acknowledged.len(), all);
    let messages = rig.messages().await;
    assert_eq!(messages.len(), before + all, "nothing twice");
    let positions: BTreeMap<String, u64> = messages
        .iter()
        .map(|message| (message.id.to_string(), message.sequence))
        .collect();
    for (id, written) in &acknowledged {
        assert_eq!(positions.get(id), Some(&written.position), "nothing lost");
    }
    let references: BTreeSet<&str> = acknowledged
        .iter()
        .map(|(_, written)| written.reference.as_str())
        .collect();
    let expected: Vec<String> = (1..=WRITERS * EACH)
        .map(|number| format!("PCP/2018/{number:03}"))
        .collect();
    assert!(
        references
            .into_iter()
            .eq(expected.iter().map(String::as_str))
    );
}

async fn reaches(what: &str, count: &AtomicUsize, enough: usize) {
    let reached = || std::future::ready(count.load(Ordering::SeqCst) >= enough);
    testkit::wait::until(what, reached).await.unwrap();
}
