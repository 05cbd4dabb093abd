//! What each event changed, and what differs between two times.

use std::fmt::Write as _;

use api::v1;
use domain::policy::Role;

use super::clients;
use super::world::{AREA, World};

fn write_changes(told: &mut String, changes: &[v1::FieldChange]) {
    for change in changes {
        writeln!(
            told,
            "    {}: {} -> {}",
            change.field, change.before, change.after
        )
        .unwrap();
    }
}

#[tokio::test]
async fn the_history_of_an_action() {
    let world = World::with_a_meeting().await;
    let (mut audit, _) = clients(&world).await;
    let ask = v1::GetHistoryRequest {
        area: AREA.into(),
        reference: "PCP/2018/001".into(),
    };
    let history = audit
        .get_history(world.by(Role::Auditor, ask))
        .await
        .unwrap()
        .into_inner();
    let mut told = String::new();
    for entry in history.entries {
        let event = entry.event.unwrap();
        writeln!(
            told,
            "{} {} {}",
            event.position, event.r#type, event.sentence
        )
        .unwrap();
        write_changes(&mut told, &entry.changes);
    }
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn what_differs_between_two_days() {
    let world = World::with_a_meeting().await;
    let (mut audit, _) = clients(&world).await;
    let on = |day: &str| {
        Some(v1::AsOf {
            true_on: day.into(),
            ..v1::AsOf::default()
        })
    };
    let ask = v1::CompareRecordsRequest {
        area: AREA.into(),
        before: on("2018-10-05"),
        after: on("2018-11-10"),
    };
    let answer = audit
        .compare_records(world.by(Role::Auditor, ask))
        .await
        .unwrap()
        .into_inner();
    let mut told = String::new();
    for difference in answer.differences {
        writeln!(
            told,
            "{} {}",
            difference.reference,
            difference.what.join(", ")
        )
        .unwrap();
        write_changes(&mut told, &difference.fields);
    }
    insta::assert_snapshot!(told);
}
