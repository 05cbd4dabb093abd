//! No fault leaves the read model wrong: it is as it should be, or it says that it is not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use event_log::{EmbeddedLog, EmbeddedOptions, EventLog, Incarnation};
use projection::{AsOf, Filter, ReadError, ReadModel, Sort, StoreError, Token, WaitError};

use crate::memory::MemoryLog;
use crate::rig::{self, Following, appends, area, ask, assert_same, auditor, full, small};

fn store_of(dir: &Path) -> PathBuf {
    let entries = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let is_store = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with('v');
    entries.filter(is_store).max().unwrap()
}

async fn comes_back(dir: &Path, log: &MemoryLog) {
    let following = Following::begin(dir, log);
    following.reach(log).await;
    assert_same(&following.model, &log.records());
    following.end().await;
}

#[tokio::test]
async fn a_store_that_is_gone_cut_short_or_garbage_is_rebuilt() {
    type Harm = fn(&Path);
    let harms: [(&str, Harm); 5] = [
        ("deleted", |store| fs::remove_dir_all(store).unwrap()),
        ("db deleted", |store| {
            fs::remove_file(store.join("db")).unwrap()
        }),
        ("cut short", |store| {
            let file = fs::File::options()
                .write(true)
                .open(store.join("db"))
                .unwrap();
            let length = file.metadata().unwrap().len();
            file.set_len(length / 3).unwrap();
        }),
        ("garbage", |store| {
            fs::write(store.join("db"), vec![0xA5; 100_000]).unwrap()
        }),
        ("another version", |store| {
            fs::rename(store, store.with_file_name("v9-7")).unwrap()
        }),
    ];
    for (name, harm) in harms {
        let dir = tempfile::tempdir().unwrap();
        let (log, following) = full(dir.path(), 71, 400).await;
        following.end().await;
        harm(&store_of(dir.path()));
        println!("{name}");
        comes_back(dir.path(), &log).await;
    }
}

#[tokio::test]
async fn a_store_of_the_same_record_in_another_log_is_put_aside() {
    let dir = tempfile::tempdir().unwrap();
    let (_, following) = full(dir.path(), 81, 300).await;
    following.end().await;
    let other = MemoryLog::new("two");
    other.put(appends(81, 300));
    let following = Following::begin(dir.path(), &other);
    following.reach(&other).await;
    assert_same(&following.model, &other.records());
    let status = following.model.status(rig::instant("2026-01-01T00:00:00Z"));
    assert!(
        status
            .put_aside
            .unwrap()
            .contains("it is of the log one; this one is two")
    );
    following.end().await;
}

/// A stream that was wiped and made anew holds nothing of what was acknowledged: to build anew on it
/// would hide that.
#[tokio::test]
async fn a_log_that_was_made_anew_stops_the_line() {
    let dir = tempfile::tempdir().unwrap();
    let (_, following) = full(dir.path(), 81, 300).await;
    following.end().await;
    let anew = MemoryLog::new("two");
    let (model, reason) = Following::begin(dir.path(), &anew).stopped().await;
    assert_eq!(
        reason,
        "the read model is of the log one and at 300; this log is two and ends at 0: the log was made \
         anew, or is another one"
    );
    drop(model);
    // Nor when it has become as long.
    anew.put(appends(82, 350));
    let (model, reason) = Following::begin(dir.path(), &anew).stopped().await;
    assert!(
        reason.starts_with("the log holds another message at 300"),
        "{reason}"
    );
    drop(model);
}

#[tokio::test]
async fn a_log_that_lost_its_end_or_its_middle_stops_the_line() {
    let dir = tempfile::tempdir().unwrap();
    let (log, following) = full(dir.path(), 91, 300).await;
    following.end().await;
    log.truncate(250);
    let (model, reason) = Following::begin(dir.path(), &log).stopped().await;
    assert_eq!(
        reason,
        "the read model is at 300, the log ends at 250: the log lost its end"
    );
    assert_eq!(model.position(), 300);
    drop(model);

    // It went on with other messages: to take them in would hide what was lost.
    log.put(appends(92, 100));
    let (model, reason) = Following::begin(dir.path(), &log).stopped().await;
    assert_eq!(
        reason,
        "the log holds another message at 300 than the read model took in: the log was changed \
         behind it, or put back from an older copy"
    );
    drop(model);

    let dir = tempfile::tempdir().unwrap();
    let log = MemoryLog::new("one");
    log.put(appends(91, 100));
    log.lose(60);
    let (model, reason) = Following::begin(dir.path(), &log).stopped().await;
    assert_eq!(
        reason,
        "the log has a gap: sequence 60 was expected, 61 came"
    );
    let token = Token {
        incarnation: Incarnation("one".into()),
        sequence: 100,
    };
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    let waited = model.wait_for(&token, deadline).await;
    assert!(
        matches!(waited, Err(WaitError::Stopped { .. })),
        "{waited:?}"
    );
}

