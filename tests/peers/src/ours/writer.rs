//! Appends through gRPC: an action is raised by the clerk, then brought up to date by the office.

use super::program::{Bearer, Program};
use super::v1::command_service_client::CommandServiceClient;
use super::v1::{
    BodyKind, DueRule, Kind, Progress, Rag, RaiseActionRequest, RecordUpdateRequest,
    RegisterBodyRequest, Write, due_rule,
};
use crate::measure::Latencies;
use anyhow::Result;
use std::time::Instant;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use uuid::Uuid;

/// The default area of the program.
const AREA: &str = "cambridgeshire-peterborough";
/// What an update says: with it a message is about as long as a real one.
const NARRATIVE: &str = "The outreach team has met the schools twice this quarter, the pathway is \
    agreed with the health partners, and the first referrals came through in the last month; the \
    remaining two districts will be brought in by the end of the next quarter.";

type Stub = CommandServiceClient<InterceptedService<Channel, Bearer>>;

/// A client of the write side, in both its roles.
#[derive(Clone)]
pub(crate) struct Writer {
    clerk: Stub,
    office: Stub,
}

#[allow(
    clippy::disallowed_methods,
    reason = "what is written in a measurement is never replayed"
)]
fn write() -> Option<Write> {
    Some(Write {
        request_id: Uuid::now_v7().to_string(),
        area: AREA.to_owned(),
        ..Write::default()
    })
}

impl Writer {
    pub(crate) fn new(program: &Program, turn: usize) -> Self {
        let stub = |who: &Bearer| {
            CommandServiceClient::with_interceptor(program.channel(turn), who.clone())
        };
        Self {
            clerk: stub(&program.clerk),
            office: stub(&program.office),
        }
    }

    /// Registers who asks and who is asked.
    pub(crate) async fn prepare(&mut self) -> Result<()> {
        for (id, name, kind) in [
            ("pcp", "Police and Crime Panel", BodyKind::Panel),
            (
                "opcc",
                "Commissioner's office",
                BodyKind::CommissionerOffice,
            ),
        ] {
            let request = RegisterBodyRequest {
                write: write(),
                id: id.to_owned(),
                name: name.to_owned(),
                kind: kind.into(),
            };
            self.clerk.register_body(request).await?;
        }
        Ok(())
    }

    /// The life of one new action of so many events.
    pub(crate) async fn live(
        &mut self,
        reference: &str,
        events: usize,
        latency: &mut Latencies,
    ) -> Result<()> {
        for at in 0..events {
            let begun = Instant::now();
            match at {
                0 => drop(self.clerk.raise_action(raise(reference)).await?),
                _ => drop(self.office.record_update(update(reference)).await?),
            }
            latency.add(begun.elapsed());
        }
        Ok(())
    }
}

fn raise(reference: &str) -> RaiseActionRequest {
    RaiseActionRequest {
        write: write(),
        kept_reference: reference.to_owned(),
        kind: Kind::Action.into(),
        text: NARRATIVE.to_owned(),
        asked_of: "opcc".to_owned(),
        raised_by: "pcp".to_owned(),
        due: Some(DueRule {
            rule: Some(due_rule::Rule::NoneAgreed(
                "for as long as it takes".to_owned(),
            )),
        }),
        ..RaiseActionRequest::default()
    }
}

fn update(reference: &str) -> RecordUpdateRequest {
    RecordUpdateRequest {
        write: write(),
        reference: reference.to_owned(),
        period: String::new(),
        progress: Some(Progress {
            rag: Rag::Green.into(),
            narrative: NARRATIVE.to_owned(),
            ..Progress::default()
        }),
    }
}
