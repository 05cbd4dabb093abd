//! Figures for Prometheus, and whether the process is alive, over HTTP.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use std::sync::{Arc, OnceLock};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The text format that Prometheus and OpenMetrics read.
const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Serves `/metrics` and `/healthz` until told to stop.
pub(super) async fn serve(
    listener: TcpListener,
    registry: Arc<Registry>,
    stands_still: Arc<OnceLock<String>>,
    stop: CancellationToken,
) {
    let figures = move || {
        let mut text = String::new();
        let encoded = encode(&mut text, &registry);
        async move {
            match encoded {
                Ok(()) => (StatusCode::OK, [(header::CONTENT_TYPE, TEXT)], text),
                Err(_) => (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    [(header::CONTENT_TYPE, "text/plain")],
                    "the figures could not be written".to_owned(),
                ),
            }
        }
    };
    let router = Router::new().route("/metrics", get(figures)).route(
        "/healthz",
        get(move || async move { health(stands_still.get()) }),
    );
    let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
    if let Err(error) = served.await {
        tracing::error!(%error, "the figures are not served any more");
    }
}

/// Alive, unless the read models stand still for good; then the reason.
fn health(stands_still: Option<&String>) -> (StatusCode, String) {
    match stands_still {
        None => (StatusCode::OK, "ok".to_owned()),
        Some(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_models_that_stand_still_are_no_health() {
        assert_eq!(health(None).0, StatusCode::OK);
        let reason = "the read models stand still: position 7 is missing".to_owned();
        let expected = (StatusCode::SERVICE_UNAVAILABLE, reason.clone());
        assert_eq!(health(Some(&reason)), expected);
    }
}
