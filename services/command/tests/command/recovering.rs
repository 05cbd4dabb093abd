//! What a start does with requests that were left half done, and with the time that the log ends at.

use crate::asks::*;
use crate::call;
use crate::rig::{On, Rig, new_id, refusal, write};
use api::request::Call;
use api::v1;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use domain::policy::Role;
use event_log::{Append, Attributes, Digest, Subject};
use std::path::{Path, PathBuf};

/// Writes a request down as a service does before its first message.
fn left_half_done<C: Call>(folder: &Path, request: &C, role: Role) -> PathBuf {
    let id = &request.write().unwrap().request_id;
    let path = folder.join(format!("{id}.json"));
    let entry = serde_json::json!({
        "id": id,
        "method": C::METHOD,
        "request": STANDARD.encode(request.encode_to_vec()),
        "principal": {
            "subject": format!("{}-1", role.as_str()),
            "name": "Somebody",
            "role": role.as_str(),
            "group": null,
            "area": crate::rig::AREA,
        },
        "today": "2018-11-09",
    });
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(&path, entry.to_string()).unwrap();
    path
}

fn shared(reference: &str, other: &str) -> v1::RespondToActionRequest {
    v1::RespondToActionRequest {
        also_answers: vec![v1::AlsoAnswers {
            reference: other.to_owned(),
            coverage: vec![],
        }],
        ..respond(reference)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_that_cannot_be_finished_keeps_no_other_from_it() {
    let (mut rig, clerk) = Rig::with_register_on(On::Embedded).await;
    for _ in 0..6 {
        call!(clerk, raise_action, question()).unwrap();
    }
    let folder = rig.folder.join("left").join("command").join("journal");
    // Its own message stands; the process died before it had heard so.
    let recorded = restrict("PCP/2018/001");
    call!(clerk, restrict_action, recorded.clone()).unwrap();
    let good = left_half_done(&folder, &recorded, Role::Clerk);
    let poisoned = left_half_done(&folder, &restrict("PCP/2018/003"), Role::Office);
    let refused = left_half_done(&folder, &restrict("PCP/2018/099"), Role::Office);
    let not_begun = [
        left_half_done(
            &folder,
            &shared("PCP/2018/002", "PCP/2018/004"),
            Role::Office,
        ),
        left_half_done(&folder, &split("PCP/2018/005"), Role::Clerk),
        left_half_done(&folder, &restrict("PCP/2018/006"), Role::Office),
    ];
    let stranger = folder.join("notes.json");
    std::fs::write(&stranger, "{}").unwrap();
    let subject = format!("evt.{}.action.PCP/2018/003", crate::rig::AREA);
    let subject = Subject::parse(&subject).unwrap();
    let last = rig.log.last_of(&subject).await.unwrap().unwrap();
    let poison = Append {
        id: new_id().parse().unwrap(),
        subject,
        expected: last.sequence,
        digest: Digest::of(b"poison"),
        attributes: Attributes {
            source: "/elsewhere".to_owned(),
            ..last.attributes
        },
        body: "{}".into(),
    };
    rig.log.append(poison).await.unwrap();

    let service = rig.service("left").await;
    assert_eq!(service.recover().await.unwrap(), 1);
    let left = [&good, &poisoned, &refused, &stranger].map(|path| path.exists());
    assert_eq!(left, [false, true, false, true]);
    assert!(not_begun.iter().all(|path| !path.exists()));
    let figures = rig.figures();
    // The poisoned one, and the file that is no request.
    assert!(
        figures.contains("matters_command_unfinished_total 2"),
        "{figures}"
    );
    assert!(
        figures.contains("matters_command_recovered_total 1"),
        "{figures}"
    );
    let server = rig.serve_this(service).await;
    let office = rig.caller(server, Role::Office).await;
    call!(office, respond_to_action, respond("PCP/2018/006")).unwrap();
    let messages = rig.messages().await;
    let with = |event: &str| -> Vec<_> {
        let with = |body: &[u8]| std::str::from_utf8(body).unwrap().contains(event);
        let found = messages.iter().filter(|record| with(&record.body));
        found.map(|r| r.subject.as_str()).collect()
    };
    let of = |n: u32| format!("evt.{}.action.PCP/2018/00{n}", crate::rig::AREA);
    assert_eq!(with("\"action.restricted.v1\""), [of(1)]);
    assert_eq!(with("\"action.responded.v1\""), [of(6)]);
    assert!(with("\"action.split.v1\"").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_set_back_does_not_set_back_the_record() {
    let (mut rig, clerk) = Rig::with_register_on(On::Embedded).await;
    call!(clerk, raise_action, question()).unwrap();
    rig.clock.advance(TimeDelta::hours(-2));
    let server = rig.serve().await;
    let clerk = rig.caller(server, Role::Clerk).await;
    call!(clerk, raise_action, question()).unwrap();
    rig.clock.advance(TimeDelta::hours(5));
    call!(clerk, raise_action, question()).unwrap();
    let messages = rig.messages().await;
    let times: Vec<_> = messages
        .iter()
        .map(|record| record.attributes.time)
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    assert!(times.last() > times.first());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_etag_beyond_the_record_is_refused() {
    let (rig, clerk) = Rig::with_register_on(On::Embedded).await;
    call!(clerk, raise_action, question()).unwrap();
    let head = rig.log.head().await.unwrap();
    let with = |etag: u64| v1::WithdrawActionRequest {
        write: write("2018-11-09").map(|write| v1::Write {
            etag: etag.to_string(),
            ..write
        }),
        ..withdraw("PCP/2018/001")
    };
    let said = refusal(&call!(clerk, withdraw_action, with(head + 1)).unwrap_err());
    insta::assert_snapshot!(said, @r"
    InvalidArgument FIELDS_WRONG: write.etag: is 9, and the record ends at 8; give the one that came with the read []
      write.etag: is 9, and the record ends at 8; give the one that came with the read
    ");
    assert_eq!(rig.log.head().await.unwrap(), head);
    call!(clerk, withdraw_action, with(head)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_has_one_spelling() {
    let (rig, clerk) = Rig::with_register_on(On::Embedded).await;
    let count = rig.messages().await.len();
    let id = "ABCDEF00-0000-4000-8000-00000000C0DE";
    for spelling in [id, &id.replace('-', ""), &format!("{{{id}}}")] {
        let mut request = question();
        request.write.as_mut().unwrap().request_id = spelling.to_owned();
        let said = refusal(&call!(clerk, raise_action, request).unwrap_err());
        assert!(
            said.ends_with("write.request_id: is not spelled as is usual; send abcdef00-0000-4000-8000-00000000c0de"),
            "{said}"
        );
    }
    assert_eq!(rig.messages().await.len(), count);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_room_to_write_a_request_down_nothing_is_recorded_and_it_may_be_sent_again() {
    let (mut rig, clerk) = Rig::with_register_on(On::Embedded).await;
    for _ in 0..2 {
        call!(clerk, raise_action, question()).unwrap();
    }
    // Where the folder of the journal would be is a file.
    let data = rig.folder.join("roomless");
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("command"), "").unwrap();
    let service = rig.service("roomless").await;
    let server = rig.serve_this(service).await;
    let office = rig.caller(server, Role::Office).await;
    let before = rig.messages().await.len();
    let asked = shared("PCP/2018/001", "PCP/2018/002");
    let status = call!(office, respond_to_action, asked.clone()).unwrap_err();
    assert!(
        refusal(&status).starts_with("Unavailable LOG_UNAVAILABLE: "),
        "{status:?}"
    );
    assert_eq!(rig.messages().await.len(), before);
    std::fs::remove_file(data.join("command")).unwrap();
    call!(office, respond_to_action, asked).unwrap();
}
