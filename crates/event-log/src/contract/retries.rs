//! An id stands for one message, for ever.

use std::sync::Arc;
use std::time::Instant;

use futures::future::join_all;

use super::messages::fill;
use super::{Message, PATIENCE, Rig, append_until_answered};
use crate::{AppendError, Appended, Digest, EventLog};

async fn is_known(log: &Arc<dyn EventLog>, message: &Message, sequence: u64) {
    let known = Ok(Appended {
        sequence,
        duplicate: true,
    });
    assert_eq!(append_until_answered(log, message).await, known);
    let found = log.find(message.append().id).await;
    assert_eq!(found, Ok(Some(message.record_at(sequence))));
}

/// The same message again, at the same handle and at another, though its subject has moved on.
pub async fn a_retry_gets_the_first_answer(rig: &mut impl Rig) {
    let log = rig.handle().await;
    let first = Message::new("a", "first");
    first.to(&log).await.unwrap();
    is_known(&log, &first, 1).await;
    Message::new("a", "second")
        .expects(1)
        .to(&log)
        .await
        .unwrap();
    is_known(&log, &first, 1).await;
    let other = rig.handle().await;
    is_known(&other, &first, 1).await;
    // What one handle writes after another has looked is known there too.
    let third = Message::new("a", "third").expects(2);
    third.to(&log).await.unwrap();
    is_known(&other, &third, 3).await;
    assert_eq!(log.head().await, Ok(3));
}

/// The same after the log was stopped without warning, at a handle that remembers nothing.
pub async fn a_retry_gets_the_first_answer_after_a_restart(rig: &mut impl Rig) {
    let log = rig.handle().await;
    let messages = fill(&log, "m", 5).await;
    Message::new("m-0", "later")
        .expects(1)
        .to(&log)
        .await
        .unwrap();
    drop(log);
    rig.restart().await;
    let log = rig.handle().await;
    for (sequence, message) in (1..).zip(&messages) {
        is_known(&log, message, sequence).await;
    }
    assert_eq!(log.head().await, Ok(6));
}

/// The same when the log remembers no recent id by itself, at old handles and new ones.
pub async fn a_retry_gets_the_first_answer_when_recent_ids_are_forgotten(rig: &mut impl Rig) {
    let log = rig.handle().await;
    let messages = fill(&log, "m", 5).await;
    Message::new("m-1", "later")
        .expects(2)
        .to(&log)
        .await
        .unwrap();
    rig.forget_recent_ids().await;
    for log in [log, rig.handle().await] {
        for (sequence, message) in (1..).zip(&messages) {
            is_known(&log, message, sequence).await;
        }
        // The subject is free at this expectation; only the id tells that it was written before.
        let elsewhere = messages[0]
            .clone()
            .with(|append| append.subject = super::subject("new"));
        assert!(matches!(
            elsewhere.to(&log).await,
            Err(AppendError::IdReused { sequence: 1, .. })
        ));
        assert_eq!(log.head().await, Ok(6));
    }
}

/// The same message 32 times at once from two handles: written once, the same answer to all.
pub async fn retries_at_the_same_time_write_once(rig: &mut impl Rig) {
    let logs = [rig.handle().await, rig.handle().await];
    let message = Message::new("a", "same");
    let retries = (0..32).map(|index| {
        let (log, message) = (Arc::clone(&logs[index % 2]), message.clone());
        tokio::spawn(async move { append_until_answered(&log, &message).await })
    });
    for answer in join_all(retries).await {
        assert_eq!(answer.unwrap().unwrap().sequence, 1);
    }
    assert_eq!(logs[0].head().await, Ok(1));
}

/// The id of another message is refused with what it stands for, whatever differs.
pub async fn an_id_stands_for_one_message(rig: &mut impl Rig) {
    let log = rig.handle().await;
    let first = Message::new("a", "first");
    first.to(&log).await.unwrap();
    let reused = Err(AppendError::IdReused {
        id: first.append().id,
        sequence: 1,
        subject: super::subject("a"),
    });
    let other_subject = first
        .clone()
        .with(|append| append.subject = super::subject("b"));
    let other_command = first
        .clone()
        .with(|append| append.digest = Digest::of(b"other"));
    for log in [log, rig.handle().await] {
        assert_eq!(other_subject.to(&log).await, reused);
        assert_eq!(other_command.to(&log).await, reused);
        assert_eq!(other_command.clone().expects(1).to(&log).await, reused);
        assert_eq!(log.head().await, Ok(1));
    }
}

/// A handle sees at once what was written before it was made, and by and by what came later; it never
/// sees what is not there.
pub async fn a_cheap_look_sees_every_older_id(rig: &mut impl Rig) {
    let log = rig.handle().await;
    let older = fill(&log, "older", 5).await;
    let other = rig.handle().await;
    for (sequence, message) in (1..).zip(&older) {
        let seen = other.seen(message.append().id).await;
        assert_eq!(seen, Ok(Some(message.record_at(sequence))));
    }
    let later = Message::new("later", "later");
    assert_eq!(other.seen(later.append().id).await, Ok(None));
    later.to(&log).await.unwrap();
    for log in [log, other] {
        let begun = Instant::now();
        while log.seen(later.append().id).await.unwrap() != Some(later.record_at(6)) {
            assert!(begun.elapsed() < PATIENCE, "the id is not seen");
            tokio::task::yield_now().await;
        }
        let never = Message::new("never", "never");
        assert_eq!(log.seen(never.append().id).await, Ok(None));
    }
}
