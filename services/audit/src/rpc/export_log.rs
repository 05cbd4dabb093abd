//! The log as lines of JSON, and the manifest that goes with them. Lines are read from the log as
//! the client takes them.

use std::sync::Arc;

use api::clock::Clock;
use api::failure::{Failure, Violations};
use api::v1::export_log_response::Piece;
use api::{message, v1};
use domain::text::Slug;
use event_log::{EventLog, Incarnation, Sequence};
use futures::stream::{self, BoxStream, StreamExt};
use tonic::{Request, Status};

use super::refuse;
use crate::export::{Sealer, line_of};
use crate::path::{auditor, is_of};
use crate::service::Service;

/// Records of one read of the log.
const BATCH: usize = 256;

type Answer = Result<v1::ExportLogResponse, Status>;

pub(super) async fn answer(
    service: &Service,
    request: Request<v1::ExportLogRequest>,
) -> Result<BoxStream<'static, Answer>, Status> {
    let until = service.until(&request);
    let mut wrong = Violations::new();
    let area = message::area("area", &request.get_ref().area, &mut wrong);
    let area = wrong.or(area).map_err(refuse)?;
    auditor(&request, &area)?;
    let log = service.inner.log.clone();
    let incarnation = log.incarnation().await.map_err(refuse)?;
    let head = log.head().await.map_err(refuse)?;
    let exporting = Exporting {
        log,
        clock: service.inner.clock.clone(),
        area,
        incarnation,
        after: 0,
        head,
        sealer: Sealer::new(),
    };
    let batches = stream::unfold(Some(exporting), |exporting| async move {
        let mut exporting = exporting?;
        match exporting.next().await {
            Ok(Next::Lines(lines)) => Some((lines, Some(exporting))),
            Ok(Next::Manifest(manifest)) => Some((vec![piece(Piece::Manifest(manifest))], None)),
            Err(failure) => Some((vec![Err(refuse(failure))], None)),
        }
    });
    Ok(until.bound_stream(batches.flat_map(stream::iter).boxed()))
}

enum Next {
    Lines(Vec<Answer>),
    Manifest(String),
}

struct Exporting {
    log: Arc<dyn EventLog>,
    clock: Clock,
    area: Slug,
    incarnation: Incarnation,
    after: Sequence,
    head: Sequence,
    sealer: Sealer,
}

impl Exporting {
    async fn next(&mut self) -> Result<Next, Failure> {
        if self.after >= self.head {
            return self.manifest();
        }
        let batch = self.log.read_batch(self.after, BATCH).await?;
        let Some(last) = batch.last().map(|record| record.sequence) else {
            return self.manifest();
        };
        let mut lines = Vec::new();
        for record in batch.iter().filter(|record| record.sequence <= self.head) {
            if !is_of(record, &self.area) {
                continue;
            }
            let line = line_of(record).map_err(|error| Failure::Fault {
                cause: format!("position {}: {error}", record.sequence),
            })?;
            self.sealer.line(&line, record.sequence);
            lines.push(piece(Piece::Line(line)));
        }
        self.after = last;
        Ok(Next::Lines(lines))
    }

    fn manifest(&mut self) -> Result<Next, Failure> {
        let manifest = std::mem::take(&mut self.sealer).manifest(
            Some(self.area.to_string()),
            self.incarnation.clone(),
            (self.clock)(),
        );
        serde_json::to_string(&manifest)
            .map(Next::Manifest)
            .map_err(|error| Failure::Fault {
                cause: error.to_string(),
            })
    }
}

#[allow(clippy::unnecessary_wraps, reason = "an item of the stream")]
fn piece(piece: Piece) -> Answer {
    Ok(v1::ExportLogResponse { piece: Some(piece) })
}
