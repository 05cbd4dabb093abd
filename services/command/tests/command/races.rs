//! Many at once, on one service and on two that share a log.

use crate::asks::*;
use crate::call;
use crate::on_both_logs;
use crate::rig::{On, Rig, refusal};
use api::v1;
use domain::policy::Role;
use futures::future::join_all;
use std::collections::BTreeSet;

on_both_logs! {
    references_are_unique_and_without_gaps,
    of_many_that_close_one_is_recorded,
    one_request_sent_many_times_at_once_is_one_action,
    a_replica_sees_what_the_other_registered,
}

async fn references_are_unique_and_without_gaps(on: On) {
    let (mut rig, first) = Rig::with_register_on(on).await;
    let server = rig.serve().await;
    let second = rig.caller(server, Role::Clerk).await;
    let raisers = (0..64).map(|n| {
        let caller = if n % 2 == 0 {
            first.clone()
        } else {
            second.clone()
        };
        async move { call!(caller, raise_action, question()).unwrap().reference }
    });
    let raised: BTreeSet<String> = join_all(raisers).await.into_iter().collect();
    let expected: BTreeSet<String> = (1..=64).map(|n| format!("PCP/2018/{n:03}")).collect();
    assert_eq!(raised, expected);
    // A third one finds the end of the series by itself.
    let server = rig.serve().await;
    let third = rig.caller(server, Role::Clerk).await;
    let next = call!(third, raise_action, question()).unwrap();
    assert_eq!(next.reference, "PCP/2018/065");
}

async fn of_many_that_close_one_is_recorded(on: On) {
    let (mut rig, first) = Rig::with_register_on(on).await;
    let server = rig.serve().await;
    let second = rig.caller(server, Role::Clerk).await;
    let reference = call!(first, raise_action, question()).unwrap().reference;
    let count = rig.messages().await.len();
    let closers = (0..24).map(|n| {
        let caller = if n % 2 == 0 {
            first.clone()
        } else {
            second.clone()
        };
        let outcome = if n % 3 == 0 {
            v1::Outcome::Noted
        } else {
            v1::Outcome::NotPursued
        };
        let request = close(&reference, outcome);
        async move { (outcome, call!(caller, close_action, request)) }
    });
    let answers = join_all(closers).await;
    assert_eq!(rig.messages().await.len(), count + 1);
    let recorded: Vec<_> = answers
        .iter()
        .filter(|(_, answer)| answer.as_ref().is_ok_and(|written| !written.unchanged))
        .collect();
    let [(won, _)] = recorded.as_slice() else {
        panic!("one is recorded, not {}", recorded.len());
    };
    for (outcome, answer) in &answers {
        match answer {
            Ok(_) => assert_eq!(outcome, won),
            Err(status) => {
                assert_ne!(outcome, won);
                let said = refusal(status);
                assert!(
                    said.starts_with("FailedPrecondition ACTION_CLOSED: "),
                    "{said}"
                );
            }
        }
    }
}

async fn one_request_sent_many_times_at_once_is_one_action(on: On) {
    let (mut rig, first) = Rig::with_register_on(on).await;
    let server = rig.serve().await;
    let second = rig.caller(server, Role::Clerk).await;
    let count = rig.messages().await.len();
    let request = question();
    let senders = (0..16).map(|n| {
        let caller = if n % 2 == 0 {
            first.clone()
        } else {
            second.clone()
        };
        let request = request.clone();
        async move { call!(caller, raise_action, request).unwrap() }
    });
    let answers = join_all(senders).await;
    assert_eq!(rig.messages().await.len(), count + 1);
    assert!(answers.iter().all(|a| a.position == answers[0].position));
    assert_eq!(answers.iter().filter(|a| !a.unchanged).count(), 1);
    assert_eq!(answers[0].reference, "PCP/2018/001");
}

async fn a_replica_sees_what_the_other_registered(on: On) {
    let (mut rig, first) = Rig::with_register_on(on).await;
    let server = rig.serve().await;
    let second = rig.caller(server, Role::Clerk).await;
    call!(second, raise_action, question()).unwrap();
    call!(first, open_series, series("pcp-2020", 2020)).unwrap();
    let raise = v1::RaiseActionRequest {
        series: "pcp-2020".to_owned(),
        ..question()
    };
    let written = call!(second, raise_action, raise).unwrap();
    assert_eq!(written.reference, "PCP/2020/001");
    // And what the other did to an action that it has in memory.
    call!(first, withdraw_action, withdraw(&written.reference)).unwrap();
    let status = call!(
        second,
        close_action,
        close(&written.reference, v1::Outcome::Noted)
    );
    let said = refusal(&status.unwrap_err());
    assert!(
        said.starts_with("FailedPrecondition ACTION_CLOSED: "),
        "{said}"
    );
}
