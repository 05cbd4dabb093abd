//! A process that may open no further file.

use super::super::Campaign;
use super::super::setting::Setting;
use super::super::stage::On;
use super::{Outcome, at_work, machine};
use anyhow::{Context as _, Result, bail};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

/// How long there is none.
const LASTS: Duration = Duration::from_secs(3);

/// How many connect meanwhile.
const CROWD: usize = 64;

pub(super) async fn descriptors(campaign: &Campaign) -> Result<Outcome> {
    if let Some(why) = machine::lacks("prlimit") {
        return Ok(Outcome::Skipped(why));
    }
    let scene = at_work(campaign, &Setting::of(On::Embedded), 50).await?;
    let seat = scene.stage.seats.first().context("a service")?;
    for spare in [0, 3] {
        let pid = seat.service.pid().context("a service that runs")?;
        let open = std::fs::read_dir(format!("/proc/{pid}/fd"))?.count();
        limit(pid, &format!("{}:", open + spare))?;
        let crowd: Vec<_> = (0..CROWD)
            .filter_map(|_| TcpStream::connect(seat.service.address).ok())
            .collect();
        tokio::time::sleep(LASTS).await;
        drop(crowd);
        limit(pid, "4096:")?;
        scene.office.tally.mended("no file descriptors".to_owned());
        scene.work(50).await?;
        if seat.service.pid() != Some(pid) {
            bail!("the service ended for want of file descriptors");
        }
    }
    scene.end("file descriptors").await.map(Outcome::told)
}

fn limit(pid: u32, files: &str) -> Result<()> {
    let set = Command::new("prlimit")
        .args(["--pid", &pid.to_string(), &format!("--nofile={files}")])
        .status()?;
    match set.success() {
        true => Ok(()),
        false => bail!("prlimit --nofile={files} of {pid} failed"),
    }
}
