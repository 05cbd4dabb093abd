//! Faults by real means: which there are, and one at a time or two.

use super::proxy::{Flow, Proxy, Weather};
use super::stage::{Seat, Stage};
use crate::chance::Chance;
use anyhow::Result;
use std::time::Duration;

/// What is done, to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    ServiceKilled,
    ServiceFrozen,
    /// It dies at a fail point after it was started again.
    ServiceDiesAt(&'static str),
    ServerKilled,
    ServerFrozen,
    /// Two of three at once: nobody can write.
    MajorityKilled,
    MajorityFrozen,
    /// Something between the services and the log's server.
    Link(Weather, &'static str),
    /// Something between the clients and the services.
    Front(Weather, &'static str),
}

/// What can befall a connection, with its name on the way to the log and on the way from clients.
const WEATHERS: [(Weather, &str, &str); 6] = [
    (
        Weather {
            cut: true,
            ..Weather::FAIR
        },
        "log connection cut",
        "client connection cut",
    ),
    (
        Weather {
            there: Flow::Delay(Duration::from_millis(40)),
            back: Flow::Delay(Duration::from_millis(40)),
            cut: false,
        },
        "log connection slow",
        "client connection slow",
    ),
    (
        Weather {
            there: Flow::Hold,
            back: Flow::Hold,
            cut: false,
        },
        "log connection half open",
        "client connection half open",
    ),
    (
        Weather {
            there: Flow::Hold,
            ..Weather::FAIR
        },
        "log connection one way: answers only",
        "client connection one way: answers only",
    ),
    (
        Weather {
            back: Flow::Hold,
            ..Weather::FAIR
        },
        "log connection one way: requests only",
        "client connection one way: requests only",
    ),
    (
        Weather {
            back: Flow::Lose,
            ..Weather::FAIR
        },
        "acknowledgements of the log dropped",
        "answers to clients dropped",
    ),
];

/// The fail points of a serving process.
const PLACES: [&str; 5] = [
    "before-append",
    "after-append",
    "before-reply",
    "projection-batch",
    "projection-applied",
];

impl Fault {
    /// Every fault that is possible on a stage.
    pub(super) fn all(stage: &Stage) -> Vec<Self> {
        let mut all = vec![Self::ServiceKilled, Self::ServiceFrozen];
        all.extend(PLACES.map(Self::ServiceDiesAt));
        all.extend(WEATHERS.map(|(weather, _, name)| Self::Front(weather, name)));
        if stage.nats.is_some() {
            all.extend([Self::ServerKilled, Self::ServerFrozen]);
        }
        if stage.seats.iter().any(|seat| !seat.links.is_empty()) {
            all.extend(WEATHERS.map(|(weather, name, _)| Self::Link(weather, name)));
        }
        if stage.seats.iter().any(|seat| seat.links.len() > 1) {
            all.extend([Self::MajorityKilled, Self::MajorityFrozen]);
        }
        all
    }

    pub(super) fn name(self) -> String {
        match self {
            Self::ServiceKilled => "service killed".to_owned(),
            Self::ServiceFrozen => "service frozen".to_owned(),
            Self::ServiceDiesAt(place) => format!("service dies at {place}"),
            Self::ServerKilled => "log server killed".to_owned(),
            Self::ServerFrozen => "log server frozen".to_owned(),
            Self::MajorityKilled => "two log servers of three killed".to_owned(),
            Self::MajorityFrozen => "two log servers of three frozen".to_owned(),
            Self::Link(_, name) | Self::Front(_, name) => name.to_owned(),
        }
    }

    /// Does it, lets it last, and mends it.
    pub(super) async fn inject<'a>(self, stage: &'a Stage, chance: &mut Chance) -> Result<()> {
        let lasts = Duration::from_millis(chance.between(100, 2_500));
        let Some(seat) = chance.pick(&stage.seats) else {
            return Ok(());
        };
        // Half of what befalls a connection befalls all of its kind.
        let all = chance.percent(50);
        match self {
            Self::ServiceKilled => seat.service.kill(None),
            Self::ServiceFrozen => {
                seat.service.signal("STOP");
                tokio::time::sleep(lasts).await;
                seat.service.signal("CONT");
            }
            Self::ServiceDiesAt(place) => {
                let passes = chance.below(40);
                seat.service.kill(Some(format!("{place}:{passes}")));
                // Time to start and to come there.
                tokio::time::sleep(Duration::from_secs(1) + lasts).await;
            }
            Self::ServerKilled => harm_servers(stage, Harm::Killed, 1, lasts, chance).await?,
            Self::MajorityKilled => harm_servers(stage, Harm::Killed, 2, lasts, chance).await?,
            Self::ServerFrozen => harm_servers(stage, Harm::Frozen, 1, lasts, chance).await?,
            Self::MajorityFrozen => harm_servers(stage, Harm::Frozen, 2, lasts, chance).await?,
            Self::Link(weather, _) | Self::Front(weather, _) => {
                let link = matches!(self, Self::Link(..));
                let hit = stage.seats.iter().filter(|s| all || std::ptr::eq(*s, seat));
                let of = |s: &'a Seat| match link {
                    true => s.links.iter().collect(),
                    false => vec![&s.front],
                };
                let proxies: Vec<&Proxy> = hit.flat_map(of).collect();
                for proxy in &proxies {
                    proxy.set(weather);
                }
                tokio::time::sleep(lasts).await;
                for proxy in &proxies {
                    proxy.set(Weather::FAIR);
                }
            }
        }
        Ok(())
    }
}

/// So many of the servers, beginning at any.
fn some(all: usize, so_many: usize, chance: &mut Chance) -> Vec<usize> {
    let first = usize::try_from(chance.below(all as u64)).unwrap_or(0);
    let next = (0..so_many.min(all)).map(|step| (first + step) % all);
    next.collect()
}

/// What befalls nats-servers.
#[derive(Clone, Copy)]
enum Harm {
    Killed,
    Frozen,
}

async fn harm_servers(
    stage: &Stage,
    harm: Harm,
    so_many: usize,
    lasts: Duration,
    chance: &mut Chance,
) -> Result<()> {
    let Some(nats) = &stage.nats else {
        return Ok(());
    };
    let mut nats = nats.lock().await;
    let hit = some(nats.count(), so_many, chance);
    for index in &hit {
        let server = nats.server(*index)?;
        match harm {
            Harm::Killed => server.kill()?,
            Harm::Frozen => server.pause()?,
        }
    }
    tokio::time::sleep(lasts).await;
    for index in hit {
        let server = nats.server(index)?;
        match harm {
            Harm::Killed => server.restart().await?,
            Harm::Frozen => server.resume()?,
        }
    }
    Ok(())
}
