//! Restarts without warning lose nothing that was acknowledged.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;

use super::following::positions_up_to;
use super::messages::fill;
use super::{Message, PATIENCE, Rig, append_until_answered};
use crate::EventLog;

/// The same over handles and restarts; another for a log made anew.
pub async fn the_incarnation_is_the_creation(rig: &mut impl Rig) {
    let log = rig.handle().await;
    let first = log.incarnation().await.unwrap();
    assert_eq!(rig.handle().await.incarnation().await, Ok(first.clone()));
    Message::new("a", "1").to(&log).await.unwrap();
    drop(log);
    rig.restart().await;
    let log = rig.handle().await;
    assert_eq!(log.incarnation().await, Ok(first.clone()));
    drop(log);
    rig.replace().await;
    let log = rig.handle().await;
    assert_ne!(log.incarnation().await, Ok(first));
    assert_eq!(log.head().await, Ok(0));
    assert_eq!(log.find(Message::new("a", "1").append().id).await, Ok(None));
    assert_eq!(Message::new("a", "1").to(&log).await.unwrap().sequence, 1);
}

/// Everything is as it was, and writing goes on at the next position.
pub async fn nothing_acknowledged_is_lost_in_a_restart(rig: &mut impl Rig) {
    let mut written = Vec::new();
    for round in 0..2 {
        let log = rig.handle().await;
        written.extend(fill(&log, &format!("r{round}"), 10).await);
        drop(log);
        rig.restart().await;
        let log = rig.handle().await;
        let records: Vec<_> = (1..).zip(&written).map(|(at, m)| m.record_at(at)).collect();
        assert_eq!(log.read_batch(0, 100).await, Ok(records));
    }
}

/// Writers and a follower at work while the log is killed and started again: whatever was
/// acknowledged is there once, and the follower saw every position once. Only for a log whose handles
/// outlive a restart; it is not among [`contract_tests!`](crate::contract_tests).
pub async fn work_goes_on_through_a_restart(rig: &mut impl Rig) {
    const WRITERS: u64 = 8;
    const TURNS: u64 = 40;
    let log = rig.handle().await;
    let mut batches = rig.handle().await.follow(0);
    let follower =
        tokio::spawn(async move { positions_up_to(&mut batches, WRITERS * TURNS).await });
    let done = Arc::new(AtomicU64::new(0));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| tokio::spawn(write(Arc::clone(&log), writer, TURNS, Arc::clone(&done))))
        .collect();
    for round in 1..=2 {
        let begun = Instant::now();
        while done.load(Ordering::SeqCst) < round * 80 {
            assert!(begun.elapsed() < PATIENCE, "the writers stand still");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        rig.restart().await;
    }
    for (writer, acknowledged) in (0..).zip(join_all(writers).await) {
        let on = super::subject(&format!("w{writer}"));
        let records = log.read_subject(&on, 0).await.unwrap();
        let found: Vec<_> = records.iter().map(|r| (r.sequence, r.id)).collect();
        assert_eq!(found, acknowledged.unwrap());
    }
    assert_eq!(log.head().await, Ok(WRITERS * TURNS));
    let seen = follower.await.unwrap();
    assert_eq!(seen, (1..=WRITERS * TURNS).collect::<Vec<_>>());
}

async fn write(
    log: Arc<dyn EventLog>,
    writer: u64,
    turns: u64,
    done: Arc<AtomicU64>,
) -> Vec<(u64, uuid::Uuid)> {
    let (on, mut expected) = (format!("w{writer}"), 0);
    let mut acknowledged = Vec::new();
    for turn in 0..turns {
        let message = Message::new(&on, &format!("{on}-{turn}")).expects(expected);
        expected = append_until_answered(&log, &message)
            .await
            .unwrap()
            .sequence;
        acknowledged.push((expected, message.append().id));
        done.fetch_add(1, Ordering::SeqCst);
    }
    acknowledged
}
