//! A gRPC handler that only appends and waits: what gRPC itself costs in front of a log.

use crate::raw::Raw;
use anyhow::Result;
use api::v1::{RecordUpdateRequest, RecordUpdateResponse};
use bytes::Bytes;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::body::Body;
use tonic::codegen::http::{self, uri::PathAndQuery};
use tonic::server::{Grpc as ServerSide, NamedService, UnaryService};
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

const PATH: &str = "/bench.Bare/Append";

type Answer<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Appends one body, to the subject that a request has for its reference, after the sequence that it
/// has for its period. The sequence of the new message comes back the same way.
#[derive(Clone)]
struct Handler {
    raw: Raw,
    body: Bytes,
}

impl NamedService for Handler {
    const NAME: &'static str = "bench.Bare";
}

impl UnaryService<RecordUpdateRequest> for Handler {
    type Response = RecordUpdateResponse;
    type Future = Answer<Result<Response<RecordUpdateResponse>, Status>>;

    fn call(&mut self, request: Request<RecordUpdateRequest>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            let request = request.into_inner();
            let expected = request.period.parse().unwrap_or(0);
            let appended = this.raw.append(&request.reference, expected, this.body);
            let position = appended
                .await
                .map_err(|error| Status::unavailable(error.to_string()))?;
            Ok(Response::new(RecordUpdateResponse {
                written: Some(api::v1::Written {
                    position,
                    ..api::v1::Written::default()
                }),
            }))
        })
    }
}

impl tonic::codegen::Service<http::Request<Body>> for Handler {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Answer<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            let codec = ProstCodec::<RecordUpdateResponse, RecordUpdateRequest>::default();
            Ok(ServerSide::new(codec).unary(this, request).await)
        })
    }
}

/// The handler while it serves.
pub(crate) struct Bare {
    channels: Vec<Channel>,
    _stop: DropGuard,
}

impl Bare {
    pub(crate) async fn start(raw: Raw, body: Bytes) -> Result<Self> {
        let stop = CancellationToken::new();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let serving = Server::builder().add_service(Handler { raw, body });
        tokio::spawn(serving.serve_with_incoming_shutdown(
            TcpIncoming::from(listener).with_nodelay(Some(true)),
            stop.clone().cancelled_owned(),
        ));
        Ok(Self {
            channels: crate::serving::channels(address).await?,
            _stop: stop.drop_guard(),
        })
    }

    /// A client, on one of the connections in turn.
    pub(crate) fn client(&self, turn: usize) -> Client {
        Client(tonic::client::Grpc::new(
            self.channels[turn % self.channels.len()].clone(),
        ))
    }
}

/// A client of the bare handler.
pub(crate) struct Client(tonic::client::Grpc<Channel>);

impl Client {
    pub(crate) async fn append(&mut self, request: RecordUpdateRequest) -> Result<u64> {
        self.0.ready().await?;
        let codec = ProstCodec::<RecordUpdateRequest, RecordUpdateResponse>::default();
        let path = PathAndQuery::from_static(PATH);
        let answer = self.0.unary(Request::new(request), path, codec).await?;
        let written = answer.into_inner().written;
        Ok(written.map_or(0, |written| written.position))
    }
}
