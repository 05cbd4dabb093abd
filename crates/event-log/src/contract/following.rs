//! Followers see everything once, in order.

use std::sync::Arc;

use futures::StreamExt;
use futures::future::join_all;
use futures::stream::BoxStream;
use tokio::time::timeout;

use super::messages::fill;
use super::{PATIENCE, Rig};
use crate::{LogError, Record, Sequence};

type Batches = BoxStream<'static, Result<Vec<Record>, LogError>>;

/// Reads until the follower has come to this position; the positions it saw.
pub(super) async fn positions_up_to(batches: &mut Batches, last: Sequence) -> Vec<Sequence> {
    let mut seen = Vec::new();
    while seen.last() != Some(&last) {
        let batch = timeout(PATIENCE, batches.next())
            .await
            .unwrap_or_else(|_| panic!("nothing more came after {:?}", seen.last()));
        let records = batch.expect("a follower does not end").unwrap();
        assert!(!records.is_empty(), "a batch is never empty");
        seen.extend(records.iter().map(|record| record.sequence));
    }
    seen
}

/// From the beginning, the middle and the end: what is there, then what comes.
pub async fn a_follower_catches_up_and_goes_live(rig: &mut impl Rig) {
    let (log, other) = (rig.handle().await, rig.handle().await);
    fill(&log, "before", 20).await;
    for after in [0, 7, 20] {
        let mut batches = other.follow(after);
        let head = log.head().await.unwrap();
        if after < head {
            let seen = positions_up_to(&mut batches, head).await;
            assert_eq!(seen, (after + 1..=head).collect::<Vec<_>>());
        }
        fill(&log, &format!("live-{after}"), 5).await;
        let seen = positions_up_to(&mut batches, head + 5).await;
        assert_eq!(seen, (head.max(after) + 1..=head + 5).collect::<Vec<_>>());
    }
}

/// Many followers while writers write, each from its own position.
pub async fn followers_do_not_disturb_each_other(rig: &mut impl Rig) {
    let log = rig.handle().await;
    fill(&log, "before", 10).await;
    let followers: Vec<_> = (0..10)
        .map(|after| {
            let mut batches = log.follow(after);
            tokio::spawn(async move { positions_up_to(&mut batches, 60).await })
        })
        .collect();
    let writers = (0..5).map(|writer| {
        let log = Arc::clone(&log);
        tokio::spawn(async move { fill(&log, &format!("w{writer}"), 10).await })
    });
    for writer in join_all(writers).await {
        writer.unwrap();
    }
    for (after, seen) in (0..).zip(join_all(followers).await) {
        assert_eq!(seen.unwrap(), (after + 1..=60).collect::<Vec<_>>());
    }
}

/// A position that the log does not have belongs to another log.
pub async fn a_follower_beyond_the_head_is_refused(rig: &mut impl Rig) {
    let log = rig.handle().await;
    fill(&log, "m", 3).await;
    let mut batches = log.follow(4);
    let first = timeout(PATIENCE, batches.next()).await.unwrap();
    assert_eq!(first, Some(Err(LogError::BeyondHead { after: 4, head: 3 })));
    assert_eq!(timeout(PATIENCE, batches.next()).await.unwrap(), None);
}
