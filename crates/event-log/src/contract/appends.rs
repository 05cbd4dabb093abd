//! Expectations, conflicts, order, limits.

use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::join_all;

use super::{Message, Rig, append_until_answered, subject};
use crate::{AppendError, Appended, MAX_BODY_BYTES};

/// The first append expects an empty subject, the next one the first; positions are the whole log's.
pub async fn an_append_says_where_it_is(rig: &mut impl Rig) {
    let log = rig.handle().await;
    let at = |sequence| {
        Ok(Appended {
            sequence,
            duplicate: false,
        })
    };
    assert_eq!(Message::new("a", "1").to(&log).await, at(1));
    assert_eq!(Message::new("b", "2").to(&log).await, at(2));
    assert_eq!(Message::new("a", "3").expects(1).to(&log).await, at(3));
    assert_eq!(Message::new("a", "4").expects(3).to(&log).await, at(4));
    assert_eq!(log.head().await, Ok(4));
}

/// A wrong expectation is a conflict with its facts, and nothing is written.
pub async fn an_append_that_expects_too_little_or_too_much_conflicts(rig: &mut impl Rig) {
    let log = rig.handle().await;
    Message::new("other", "1").to(&log).await.unwrap();
    Message::new("a", "2").to(&log).await.unwrap();
    for (on, expected, actual) in [("a", 0, 2), ("a", 1, 2), ("a", 3, 2), ("new", 2, 0)] {
        let name = format!("{on} expects {expected}");
        let refused = Message::new(on, &name).expects(expected);
        let answer = refused.to(&log).await;
        let Err(AppendError::Conflict { code, .. }) = answer else {
            panic!("{name}: {answer:?}");
        };
        assert!(rig.conflict_codes().contains(&code), "{name}: {code:?}");
        assert_eq!(
            answer,
            Err(AppendError::Conflict {
                subject: subject(on),
                expected,
                actual: Some(actual),
                code,
            })
        );
        assert_eq!(log.find(refused.append().id).await, Ok(None));
    }
    assert_eq!(log.head().await, Ok(2));
}

/// 64 writers with one expectation, from two handles: one wins, the others learn of a conflict.
pub async fn one_of_many_writers_wins(rig: &mut impl Rig) {
    let logs = [rig.handle().await, rig.handle().await];
    let writers = (0..64).map(|index| {
        let log = Arc::clone(&logs[index % 2]);
        tokio::spawn(async move {
            append_until_answered(&log, &Message::new("contested", &format!("w{index}"))).await
        })
    });
    let answers: Vec<_> = join_all(writers)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let won = answers.iter().filter(|answer| answer.is_ok()).count();
    let lost = |answer: &&_| matches!(answer, Err(AppendError::Conflict { .. }));
    assert_eq!((won, answers.iter().filter(lost).count()), (1, 63));
    let records = logs[0]
        .read_subject(&subject("contested"), 0)
        .await
        .unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!(logs[1].head().await, Ok(1));
}

/// Many writers at once, each on its own subject: positions are 1 to n, once each, in subject order.
pub async fn writers_on_many_subjects_leave_no_gap(rig: &mut impl Rig) {
    let log = rig.handle().await;
    let writers = (0..16).map(|writer| {
        let log = Arc::clone(&log);
        tokio::spawn(async move {
            let (on, mut expected) = (format!("w{writer}"), 0);
            for turn in 0..8 {
                let message = Message::new(&on, &format!("{on}-{turn}")).expects(expected);
                expected = append_until_answered(&log, &message)
                    .await
                    .unwrap()
                    .sequence;
            }
        })
    });
    for writer in join_all(writers).await {
        writer.unwrap();
    }
    let records = log.read_batch(0, 1_000).await.unwrap();
    let positions: Vec<_> = records.iter().map(|record| record.sequence).collect();
    assert_eq!(positions, (1..=128).collect::<Vec<_>>());
    for writer in 0..16 {
        let on = format!("w{writer}");
        let records = log.read_subject(&subject(&on), 0).await.unwrap();
        let ids: Vec<_> = records.iter().map(|record| record.id).collect();
        let expected = (0..8).map(|turn| Message::new(&on, &format!("{on}-{turn}")).append().id);
        assert_eq!(ids, expected.collect::<Vec<_>>());
    }
}

/// The longest body goes in; one byte more is refused with its length.
pub async fn what_is_too_long_is_refused(rig: &mut impl Rig) {
    let log = rig.handle().await;
    let of = |bytes| {
        Message::new("long", "long").with(|append| append.body = Bytes::from(vec![b' '; bytes]))
    };
    assert_eq!(
        of(MAX_BODY_BYTES + 1).to(&log).await,
        Err(AppendError::TooLarge {
            field: "body",
            bytes: MAX_BODY_BYTES + 1,
            limit: MAX_BODY_BYTES,
        })
    );
    assert_eq!(log.head().await, Ok(0));
    let longest = of(MAX_BODY_BYTES);
    longest.to(&log).await.unwrap();
    assert_eq!(log.read(1).await, Ok(Some(longest.record_at(1))));
}

/// A caller that goes away in the middle leaves its message written whole or not at all, and a retry
/// writes nothing twice.
pub async fn a_dropped_append_is_written_once_or_never(rig: &mut impl Rig) {
    let log = rig.handle().await;
    let messages: Vec<_> = (0..32)
        .map(|index| Message::new(&format!("d{index}"), &format!("dropped-{index}")))
        .collect();
    for (index, message) in messages.iter().enumerate() {
        let append = log.append(message.append());
        if index % 2 == 0 {
            // One poll: enough to hand the message over, not enough to hear the answer.
            let _ = append.now_or_never();
        } else {
            drop(append);
        }
    }
    for message in &messages {
        append_until_answered(&log, message).await.unwrap();
    }
    assert_eq!(log.head().await, Ok(32));
    let mut ids: Vec<_> = log
        .read_batch(0, 100)
        .await
        .unwrap()
        .into_iter()
        .map(|r| r.id)
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 32);
}
