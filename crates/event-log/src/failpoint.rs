//! Named places where a crash test has the process die.
//!
//! The environment variable `MATTERS_FAILPOINT` names one place; the process aborts when it comes
//! there, as a `kill -9` would. `name:N` lets the place pass N times first. Nothing happens in a
//! process that has no such variable. The log's own places are `before-append` (the message has been
//! accepted, nothing is on disk) and `after-append` (it is on disk, nobody has been told).

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The variable that names the place.
pub const VARIABLE: &str = "MATTERS_FAILPOINT";

struct Armed {
    name: String,
    passes_left: AtomicU64,
}

#[allow(
    clippy::disallowed_methods,
    reason = "dying on the spot, without unwinding or flushing, is what a fail point is for"
)]
/// Aborts the process when this place is the one named in the environment.
pub fn hit(name: &str) {
    static ARMED: OnceLock<Option<Armed>> = OnceLock::new();
    let Some(armed) = ARMED.get_or_init(|| std::env::var(VARIABLE).ok().map(|v| parse(&v))) else {
        return;
    };
    if armed.reached(name) {
        std::process::abort();
    }
}

fn parse(value: &str) -> Armed {
    let (name, passes) = match value.rsplit_once(':') {
        Some((name, count)) => (name, count.parse().unwrap_or(0)),
        None => (value, 0),
    };
    Armed {
        name: name.to_owned(),
        passes_left: AtomicU64::new(passes),
    }
}

impl Armed {
    fn reached(&self, name: &str) -> bool {
        self.name == name
            && self
                .passes_left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1))
                .is_err()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_reached_after_its_passes() {
        let armed = parse("after-append:2");
        assert!(!armed.reached("before-append"));
        let visits: Vec<bool> = (0..3).map(|_| armed.reached("after-append")).collect();
        assert_eq!(visits, [false, false, true]);
        assert!(parse("before-append").reached("before-append"));
    }
}
