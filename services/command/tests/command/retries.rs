//! The same request again: the first answer comes back and nothing is recorded twice.

use crate::asks::*;
use crate::call;
use crate::counted::{Counted, Gate};
use crate::on_both_logs;
use crate::rig::{Caller, On, Rig, refusal, write};
use api::v1;
use domain::policy::Role;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

on_both_logs! {
    a_repetition_gets_the_first_answer,
    the_same_id_with_other_content_is_refused,
    a_wish_for_what_stands_already_records_nothing,
    a_kept_reference_stands_for_one_action,
    a_response_to_several_is_recorded_once_with_one_id,
    what_is_refused_after_its_first_message_goes_on_when_sent_again,
    an_action_is_closed_before_or_after_what_ties_it_to_others,
}

async fn a_repetition_gets_the_first_answer(on: On) {
    let (mut rig, clerk) = Rig::with_register_on(on).await;
    let request = question();
    let first = call!(clerk, raise_action, request.clone()).unwrap();
    call!(clerk, withdraw_action, withdraw(&first.reference)).unwrap();
    let count = rig.messages().await.len();
    let fresh = rig.serve().await;
    let elsewhere = rig.caller(fresh, Role::Clerk).await;
    for caller in [&clerk, &elsewhere] {
        let again = call!(caller, raise_action, request.clone()).unwrap();
        let expected = v1::Written {
            unchanged: true,
            ..first.clone()
        };
        assert_eq!(again, expected);
    }
    assert_eq!(rig.messages().await.len(), count);
    assert!(
        rig.figures()
            .contains("matters_command_duplicates_total{method=\"RaiseAction\"} 1")
    );
}

async fn the_same_id_with_other_content_is_refused(on: On) {
    let (mut rig, clerk) = Rig::with_register_on(on).await;
    let server = rig.serve().await;
    let office = rig.caller(server, Role::Office).await;
    let request = question();
    let first = call!(clerk, raise_action, request.clone()).unwrap();
    let other_text = v1::RaiseActionRequest {
        text: "Something else?".to_owned(),
        ..request.clone()
    };
    let said = refusal(&call!(clerk, raise_action, other_text).unwrap_err());
    assert!(
        said.starts_with("AlreadyExists REQUEST_ID_REUSED: "),
        "{said}"
    );
    let other_call = v1::WithdrawActionRequest {
        write: request.write.clone(),
        ..withdraw(&first.reference)
    };
    let said = refusal(&call!(clerk, withdraw_action, other_call).unwrap_err());
    assert!(
        said.starts_with("AlreadyExists REQUEST_ID_REUSED: "),
        "{said}"
    );
    let body = body("cjb", "Criminal Justice Board", v1::BodyKind::Board);
    call!(clerk, register_body, body.clone()).unwrap();
    let said = refusal(&call!(office, register_body, body).unwrap_err());
    assert!(
        said.starts_with("AlreadyExists REQUEST_ID_REUSED: "),
        "{said}"
    );
}

async fn a_wish_for_what_stands_already_records_nothing(on: On) {
    let (mut rig, clerk) = Rig::with_register_on(on).await;
    let server = rig.serve().await;
    let office = rig.caller(server, Role::Office).await;
    let first = call!(clerk, raise_action, question()).unwrap();
    let delegated = call!(office, delegate_action, delegate(&first.reference, DRUGS)).unwrap();
    let count = rig.messages().await.len();
    let again = call!(office, delegate_action, delegate(&first.reference, DRUGS)).unwrap();
    assert!(again.unchanged && again.events.is_empty());
    assert_eq!(again.position, delegated.position);
    assert_eq!(rig.messages().await.len(), count);
}

async fn a_kept_reference_stands_for_one_action(on: On) {
    let (_rig, clerk) = Rig::with_register_on(on).await;
    let kept = |reference: &str| v1::RaiseActionRequest {
        series: String::new(),
        kept_reference: reference.to_owned(),
        ..question()
    };
    let first = call!(clerk, raise_action, kept("Min. 41/18")).unwrap();
    assert_eq!(first.reference, "Min. 41/18");
    let again = call!(clerk, raise_action, kept("Min. 41/18")).unwrap();
    assert!(again.unchanged, "the same action under another request id");
    let other = v1::RaiseActionRequest {
        text: "Something else?".to_owned(),
        ..kept("Min. 41/18")
    };
    let said = refusal(&call!(clerk, raise_action, other).unwrap_err());
    insta::assert_snapshot!(said, @"AlreadyExists REFERENCE_TAKEN: Min. 41/18 is taken by another action, raised on 12 September 2018 [raised_on=2018-09-12, reference=Min. 41/18]");
    // One that the series would write stands in its way: the series goes round it, in order.
    call!(clerk, raise_action, kept("PCP/2018/002")).unwrap();
    let mut raised = Vec::new();
    for _ in 0..3 {
        raised.push(call!(clerk, raise_action, question()).unwrap().reference);
    }
    assert_eq!(raised, ["PCP/2018/001", "PCP/2018/003", "PCP/2018/004"]);
}

