//! What does not come to an end is ended: by the caller's deadline, or when the server stops.

use std::sync::Arc;

use api::v1;
use api::v1::audit_service_client::AuditServiceClient;
use domain::policy::Role;
use event_log::{
    Append, AppendError, Appended, EventLog, Incarnation, LogError, Record, Sequence, Subject,
};
use futures::stream::{BoxStream, StreamExt};
use prometheus_client::registry::Registry;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use uuid::Uuid;

use super::world::{AREA, World, reading};
use crate::{Metrics, Service};

/// A log that says where it ends and never gets there.
struct Stalled {
    asked: Arc<Notify>,
}

impl Stalled {
    async fn for_ever<A>(&self) -> A {
        self.asked.notify_one();
        std::future::pending().await
    }
}

#[tonic::async_trait]
impl EventLog for Stalled {
    async fn incarnation(&self) -> Result<Incarnation, LogError> {
        Ok(Incarnation("stalled".to_owned()))
    }

    async fn append(&self, _: Append) -> Result<Appended, AppendError> {
        self.for_ever().await
    }

    async fn find(&self, _: Uuid) -> Result<Option<Record>, LogError> {
        self.for_ever().await
    }

    async fn read(&self, _: Sequence) -> Result<Option<Record>, LogError> {
        self.for_ever().await
    }

    async fn read_subject(&self, _: &Subject, _: Sequence) -> Result<Vec<Record>, LogError> {
        self.for_ever().await
    }

    async fn last_of(&self, _: &Subject) -> Result<Option<Record>, LogError> {
        self.for_ever().await
    }

    async fn head(&self) -> Result<Sequence, LogError> {
        Ok(1_000_000)
    }

    async fn read_batch(&self, _: Sequence, _: usize) -> Result<Vec<Record>, LogError> {
        self.for_ever().await
    }

    fn follow(&self, _: Sequence) -> BoxStream<'static, Result<Vec<Record>, LogError>> {
        futures::stream::pending().boxed()
    }
}

struct Stuck {
    world: World,
    client: AuditServiceClient<Channel>,
    asked: Arc<Notify>,
    shutdown: CancellationToken,
}

async fn stuck() -> Stuck {
    let world = World::new().await;
    let (asked, shutdown) = (Arc::new(Notify::new()), CancellationToken::new());
    let log = Arc::new(Stalled {
        asked: asked.clone(),
    });
    let metrics = Metrics::new(&mut Registry::default());
    let service = Service::ending_with(None, log, world.clock(), metrics, shutdown.clone());
    let server = service.into_server(world.auth());
    let channel = world.serve(|mut builder| builder.add_service(server)).await;
    Stuck {
        world,
        client: AuditServiceClient::new(channel),
        asked,
        shutdown,
    }
}

impl Stuck {
    fn ask<T>(&self, message: T, time: Option<&str>) -> Request<T> {
        let mut request = self.world.by(Role::Auditor, message);
        if let Some(time) = time {
            let time = time.parse().unwrap();
            request.metadata_mut().insert("grpc-timeout", time);
        }
        request
    }

    /// What each call ends with, streams by their last item.
    async fn outcomes(&mut self, time: Option<&str>) -> Vec<Status> {
        let area = || AREA.to_owned();
        let history = v1::GetHistoryRequest {
            area: area(),
            reference: "PCP/2018/001".into(),
            ..Default::default()
        };
        let rows = v1::ReplayActionsRequest {
            reading: reading(),
            ..Default::default()
        };
        let both = v1::CompareRecordsRequest {
            area: area(),
            ..Default::default()
        };
        let events = v1::ReplayEventsRequest {
            area: area(),
            ..Default::default()
        };
        let (history, rows) = (self.ask(history, time), self.ask(rows, time));
        let (both, events) = (self.ask(both, time), self.ask(events, time));
        let verify = self.ask(v1::VerifyRecordRequest { area: area() }, time);
        let export = self.ask(v1::ExportLogRequest { area: area() }, time);
        let client = || self.client.clone();
        let (mut a, mut b, mut c) = (client(), client(), client());
        let (mut d, mut e, mut f) = (client(), client(), client());
        let events = async {
            let mut stream = e.replay_events(events).await?.into_inner();
            stream.message().await
        };
        let export = async {
            let mut stream = f.export_log(export).await?.into_inner();
            stream.message().await
        };
        let all = tokio::join!(
            a.get_history(history),
            b.replay_actions(rows),
            c.compare_records(both),
            d.verify_record(verify),
            events,
            export,
        );
        vec![
            all.0.unwrap_err(),
            all.1.unwrap_err(),
            all.2.unwrap_err(),
            all.3.unwrap_err(),
            all.4.unwrap_err(),
            all.5.unwrap_err(),
        ]
    }
}

#[tokio::test]
async fn every_call_ends_before_its_deadline_and_says_so() {
    let mut stuck = stuck().await;
    for ended in stuck.outcomes(Some("1S")).await {
        assert_eq!(ended.code(), Code::DeadlineExceeded, "{ended}");
        assert!(ended.message().starts_with("the deadline passed before"));
    }
}

#[tokio::test]
async fn every_call_ends_when_the_server_stops() {
    let mut stuck = stuck().await;
    let (asked, shutdown) = (stuck.asked.clone(), stuck.shutdown.clone());
    let stop = async {
        asked.notified().await;
        shutdown.cancel();
    };
    let (ended, ()) = tokio::join!(stuck.outcomes(None), stop);
    for ended in ended {
        assert_eq!(ended.code(), Code::Unavailable, "{ended}");
        assert_eq!(ended.message(), "the server is stopping; ask again later");
    }
}
