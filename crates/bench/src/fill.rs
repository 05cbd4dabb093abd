//! Fills a log with plausible panels.

use anyhow::Result;
use domain::text::Slug;
use event_log::{Append, EventLog, Sequence, Subject};
use futures::{StreamExt, TryStreamExt, stream};
use projection::generate::Generator;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Appends that wait together.
const WINDOW: usize = 256;

/// What was written.
pub(crate) struct Filled {
    /// Bytes of JSON in the messages.
    pub(crate) json_bytes: u64,
}

/// The area that is filled and asked about.
pub(crate) fn area() -> Result<Slug> {
    Ok(Slug::new("cambridgeshire-peterborough")?)
}

/// Appends so many generated messages, each with its expectation.
///
/// Messages of one subject follow one another; those of different subjects wait together, so that
/// filling takes minutes and not hours.
pub(crate) async fn fill(log: &Arc<dyn EventLog>, seed: u64, events: u64) -> Result<Filled> {
    let mut generator = Generator::new(seed, &[area()?])
        .without_expectations()
        .peekable();
    let mut last: HashMap<Subject, Sequence> = HashMap::new();
    let (mut left, mut json_bytes) = (events, 0);
    while left > 0 {
        let mut window: Vec<Append> = Vec::with_capacity(WINDOW);
        let mut subjects = HashSet::new();
        while window.len() < WINDOW && left > 0 {
            let Some(next) = generator.next_if(|g| !subjects.contains(&g.subject)) else {
                break;
            };
            subjects.insert(next.subject.clone());
            json_bytes += next.body.len() as u64;
            let mut append = next.append();
            append.expected = last.get(&append.subject).copied().unwrap_or(0);
            window.push(append);
            left -= 1;
        }
        let written: Vec<(Subject, Sequence)> = stream::iter(window)
            .map(|append| async {
                let subject = append.subject.clone();
                anyhow::Ok((subject, log.append(append).await?.sequence))
            })
            .buffer_unordered(WINDOW)
            .try_collect()
            .await?;
        last.extend(written);
    }
    Ok(Filled { json_bytes })
}
