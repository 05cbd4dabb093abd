//! How far a read model is, for Prometheus: under the same names of every service, so that one alarm
//! serves all.

use std::fmt;

use projection::ReadStatus;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::gauge::ConstGauge;

/// Writes the figures of a read model down, as a collector does at each scrape.
///
/// # Errors
/// Those of the encoder.
pub fn encode(status: &ReadStatus, encoder: &mut DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
    for (name, help, value) in figures(status) {
        let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
        let metric = encoder.encode_descriptor(name, help, None, gauge.metric_type())?;
        gauge.encode(metric)?;
    }
    Ok(())
}

fn figures(status: &ReadStatus) -> [(&'static str, &'static str, u64); 7] {
    let rebuilt = status
        .rebuilding
        .map_or(100, |r| percent(r.position, r.head));
    let parked = u64::try_from(status.parked.len()).unwrap_or(u64::MAX);
    [
        (
            "position",
            "The last message that was applied",
            status.position,
        ),
        (
            "head",
            "The last message of the log, as last heard",
            status.head,
        ),
        (
            "lag_events",
            "Messages that were not applied yet",
            status.lag_events,
        ),
        (
            "lag_seconds",
            "For how long the oldest message has waited that was not applied yet",
            status.lag_seconds,
        ),
        (
            "rebuilt_percent",
            "How far a rebuild is; 100 when there is none",
            rebuilt,
        ),
        ("parked", "Aggregates that cannot be read further", parked),
        (
            "stopped",
            "1 when the log is not followed any more",
            u64::from(status.stopped.is_some()),
        ),
    ]
}

/// How much of the whole, rounded down; 100 of nothing.
#[must_use]
pub fn percent(part: u64, whole: u64) -> u64 {
    (part.saturating_mul(100))
        .checked_div(whole)
        .unwrap_or(100)
        .min(100)
}
