//! Scripted faults: each by itself, at a known moment, with what must come of it.
//!
//! Where a fault destroys nothing, the answers are held against the log as ever. Where it destroys what
//! was acknowledged, the loss must be noticed: somebody refuses, and says what is wrong.

mod back;
mod clock;
mod crowded;
mod damage;
mod disk;
mod eio;
mod keys;
mod late;
mod machine;
mod net;
mod poison;
mod power;
mod roll;
mod rot;
mod slow;

use super::Campaign;
use super::report::Report;
use super::scene::Scene;
use anyhow::Result;
use futures::future::BoxFuture;
use serde::Serialize;
use std::fmt;
use std::time::Instant;

/// What came of one fault.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// Its name, for `--only`.
    pub name: &'static str,
    /// What was done.
    pub fault: &'static str,
    /// Why it was not done here, when it was not.
    pub skipped: Option<String>,
    /// How often it was injected.
    pub times: u64,
    /// Requests acknowledged.
    pub acknowledged: u64,
    /// Acknowledged and not in the log in the end.
    pub lost: u64,
    /// In the log more than once.
    pub doubled: u64,
    /// How it was noticed, or what clients were told meanwhile.
    pub noticed: String,
    /// The longest time without an acknowledgement around it, in seconds.
    pub longest_outage: f64,
    /// The longest time from its end to the next acknowledgement, in seconds.
    pub recovery: f64,
    /// How long all of it took, in seconds.
    pub seconds: f64,
    /// Everything that is wrong; nothing should be.
    pub problems: Vec<String>,
}

/// What a script comes to.
enum Outcome {
    /// It was done.
    Done(Box<Done>),
    /// This machine does not permit it, and why.
    Skipped(String),
}

/// A fault that was injected.
struct Done {
    report: Report,
    noticed: String,
}

impl Outcome {
    /// A report, with what the clients were told meanwhile.
    fn told(report: Report) -> Self {
        let mut told: Vec<_> = report.sent_again.iter().collect();
        told.sort_by_key(|(_, times)| std::cmp::Reverse(**times));
        let told = told.into_iter().take(3);
        let told: Vec<_> = told
            .map(|(what, times)| format!("{what} ({times})"))
            .collect();
        let noticed = match told.is_empty() {
            true => "nobody was refused".to_owned(),
            false => format!("told: {}", told.join(", ")),
        };
        Self::noticed(report, noticed)
    }

    /// The same, with something more to say.
    fn and(mut self, what: &str) -> Self {
        if let Self::Done(done) = &mut self {
            done.noticed = format!("{what}; {}", done.noticed);
        }
        self
    }

    fn noticed(report: Report, noticed: String) -> Self {
        Self::Done(Box::new(Done { report, noticed }))
    }
}

/// A fault with its script.
struct Script {
    name: &'static str,
    fault: &'static str,
    /// Whether it is one of the short form.
    short: bool,
    act: fn(&Campaign) -> BoxFuture<'_, Result<Outcome>>,
}

const fn script(
    name: &'static str,
    fault: &'static str,
    short: bool,
    act: fn(&Campaign) -> BoxFuture<'_, Result<Outcome>>,
) -> Script {
    Script {
        name,
        fault,
        short,
        act,
    }
}

