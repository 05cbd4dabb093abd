//! What the world, the policy or another person's change does not allow.

use crate::asks::*;
use crate::call;
use crate::rig::{Caller, Rig, refusal, write};
use api::v1;
use chrono::TimeDelta;
use domain::policy::Role;
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_is_told_the_rule() {
    let (mut rig, clerk) = Rig::with_register().await;
    let server = rig.serve().await;
    let office = rig.caller(server, Role::Office).await;
    let reference = call!(clerk, raise_action, question()).unwrap().reference;
    call!(office, delegate_action, delegate(&reference, DRUGS)).unwrap();
    let count = rig.messages().await.len();
    let prevent = rig.group(server, "prevent").await;
    let auditor = rig.caller(server, Role::Auditor).await;
    let elsewhere = rig.somebody(server, Role::Clerk, None, "essex").await;
    let nobody = Caller::new(server, None).await;
    let forged = Caller::new(server, Some("a.b.c".to_owned())).await;
    let accept = || v1::AcceptDelegationRequest {
        write: write("2018-11-01"),
        reference: reference.clone(),
    };
    let mut told = vec![
        refusal(&call!(office, raise_action, question()).unwrap_err()),
        refusal(&call!(clerk, respond_to_action, respond(&reference)).unwrap_err()),
        refusal(&call!(prevent, accept_delegation, accept()).unwrap_err()),
        refusal(&call!(auditor, withdraw_action, withdraw(&reference)).unwrap_err()),
        refusal(&call!(elsewhere, raise_action, question()).unwrap_err()),
        refusal(&call!(nobody, raise_action, v1::RaiseActionRequest::default()).unwrap_err()),
        refusal(&call!(forged, raise_action, question()).unwrap_err()),
    ];
    rig.clock.advance(TimeDelta::days(100));
    told.push(refusal(
        &call!(clerk, raise_action, question()).unwrap_err(),
    ));
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(rig.messages().await.len(), count);
    // The clerk of the beginning asked one service, all others another.
    let figures = rig.figures();
    let counted = figures
        .lines()
        .filter_map(|line| line.strip_prefix("matters_command_rejections_total"));
    let counted: BTreeSet<_> = counted.collect();
    insta::assert_snapshot!(Vec::from_iter(counted).join("\n"), @r#"
    {reason="POLICY_DENIED",code="PERMISSION_DENIED"} 1
    {reason="POLICY_DENIED",code="PERMISSION_DENIED"} 4
    {reason="TOKEN_EXPIRED",code="UNAUTHENTICATED"} 1
    {reason="TOKEN_MISSING",code="UNAUTHENTICATED"} 1
    {reason="TOKEN_REFUSED",code="UNAUTHENTICATED"} 1
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_delegated_to_a_body_the_office_answers() {
    let (mut rig, clerk) = Rig::with_register().await;
    let server = rig.serve().await;
    let office = rig.caller(server, Role::Office).await;
    let reference = call!(clerk, raise_action, question()).unwrap().reference;
    let accept = || v1::AcceptDelegationRequest {
        write: write("2018-11-01"),
        reference: reference.clone(),
    };
    call!(office, delegate_action, delegate(&reference, DRUGS)).unwrap();
    let said = refusal(&call!(office, accept_delegation, accept()).unwrap_err());
    insta::assert_snapshot!(said, @"PermissionDenied POLICY_DENIED: Jane of office may not accept a delegation: it belongs to another delivery group, or to none [operation=accept a delegation, rule=other-group]");
    let transfer = v1::TransferActionRequest {
        write: write("2018-10-01"),
        reference: reference.clone(),
        to: "ccssb".to_owned(),
        due_on: String::new(),
        reason: "It is for the board.".to_owned(),
    };
    call!(office, transfer_action, transfer).unwrap();
    let accepted = call!(office, accept_delegation, accept()).unwrap();
    let messages = rig.messages().await;
    let last = messages.last().unwrap();
    assert_eq!(last.sequence, accepted.position);
    let body = std::str::from_utf8(&last.body).unwrap();
    assert!(body.contains("\"commissioner-answers\""), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_world_does_not_allow() {
    let (mut rig, clerk) = Rig::with_register().await;
    let server = rig.serve().await;
    let office = rig.caller(server, Role::Office).await;
    let drugs = rig.group(server, DRUGS).await;
    let reference = call!(clerk, raise_action, question()).unwrap().reference;
    let count = rig.messages().await.len();
    let submit = |on: &str, quarter: &str| v1::SubmitReturnRequest {
        write: write(on),
        group: DRUGS.to_owned(),
        quarter: quarter.to_owned(),
        content: Some(v1::ReturnContent {
            updates: vec![v1::ReturnUpdate {
                reference: reference.clone(),
                progress: None,
            }],
            ..Default::default()
        }),
    };
    let link = v1::LinkActionsRequest {
        write: write("2018-11-01"),
        reference: reference.clone(),
        kind: v1::LinkKind::DuplicateOf.into(),
        other: "PCP/2018/777".to_owned(),
    };
    let early = v1::RaiseActionRequest {
        write: write("2018-09-11"),
        ..question()
    };
    let future = v1::WithdrawActionRequest {
        write: write("2019-01-01"),
        ..withdraw(&reference)
    };
    let no_meeting = v1::RaiseActionRequest {
        meeting: "pcp-2018-09-13".to_owned(),
        ..question()
    };
    let no_series = v1::RaiseActionRequest {
        series: "pcp-1066".to_owned(),
        ..question()
    };
    let no_group = v1::SubmitReturnRequest {
        group: "Lamplighters".to_owned(),
        ..submit("2018-10-30", "Q2 2018/19")
    };
    let told = [
        refusal(&call!(clerk, withdraw_action, withdraw("PCP/2018/099")).unwrap_err()),
        refusal(
            &call!(
                clerk,
                close_action,
                close(&reference, v1::Outcome::Answered)
            )
            .unwrap_err(),
        ),
        refusal(
            &call!(
                office,
                delegate_action,
                delegate(&reference, "Lamplighters")
            )
            .unwrap_err(),
        ),
        refusal(&call!(clerk, link_actions, link).unwrap_err()),
        refusal(&call!(clerk, raise_action, early).unwrap_err()),
        refusal(&call!(clerk, withdraw_action, future).unwrap_err()),
        refusal(&call!(clerk, raise_action, no_meeting).unwrap_err()),
        refusal(&call!(clerk, raise_action, no_series).unwrap_err()),
        refusal(&call!(clerk, open_series, series("other", 2018)).unwrap_err()),
        refusal(&call!(drugs, submit_return, submit("2018-10-30", "Q2 2018/19")).unwrap_err()),
        refusal(&call!(drugs, submit_return, submit("2018-10-30", "Q3 2018/19")).unwrap_err()),
        refusal(&call!(drugs, submit_return, no_group).unwrap_err()),
    ];
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(rig.messages().await.len(), count);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_was_not_seen_is_not_written_over() {
    let (mut rig, clerk) = Rig::with_register().await;
    let server = rig.serve().await;
    let office = rig.caller(server, Role::Office).await;
    let first = call!(clerk, raise_action, question()).unwrap();
    rig.clock.advance(TimeDelta::minutes(14));
    let second = call!(office, delegate_action, delegate(&first.reference, DRUGS)).unwrap();
    let withdraw_with = |etag: u64| {
        let mut request = withdraw(&first.reference);
        request.write.as_mut().unwrap().etag = etag.to_string();
        request
    };
    let said = refusal(&call!(clerk, withdraw_action, withdraw_with(first.position)).unwrap_err());
    let said = said.replace(&format!("={}", first.position), "=N");
    let said = said.replace(&format!("={}", second.position), "=M");
    insta::assert_snapshot!(said, @"Aborted CHANGED_SINCE_READ: Jane of office changed PCP/2018/001 on 9 November 2018 at 12:14pm, after you read it; read it again and decide again [changed_at=2018-11-09T12:14:00+00:00, changed_by=Jane of office, etag=N, etag_now=M, what=PCP/2018/001]");
    call!(clerk, withdraw_action, withdraw_with(second.position)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_is_answered_honestly() {
    let (_rig, clerk) = Rig::with_register().await;
    let request = question();
    let mut hurried = clerk.request(request.clone());
    hurried.set_timeout(std::time::Duration::from_micros(10));
    let status = clerk
        .client
        .clone()
        .raise_action(hurried)
        .await
        .unwrap_err();
    assert!(
        matches!(
            status.code(),
            tonic::Code::DeadlineExceeded | tonic::Code::Cancelled
        ),
        "{status}"
    );
    let answer = call!(clerk, raise_action, request).unwrap();
    assert_eq!(answer.reference, "PCP/2018/001");
}
