//! A client over gRPC: one request after another, each sent until it is answered, with reads between.

use super::tally::Tally;
use crate::chance::Chance;
use crate::check::Seen;
use crate::history::{Attempt, Op, Outcome, Ticks};
use crate::request::{AREA, Asking, By, Notes, Wishes, rpc};
use anyhow::{Context as _, Result};
use api::v1;
use api::v1::bulk_write_response::Answer;
use api::v1::command_service_client::CommandServiceClient;
use api::v1::query_service_client::QueryServiceClient;
use domain::policy::Role;
use futures::TryStreamExt as _;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

/// How long one attempt may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// How many attempts of a hundred go by a stream of many.
const IN_BULK: u64 = 10;

/// How often a request is sent after all faults have ended.
const ATTEMPTS_IN_PEACE: u32 = 100;

/// The actions that are asked about, for each client: the youngest, so that no action's history grows
/// without bound.
const KNOWN_EACH: usize = 4;

/// What all clients share.
pub(super) struct Office {
    pub(super) tally: Tally,
    /// Cancelled when no further request is to begin.
    pub(super) done: CancellationToken,
    ticks: Ticks,
    services: Vec<SocketAddr>,
    tokens: HashMap<&'static str, String>,
    wishes: Wishes,
    known: Mutex<Notes>,
    known_limit: usize,
}

/// What one client has to tell.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) ops: Vec<Op>,
    pub(super) reads: Vec<Seen>,
    /// A share of the requests, to be sent again in the end.
    kept: Vec<(usize, Asking)>,
}

/// One client with connections of its own.
pub(super) struct Client {
    office: Arc<Office>,
    channels: Vec<Channel>,
    chance: Chance,
    memory: Memory,
}

impl Office {
    pub(super) fn new(
        services: Vec<SocketAddr>,
        tokens: HashMap<&'static str, String>,
        clients: usize,
        wishes: Wishes,
    ) -> Self {
        Self {
            tally: Tally::new(),
            done: CancellationToken::new(),
            ticks: Ticks::default(),
            services,
            tokens,
            wishes,
            known: Mutex::default(),
            known_limit: KNOWN_EACH * clients.max(4),
        }
    }

    pub(super) fn request<T>(&self, role: Role, message: T) -> Request<T> {
        self.request_by(By::Role(role), message)
    }

    fn request_by<T>(&self, by: By, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.set_timeout(PATIENCE);
        let token = self.tokens.get(by.name());
        let token = token.map(|token| format!("Bearer {token}"));
        if let Some(Ok(value)) = token.map(|token| token.parse()) {
            request.metadata_mut().insert("authorization", value);
        }
        request
    }

    fn learn(&self, asking: &Asking, written: &v1::Written) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.learn(asking, written);
        known.keep(self.known_limit);
    }
}

/// A connection that notices when the other end is gone.
pub(super) fn channel(to: SocketAddr) -> Result<Channel> {
    let endpoint = Endpoint::from_shared(format!("http://{to}")).context("an address")?;
    Ok(endpoint
        .connect_timeout(Duration::from_secs(1))
        .http2_keep_alive_interval(Duration::from_secs(1))
        .keep_alive_timeout(Duration::from_secs(2))
        .connect_lazy())
}

/// Sends a request by a stream of its own, twice: the two are under way at the same time, and the answer
/// to each is the answer to both.
async fn in_bulk(
    office: &Office,
    service: &mut CommandServiceClient<Channel>,
    asking: &Asking,
) -> Attempt {
    let asked = v1::BulkWriteRequest {
        ask: Some(asking.message.clone()),
    };
    let request = office.request_by(asking.by, futures::stream::iter([asked.clone(), asked]));
    let call = async {
        let answers = service.bulk_write(request).await?.into_inner();
        answers.try_collect::<Vec<_>>().await
    };
    let answers = match tokio::time::timeout(PATIENCE, call).await {
        Ok(Ok(answers)) => answers,
        Ok(Err(status)) => return Attempt::of_network(Err(status)),
        Err(_) => return Attempt::Again("no answer".to_owned()),
    };
    let answers = answers
        .into_iter()
        .map(|answer| Attempt::of_network(of_one(answer)));
    Attempt::of_twins(answers.collect())
}

/// The answer to one request of a stream, as its own call would have given it.
fn of_one(answer: v1::BulkWriteResponse) -> Result<v1::Written, Status> {
    match answer.answer {
        Some(Answer::Written(written)) => Ok(written),
        Some(Answer::Refused(refused)) => Err(Status::with_details(
            refused.code.into(),
            refused.message,
            refused.details.into(),
        )),
        None => Err(Status::internal("an answer to nothing")),
    }
}

