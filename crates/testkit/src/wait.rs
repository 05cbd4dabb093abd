//! Waiting for a thing, instead of for a time.

use std::future::Future;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How long [`until`] waits at most.
pub const PATIENCE: Duration = Duration::from_secs(30);

const PAUSE: Duration = Duration::from_millis(10);

/// Asks again and again until the answer is yes.
///
/// # Errors
/// After [`PATIENCE`], naming what did not come.
pub async fn until<F, Fut>(what: &str, mut holds: F) -> Result<()>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    until_some(what, || {
        let asked = holds();
        async move { asked.await.then_some(()) }
    })
    .await
}

/// Asks again and again until there is an answer.
///
/// # Errors
/// After [`PATIENCE`], naming what did not come.
pub async fn until_some<T, F, Fut>(what: &str, mut ask: F) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Option<T>>,
{
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return Ok(answer);
        }
        if begun.elapsed() > PATIENCE {
            bail!("{what}: did not come within {} s", PATIENCE.as_secs());
        }
        tokio::time::sleep(PAUSE).await;
    }
}