#[tokio::test]
async fn waiting_ends_with_the_write_or_says_why_not() {
    let dir = tempfile::tempdir().unwrap();
    let model = ReadModel::open(dir.path(), small()).unwrap();
    let (here, auditor) = (area(), auditor());
    let question = ask(&here, &auditor, AsOf::NOW);
    let early = model.list(&question, &Filter::default(), Sort::DUE, 5, None);
    assert!(
        matches!(early, Err(ReadError::Rebuilding { .. })),
        "{early:?}"
    );
    let second = ReadModel::open(dir.path(), small()).map(|_| ());
    assert!(
        matches!(second, Err(StoreError::Locked { .. })),
        "{second:?}"
    );
    let log = MemoryLog::new("one");
    let following = Following::with(model.clone(), &log);
    following.reach(&log).await;
    let token = |log: &str, sequence| Token {
        incarnation: Incarnation(log.into()),
        sequence,
    };
    let soon = || tokio::time::Instant::now() + Duration::from_millis(20);
    let other = model.wait_for(&token("two", 1), soon()).await;
    assert!(
        matches!(other, Err(WaitError::OtherLog { .. })),
        "{other:?}"
    );
    let timeout = model.wait_for(&token("one", 5), soon()).await;
    assert_eq!(
        timeout,
        Err(WaitError::Timeout {
            position: 0,
            wanted: 5
        })
    );
    log.put(appends(1, 5));
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    model.wait_for(&token("one", 5), deadline).await.unwrap();
    assert_eq!(model.position(), 5);
    let id = log.records()[3].id;
    assert_eq!(model.request(id).unwrap(), Some(4));
    let beyond = model.list(
        &ask(&here, &auditor, AsOf::known_position(9)),
        &Filter::default(),
        Sort::DUE,
        5,
        None,
    );
    assert_eq!(
        beyond,
        Err(ReadError::Beyond {
            wanted: 9,
            position: 5
        })
    );
    drop(model);
    following.end().await;
}

/// Puts a value that is none into every row of a store that is closed.
fn spoil(store: &Path) {
    let db = loop {
        match sled::open(store) {
            Ok(db) => break db,
            // Its last thread is about to let go.
            Err(_) => std::thread::yield_now(),
        }
    };
    let rows: Vec<_> = db.scan_prefix(b"R").keys().map(Result::unwrap).collect();
    assert!(!rows.is_empty());
    for key in rows {
        db.insert(key, b"{\"reference\":").unwrap();
    }
    db.flush().unwrap();
}

#[tokio::test]
async fn a_question_that_meets_damage_has_the_store_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let (log, following) = full(dir.path(), 71, 400).await;
    following.end().await;
    spoil(&store_of(dir.path()));
    let following = Following::begin(dir.path(), &log);
    following.reach(&log).await;
    let (here, auditor) = (area(), auditor());
    let question = ask(&here, &auditor, AsOf::NOW);
    let model = &following.model;
    let list = || model.list(&question, &Filter::default(), Sort::DUE, 5, None);
    let mut positions = model.positions();
    let met = list();
    assert!(
        matches!(met, Err(ReadError::Store(StoreError::Damaged { .. }))),
        "{met:?}"
    );
    let status = || model.status(rig::instant("2026-01-01T00:00:00Z"));
    while status().put_aside.is_none() || model.position() < 400 {
        positions.changed().await.unwrap();
    }
    assert_eq!(list().unwrap().rows.len(), 5);
    assert_same(model, &log.records());
    following.end().await;
}

const CHILD: &str = "MATTERS_PROJECTION_CHILD";

/// Run by [`dying_in_a_batch_loses_nothing`] in a process of its own, which dies on the way.
#[tokio::test]
async fn child() {
    let Ok(dir) = std::env::var(CHILD) else {
        return;
    };
    let dir = Path::new(&dir);
    let log = EmbeddedLog::open(dir.join("log"), EmbeddedOptions::default())
        .await
        .unwrap();
    let model = ReadModel::open(dir.join("model"), small()).unwrap();
    let following = Following::with(model, &log);
    following.reach(&log).await;
    for append in appends(101, 600).split_off(300) {
        log.append(append).await.unwrap();
        following.reach(&log).await;
    }
}

#[tokio::test]
async fn dying_in_a_batch_loses_nothing() {
    // The first part is built in chunks of 64, the rest comes message by message.
    for point in [
        "projection-batch:2",
        "projection-batch:9",
        "projection-batch:70",
        "projection-applied:30",
    ] {
        let dir = tempfile::tempdir().unwrap();
        let log = EmbeddedLog::open(dir.path().join("log"), EmbeddedOptions::default())
            .await
            .unwrap();
        for append in appends(101, 300) {
            log.append(append).await.unwrap();
        }
        drop(log);
        let program = std::env::current_exe().unwrap();
        let status = Command::new(program)
            .args(["faults::child", "--exact", "--test-threads=1"])
            .env(CHILD, dir.path())
            .env(event_log::failpoint::VARIABLE, point)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(!status.success(), "{point}: it did not die");
        let log = EmbeddedLog::open(dir.path().join("log"), EmbeddedOptions::default())
            .await
            .unwrap();
        let model = ReadModel::open(dir.path().join("model"), small()).unwrap();
        let following = Following::with(model, &log);
        following.reach(&log).await;
        let records = log.read_batch(0, 10_000).await.unwrap();
        assert_same(&following.model, &records);
        following.end().await;
    }
}
