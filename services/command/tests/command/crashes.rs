//! Killed at a named point, started again: what was asked is done, once.
//!
//! The child process is this test binary, told by the environment to make one call and die in it.

use crate::asks::*;
use crate::call;
use crate::on_both_logs;
use crate::rig::{Left, On, Rig};
use api::v1;
use domain::policy::Role;
use event_log::failpoint;
use std::path::Path;
use std::process::Command;

/// Tells the child which folder to work on; without it the child's test does nothing.
const FOLDER: &str = "COMMAND_TEST_FOLDER";
/// Tells it where the log's server is, when it has one.
const NATS: &str = "COMMAND_TEST_NATS";
/// Tells it what to ask for.
const ASK: &str = "COMMAND_TEST_ASK";

fn request_id(write: &mut Option<v1::Write>) {
    write.as_mut().unwrap().request_id = "00000000-0000-4000-8000-00000000c0de".to_owned();
}

fn response() -> v1::RespondToActionRequest {
    let also = |reference: &str| v1::AlsoAnswers {
        reference: reference.to_owned(),
        coverage: vec![],
    };
    let mut request = v1::RespondToActionRequest {
        also_answers: vec![also("PCP/2018/002"), also("PCP/2018/003")],
        ..respond("PCP/2018/001")
    };
    request_id(&mut request.write);
    request
}

fn splitting() -> v1::SplitActionRequest {
    let mut request = split("PCP/2018/001");
    request_id(&mut request.write);
    request
}

fn raising() -> v1::RaiseActionRequest {
    let mut request = question();
    request_id(&mut request.write);
    request
}

/// Of an action whose response stands in two others.
fn restricting() -> v1::RestrictActionRequest {
    let mut request = restrict("PCP/2018/001");
    request_id(&mut request.write);
    request
}

async fn ask(rig: &mut Rig, what: &str) -> (usize, v1::Written) {
    let service = rig.service("data").await;
    let finished = service.recover().await.unwrap();
    let server = rig.serve_this(service).await;
    let clerk = rig.caller(server, Role::Clerk).await;
    let office = rig.caller(server, Role::Office).await;
    let written = match what {
        "respond" => call!(office, respond_to_action, response()),
        "split" => call!(clerk, split_action, splitting()),
        "restrict" => call!(clerk, restrict_action, restricting()),
        _ => call!(clerk, raise_action, raising()),
    };
    (finished, written.unwrap())
}

/// Not a test of its own: what [`dies`] runs in a process that is to be killed.
#[tokio::test(flavor = "multi_thread")]
async fn child() {
    let (Ok(folder), Ok(what)) = (std::env::var(FOLDER), std::env::var(ASK)) else {
        return;
    };
    let mut rig = Rig::at(Path::new(&folder), std::env::var(NATS).ok()).await;
    ask(&mut rig, &what).await;
}

fn dies(left: &Left, what: &str, at: &str) {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["crashes::child", "--exact", "--nocapture"])
        .env(FOLDER, left.folder.path())
        .env(ASK, what)
        .env(failpoint::VARIABLE, at);
    if let Some(url) = left.url() {
        child.env(NATS, url);
    }
    let status = child.status().unwrap();
    assert!(!status.success(), "{what} was to die at {at}");
}

/// A log with three questions, free for another process, and how many messages it has.
async fn three_questions(on: On, what: &str) -> (Left, usize) {
    let (mut rig, clerk) = Rig::with_register_on(on).await;
    for _ in 0..3 {
        call!(clerk, raise_action, question()).unwrap();
    }
    if what == "restrict" {
        let server = rig.serve().await;
        let office = rig.caller(server, Role::Office).await;
        let shared = v1::RespondToActionRequest {
            write: crate::rig::write("2018-11-09"),
            ..response()
        };
        call!(office, respond_to_action, shared).unwrap();
    }
    drop(clerk);
    let count = rig.messages().await.len();
    (rig.stop().await, count)
}

on_both_logs! {
    what_a_crash_left_half_done_is_finished,
}

async fn what_a_crash_left_half_done_is_finished(on: On) {
    // Which call, where it dies, whether the start finds it unfinished, how many messages it makes.
    let rows = [
        // Written down and not begun: asking again is what records it.
        ("respond", "before-append", 0, 3),
        ("respond", "after-append", 1, 3),
        ("respond", "after-append:1", 1, 3),
        ("respond", "before-reply", 0, 3),
        ("split", "after-append", 1, 3),
        ("split", "after-append:1", 1, 3),
        ("restrict", "after-append", 1, 3),
        ("restrict", "after-append:1", 1, 3),
        ("raise", "before-append", 0, 1),
        ("raise", "after-append", 0, 1),
        ("raise", "before-reply", 0, 1),
    ];
    for (what, at, unfinished, messages) in rows {
        let (left, before) = three_questions(on, what).await;
        dies(&left, what, at);
        let mut rig = Rig::at(left.folder.path(), left.url()).await;
        let (finished, first) = ask(&mut rig, what).await;
        assert_eq!(finished, unfinished, "{what} {at}");
        let recorded = rig.messages().await.len();
        assert_eq!(recorded, before + messages, "{what} {at}");
        let (finished, again) = ask(&mut rig, what).await;
        assert_eq!(
            (finished, again.position),
            (0, first.position),
            "{what} {at}"
        );
        assert_eq!(rig.messages().await.len(), recorded, "{what} {at}");
    }
}
