//! Networks that break: three machines as network namespaces, each with a nats-server and a service,
//! over a bridge. Between two of them packets are lost silently, one way or both.

use super::super::Campaign;
use super::super::scene::Scene;
use super::super::setting::Setting;
use super::super::stage::On;
use super::{Outcome, at_work, machine};
use anyhow::{Result, bail};
use std::process::Command;
use std::time::Duration;
use testkit::nats::Place;

/// How long the network is broken.
const BROKEN: Duration = Duration::from_secs(8);

/// How many machines there are.
const THREE: usize = 3;

/// Which machine hears nothing of which: the first's packets to the second are lost.
type Broken = fn(usize) -> Vec<(usize, usize)>;

pub(super) async fn minority(campaign: &Campaign) -> Result<Outcome> {
    partitions(campaign, |alone| {
        let others = (0..THREE).filter(move |other| *other != alone);
        others
            .flat_map(|other| [(alone, other), (other, alone)])
            .collect()
    })
    .await
}

pub(super) async fn majority(campaign: &Campaign) -> Result<Outcome> {
    partitions(campaign, |_| {
        let all = (0..THREE).flat_map(|from| (0..THREE).map(move |to| (from, to)));
        all.filter(|(from, to)| from != to).collect()
    })
    .await
}

pub(super) async fn one_way(campaign: &Campaign) -> Result<Outcome> {
    partitions(campaign, |alone| {
        let others = (0..THREE).filter(move |other| *other != alone);
        others.map(|other| (alone, other)).collect()
    })
    .await
}

async fn partitions(campaign: &Campaign, broken: Broken) -> Result<Outcome> {
    if let Some(why) = machine::no_root().or_else(|| machine::lacks("ip")) {
        return Ok(Outcome::Skipped(why));
    }
    let machines = match Machines::new() {
        Ok(machines) => machines,
        Err(why) => return Ok(Outcome::Skipped(format!("no network namespaces: {why:#}"))),
    };
    let setting = Setting {
        places: (0..THREE).map(|number| machines.place(number)).collect(),
        ..Setting::of(On::Cluster)
    };
    let scene = at_work(campaign, &setting, 50).await?;
    for alone in 0..THREE {
        let lost = broken(alone);
        for (from, to) in &lost {
            machines.lose(*from, *to, true)?;
        }
        tokio::time::sleep(BROKEN).await;
        for (from, to) in &lost {
            machines.lose(*from, *to, false)?;
        }
        mended(&scene).await?;
    }
    scene.end("network").await.map(Outcome::told)
}

async fn mended(scene: &Scene) -> Result<()> {
    scene.office.tally.mended("network broken".to_owned());
    scene.work(30).await
}

/// Network namespaces on one bridge, taken down when they are dropped.
struct Machines {
    /// What all names begin with: a device's has at most fifteen letters.
    name: String,
    net: u32,
}

impl Machines {
    fn new() -> Result<Self> {
        let pid = std::process::id();
        let machines = Self {
            name: format!("mt{pid}"),
            net: pid % 250,
        };
        machines.build()?;
        Ok(machines)
    }

    fn build(&self) -> Result<()> {
        let bridge = self.bridge();
        ip(&["link", "add", &bridge, "type", "bridge"])?;
        ip(&[
            "addr",
            "add",
            &format!("10.77.{}.254/24", self.net),
            "dev",
            &bridge,
        ])?;
        ip(&["link", "set", &bridge, "up"])?;
        for number in 0..THREE {
            let space = self.space(number);
            let (near, far) = (
                format!("{}n{number}", self.name),
                format!("{}f{number}", self.name),
            );
            ip(&["netns", "add", &space])?;
            ip(&["link", "add", &near, "type", "veth", "peer", "name", &far])?;
            ip(&["link", "set", &near, "master", &bridge])?;
            ip(&["link", "set", &near, "up"])?;
            ip(&["link", "set", &far, "netns", &space])?;
            let address = format!("{}/24", self.host(number));
            for set in [
                ["addr", "add", &address, "dev", &far].as_slice(),
                &["link", "set", &far, "up"],
                &["link", "set", "lo", "up"],
            ] {
                ip(&[&["-n", &space], set].concat())?;
            }
        }
        Ok(())
    }

    fn bridge(&self) -> String {
        format!("{}b", self.name)
    }

    fn space(&self, number: usize) -> String {
        format!("{}s{number}", self.name)
    }

    fn host(&self, number: usize) -> String {
        format!("10.77.{}.{}", self.net, number + 1)
    }

    fn place(&self, number: usize) -> Place {
        let space = self.space(number);
        Place {
            host: self.host(number),
            wrapper: ["ip", "netns", "exec", &space].map(str::to_owned).to_vec(),
        }
    }

    /// Whether packets of one machine to another vanish.
    fn lose(&self, from: usize, to: usize, lost: bool) -> Result<()> {
        let (space, host) = (self.space(from), self.host(to));
        let what = if lost { "add" } else { "del" };
        ip(&["-n", &space, "route", what, "blackhole", &host])
    }
}

impl Drop for Machines {
    fn drop(&mut self) {
        // Nothing is left to be told of a failure here.
        for number in 0..THREE {
            let _ = ip(&["netns", "del", &self.space(number)]);
        }
        let _ = ip(&["link", "del", &self.bridge()]);
    }
}

fn ip(arguments: &[&str]) -> Result<()> {
    let output = Command::new("ip").args(arguments).output()?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        bail!("ip {}: {why}", arguments.join(" "));
    }
    Ok(())
}
