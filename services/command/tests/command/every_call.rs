//! Every call of the contract once, as people would make them.

use crate::asks::*;
use crate::call;
use crate::rig::{Caller, Rig, write};
use api::v1;
use domain::policy::Role;

/// One line for each call: what it answered.
#[derive(Default)]
struct Story(Vec<String>);

impl Story {
    fn tell(&mut self, call: &str, written: &v1::Written) {
        let unchanged = if written.unchanged { " unchanged" } else { "" };
        let mut line = format!(
            "{call}: {} {:?}{unchanged}",
            written.reference, written.events
        );
        if !written.due_on.is_empty() {
            line.push_str(&format!(" due {}", written.due_on));
        }
        if !written.children.is_empty() {
            line.push_str(&format!(" children {:?}", written.children));
        }
        assert!(!written.token.is_empty(), "{call} gives a token");
        assert!(written.position > 0, "{call} gives a position");
        self.0.push(line);
    }
}

macro_rules! told {
    ($story:ident, $caller:expr, $method:ident, $message:expr) => {{
        let written = match call!($caller, $method, $message) {
            Ok(written) => written,
            Err(status) => panic!("{}: {}", stringify!($method), crate::rig::refusal(&status)),
        };
        $story.tell(stringify!($method), &written);
        written
    }};
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_does_what_it_says() {
    let (mut rig, clerk) = Rig::with_register().await;
    let server = rig.serve().await;
    let office = rig.caller(server, Role::Office).await;
    let drugs = rig.group(server, DRUGS).await;
    let mut story = Story::default();
    life_of_an_action(&mut story, &clerk, &office, &drugs).await;
    clock_restriction_and_end(&mut story, &clerk, &office).await;
    the_register(&mut story, &clerk).await;
    returns(&mut story, &rig, &clerk, &office, &drugs).await;
    insta::assert_snapshot!(story.0.join("\n"));
}

async fn life_of_an_action(story: &mut Story, clerk: &Caller, office: &Caller, drugs: &Caller) {
    let reference = told!(story, clerk, raise_action, question()).reference;
    let of = || reference.clone();
    let triage = v1::TriageActionRequest {
        write: write("2018-09-14"),
        reference: of(),
        remit: v1::Remit::Commissioner.into(),
        sensitivity: v1::Sensitivity::None.into(),
        note: String::new(),
    };
    told!(story, office, triage_action, triage);
    told!(
        story,
        office,
        delegate_action,
        delegate(&reference, "Prevent")
    );
    let transfer = v1::TransferActionRequest {
        write: write("2018-09-21"),
        reference: of(),
        to: "Drugs and Alcohol Misuse Delivery Group".to_owned(),
        due_on: "2018-10-01".to_owned(),
        reason: "It is theirs.".to_owned(),
    };
    told!(story, office, transfer_action, transfer);
    let accept = v1::AcceptDelegationRequest {
        write: write("2018-09-22"),
        reference: of(),
    };
    told!(story, drugs, accept_delegation, accept);
    let update = v1::RecordUpdateRequest {
        write: write("2018-10-02"),
        reference: of(),
        period: "Q2 2018/19".to_owned(),
        progress: Some(progress(v1::Rag::Green)),
    };
    told!(story, drugs, record_update, update);
    let holding = v1::RespondToActionRequest {
        kind: v1::ResponseKind::Holding.into(),
        write: write("2018-10-08"),
        expected_on: "2018-11-09".to_owned(),
        ..respond(&reference)
    };
    told!(story, office, respond_to_action, holding);
    let response = told!(story, office, respond_to_action, respond(&reference)).response_id;
    let correct = v1::CorrectResponseRequest {
        write: write("2018-11-09"),
        reference: of(),
        response_id: response.clone(),
        text: "Forty-one, and the oil was given.".to_owned(),
        reason: "One lantern was missed.".to_owned(),
        ..Default::default()
    };
    told!(story, office, correct_response, correct);
    let undertaking = v1::RaiseUndertakingRequest {
        write: write("2018-11-09"),
        reference: of(),
        response_id: response,
        text: "The lanterns will be counted again in spring.".to_owned(),
        series: "pcp-2018".to_owned(),
        due: on_date("2019-03-31"),
        asked_of: String::new(),
    };
    told!(story, clerk, raise_undertaking, undertaking);
    let propose = v1::ProposeClosureRequest {
        write: write("2018-11-09"),
        reference: of(),
        outcome: v1::Outcome::Answered.into(),
        reason: "Every question has its answer.".to_owned(),
    };
    told!(story, office, propose_closure, propose);
    told!(
        story,
        clerk,
        close_action,
        close(&reference, v1::Outcome::Answered)
    );
    let reopen = v1::ReopenActionRequest {
        write: write("2018-11-09"),
        reference: of(),
        reason: "The Panel is not content.".to_owned(),
        due: None,
    };
    told!(story, clerk, reopen_action, reopen);
    let other = told!(story, clerk, raise_action, question()).reference;
    let link = v1::LinkActionsRequest {
        write: write("2018-11-09"),
        reference: of(),
        kind: v1::LinkKind::DuplicateOf.into(),
        other: other.clone(),
    };
    told!(story, clerk, link_actions, link);
    told!(story, clerk, split_action, split(&other));
    let delegate_child = v1::DelegateActionRequest {
        write: write("2018-11-09"),
        ..delegate("PCP/2018/004", DRUGS)
    };
    told!(story, office, delegate_action, delegate_child);
    let decline = v1::DeclineDelegationRequest {
        write: write("2018-11-09"),
        reference: "PCP/2018/004".to_owned(),
        reason: "It is for the parish.".to_owned(),
    };
    told!(story, drugs, decline_delegation, decline);
}

async fn clock_restriction_and_end(story: &mut Story, clerk: &Caller, office: &Caller) {
    let reference = told!(story, clerk, raise_action, question()).reference;
    let of = || reference.clone();
    let reason = || "The figures are not out yet.".to_owned();
    let moved = v1::MoveDueDateRequest {
        write: write("2018-10-01"),
        reference: of(),
        due: Some(v1::DueRule {
            rule: Some(v1::due_rule::Rule::BeforeAgendaOf("2018-12-05".to_owned())),
        }),
        reason: reason(),
    };
    told!(story, clerk, move_due_date, moved);
    let pause = v1::PauseClockRequest {
        write: write("2018-10-02"),
        reference: of(),
        reason: reason(),
    };
    told!(story, clerk, pause_clock, pause);
    let resume = v1::ResumeClockRequest {
        write: write("2018-10-09"),
        reference: of(),
    };
    told!(story, clerk, resume_clock, resume);
    let restrict = v1::RestrictActionRequest {
        write: write("2018-10-10"),
        reference: of(),
        ground: Some(v1::Ground {
            ground: Some(v1::ground::Ground::Schedule12aParagraph(7)),
        }),
        reason: reason(),
        review_on: "2019-03-01".to_owned(),
        explanation: "Not published while it would help offenders.".to_owned(),
        public_title: String::new(),
    };
    told!(story, office, restrict_action, restrict);
    told!(story, clerk, split_action, split(&reference));
    let lift = v1::LiftRestrictionRequest {
        write: write("2018-11-01"),
        reference: of(),
        reason: "It is over.".to_owned(),
    };
    told!(story, office, lift_restriction, lift);
    let last = told!(story, clerk, raise_action, question()).reference;
    told!(story, clerk, withdraw_action, withdraw(&last));
}

async fn the_register(story: &mut Story, clerk: &Caller) {
    told!(
        story,
        clerk,
        register_body,
        body("cjb", "Criminal Justice Board", v1::BodyKind::Board)
    );
    let rename = v1::RenameBodyRequest {
        write: write("2018-05-01"),
        id: "cjb".to_owned(),
        name: "Local Criminal Justice Board".to_owned(),
    };
    told!(story, clerk, rename_body, rename);
    let end = v1::EndBodyRequest {
        write: write("2018-06-01"),
        id: "cjb".to_owned(),
        succeeded_by: "ccssb".to_owned(),
    };
    told!(story, clerk, end_body, end);
    told!(
        story,
        clerk,
        register_group,
        group("mental-health", "Mental Health")
    );
    let rename = v1::RenameGroupRequest {
        write: write("2018-05-01"),
        id: "mental-health".to_owned(),
        name: "Mental Health Concordat".to_owned(),
    };
    told!(story, clerk, rename_group, rename);
    let detail = v1::DetailGroupRequest {
        write: write("2018-05-02"),
        id: "mental-health".to_owned(),
        details: group("x", "Concordat").details,
    };
    told!(story, clerk, detail_group, detail);
    let end = v1::EndGroupRequest {
        write: write("2018-06-01"),
        id: "mental-health".to_owned(),
        succeeded_by: String::new(),
    };
    told!(story, clerk, end_group, end);
    told!(story, clerk, open_series, series("pcp-2019", 2019));
    told!(
        story,
        clerk,
        arrange_meeting,
        meeting("pcp-2018-12-05", "2018-12-05")
    );
    let schedule = v1::ScheduleReturnsRequest {
        write: write("2018-05-01"),
        board: "ccssb".to_owned(),
        rule: Some(v1::ReturnDueRule {
            rule: Some(v1::return_due_rule::Rule::DaysAfter(30)),
        }),
    };
    told!(story, clerk, schedule_returns, schedule);
}

async fn returns(story: &mut Story, _rig: &Rig, clerk: &Caller, office: &Caller, drugs: &Caller) {
    let reference = told!(story, clerk, raise_action, question()).reference;
    told!(story, office, delegate_action, delegate(&reference, DRUGS));
    let content = |rag: v1::Rag| {
        Some(v1::ReturnContent {
            overall: rag.into(),
            position: "Steady.".to_owned(),
            updates: vec![v1::ReturnUpdate {
                reference: reference.clone(),
                progress: Some(progress(v1::Rag::Green)),
            }],
            ..Default::default()
        })
    };
    let draft = v1::SaveReturnDraftRequest {
        write: write("2018-10-01"),
        group: "Drugs and Alcohol Misuse".to_owned(),
        quarter: "Q2 2018/19".to_owned(),
        content: content(v1::Rag::Amber),
    };
    told!(story, drugs, save_return_draft, draft);
    let submit = v1::SubmitReturnRequest {
        write: write("2018-10-30"),
        group: DRUGS.to_owned(),
        quarter: "Q2 2018/19".to_owned(),
        content: content(v1::Rag::Green),
    };
    told!(story, drugs, submit_return, submit);
    let correct = v1::CorrectReturnRequest {
        write: write("2018-11-05"),
        group: DRUGS.to_owned(),
        quarter: "2018-19-q2".to_owned(),
        content: content(v1::Rag::Red),
        reason: "The count was wrong.".to_owned(),
    };
    told!(story, drugs, correct_return, correct);
}
