//! What is acknowledged is destroyed while nothing runs, and everything is started again: the loss must
//! be noticed by somebody who refuses and says why, or be no loss. Then a copy is put back, and all is
//! as it was.

use super::super::report::Report;
use super::super::scene::{Evidenced, Scene};
use super::super::stage::{Seat, Stage};
use super::Outcome;
use crate::request::AREA;
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a service may take to end or to answer after it was started over damage.
const PATIENCE: Duration = Duration::from_secs(30);

/// Damage to the files of a stage.
pub(super) type Harm<'a> = Box<dyn FnOnce(&Stage) -> Result<()> + Send + 'a>;

/// What is done, and what must come of it.
pub(super) struct Trouble<'a> {
    /// The signal that ends the services before.
    pub(super) ends: &'static str,
    /// The damage, done while nothing runs.
    pub(super) harm: Harm<'a>,
    /// Whether a copy of before is put back afterwards.
    pub(super) restore: bool,
    /// Whether it is wrong when nobody notices although nothing is lost.
    pub(super) must_be_noticed: bool,
}

/// What one service does about it.
enum Look {
    /// It verifies as sound.
    Sound,
    /// It ended or refuses, and says why.
    Noticed(String),
}

/// Ends the work, does the damage, looks, and puts things right.
pub(super) async fn after(mut scene: Scene, trouble: Trouble<'_>) -> Result<Outcome> {
    let told = scene.quiet().await?;
    let begun = Instant::now();
    stop(&scene.stage, trouble.ends).await?;
    let copy = match trouble.restore {
        true => Some(Copy::of(&scene.stage).await?),
        false => None,
    };
    (trouble.harm)(&scene.stage)?;
    let started = start(&scene.stage).await;
    let mut noticed = Vec::new();
    if let Err(error) = &started {
        noticed.push(format!("nats-server: {}", short(&format!("{error:#}"))));
    }
    for seat in scene.stage.seats.iter().filter(|_| started.is_ok()) {
        if let Look::Noticed(how) = look(&scene.stage, seat).await? {
            noticed.push(how);
        }
    }
    noticed.dedup();
    let tally = &scene.office.tally;
    tally.mended("damage".to_owned());
    let mut report = Report::new(0, "damage".to_owned(), begun.elapsed(), tally);
    report.wrong(scene.stage.panics());
    if noticed.is_empty() || copy.is_some() {
        if let (Some(copy), false) = (&copy, noticed.is_empty()) {
            stop(&scene.stage, "KILL").await?;
            copy.put_back(&scene.stage).await?;
            start(&scene.stage).await?;
            sound_again(&scene.stage).await?;
        }
        stop(&scene.stage, "TERM").await?;
        serve_log(&scene.stage).await?;
        let records = scene.stage.records().await?;
        scene.judge(&mut report, &told, &records);
        if noticed.is_empty() && trouble.must_be_noticed {
            report.wrong(["nobody noticed".to_owned()]);
        }
    } else {
        report.lost = lost(&scene, &told).await;
    }
    let how = match noticed.is_empty() {
        true => "nothing was lost".to_owned(),
        false => noticed.join("; "),
    };
    Ok(Outcome::noticed(report, how))
}

/// Ends every service and the log's server.
async fn stop(stage: &Stage, signal: &str) -> Result<()> {
    for seat in &stage.seats {
        seat.service.hold(signal).await?;
    }
    if let Some(nats) = &stage.nats {
        let mut nats = nats.lock().await;
        match signal {
            "KILL" => nats.server(0)?.kill()?,
            _ => nats.server(0)?.stop().await?,
        }
    }
    Ok(())
}

async fn serve_log(stage: &Stage) -> Result<()> {
    match &stage.nats {
        Some(nats) => nats.lock().await.server(0)?.restart().await,
        None => Ok(()),
    }
}

async fn start(stage: &Stage) -> Result<()> {
    serve_log(stage).await?;
    for seat in &stage.seats {
        seat.service.release();
    }
    Ok(())
}

/// Waits for what a service that was just started comes to.
async fn look(stage: &Stage, seat: &Seat) -> Result<Look> {
    let ended_before = seat.service.codes().len();
    let begun = Instant::now();
    loop {
        let codes = seat.service.codes();
        if let Some(code) = codes.get(ended_before) {
            let how = format!("exits {code}: {}", reason(&seat.service.said()));
            seat.service.hold("KILL").await?;
            return Ok(Look::Noticed(how));
        }
        let (code, said) = stage.ask(seat, &["verify", "--area", AREA])?;
        match code {
            Some(0) => return Ok(Look::Sound),
            Some(7) => return Ok(Look::Noticed(format!("verify: {}", short(&said)))),
            _ if begun.elapsed() > PATIENCE => {
                return Ok(Look::Noticed(format!("refuses: {}", short(&said))));
            }
            _ => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}

/// After a copy was put back, every service must find everything as it was.
async fn sound_again(stage: &Stage) -> Result<()> {
    for seat in &stage.seats {
        if let Look::Noticed(how) = look(stage, seat).await? {
            bail!("after the copy was put back: {how}");
        }
    }
    Ok(())
}

/// How many requests were acknowledged and are not there now.
async fn lost(scene: &Scene, told: &Evidenced) -> u64 {
    let records = scene.stage.records().await.unwrap_or_default();
    let tally = &scene.office.tally;
    let mut report = Report::new(0, String::new(), Duration::ZERO, tally);
    scene.judge(&mut report, told, &records);
    report.lost
}

/// The last thing that a service said which tells what is wrong.
fn reason(said: &str) -> String {
    let wrong = |line: &&str| line.contains("error:") || line.contains(" ERROR ");
    let line = said.lines().rfind(wrong).unwrap_or_default();
    let line = line.split_once(" ERROR ").map_or(line, |(_, told)| told);
    short(line)
}

/// As much as fits into a table.
fn short(said: &str) -> String {
    let line = said
        .lines()
        .find(|l| !l.trim().is_empty())
        .unwrap_or_default();
    let plain = line.trim().trim_start_matches("error: ");
    plain.chars().take(150).collect()
}

/// Everything on disk as it was before the damage.
struct Copy {
    folder: TempDir,
    originals: Vec<PathBuf>,
}

impl Copy {
    async fn of(stage: &Stage) -> Result<Self> {
        let mut originals: Vec<PathBuf> = stage.seats.iter().map(|s| s.data.clone()).collect();
        if let Some(nats) = &stage.nats {
            originals.push(nats.lock().await.server(0)?.store_dir().to_owned());
        }
        let folder = TempDir::new().context("a folder for a copy")?;
        for (number, original) in originals.iter().enumerate() {
            copy(original, &folder.path().join(number.to_string()))?;
        }
        Ok(Self { folder, originals })
    }

    async fn put_back(&self, _: &Stage) -> Result<()> {
        for (number, original) in self.originals.iter().enumerate() {
            std::fs::remove_dir_all(original)?;
            copy(&self.folder.path().join(number.to_string()), original)?;
        }
        Ok(())
    }
}

/// Copies a folder with everything in it.
pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status()?;
    match copied.success() {
        true => Ok(()),
        false => bail!("{} cannot be copied", from.display()),
    }
}

/// Harm is done while everything else waits, so that it may wait itself.
pub(super) fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(work))
}
