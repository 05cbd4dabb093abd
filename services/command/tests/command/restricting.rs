//! Words that are restricted in one place are public in no other.

use crate::asks::*;
use crate::call;
use crate::counted::{Counted, Gate};
use crate::on_both_logs;
use crate::rig::{Caller, On, Rig, refusal, write};
use api::v1;
use domain::policy::Role;
use std::collections::BTreeSet;
use std::sync::Arc;

on_both_logs! {
    a_restriction_reaches_all_that_holds_words_of_it,
    pieces_made_before_are_restricted_with_the_whole,
    one_response_stays_on_one_side,
    of_two_replicas_the_later_sees_the_other,
}

fn response_to(reference: &str, others: &[&str]) -> v1::RespondToActionRequest {
    let also = |reference: &&str| v1::AlsoAnswers {
        reference: (*reference).to_owned(),
        coverage: vec![],
    };
    v1::RespondToActionRequest {
        also_answers: others.iter().map(also).collect(),
        ..respond(reference)
    }
}

fn promised(reference: &str, response_id: &str) -> v1::RaiseUndertakingRequest {
    v1::RaiseUndertakingRequest {
        write: write("2018-11-09"),
        reference: reference.to_owned(),
        response_id: response_id.to_owned(),
        text: "There will be a review of the oil.".to_owned(),
        series: "pcp-2018".to_owned(),
        due: on_date("2019-01-31"),
        asked_of: String::new(),
    }
}

fn lift(reference: &str) -> v1::LiftRestrictionRequest {
    v1::LiftRestrictionRequest {
        write: write("2018-11-09"),
        reference: reference.to_owned(),
        reason: "The oil was moved.".to_owned(),
    }
}

fn correct(reference: &str, response_id: &str) -> v1::CorrectResponseRequest {
    v1::CorrectResponseRequest {
        write: write("2018-11-09"),
        reference: reference.to_owned(),
        response_id: response_id.to_owned(),
        text: "Forty-one.".to_owned(),
        reason: "Counted again.".to_owned(),
        ..Default::default()
    }
}

async fn three_questions(on: On) -> (Rig, Caller, Caller) {
    let (mut rig, clerk) = Rig::with_register_on(on).await;
    let server = rig.serve().await;
    let office = rig.caller(server, Role::Office).await;
    for _ in 0..3 {
        call!(clerk, raise_action, question()).unwrap();
    }
    (rig, clerk, office)
}

/// The references of the actions that were restricted, lifted by now or not.
async fn restricted_ever(rig: &Rig) -> Vec<String> {
    let mut restricted = BTreeSet::new();
    for record in rig.messages().await {
        let body = std::str::from_utf8(&record.body).unwrap();
        if body.contains("\"action.restricted.v1\"") {
            let (_, reference) = record.subject.as_str().split_once(".action.").unwrap();
            restricted.insert(reference.to_owned());
        }
    }
    Vec::from_iter(restricted)
}

