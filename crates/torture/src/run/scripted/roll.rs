//! Services and servers that are restarted in turn under load, and data and services of an earlier release.

use super::super::Campaign;
use super::super::process::Program;
use super::super::report::Report;
use super::super::scene::{Scene, peace};
use super::super::setting::Setting;
use super::super::stage::On;
use super::super::tally::Tally;
use super::{Outcome, at_work};
use anyhow::{Context as _, Result, bail};
use std::path::Path;
use std::process::Command;
use std::time::Instant;
use tempfile::TempDir;

/// How often everything is restarted.
const ROUNDS: usize = 3;

/// A data folder that the last commit of the first session made (its demo), with what that program
/// said of it.
const EARLIER: &[u8] = include_bytes!("../../../fixtures/f4dfd07.tar.gz");

pub(super) async fn services(campaign: &Campaign) -> Result<Outcome> {
    let scene = at_work(campaign, &Setting::of(On::Cluster), 50).await?;
    for _ in 0..ROUNDS {
        for seat in &scene.stage.seats {
            seat.service.hold("TERM").await?;
            if seat.service.codes().last() != Some(&0) {
                bail!(
                    "a service that was told to stop ended with {:?}",
                    seat.service.codes()
                );
            }
            seat.service.release();
            restarted(&scene).await?;
        }
        let nats = scene.stage.nats.as_ref().context("servers")?;
        let count = nats.lock().await.count();
        for index in 0..count {
            let mut nats = nats.lock().await;
            let server = nats.server(index)?;
            server.stop().await?;
            server.restart().await?;
            drop(nats);
            restarted(&scene).await?;
        }
    }
    scene.end("rolling restart").await.map(Outcome::told)
}

async fn restarted(scene: &Scene) -> Result<()> {
    scene.office.tally.mended("orderly restart".to_owned());
    peace(&scene.stage, &scene.office).await?;
    scene.work(20).await
}

/// The earlier program and this one beside each other on one stream, then the one in place of the other.
pub(super) async fn upgrade(campaign: &Campaign) -> Result<Outcome> {
    let Some(previous) = &campaign.previous else {
        return Ok(Outcome::Skipped(
            "no --previous PROGRAM was given".to_owned(),
        ));
    };
    let setting = Setting {
        programs: vec![
            Program {
                path: previous.clone(),
                ..Program::default()
            };
            2
        ],
        ..Setting::of(On::Nats)
    };
    let scene = at_work(campaign, &setting, 50).await?;
    for seat in &scene.stage.seats {
        seat.service.hold("TERM").await?;
        seat.service
            .change(|program| *program = Program::of(&campaign.program));
        seat.service.release();
        restarted(&scene).await?;
    }
    scene.end("rolling upgrade").await.map(Outcome::told)
}

/// Opens what an earlier program left, read model and all.
pub(super) async fn fixture(campaign: &Campaign) -> Result<Outcome> {
    let begun = Instant::now();
    let folder = TempDir::new().context("a folder for the fixture")?;
    let packed = folder.path().join("packed.tar.gz");
    std::fs::write(&packed, EARLIER)?;
    let unpacked = Command::new("tar")
        .args(["--extract", "--gzip", "--same-permissions", "--file"])
        .arg(&packed)
        .arg("--directory")
        .arg(folder.path())
        .status()?;
    if !unpacked.success() {
        bail!("the fixture cannot be unpacked");
    }
    let program = Program::of(&campaign.program);
    let data = folder.path().join("data").display().to_string();
    let said = |arguments: &[&str]| program.run(&[&["--data", &data], arguments].concat(), &[]);
    let tally = Tally::new();
    tally.mended("data of an earlier release".to_owned());
    let mut report = Report::new(campaign.seed, "fixture".to_owned(), begun.elapsed(), &tally);
    let verified = said(&["verify"])?;
    // Every message as the earlier program exported it.
    let now = folder.path().join("now");
    said(&["export", "--out", &now.display().to_string()])?;
    let (then, now) = (lines(&folder.path().join("export"))?, lines(&now)?);
    if then != now {
        report.wrong([format!(
            "{} messages then, {} now, and they differ",
            then.len(),
            now.len()
        )]);
    }
    // Every action as the earlier program listed it, and as a replay gives it.
    let which = ["--order", "reference", "--as-of", "2018-11-09"];
    let listed = said(&[&["--json", "action", "list"], which.as_slice()].concat())?;
    let replayed = said(&[&["--json", "replay"], which.as_slice()].concat())?;
    let then = std::fs::read_to_string(folder.path().join("list.json"))?;
    report.wrong(differences(&then, &listed, "listed then and now")?);
    report.wrong(differences(&replayed, &listed, "replayed and listed")?);
    // And it goes on.
    said(&[
        "register",
        "body",
        "new",
        "--name",
        "A later body",
        "--kind",
        "panel",
    ])?;
    said(&["verify"])?;
    report.seconds = begun.elapsed().as_secs_f64();
    Ok(Outcome::noticed(report, verified.trim().to_owned()))
}

/// The messages of an export.
fn lines(folder: &Path) -> Result<Vec<String>> {
    let mut files: Vec<_> = std::fs::read_dir(folder)?
        .flatten()
        .map(|e| e.path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "ndjson"));
    files.sort();
    let mut lines = Vec::new();
    for file in files {
        lines.extend(std::fs::read_to_string(file)?.lines().map(str::to_owned));
    }
    if lines.is_empty() {
        bail!("there is no message in {}", folder.display());
    }
    Ok(lines)
}

/// Where two lists of actions differ in what both tell: fields may have been added since.
fn differences(one: &str, other: &str, which: &str) -> Result<Option<String>> {
    let rows = |text: &str| -> Result<Vec<serde_json::Value>> {
        let begin = text.find('[').context("a list of actions")?;
        // What the program says besides goes to standard error, after the list.
        let mut lists = serde_json::Deserializer::from_str(&text[begin..]).into_iter();
        Ok(lists.next().context("a list of actions")??)
    };
    let (one, other) = (rows(one)?, rows(other)?);
    let same = one.len() == other.len()
        && one.iter().zip(&other).all(|(one, other)| {
            let fields = one.as_object().into_iter().flatten();
            fields.clone().count() > 3
                && fields
                    .into_iter()
                    .all(|(name, value)| other.get(name).is_none_or(|o| o == value))
        });
    Ok((!same).then(|| format!("the actions differ: {which}")))
}
