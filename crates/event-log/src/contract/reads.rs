//! What was written reads back.

use super::messages::fill;
use super::{Message, Rig, instant, subject};

/// Nothing there is an answer, not an error.
pub async fn an_empty_log_says_so(rig: &mut impl Rig) {
    let log = rig.handle().await;
    assert_eq!(log.head().await, Ok(0));
    assert_eq!(log.read(0).await, Ok(None));
    assert_eq!(log.read(1).await, Ok(None));
    assert_eq!(log.read(u64::MAX).await, Ok(None));
    assert_eq!(log.find(Message::new("a", "1").append().id).await, Ok(None));
    assert_eq!(log.last_of(&subject("a")).await, Ok(None));
    assert_eq!(log.read_subject(&subject("a"), 0).await, Ok(vec![]));
    assert_eq!(log.read_batch(0, 10).await, Ok(vec![]));
}

/// Every field of a record, by every way of asking, at once after the append and at another handle.
pub async fn everything_written_reads_back(rig: &mut impl Rig) {
    let (log, other) = (rig.handle().await, rig.handle().await);
    let first = Message::new("PCP/2018/014", "first");
    let second = Message::new("PCP/2018/014", "second")
        .expects(1)
        .with(|append| append.attributes.time = instant(999_999));
    first.to(&log).await.unwrap();
    second.to(&log).await.unwrap();
    Message::new("PCP/2018/01", "neighbour")
        .to(&log)
        .await
        .unwrap();
    let on = subject("PCP/2018/014");
    let (first, second) = (first.record_at(1), second.record_at(2));
    for log in [log, other] {
        assert_eq!(log.read(1).await, Ok(Some(first.clone())));
        let some = vec![Some(second.clone()), None, Some(first.clone())];
        assert_eq!(log.read_many(&[2, 99, 1]).await, Ok(some));
        assert_eq!(log.read_many(&[]).await, Ok(vec![]));
        assert_eq!(log.find(second.id).await, Ok(Some(second.clone())));
        assert_eq!(log.last_of(&on).await, Ok(Some(second.clone())));
        let both = vec![first.clone(), second.clone()];
        assert_eq!(log.read_subject(&on, 0).await, Ok(both));
        assert_eq!(log.read_subject(&on, 1).await, Ok(vec![second.clone()]));
        assert_eq!(log.read_subject(&on, 2).await, Ok(vec![]));
        assert_eq!(log.read_subject(&on, 99).await, Ok(vec![]));
    }
}

/// Batches of any size, one after the other, are the log.
pub async fn batches_follow_each_other(rig: &mut impl Rig) {
    let log = rig.handle().await;
    let messages = fill(&log, "m", 23).await;
    let written: Vec<_> = (1..)
        .zip(&messages)
        .map(|(at, m)| m.record_at(at))
        .collect();
    for limit in [1, 7, 23, 100] {
        let mut read = Vec::new();
        loop {
            let batch = log.read_batch(read.len() as u64, limit).await.unwrap();
            assert!(batch.len() <= limit);
            if batch.is_empty() {
                break;
            }
            read.extend(batch);
        }
        assert_eq!(read, written);
    }
    assert_eq!(log.read_batch(99, 10).await, Ok(vec![]));
}

/// A subject with a long history, among others, reads whole and in order.
pub async fn a_long_subject_reads_whole(rig: &mut impl Rig) {
    let log = rig.handle().await;
    let (mut written, mut expected) = (Vec::new(), 0);
    for turn in 0..300 {
        let message = Message::new("long", &format!("long-{turn}")).expects(expected);
        expected = message.to(&log).await.unwrap().sequence;
        written.push(message.record_at(expected));
        if turn % 10 == 0 {
            let name = format!("other-{turn}");
            Message::new(&name, &name).to(&log).await.unwrap();
        }
    }
    let on = subject("long");
    assert_eq!(log.read_subject(&on, 0).await.unwrap(), written);
    let half = written[150].sequence;
    assert_eq!(log.read_subject(&on, half).await.unwrap(), written[151..]);
}