async fn a_response_to_several_is_recorded_once_with_one_id(on: On) {
    let (mut rig, clerk) = Rig::with_register_on(on).await;
    let server = rig.serve().await;
    let office = rig.caller(server, Role::Office).await;
    for _ in 0..3 {
        call!(clerk, raise_action, question()).unwrap();
    }
    let also = |reference: &str| v1::AlsoAnswers {
        reference: reference.to_owned(),
        coverage: vec![],
    };
    let request = v1::RespondToActionRequest {
        also_answers: vec![also("PCP/2018/002"), also("PCP/2018/003")],
        ..respond("PCP/2018/001")
    };
    let first = call!(office, respond_to_action, request.clone()).unwrap();
    let messages = rig.messages().await;
    let texts: Vec<&str> = messages
        .iter()
        .map(|m| std::str::from_utf8(&m.body).unwrap())
        .filter(|text| text.contains(&first.response_id))
        .collect();
    assert_eq!(texts.len(), 3);
    assert!(texts[0].contains("\"also_answers\":[\"PCP/2018/001\",\"PCP/2018/003\"]"));
    let again = call!(office, respond_to_action, request.clone()).unwrap();
    assert!(again.unchanged);
    assert_eq!(again.position, first.position);
    assert_eq!(rig.messages().await.len(), messages.len());
    // One of several that cannot be answered: none is.
    call!(clerk, withdraw_action, withdraw("PCP/2018/003")).unwrap();
    let count = rig.messages().await.len();
    let request = v1::RespondToActionRequest {
        kind: v1::ResponseKind::Holding.into(),
        also_answers: vec![also("PCP/2018/002"), also("PCP/2018/003")],
        ..respond("PCP/2018/001")
    };
    let said = refusal(&call!(office, respond_to_action, request).unwrap_err());
    assert!(
        said.starts_with("FailedPrecondition ACTION_CLOSED: "),
        "{said}"
    );
    assert_eq!(rig.messages().await.len(), count);
}

/// Two questions, a clerk of one service, and another service whose second append waits at a gate.
async fn two_questions_and_a_gate(on: On) -> (Rig, Caller, SocketAddr, Arc<Gate>) {
    let (mut rig, clerk) = Rig::with_register_on(on).await;
    for _ in 0..2 {
        call!(clerk, raise_action, question()).unwrap();
    }
    let (log, gate) = Counted::gated(Arc::clone(&rig.log), 1);
    let service = rig.service_on(Arc::new(log), "gated");
    let server = rig.serve_this(service).await;
    (rig, clerk, server, gate)
}

fn answering_both() -> v1::RespondToActionRequest {
    v1::RespondToActionRequest {
        also_answers: vec![v1::AlsoAnswers {
            reference: "PCP/2018/002".to_owned(),
            coverage: vec![],
        }],
        ..respond("PCP/2018/001")
    }
}

async fn what_is_refused_after_its_first_message_goes_on_when_sent_again(on: On) {
    let (rig, clerk, server, gate) = two_questions_and_a_gate(on).await;
    let office = rig.caller(server, Role::Office).await;
    let request = answering_both();
    let (answer, ()) = tokio::join!(
        async { call!(office, respond_to_action, request.clone()) },
        async {
            gate.reached.notified().await;
            call!(clerk, withdraw_action, withdraw("PCP/2018/001")).unwrap();
            gate.open.notify_one();
        }
    );
    let noticed = match on {
        On::Embedded => "expectation",
        On::JetStream => "10071",
    };
    let conflict = format!("conflicts_total{{aggregate=\"action\",code=\"{noticed}\"}} 1");
    assert!(rig.figures().contains(&conflict), "{}", rig.figures());
    insta::assert_snapshot!(refusal(&answer.unwrap_err()), @"FailedPrecondition ACTION_CLOSED: PCP/2018/001 was withdrawn on 9 November 2018; reopen it first; recorded before that: PCP/2018/002; the same request, sent again under the same id once it is allowed, records the rest [on=2018-11-09, recorded=PCP/2018/002, reference=PCP/2018/001]");
    let reopen = v1::ReopenActionRequest {
        write: write("2018-11-09"),
        reference: "PCP/2018/001".to_owned(),
        reason: "It was answered after all.".to_owned(),
        due: None,
    };
    call!(clerk, reopen_action, reopen).unwrap();
    let count = rig.messages().await.len();
    let written = call!(office, respond_to_action, request).unwrap();
    assert!(!written.unchanged);
    assert_eq!(rig.messages().await.len(), count + 1);
}

/// Within one process nothing cuts in between the messages of one request.
async fn an_action_is_closed_before_or_after_what_ties_it_to_others(on: On) {
    let (rig, _, server, gate) = two_questions_and_a_gate(on).await;
    let office = rig.caller(server, Role::Office).await;
    let clerk = rig.caller(server, Role::Clerk).await;
    let request = answering_both();
    let responding = tokio::spawn(async move { call!(office, respond_to_action, request) });
    gate.reached.notified().await;
    let mut withdrawing =
        tokio::spawn(async move { call!(clerk, withdraw_action, withdraw("PCP/2018/001")) });
    let early = tokio::time::timeout(Duration::from_millis(200), &mut withdrawing).await;
    assert!(early.is_err(), "{early:?}");
    gate.open.notify_one();
    responding.await.unwrap().unwrap();
    withdrawing.await.unwrap().unwrap();
}
