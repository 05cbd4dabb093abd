//! The same request again much later, when the server has forgotten its id, and at a service that has
//! lost its index of ids.

use super::super::Campaign;
use super::super::setting::Setting;
use super::super::stage::On;
use super::{Outcome, at_work};
use anyhow::Result;
use std::time::Duration;

/// Longer than the server remembers ids, which is two minutes.
const LONGER: Duration = Duration::from_secs(125);

pub(super) async fn duplicates(campaign: &Campaign) -> Result<Outcome> {
    let mut scene = at_work(campaign, &Setting::of(On::Nats), 200).await?;
    // Peace, and nobody sends again yet.
    scene.finish().await?;
    for (number, seat) in scene.stage.seats.iter().enumerate() {
        seat.service.hold("KILL").await?;
        // One of the services has its index still.
        if number == 0 {
            std::fs::remove_dir_all(seat.data.join("log-ids"))?;
        }
    }
    tokio::time::sleep(LONGER).await;
    for seat in &scene.stage.seats {
        seat.service.release();
    }
    scene.office.tally.mended("duplicates".to_owned());
    let report = scene.end("late").await?;
    let again = "a tenth was sent again and got the first answer".to_owned();
    Ok(Outcome::noticed(report, again))
}
