//! Named steps with their times, and the notices a reader must not miss.

use anyhow::{Context, Result};
use std::time::{Duration, Instant};

/// What was done so far, in order.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(String, Duration)>,
    notices: Vec<String>,
}

impl Steps {
    /// Runs one step under its name; its time is kept for the summary.
    pub(crate) fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n==> {name}");
        let started = Instant::now();
        let result = work().with_context(|| format!("step \"{name}\""));
        let took = started.elapsed();
        match &result {
            Ok(_) => println!("    {name}: done in {:.1} s", took.as_secs_f64()),
            Err(_) => println!("    {name}: FAILED after {:.1} s", took.as_secs_f64()),
        }
        self.done.push((name.to_owned(), took));
        result
    }

    /// Says that something was left out; repeated in the summary.
    pub(crate) fn notice(&mut self, text: String) {
        println!("\n==> NOTICE: {text}");
        self.notices.push(text);
    }

    /// Prints every step with its time, and every notice again.
    pub(crate) fn print_summary(&self) {
        println!("\n    step                            seconds");
        for (name, took) in &self.done {
            println!("    {name:<30} {:>8.1}", took.as_secs_f64());
        }
        for notice in &self.notices {
            println!("    NOTICE: {notice}");
        }
        println!();
    }
}
