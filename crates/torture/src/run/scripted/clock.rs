//! Clocks that jump, by libfaketime: each service of two has a clock of its own. What is recorded never
//! goes back along the log of one writer, and along any one action.

use super::super::Campaign;
use super::super::scene::Scene;
use super::super::setting::Setting;
use super::super::stage::On;
use super::{Outcome, at_work};
use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use domain::action::ActionEvent;
use domain::stored::decode;
use event_log::Record;
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

/// The variable that names the library where it is none of the usual places.
const LIBRARY: &str = "MATTERS_FAKETIME";

/// Where Debian puts it.
const USUAL: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

/// How long a clock stays where it jumped to.
const LASTS: Duration = Duration::from_secs(2);

/// By how much the instants of requests that were under way together may be out of order.
const BESIDE: TimeDelta = TimeDelta::seconds(1);

fn library() -> Option<PathBuf> {
    let named = std::env::var_os(LIBRARY).map(PathBuf::from);
    let named = named.or_else(|| Some(PathBuf::from(USUAL)));
    named.filter(|path| path.is_file())
}

/// A day back, a day on, and over both changes of summer time of the next year.
pub(super) async fn days(campaign: &Campaign) -> Result<Outcome> {
    let from = campaign.now;
    let at = |month, day| Utc.with_ymd_and_hms(2027, month, day, 0, 59, 57).single();
    let (spring, autumn) = (at(3, 28), at(10, 31));
    let (spring, autumn) = (spring.context("a date")?, autumn.context("a date")?);
    let day = TimeDelta::days(1);
    let jumps = [from - day, from + day, spring, autumn, from];
    jumped(campaign, from - TimeDelta::days(2), &jumps).await
}

/// Over the leap day and out of it again, and back.
pub(super) async fn leap(campaign: &Campaign) -> Result<Outcome> {
    let at = |month, day| Utc.with_ymd_and_hms(2028, month, day, 23, 59, 57).single();
    let (eve, leap) = (at(2, 28), at(2, 29));
    let (eve, leap) = (eve.context("a date")?, leap.context("a date")?);
    jumped(campaign, eve - TimeDelta::days(2), &[eve, leap, eve]).await
}

async fn jumped(
    campaign: &Campaign,
    tokens_from: DateTime<Utc>,
    jumps: &[DateTime<Utc>],
) -> Result<Outcome> {
    let Some(library) = library() else {
        return Ok(Outcome::Skipped(format!(
            "there is no libfaketime (apt-get download libfaketime, or name it in {LIBRARY})"
        )));
    };
    let folder = TempDir::new().context("a folder for clocks")?;
    let campaign = Campaign {
        now: tokens_from,
        ..campaign.clone()
    };
    let first = jumps.first().context("a jump")?;
    let mut told = Vec::new();
    for on in [On::Embedded, On::Nats] {
        let clocks = Clocks {
            folder: &folder,
            library: &library,
            clock: campaign.clock,
        };
        clocks.set(0, *first)?;
        clocks.set(1, *first)?;
        let setting = Setting {
            variables: (0..2).map(|number| clocks.variables(number)).collect(),
            ..Setting::of(on)
        };
        let scene = at_work(&campaign, &setting, 30).await?;
        for (number, jump) in jumps.iter().enumerate() {
            clocks.set(number % 2, *jump)?;
            tokio::time::sleep(LASTS).await;
            clocks.set((number + 1) % 2, *jump)?;
            scene.work(30).await?;
            scene.office.tally.mended("clock jumped".to_owned());
        }
        told.push(ended(scene, on).await?);
    }
    let [embedded, nats] = told.as_slice() else {
        anyhow::bail!("two campaigns were expected");
    };
    let mut report = nats.clone();
    report.acknowledged += embedded.acknowledged;
    report.lost += embedded.lost;
    report.doubled += embedded.doubled;
    report.faults.extend(embedded.faults.clone());
    report.problems.extend(embedded.problems.clone());
    let jumped = jumps.len();
    let noticed = format!("{jumped} jumps of each clock; no instant of recording steps back");
    Ok(Outcome::noticed(report, noticed))
}

async fn ended(scene: Scene, on: On) -> Result<super::Report> {
    let (report, records) = scene.end_with_records("clocks").await?;
    let mut report = report;
    report.wrong(steps_back(&records, on == On::Embedded));
    Ok(report)
}

/// Where an instant of recording is before an earlier one's: along each subject, and along the whole log
/// where one process wrote it.
fn steps_back(records: &[Record], one_writer: bool) -> Vec<String> {
    let mut last: HashMap<String, (u64, DateTime<Utc>)> = HashMap::new();
    let mut found = Vec::new();
    for record in records {
        let Ok(decision) = decode::<ActionEvent>(&record.body) else {
            continue;
        };
        let mut of = vec![record.subject.as_str().to_owned()];
        of.extend(one_writer.then(String::new));
        for of in of {
            let now = (record.sequence, decision.recorded_at);
            let before = last.insert(of.clone(), now);
            // Requests beside each other may be recorded in another order than they were timed (bug 8).
            let beside = if of.is_empty() {
                BESIDE
            } else {
                TimeDelta::zero()
            };
            if let Some(before) = before.filter(|before| before.1 > now.1 + beside) {
                found.push(format!("{before:?} comes before {now:?} on '{of}'"));
            }
        }
    }
    found
}

/// Files that each tell one process its time.
struct Clocks<'a> {
    folder: &'a TempDir,
    library: &'a PathBuf,
    clock: fn() -> DateTime<Utc>,
}

impl Clocks<'_> {
    fn file(&self, number: usize) -> PathBuf {
        self.folder.path().join(format!("clock-{number}"))
    }

    /// From now on it is this time there.
    fn set(&self, number: usize, to: DateTime<Utc>) -> Result<()> {
        let offset = (to - (self.clock)()).num_seconds();
        let file = self.file(number);
        let new = file.with_extension("new");
        std::fs::write(&new, format!("{offset:+}\n"))?;
        Ok(std::fs::rename(new, file)?)
    }

    fn variables(&self, number: usize) -> Vec<(String, String)> {
        let of = |name: &str, value: String| (name.to_owned(), value);
        vec![
            of("LD_PRELOAD", self.library.display().to_string()),
            of(
                "FAKETIME_TIMESTAMP_FILE",
                self.file(number).display().to_string(),
            ),
            of("FAKETIME_NO_CACHE", "1".to_owned()),
            // Time-outs run as ever.
            of("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
    }
}