async fn a_restriction_reaches_all_that_holds_words_of_it(on: On) {
    let (rig, clerk, office) = three_questions(on).await;
    let shared = response_to("PCP/2018/001", &["PCP/2018/002"]);
    let response = call!(office, respond_to_action, shared)
        .unwrap()
        .response_id;
    let promise = promised("PCP/2018/002", &response);
    call!(office, raise_undertaking, promise).unwrap();
    let request = restrict("PCP/2018/001");
    let written = call!(clerk, restrict_action, request.clone()).unwrap();
    assert_eq!(written.also_restricted, ["PCP/2018/002", "PCP/2018/004"]);
    let hidden = ["PCP/2018/001", "PCP/2018/002", "PCP/2018/004"];
    assert_eq!(restricted_ever(&rig).await, hidden);
    let count = rig.messages().await.len();
    // The same request again, and the same wish under another id.
    let again = call!(clerk, restrict_action, request).unwrap();
    assert_eq!(again.also_restricted, written.also_restricted);
    let wish = call!(clerk, restrict_action, restrict("PCP/2018/001")).unwrap();
    assert!(again.unchanged && wish.unchanged);
    assert_eq!(rig.messages().await.len(), count);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_restrict_restricts_none_of_them() {
    let (mut rig, _, office) = three_questions(On::Embedded).await;
    let shared = response_to("PCP/2018/001", &["PCP/2018/002"]);
    call!(office, respond_to_action, shared).unwrap();
    let server = rig.serve().await;
    let auditor = rig.caller(server, Role::Auditor).await;
    let refused = call!(auditor, restrict_action, restrict("PCP/2018/001")).unwrap_err();
    assert_eq!(refused.code(), tonic::Code::PermissionDenied);
    assert_eq!(restricted_ever(&rig).await, Vec::<String>::new());
}

async fn pieces_made_before_are_restricted_with_the_whole(on: On) {
    let (rig, clerk, _) = three_questions(on).await;
    call!(clerk, split_action, split("PCP/2018/001")).unwrap();
    call!(clerk, split_action, split("PCP/2018/004")).unwrap_err();
    let late = v1::RestrictActionRequest {
        write: write("2018-11-01"),
        ..restrict("PCP/2018/001")
    };
    let written = call!(clerk, restrict_action, late).unwrap();
    assert_eq!(written.also_restricted, ["PCP/2018/004", "PCP/2018/005"]);
    let hidden = ["PCP/2018/001", "PCP/2018/004", "PCP/2018/005"];
    assert_eq!(restricted_ever(&rig).await, hidden);
}

async fn one_response_stays_on_one_side(on: On) {
    let (rig, clerk, office) = three_questions(on).await;
    call!(clerk, restrict_action, restrict("PCP/2018/002")).unwrap();
    let count = rig.messages().await.len();
    let both = response_to("PCP/2018/001", &["PCP/2018/002", "PCP/2018/003"]);
    let said = refusal(&call!(office, respond_to_action, both).unwrap_err());
    insta::allow_duplicates! {
        insta::assert_snapshot!(said, @"FailedPrecondition RESTRICTION_DIFFERS: one response cannot answer what is restricted (PCP/2018/002) together with what is public (PCP/2018/001, PCP/2018/003); answer them apart [public=PCP/2018/001, PCP/2018/003, restricted=PCP/2018/002]");
    }
    let other_way = response_to("PCP/2018/002", &["PCP/2018/001"]);
    call!(office, respond_to_action, other_way).unwrap_err();
    assert_eq!(rig.messages().await.len(), count);
    // Shared while both were public; one of them is put back into public view later.
    let shared = response_to("PCP/2018/001", &["PCP/2018/003"]);
    let written = call!(office, respond_to_action, shared).unwrap();
    call!(clerk, restrict_action, restrict("PCP/2018/001")).unwrap();
    call!(clerk, lift_restriction, lift("PCP/2018/003")).unwrap();
    let count = rig.messages().await.len();
    let public = correct("PCP/2018/003", &written.response_id);
    let said = refusal(&call!(office, correct_response, public).unwrap_err());
    assert!(
        said.contains("answers PCP/2018/001 too, which is restricted, and PCP/2018/003 is public"),
        "{said}"
    );
    assert_eq!(rig.messages().await.len(), count);
    let hidden = correct("PCP/2018/001", &written.response_id);
    call!(office, correct_response, hidden).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn links_form_no_circle() {
    let (rig, clerk, _) = three_questions(On::Embedded).await;
    let link = |reference: &str, other: &str| v1::LinkActionsRequest {
        write: write("2018-11-09"),
        reference: reference.to_owned(),
        kind: v1::LinkKind::Parent.into(),
        other: other.to_owned(),
    };
    call!(clerk, link_actions, link("PCP/2018/001", "PCP/2018/002")).unwrap();
    call!(clerk, link_actions, link("PCP/2018/002", "PCP/2018/003")).unwrap();
    let count = rig.messages().await.len();
    let back = link("PCP/2018/003", "PCP/2018/001");
    let said = refusal(&call!(clerk, link_actions, back).unwrap_err());
    insta::assert_snapshot!(said, @"InvalidArgument CONTENT_WRONG: the links would form a circle: PCP/2018/003 to PCP/2018/001 to PCP/2018/002 to PCP/2018/003; link PCP/2018/003 to something else [chain=PCP/2018/003 to PCP/2018/001 to PCP/2018/002 to PCP/2018/003, reference=PCP/2018/003]");
    assert_eq!(rig.messages().await.len(), count);
    call!(clerk, link_actions, link("PCP/2018/001", "PCP/2018/003")).unwrap();
}

/// A caller of another replica, whose append after so many others waits at a gate.
async fn gated(rig: &mut Rig, role: Role, appends_before: usize) -> (Caller, Arc<Gate>) {
    let (log, gate) = Counted::gated(Arc::clone(&rig.log), appends_before);
    let service = rig.service_on(Arc::new(log), &format!("gated-{appends_before}-{role:?}"));
    let server = rig.serve_this(service).await;
    (rig.caller(server, role).await, gate)
}

async fn of_two_replicas_the_later_sees_the_other(on: On) {
    let (mut rig, clerk, office) = three_questions(on).await;
    let answered = call!(office, respond_to_action, respond("PCP/2018/001")).unwrap();
    let promise = promised("PCP/2018/001", &answered.response_id);
    // Restricted between the birth of a child and its tie.
    let (slow, gate) = gated(&mut rig, Role::Office, 1).await;
    let birth = tokio::spawn(async move { call!(slow, raise_undertaking, promise) });
    gate.reached.notified().await;
    call!(clerk, restrict_action, restrict("PCP/2018/001")).unwrap();
    gate.open.notify_one();
    birth.await.unwrap().unwrap();
    let hidden = ["PCP/2018/001", "PCP/2018/004"];
    assert_eq!(restricted_ever(&rig).await, hidden);
    // Restricted between two messages of a response.
    let (slow, gate) = gated(&mut rig, Role::Office, 1).await;
    let shared = response_to("PCP/2018/002", &["PCP/2018/003"]);
    let response = tokio::spawn(async move { call!(slow, respond_to_action, shared) });
    gate.reached.notified().await;
    call!(clerk, restrict_action, restrict("PCP/2018/002")).unwrap();
    gate.open.notify_one();
    response.await.unwrap().unwrap();
    let hidden = [
        "PCP/2018/001",
        "PCP/2018/002",
        "PCP/2018/003",
        "PCP/2018/004",
    ];
    assert_eq!(restricted_ever(&rig).await, hidden);
    // Tied between the look of a restriction and its last message.
    let five = call!(clerk, raise_action, question()).unwrap().reference;
    let answered = call!(office, respond_to_action, respond(&five)).unwrap();
    let (slow, gate) = gated(&mut rig, Role::Clerk, 0).await;
    let restriction = restrict(&five);
    let restricting = tokio::spawn(async move { call!(slow, restrict_action, restriction) });
    gate.reached.notified().await;
    let promise = promised(&five, &answered.response_id);
    call!(office, raise_undertaking, promise).unwrap();
    gate.open.notify_one();
    restricting.await.unwrap().unwrap();
    assert_eq!(
        restricted_ever(&rig).await[4..],
        ["PCP/2018/005", "PCP/2018/006"]
    );
}
