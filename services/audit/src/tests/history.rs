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
        as_of: None,
    };
    let history = audit
        .get_history(world.by(Role::Auditor, ask))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(history.freshness.unwrap().position, world.model.position());
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
        ..v1::CompareRecordsRequest::default()
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

#[tokio::test]
async fn a_history_is_that_of_its_time() {
    let world = World::with_a_meeting().await;
    let (mut audit, _) = clients(&world).await;
    let mut positions = async |as_of: v1::AsOf| {
        let ask = v1::GetHistoryRequest {
            area: AREA.into(),
            reference: "PCP/2018/001".into(),
            as_of: Some(as_of),
        };
        let history = audit.get_history(world.by(Role::Auditor, ask)).await;
        history.map(|history| {
            let entries = history.into_inner().entries.into_iter();
            let position = |entry: v1::HistoryEntry| entry.event.unwrap().position;
            entries.map(position).collect::<Vec<u64>>()
        })
    };
    let known = v1::AsOf {
        known_position: 6,
        ..v1::AsOf::default()
    };
    assert_eq!(positions(known).await.unwrap(), [2, 5, 6]);
    let on = |day: &str| v1::AsOf {
        true_on: day.into(),
        ..v1::AsOf::default()
    };
    assert_eq!(positions(on("2018-09-30")).await.unwrap(), [2, 5]);
    let before = positions(on("2018-09-01")).await.unwrap_err();
    assert_eq!(before.code(), tonic::Code::NotFound);
}

#[tokio::test]
async fn a_comparison_is_cut_and_gone_on_with() {
    let world = World::new().await;
    world.generate(21, 300).await;
    let (mut audit, _) = clients(&world).await;
    let all = v1::CompareRecordsRequest {
        area: AREA.into(),
        before: Some(v1::AsOf {
            known_position: 100,
            ..v1::AsOf::default()
        }),
        ..v1::CompareRecordsRequest::default()
    };
    let mut compared = async |ask: v1::CompareRecordsRequest| {
        let answer = audit.compare_records(world.by(Role::Auditor, ask)).await;
        answer.unwrap().into_inner()
    };
    let whole = compared(all.clone()).await;
    assert!(!whole.cut && whole.differences.len() > 4);
    assert_eq!(whole.freshness.unwrap().position, 300);
    let mut pieces: Vec<v1::Difference> = Vec::new();
    loop {
        let last = pieces.last().map(|last| last.reference.clone());
        let piece = compared(v1::CompareRecordsRequest {
            limit: 3,
            after_reference: last.unwrap_or_default(),
            ..all.clone()
        })
        .await;
        assert!(piece.differences.len() == 3 || !piece.cut);
        pieces.extend(piece.differences);
        if !piece.cut {
            break;
        }
    }
    assert_eq!(pieces, whole.differences);
}
