//! Bad fields: every one is named, at once, and nothing is written.

use crate::asks::*;
use crate::call;
use crate::rig::{AREA, Rig, new_id, refusal, write};
use api::v1;
use domain::policy::Role;

fn bad_write() -> Option<v1::Write> {
    Some(v1::Write {
        request_id: "yesterday's".to_owned(),
        area: "Cambs".to_owned(),
        on: "31 February 2018".to_owned(),
        etag: "W/7".to_owned(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_field_is_named_at_once() {
    let (mut rig, clerk) = Rig::with_register().await;
    let server = rig.serve().await;
    let office = rig.caller(server, Role::Office).await;
    let drugs = rig.group(server, DRUGS).await;
    let before = rig.messages().await.len();
    let mut told = Vec::new();

    let raise = v1::RaiseActionRequest {
        write: bad_write(),
        series: "PCP 2018".to_owned(),
        kept_reference: "7/2018".to_owned(),
        kind: 99,
        text: "x".repeat(80_001),
        topic: "two\nlines".to_owned(),
        theme: "t".repeat(301),
        meeting: "September".to_owned(),
        minute: "\u{202e}5".to_owned(),
        asked_of: String::new(),
        raised_by: "bell\u{7}".to_owned(),
        parts: vec![" ".to_owned(), "y".repeat(20_001)],
        due: None,
    };
    told.push(refusal(&call!(clerk, raise_action, raise).unwrap_err()));
    let empty = v1::RaiseActionRequest::default();
    told.push(refusal(&call!(clerk, raise_action, empty).unwrap_err()));
    for rule in [
        v1::due_rule::Rule::OnDate("09/13/2018".to_owned()),
        v1::due_rule::Rule::WorkingDays(v1::WorkingDays {
            days: 251,
            calendar: 7,
        }),
        v1::due_rule::Rule::NoneAgreed(String::new()),
    ] {
        let raise = v1::RaiseActionRequest {
            kept_reference: "a*b".to_owned(),
            series: String::new(),
            parts: vec!["part".to_owned(); 27],
            due: Some(v1::DueRule { rule: Some(rule) }),
            ..question()
        };
        told.push(refusal(&call!(clerk, raise_action, raise).unwrap_err()));
    }
    let cover = |part: &str, coverage: i32| v1::PartCoverage {
        part: part.to_owned(),
        coverage,
    };
    let respond = v1::RespondToActionRequest {
        kind: 0,
        coverage: vec![cover("A1", 0), cover("a", 1), cover("a", 2)],
        citations: vec![v1::Citation {
            dated: "soon".to_owned(),
            ..Default::default()
        }],
        also_answers: vec![v1::AlsoAnswers {
            reference: "PCP/2018/001".to_owned(),
            coverage: vec![],
        }],
        ..respond("PCP/2018/001")
    };
    told.push(refusal(
        &call!(office, respond_to_action, respond).unwrap_err(),
    ));
    let split = v1::SplitActionRequest {
        pieces: vec![v1::SplitPiece::default()],
        ..split("PCP/2018/001")
    };
    told.push(refusal(&call!(clerk, split_action, split).unwrap_err()));
    let restrict = v1::RestrictActionRequest {
        write: write(MET),
        reference: "PCP/2018/001".to_owned(),
        ground: Some(v1::Ground {
            ground: Some(v1::ground::Ground::Schedule12aParagraph(8)),
        }),
        ..Default::default()
    };
    told.push(refusal(
        &call!(office, restrict_action, restrict).unwrap_err(),
    ));
    let series = v1::OpenSeriesRequest {
        year: 18,
        pattern: "PCP/{year}".to_owned(),
        ..series("pcp-2019", 2019)
    };
    told.push(refusal(&call!(clerk, open_series, series).unwrap_err()));
    let submit = v1::SubmitReturnRequest {
        write: write(MET),
        group: DRUGS.to_owned(),
        quarter: "Q5 2018".to_owned(),
        content: Some(v1::ReturnContent {
            updates: vec![v1::ReturnUpdate {
                reference: String::new(),
                progress: Some(v1::Progress::default()),
            }],
            ..Default::default()
        }),
    };
    told.push(refusal(&call!(drugs, submit_return, submit).unwrap_err()));
    let crowd = v1::SubmitReturnRequest {
        write: write(MET),
        group: DRUGS.to_owned(),
        quarter: "Q1 2018/19".to_owned(),
        content: Some(v1::ReturnContent {
            updates: vec![v1::ReturnUpdate::default(); 501],
            ..Default::default()
        }),
    };
    told.push(refusal(&call!(drugs, submit_return, crowd).unwrap_err()));
    insta::assert_snapshot!(told.join("\n\n"));
    assert_eq!(rig.messages().await.len(), before, "nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_refused_before_the_log() {
    let (rig, clerk) = Rig::with_register().await;
    let before = rig.messages().await.len();
    let huge = v1::RaiseActionRequest {
        text: "x".repeat(300_000),
        ..question()
    };
    let status = call!(clerk, raise_action, huge).unwrap_err();
    let said = refusal(&status);
    assert!(said.starts_with("ResourceExhausted TOO_LARGE: "), "{said}");
    let larger = v1::RaiseActionRequest {
        text: "x".repeat(2 << 20),
        ..question()
    };
    let status = call!(clerk, raise_action, larger).unwrap_err();
    assert_eq!(status.code(), tonic::Code::OutOfRange, "{status}");
    // Each text is within its limit, the whole is not: 26 parts of 20,000 characters of two bytes.
    let sum = v1::RaiseActionRequest {
        parts: vec!["é".repeat(20_000); 6],
        ..question()
    };
    assert!(call!(clerk, raise_action, sum).is_ok(), "240 KB still fits");
    let escaped = v1::RaiseActionRequest {
        parts: vec!["\"".repeat(20_000); 12],
        ..question()
    };
    let said = refusal(&call!(clerk, raise_action, escaped).unwrap_err());
    assert!(said.starts_with("ResourceExhausted TOO_LARGE: "), "{said}");
    let next = call!(clerk, raise_action, question()).unwrap();
    assert_eq!(
        next.reference, "PCP/2018/002",
        "a refusal uses no number up"
    );
    assert_eq!(rig.messages().await.len(), before + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_day_is_today_in_london() {
    let (rig, clerk) = Rig::with_register().await;
    // Half past midnight in London, still the day before in UTC.
    rig.clock.set("2018-09-30T23:30:00Z".parse().unwrap());
    let raise = v1::RaiseActionRequest {
        write: Some(v1::Write {
            request_id: new_id(),
            area: AREA.to_owned(),
            ..Default::default()
        }),
        due: on_date("2018-10-01"),
        ..question()
    };
    let written = call!(clerk, raise_action, raise).unwrap();
    assert_eq!(written.due_on, "2018-10-01");
    let messages = rig.messages().await;
    let last = std::str::from_utf8(&messages.last().unwrap().body).unwrap();
    assert!(last.contains("\"on\":\"2018-10-01\""), "{last}");
}
