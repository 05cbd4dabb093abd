//! Tests of the read side, over gRPC on localhost.

mod arguments;
mod freshness;
mod lists;
mod past;
mod redaction;
mod room;
mod views;
mod watching;
#[allow(dead_code, reason = "shared with the tests of the audit side")]
pub(crate) mod world;

use api::v1::query_service_client::QueryServiceClient;
use prometheus_client::registry::Registry;
use std::sync::Arc;
use tonic::transport::Channel;

use crate::{Metrics, Service};
use world::World;

pub(crate) async fn client(world: &World) -> QueryServiceClient<Channel> {
    counted_client(world, &mut Registry::default()).await
}

/// The same, with the figures in a registry of the caller's.
async fn counted_client(world: &World, registry: &mut Registry) -> QueryServiceClient<Channel> {
    client_of(world, service(world, registry)).await
}

fn service(world: &World, registry: &mut Registry) -> Service {
    let metrics = Metrics::new(registry, &world.model, &world.clock());
    Service::ending_with(
        world.model.clone(),
        Arc::new(world.log.clone()),
        world.clock(),
        metrics,
        world.shutdown.clone(),
    )
}

async fn client_of(world: &World, service: Service) -> QueryServiceClient<Channel> {
    let server = service.into_server(world.auth());
    let channel = world.serve(|mut builder| builder.add_service(server)).await;
    QueryServiceClient::new(channel)
}