/// Every script, in the order in which they run.
const SCRIPTS: &[Script] = &[
    script(
        "disk-embedded",
        "full disk under the embedded log",
        true,
        |c| Box::pin(disk::embedded(c)),
    ),
    script("disk-nats", "full disk under the NATS store", false, |c| {
        Box::pin(disk::nats(c))
    }),
    script(
        "disk-read-model",
        "full disk under the read models",
        false,
        |c| Box::pin(disk::read_model(c)),
    ),
    script(
        "eio-embedded",
        "EIO of syncs and writes of the embedded log",
        false,
        |c| Box::pin(eio::embedded(c)),
    ),
    script(
        "eio-read-model",
        "EIO of syncs and writes of the read model",
        false,
        |c| Box::pin(eio::read_model(c)),
    ),
    script(
        "eio-nats",
        "EIO of syncs and writes of nats-server",
        false,
        |c| Box::pin(eio::nats(c)),
    ),
    script(
        "power-embedded",
        "power cut under the embedded log",
        true,
        |c| Box::pin(power::embedded(c)),
    ),
    script(
        "power-nats-always",
        "power cut under NATS, sync_interval always",
        false,
        |c| Box::pin(power::always(c)),
    ),
    script(
        "power-nats-default",
        "power cut under NATS, default sync (loses)",
        false,
        |c| Box::pin(power::default_sync(c)),
    ),
    script(
        "rot-embedded-bit",
        "bit flipped in the embedded log",
        true,
        |c| Box::pin(rot::embedded_bit(c)),
    ),
    script("rot-embedded-cut", "embedded log truncated", false, |c| {
        Box::pin(rot::embedded_cut(c))
    }),
    script(
        "rot-embedded-zero",
        "page of the embedded log zeroed",
        false,
        |c| Box::pin(rot::embedded_zero(c)),
    ),
    script(
        "rot-nats-bit",
        "bit flipped in a NATS block, index.db missing",
        false,
        |c| Box::pin(rot::nats_bit(c)),
    ),
    script("rot-nats-cut", "NATS block truncated", false, |c| {
        Box::pin(rot::nats_cut(c))
    }),
    script(
        "rot-nats-index",
        "index.db of the NATS stream zeroed",
        false,
        |c| Box::pin(rot::nats_index(c)),
    ),
    script(
        "rot-nats-meta",
        "meta.inf of the NATS stream lost",
        false,
        |c| Box::pin(rot::nats_meta(c)),
    ),
    script(
        "rot-read-model-bit",
        "bits flipped in sled's files",
        false,
        |c| Box::pin(rot::read_model_bit(c)),
    ),
    script("rot-read-model-cut", "sled's files truncated", false, |c| {
        Box::pin(rot::read_model_cut(c))
    }),
    script("rot-ids", "index of ids cut in half", false, |c| {
        Box::pin(rot::ids(c))
    }),
    script("back-nats", "NATS store of before put back", false, |c| {
        Box::pin(back::nats(c))
    }),
    script(
        "back-embedded",
        "embedded log of before put back",
        true,
        |c| Box::pin(back::embedded(c)),
    ),
    script(
        "back-reused",
        "NATS store put back, sequences used again",
        false,
        |c| Box::pin(back::reused(c)),
    ),
    script("back-replaced", "stream wiped and made anew", false, |c| {
        Box::pin(back::replaced(c))
    }),
    script(
        "late",
        "duplicates after the window, ids index deleted",
        false,
        |c| Box::pin(late::duplicates(c)),
    ),
    script(
        "poison",
        "poison, unknown, foreign and oversized messages",
        false,
        |c| Box::pin(poison::poison(c)),
    ),
    script("slow-watcher", "watchers that do not read", false, |c| {
        Box::pin(slow::watcher(c))
    }),
    script(
        "slow-projection",
        "service stopped for 20 s (its consumers last 10 s)",
        false,
        |c| Box::pin(slow::projection(c)),
    ),
    script(
        "clock-day",
        "clocks a day back, a day on, over summer time",
        false,
        |c| Box::pin(clock::days(c)),
    ),
    script("clock-leap", "clocks over 29 February", false, |c| {
        Box::pin(clock::leap(c))
    }),
    script("net-minority", "one machine of three cut off", false, |c| {
        Box::pin(net::minority(c))
    }),
    script(
        "net-majority",
        "three machines cut off from each other",
        false,
        |c| Box::pin(net::majority(c)),
    ),
    script(
        "net-one-way",
        "one machine of three heard by nobody",
        false,
        |c| Box::pin(net::one_way(c)),
    ),
    script(
        "roll-services",
        "every service and server restarted in turn",
        false,
        |c| Box::pin(roll::services(c)),
    ),
    script(
        "upgrade-fixture",
        "data folder of an earlier release opened",
        true,
        |c| Box::pin(roll::fixture(c)),
    ),
    script(
        "upgrade-rolling",
        "services upgraded one after the other",
        false,
        |c| Box::pin(roll::upgrade(c)),
    ),
    script("few-descriptors", "no file descriptors left", false, |c| {
        Box::pin(crowded::descriptors(c))
    }),
    script("key-rotated", "token key rotated during load", false, |c| {
        Box::pin(keys::rotated(c))
    }),
    script(
        "token-none",
        "tokens of algorithm none, expired, of another key",
        true,
        |c| Box::pin(keys::forged(c)),
    ),
];

