//! Appends over one stream, many in flight.

use crate::figures::{Latencies, rate};
use crate::serving::Serving;
use crate::ways::update;
use anyhow::{Context, Result, bail};
use api::v1::bulk_write_request::Ask;
use api::v1::bulk_write_response::Answer;
use api::v1::{BulkWriteRequest, RecordUpdateRequest};
use std::collections::HashMap;
use std::time::Instant;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// Sends `count` updates over one stream and waits for every answer, at most `in_flight` unanswered.
pub(crate) async fn over_one_stream(
    serving: &Serving,
    in_flight: usize,
    count: u64,
) -> Result<(f64, Latencies)> {
    let (sender, requests) = mpsc::channel(in_flight);
    let mut stub = serving.command();
    let mut targets = serving.targets(0, 1).into_iter().cycle();
    let mut requests_of = |sent: &mut HashMap<String, Instant>| {
        let reference = targets.next().context("no open action to update")?;
        let request = update(&serving.area, &reference);
        let id = id_of(&request);
        sent.insert(id, Instant::now());
        anyhow::Ok(BulkWriteRequest {
            ask: Some(Ask::RecordUpdate(request)),
        })
    };
    let started = Instant::now();
    let mut sent = HashMap::new();
    let opened = stub.bulk_write(ReceiverStream::new(requests)).await?;
    let (mut answers, mut asked, mut answered) = (opened.into_inner(), 0, 0);
    let mut latency = Latencies::new()?;
    while answered < count {
        while asked < count && sent.len() < in_flight {
            sender.send(requests_of(&mut sent)?).await?;
            asked += 1;
        }
        let answer = answers.message().await?.context("the stream has ended")?;
        let began = sent.remove(&answer.request_id);
        latency.add(began.context("an answer to nothing")?.elapsed());
        match answer.answer {
            Some(Answer::Written(_)) => answered += 1,
            Some(Answer::Refused(refused)) => bail!("refused: {}", refused.message),
            None => bail!("an answer without one"),
        }
    }
    Ok((rate(count, started.elapsed()), latency))
}

fn id_of(request: &RecordUpdateRequest) -> String {
    let write = request.write.as_ref();
    write
        .map(|write| write.request_id.clone())
        .unwrap_or_default()
}
