//! One line in the log for each call: its method, the request id that the caller named, its code, its time.

use axum::http::{HeaderMap, Request, Response};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;
use tower::{Layer, Service};

/// The longest request id that is written to the log.
const ID_LIMIT: usize = 64;

/// Puts [`Logged`] around a service.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallLog;

/// Logs each call when it is answered; of a stream, when it begins.
#[derive(Debug, Clone)]
pub(super) struct Logged<S> {
    inner: S,
}

impl<S> Layer<S> for CallLog {
    type Service = Logged<S>;

    fn layer(&self, inner: S) -> Logged<S> {
        Logged { inner }
    }
}

impl<S, B, R> Service<Request<B>> for Logged<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        if !tracing::enabled!(tracing::Level::INFO) {
            return Box::pin(self.inner.call(request));
        }
        let begun = Instant::now();
        let method = request.uri().path().to_owned();
        let id: String = text(request.headers(), "x-request-id")
            .chars()
            .take(ID_LIMIT)
            .collect();
        let answered = self.inner.call(request);
        Box::pin(async move {
            let answer = answered.await;
            if let Ok(response) = &answer {
                // A refusal carries its code in the headers; success has it after the message.
                let code = match text(response.headers(), "grpc-status") {
                    "" => "0",
                    code => code,
                };
                let ms = begun.elapsed().as_secs_f64() * 1000.0;
                tracing::info!(method, request_id = id, code, ms, "call");
            }
            answer
        })
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("")
}
