//! Time as an argument: the services are given a clock, tests give their own.

use chrono::{DateTime, Utc};
use std::sync::Arc;

/// Tells the time. The one that reads the system's clock is made in `main`.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;
