//! Fills a log with plausible panels.

use anyhow::{Result, ensure};
use domain::text::Slug;
use event_log::{Append, EventLog, Sequence, Subject};
use futures::{StreamExt, TryStreamExt, stream};
use projection::generate::Generator;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Appends that wait together.
const WINDOW: usize = 256;

/// The area that is filled and asked about.
pub(crate) fn area() -> Result<Slug> {
    Ok(Slug::new("cambridgeshire-peterborough")?)
}

/// Appends so many generated messages, each with its expectation.
///
/// Messages of one subject follow one another; those of different subjects wait together, so that
/// filling takes minutes and not hours. A log that was filled before is taken as it is.
pub(crate) async fn fill(log: &Arc<dyn EventLog>, seed: u64, events: u64) -> Result<()> {
    let held = log.head().await?;
    if held >= events {
        return Ok(());
    }
    ensure!(
        held == 0,
        "the log holds {held} events, not {events}: remove it"
    );
    let mut generator = Generator::new(seed, &[area()?])
        .without_expectations()
        .peekable();
    let mut last: HashMap<Subject, Sequence> = HashMap::new();
    let mut left = events;
    while left > 0 {
        let mut window: Vec<Append> = Vec::with_capacity(WINDOW);
        let mut subjects = HashSet::new();
        while window.len() < WINDOW && left > 0 {
            let Some(next) = generator.next_if(|g| !subjects.contains(&g.subject)) else {
                break;
            };
            subjects.insert(next.subject.clone());
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
    Ok(())
}