impl Client {
    pub(super) fn new(office: &Arc<Office>, seed: u64, number: usize) -> Result<Self> {
        let channels = office.services.iter().map(|service| channel(*service));
        Ok(Self {
            office: Arc::clone(office),
            channels: channels.collect::<Result<_>>()?,
            chance: Chance::of(seed, &format!("client {number}")),
            memory: Memory::default(),
        })
    }

    /// Works until it is told to stop, and ends what it began.
    pub(super) async fn work(mut self) -> Self {
        let office = Arc::clone(&self.office);
        while !office.done.is_cancelled() {
            let known = office
                .known
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .all()
                .to_vec();
            let asking = office.wishes.ask(&mut self.chance, &known);
            let op = self.settle(&asking).await;
            if let Outcome::Acknowledged(written) = &op.outcome
                && self.chance.percent(30)
            {
                // A return is looked at where it touches an action.
                let of_return = asking
                    .references
                    .get(1)
                    .filter(|_| written.reference.is_empty());
                let reference = of_return.unwrap_or(&written.reference).clone();
                let token = written.token.clone();
                if !reference.is_empty() {
                    self.look(reference, written.position, token).await;
                }
            }
            if self.chance.percent(10) {
                self.memory.kept.push((self.memory.ops.len(), asking));
            }
            self.memory.ops.push(op);
        }
        self
    }

    /// In peace: sends again what was kept, and tells everything.
    pub(super) async fn tell(mut self) -> Memory {
        for (at, asking) in std::mem::take(&mut self.memory.kept) {
            let first = &self.memory.ops[at].outcome;
            // What was told without a message is decided anew (finding 3 of the crate's README).
            let told =
                matches!(first, Outcome::Acknowledged(written) if !written.events.is_empty());
            if told {
                let again = self.settle(&asking).await;
                self.memory.ops[at].again.push(again.outcome);
            }
        }
        self.memory
    }

    async fn settle(&mut self, asking: &Asking) -> Op {
        let office = Arc::clone(&self.office);
        let begun = office.ticks.next();
        let (mut attempts, mut in_peace) = (0, 0);
        let outcome = loop {
            attempts += 1;
            match self.ask(asking).await {
                Attempt::Settled(outcome) => break outcome,
                Attempt::Again(why) => office.tally.again(&why),
            }
            if office.done.is_cancelled() {
                in_peace += 1;
            }
            if in_peace == ATTEMPTS_IN_PEACE {
                break Outcome::Unknown;
            }
            let pause = Duration::from_millis(self.chance.between(5, 100));
            tokio::time::sleep(pause).await;
        };
        if let Outcome::Acknowledged(written) = &outcome {
            office.tally.acknowledged();
            office.learn(asking, written);
        }
        Op {
            id: asking.id,
            kind: asking.kind,
            rpc: rpc(&asking.message),
            references: asking.references.clone(),
            etag: asking.etag,
            begun,
            ended: office.ticks.next(),
            attempts,
            outcome,
            again: vec![],
        }
    }

    async fn ask(&mut self, asking: &Asking) -> Attempt {
        let Some(channel) = self.chance.pick(&self.channels).cloned() else {
            return Attempt::Again("nobody there".to_owned());
        };
        let office = Arc::clone(&self.office);
        let mut service = CommandServiceClient::new(channel);
        if self.chance.percent(IN_BULK) && office.wishes == Wishes::Every {
            return in_bulk(&office, &mut service, asking).await;
        }
        let by = asking.by;
        let call = async {
            crate::send!(service, &asking.message, |message| office
                .request_by(by, message))
        };
        match tokio::time::timeout(PATIENCE, call).await {
            Ok(answer) => Attempt::of_network(answer),
            Err(_) => Attempt::Again("no answer".to_owned()),
        }
    }

    /// Reads what was written, wherever.
    async fn look(&mut self, reference: String, promised: u64, token: String) {
        let Some(channel) = self.chance.pick(&self.channels).cloned() else {
            return;
        };
        let reading = v1::Reading {
            area: AREA.to_owned(),
            token,
            ..Default::default()
        };
        let asked = v1::GetActionRequest {
            reading: Some(reading),
            reference: reference.clone(),
        };
        let request = self.office.request(Role::Auditor, asked);
        let mut service = QueryServiceClient::new(channel);
        let answer = tokio::time::timeout(PATIENCE, service.get_action(request)).await;
        let Ok(Ok(answer)) = answer else {
            self.office.tally.unread();
            return;
        };
        let answer = answer.into_inner();
        if let (Some(row), Some(freshness)) = (answer.action, answer.freshness) {
            self.office.tally.read();
            let closed = [v1::Status::Closed, v1::Status::Withdrawn].contains(&row.status());
            self.memory.reads.push(Seen {
                reference,
                promised,
                position: freshness.position,
                last: row.position,
                closed,
            });
        }
    }
}
