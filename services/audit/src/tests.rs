//! Tests of the audit side, over gRPC on localhost and on exports on disk.

mod arguments;
mod deadlines;
mod exports;
mod history;
mod lines;
mod replays;
mod tokens;
mod verifying;
#[path = "../../query/src/tests/world.rs"]
#[allow(dead_code, reason = "shared with the tests of the read side")]
pub(crate) mod world;

use std::sync::Arc;

use api::v1::audit_service_client::AuditServiceClient;
use api::v1::query_service_client::QueryServiceClient;
use event_log::EventLog;
use projection::ReadModel;
use prometheus_client::registry::Registry;
use tonic::transport::Channel;

use crate::{Metrics, Service};
use world::World;

/// Both services over one log and read model.
async fn clients(world: &World) -> (AuditServiceClient<Channel>, QueryServiceClient<Channel>) {
    let metrics = query::Metrics::new(&mut Registry::default(), &world.model, &world.clock());
    let log: Arc<dyn EventLog> = Arc::new(world.log.clone());
    let read = query::Service::new(world.model.clone(), log, world.clock(), metrics);
    let read = read.into_server(world.auth());
    let channel = world.serve(|mut builder| builder.add_service(read)).await;
    (
        audit(world, Some(&world.model)).await,
        QueryServiceClient::new(channel),
    )
}

async fn audit(world: &World, model: Option<&ReadModel>) -> AuditServiceClient<Channel> {
    counted_in(&mut Registry::default(), world, model).await
}

async fn counted_in(
    registry: &mut Registry,
    world: &World,
    model: Option<&ReadModel>,
) -> AuditServiceClient<Channel> {
    let metrics = Metrics::new(registry);
    let log: Arc<dyn EventLog> = Arc::new(world.log.clone());
    let service = Service::new(model.cloned(), log, world.clock(), metrics);
    let server = service.into_server(world.auth());
    AuditServiceClient::new(world.serve(|mut builder| builder.add_service(server)).await)
}