/// The name of every script, with what it does.
#[must_use]
pub fn names() -> Vec<(&'static str, &'static str)> {
    let all = SCRIPTS.iter();
    all.map(|script| (script.name, script.fault)).collect()
}

/// Whether a script is asked for: by its name or the beginning of it.
fn asked(script: &Script, only: &[String], short: bool) -> bool {
    let named = only
        .iter()
        .any(|only| script.name.starts_with(only.as_str()));
    named || (only.is_empty() && (script.short || !short))
}

/// Runs the scripts that are asked for, all of them when none is named; `each` sees each as it ends.
pub async fn scripted(
    campaign: &Campaign,
    only: &[String],
    short: bool,
    mut each: impl FnMut(&Finding),
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for script in SCRIPTS.iter().filter(|script| asked(script, only, short)) {
        let begun = Instant::now();
        let outcome = (script.act)(campaign).await;
        let mut finding = Finding::of(script, outcome);
        finding.seconds = begun.elapsed().as_secs_f64();
        each(&finding);
        findings.push(finding);
    }
    findings
}

impl Finding {
    /// What the columns of a finding are.
    pub const HEAD: &str = "fault                                              times  acked lost dbl  outage recover  noticed how";

    fn of(script: &Script, outcome: Result<Outcome>) -> Self {
        let mut finding = Self {
            name: script.name,
            fault: script.fault,
            skipped: None,
            times: 0,
            acknowledged: 0,
            lost: 0,
            doubled: 0,
            noticed: String::new(),
            longest_outage: 0.0,
            recovery: 0.0,
            seconds: 0.0,
            problems: Vec::new(),
        };
        let done = match outcome {
            Ok(Outcome::Done(done)) => done,
            Ok(Outcome::Skipped(why)) => {
                finding.skipped = Some(why);
                return finding;
            }
            Err(error) => {
                finding.problems.push(format!("{error:#}"));
                return finding;
            }
        };
        let Done { report, noticed } = *done;
        let most =
            |of: fn(&super::FaultRow) -> f64| report.faults.iter().map(of).fold(0.0, f64::max);
        Self {
            times: report.faults.iter().map(|row| row.times).sum(),
            acknowledged: report.acknowledged,
            lost: report.lost,
            doubled: report.doubled,
            noticed,
            longest_outage: most(|row| row.longest_outage),
            recovery: most(|row| row.slowest_recovery),
            problems: report.problems,
            ..finding
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(why) = &self.skipped {
            return write!(f, "{:<52} SKIPPED: {why}", self.fault);
        }
        write!(
            f,
            "{:<52} {:>3} {:>6} {:>4} {:>4} {:>7.1} {:>7.1}  {}",
            self.fault,
            self.times,
            self.acknowledged,
            self.lost,
            self.doubled,
            self.longest_outage,
            self.recovery,
            self.noticed
        )?;
        let mut problems = self.problems.iter().take(10);
        problems.try_for_each(|problem| write!(f, "\n    WRONG: {problem}"))
    }
}

/// A stage that has done some work, with its clients still at it.
async fn at_work(campaign: &Campaign, setting: &super::Setting, first: u64) -> Result<Scene> {
    let mut scene = Scene::set(campaign, setting).await?;
    scene.crowd(campaign.clients)?;
    scene.work(first).await?;
    Ok(scene)
}
