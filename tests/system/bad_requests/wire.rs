//! Calls as bytes over HTTP/2, so that what no client library would send can be sent.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use axum::http::header::CONTENT_TYPE;
use std::time::Duration;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use tower::{Service as _, ServiceExt as _};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The longest answer that is read, in bytes.
const ANSWER: usize = 8 << 20;

/// What is sent.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) path: String,
    pub(super) method: &'static str,
    pub(super) content_type: &'static str,
    /// The value of `authorization`, as bytes.
    pub(super) authorization: Option<Vec<u8>>,
    pub(super) headers: Vec<(&'static str, &'static str)>,
    /// Framed already.
    pub(super) body: Vec<u8>,
}

impl Sent {
    /// A message to a path, as gRPC frames it.
    pub(super) fn new(path: &str, authorization: Option<Vec<u8>>, message: &[u8]) -> Self {
        Self {
            path: path.to_owned(),
            method: "POST",
            content_type: "application/grpc",
            authorization,
            headers: vec![],
            body: framed(0, message),
        }
    }
}

/// A message with gRPC's prefix: whether it is compressed, and its length.
pub(super) fn framed(compressed: u8, message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap();
    let mut frame = vec![compressed];
    frame.extend(length.to_be_bytes());
    frame.extend(message);
    frame
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    /// Of HTTP.
    pub(super) http: u16,
    pub(super) code: Code,
    pub(super) reason: Option<String>,
    pub(super) fields: Vec<String>,
    pub(super) message: String,
}

impl Refused {
    pub(super) fn of(http: u16, status: &Status) -> Self {
        let details = status.get_error_details();
        let fields = details.bad_request().map(|bad| &bad.field_violations);
        Self {
            http,
            code: status.code(),
            reason: details.error_info().map(|info| info.reason.clone()),
            fields: fields
                .into_iter()
                .flatten()
                .map(|violation| violation.field.clone())
                .collect(),
            message: status.message().to_owned(),
        }
    }
}

/// A connection.
pub(super) async fn connect(url: &str) -> Channel {
    let endpoint = Endpoint::from_shared(url.to_owned()).unwrap();
    endpoint.connect().await.unwrap()
}

/// Sends it. An answer is the bytes of its first message; of a stream that goes on only the beginning
/// is waited for.
pub(super) async fn send(channel: &Channel, sent: &Sent) -> Result<Option<Vec<u8>>, Refused> {
    tokio::time::timeout(PATIENCE, exchange(channel, sent))
        .await
        .unwrap_or_else(|_| panic!("no answer came to {sent:?}"))
}

async fn exchange(channel: &Channel, sent: &Sent) -> Result<Option<Vec<u8>>, Refused> {
    let mut request = Request::builder()
        .method(sent.method)
        .uri(&sent.path)
        .header(CONTENT_TYPE, sent.content_type)
        .header("te", "trailers");
    for (name, value) in &sent.headers {
        request = request.header(*name, *value);
    }
    if let Some(value) = &sent.authorization {
        request = request.header("authorization", value.as_slice());
    }
    let body = tonic::body::Body::new(Body::from(sent.body.clone()));
    let request = request.body(body).unwrap();
    let mut channel = channel.clone();
    let channel = channel.ready().await.unwrap();
    let response = channel.call(request).await.unwrap();
    let http = response.status().as_u16();
    if let Some(status) = Status::from_header_map(response.headers())
        && status.code() != Code::Ok
    {
        return Err(Refused::of(http, &status));
    }
    if http != 200 {
        return Err(Refused::of(http, &Status::ok("no gRPC at all")));
    }
    if sent.path.ends_with("/WatchActions") {
        return Ok(None);
    }
    let bytes = to_bytes(Body::new(response.into_body()), ANSWER)
        .await
        .unwrap();
    Ok(bytes.get(5..).map(<[u8]>::to_vec))
}
