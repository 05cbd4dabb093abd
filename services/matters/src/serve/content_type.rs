//! A request of another content type is no gRPC, and is answered as HTTP does. The gRPC specification
//! asks for it ("PROTOCOL-HTTP2", Content-Type: 415 where it does not begin with `application/grpc`);
//! tonic looks at no content type and would take such a request, a write too, for one of its own.

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Request, Response, StatusCode};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use tower::{Layer, Service};

/// Puts [`Checked`] around a service.
#[derive(Debug, Clone, Copy)]
pub(super) struct ContentType;

/// Passes on what is gRPC.
#[derive(Debug, Clone)]
pub(super) struct Checked<S> {
    inner: S,
}

impl<S> Layer<S> for ContentType {
    type Service = Checked<S>;

    fn layer(&self, inner: S) -> Checked<S> {
        Checked { inner }
    }
}

impl<S, B, R> Service<Request<B>> for Checked<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    R: Default + Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        if is_grpc(request.headers()) {
            return Box::pin(self.inner.call(request));
        }
        let mut refused = Response::new(R::default());
        *refused.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Box::pin(std::future::ready(Ok(refused)))
    }
}

/// `application/grpc`, alone, with the name of an encoding (`+proto`), or with parameters; and no other
/// type that begins so, such as that of gRPC-Web.
fn is_grpc(headers: &HeaderMap) -> bool {
    let given = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
    given
        .and_then(|given| given.strip_prefix("application/grpc"))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['+', ';']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_grpc_and_what_is_not() {
        for (given, expected) in [
            (Some("application/grpc"), true),
            (Some("application/grpc+proto"), true),
            (Some("application/grpc;charset=utf-8"), true),
            (Some("application/grpc-web"), false),
            (Some("application/json"), false),
            (None, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.extend(given.map(|given| (CONTENT_TYPE, given.parse().unwrap())));
            assert_eq!(is_grpc(&headers), expected, "{given:?}");
        }
    }
}
