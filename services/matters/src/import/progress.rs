//! How far an import is: a bar on a terminal once it has taken 100 ms, else a line every 10 s.

use crate::output::message;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

/// How long nothing is shown on a terminal.
const QUIET: Duration = Duration::from_millis(100);
/// How often a line is written elsewhere.
const EVERY: Duration = Duration::from_secs(10);

/// Tells how far it is.
pub(super) struct Progress {
    total: usize,
    begun: Instant,
    told: Instant,
    terminal: bool,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Of so many.
    pub(super) fn of(total: usize) -> Self {
        let now = Instant::now();
        Self {
            total,
            begun: now,
            told: now,
            terminal: std::io::stderr().is_terminal(),
            bar: None,
        }
    }

    /// So many are done.
    pub(super) fn at(&mut self, done: usize) {
        if self.terminal {
            if self.bar.is_none() && self.begun.elapsed() > QUIET {
                let bar = ProgressBar::new(self.total as u64);
                if let Ok(style) =
                    ProgressStyle::with_template("{bar:40} {pos} of {len}, {eta} left")
                {
                    bar.set_style(style);
                }
                self.bar = Some(bar);
            }
            if let Some(bar) = &self.bar {
                bar.set_position(done as u64);
            }
        } else if self.told.elapsed() > EVERY {
            self.told = Instant::now();
            message(&format!("{done} of {}", self.total));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
