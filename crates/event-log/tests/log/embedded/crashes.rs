//! Processes that die: the child is this test binary, run again.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use event_log::contract::Message;
use event_log::{AppendError, EmbeddedLog, EmbeddedOptions, EventLog, failpoint};
use futures::future::join_all;
use tempfile::TempDir;

const FOLDER: &str = "EVENT_LOG_TEST_FOLDER";
/// How many writers the child has, when not [`WRITERS`].
const FEWER: &str = "EVENT_LOG_TEST_WRITERS";
const WRITERS: usize = 8;

async fn open(folder: &Path) -> Arc<dyn EventLog> {
    Arc::new(
        EmbeddedLog::open(folder, EmbeddedOptions::default())
            .await
            .unwrap(),
    )
}

fn message(writer: usize, turn: usize) -> Message {
    let name = format!("w{writer}-{turn}");
    Message::new(&name, &name)
}

fn child(folder: &Path, failpoint: Option<&str>) -> Child {
    let command = Command::new(std::env::current_exe().unwrap());
    writing(command, folder, failpoint)
}

fn writing(mut command: Command, folder: &Path, failpoint: Option<&str>) -> Child {
    command
        .args([
            "--exact",
            "embedded::crashes::writers_take_turns_until_they_are_killed",
        ])
        .arg("--nocapture")
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    if let Some(name) = failpoint {
        command.env(failpoint::VARIABLE, name);
    }
    command.spawn().unwrap()
}

/// What the child said was acknowledged: sequence, writer, turn.
fn acknowledged(line: &str) -> Option<(u64, usize, usize)> {
    let mut parts = line.strip_prefix("acknowledged ")?.split(' ');
    let sequence = parts.next()?.parse().ok()?;
    let writer = parts.next()?.parse().ok()?;
    // A line that the kill cut short does not count: the last field ends in a full stop.
    let turn = parts.next()?.strip_suffix('.')?.parse().ok()?;
    Some((sequence, writer, turn))
}

/// By itself eight writers with five turns each; as the child of the tests here, in the folder that
/// its parent names, for as long as it is let live.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::print_stdout, reason = "the parent reads it")]
async fn writers_take_turns_until_they_are_killed() {
    let own = TempDir::new().unwrap();
    let (folder, turns) = match std::env::var_os(FOLDER) {
        Some(folder) => (PathBuf::from(folder), 5_000),
        None => (own.path().to_owned(), 5),
    };
    let writers = std::env::var(FEWER).map_or(WRITERS, |writers| writers.parse().unwrap());
    let log = open(&folder).await;
    let begin = usize::try_from(log.head().await.unwrap()).unwrap();
    let taking_turns = (0..writers).map(|writer| {
        let log = Arc::clone(&log);
        tokio::spawn(async move {
            for turn in begin..begin + turns {
                match message(writer, turn).to(&log).await {
                    Ok(answer) => println!("acknowledged {} {writer} {turn}.", answer.sequence),
                    Err(AppendError::Unavailable { .. }) => {
                        println!("refused {writer} {turn}.");
                        return;
                    }
                    Err(error) => panic!("{error}"),
                }
            }
        })
    });
    join_all(taking_turns).await;
    let head = usize::try_from(log.head().await.unwrap()).unwrap();
    assert_eq!(head, begin + writers * turns);
}

/// Three children killed in the middle of their writing, one after the other on the same folder.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_loses_nothing_acknowledged() {
    let folder = TempDir::new().unwrap();
    let mut all = Vec::new();
    for _ in 0..3 {
        let mut child = child(folder.path(), None);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut told = 0;
        for line in lines {
            let Some(said) = acknowledged(&line.unwrap()) else {
                continue;
            };
            all.push(said);
            told += 1;
            if told == 200 {
                // What it said before it died is still read to the end of the pipe.
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(told >= 200);
        let log = open(folder.path()).await;
        for (sequence, writer, turn) in &all {
            let record = log.read(*sequence).await.unwrap().unwrap();
            assert_eq!(record, message(*writer, *turn).record_at(*sequence));
        }
        drop(log);
        let log = EmbeddedLog::open(folder.path(), EmbeddedOptions::default()).await;
        log.unwrap().check().await.unwrap();
    }
}

/// Death before the disk has the message, and after it with nobody told: a retry tells which.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_after_a_crash_at_a_fail_point_writes_once() {
    for (failpoint, written) in [("before-append", false), ("after-append", true)] {
        let folder = TempDir::new().unwrap();
        let mut child = child(folder.path(), Some(failpoint));
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let told = lines.filter(|line| acknowledged(line.as_ref().unwrap()).is_some());
        assert_eq!(told.count(), 0);
        assert!(!child.wait().unwrap().success());
        let log = open(folder.path()).await;
        let before = log.head().await.unwrap();
        assert_eq!(before > 0, written, "{failpoint}");
        let mut repeated = 0;
        for writer in 0..WRITERS {
            let answer = message(writer, 0).to(&log).await.unwrap();
            repeated += u64::from(answer.duplicate);
        }
        assert_eq!(repeated, before, "{failpoint}");
        assert_eq!(log.head().await, Ok(WRITERS as u64));
    }
}

/// The disk fails one sync of the writer, by strace: what waited for it is refused and is not there,
/// not even after the process is gone; what came before and after is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_sync_is_refused_and_buried() {
    let works = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .status();
    if !works.is_ok_and(|status| status.success()) {
        let line = testkit::skip::line(
            "a_failed_sync_is_refused_and_buried",
            "strace cannot trace here",
        );
        eprintln!("{}", line.unwrap());
        return;
    }
    // Alone, nobody's next commit comes after the one that failed.
    for writers in [1, WRITERS] {
        refused_and_buried(writers).await;
    }
}

async fn refused_and_buried(writers: usize) {
    let folder = TempDir::new().unwrap();
    let mut command = Command::new("strace");
    command
        .args([
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            "trace=fsync,fdatasync",
        ])
        .args(["-e", "inject=fsync,fdatasync:error=EIO:when=12"])
        .arg(std::env::current_exe().unwrap())
        .env(FEWER, writers.to_string());
    let mut child = writing(command, folder.path(), None);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (mut told, mut refused) = (Vec::new(), Vec::new());
    for line in lines {
        let line = line.unwrap();
        told.extend(acknowledged(&line));
        refused.extend(line.starts_with("refused ").then_some(line));
        if told.len() == 2_000 || refused.len() == writers {
            child.kill().unwrap();
            break;
        }
    }
    drop(child.stdout.take());
    child.wait().unwrap();
    assert!(!refused.is_empty(), "no sync failed");
    let log = testkit::wait::until_some("the folder to be free", || async {
        let options = EmbeddedOptions::default();
        EmbeddedLog::open(folder.path(), options).await.ok()
    })
    .await
    .unwrap();
    log.check().await.unwrap();
    for (sequence, writer, turn) in told {
        let record = log.read(sequence).await.unwrap().unwrap();
        assert_eq!(record, message(writer, turn).record_at(sequence));
    }
    for line in refused {
        let mut parts = line.trim_end_matches('.').split(' ').skip(1);
        let mut number = || parts.next().unwrap().parse().unwrap();
        let message = message(number(), number());
        assert_eq!(log.find(message.append().id).await, Ok(None), "{line}");
    }
}
