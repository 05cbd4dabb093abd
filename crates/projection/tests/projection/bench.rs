//! Figures. With the other tests it only shows that they can be taken; by hand, with as many events
//! as wanted: `EVENTS=1000000 cargo test --release -p projection --test projection figures -- --nocapture`.

use std::time::{Duration, Instant};

use domain::text::Slug;
use event_log::{Append, EmbeddedLog, EmbeddedOptions, EventLog};
use futures::future::join_all;
use projection::generate::Generator;
use projection::{AsOf, Filter, Options, Question, ReadModel, Sort};

use crate::rig::{self, Following, auditor};

/// Appends in flight at a time: no more than the log's queue takes.
const ROUND: usize = 256;

fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .filter(|l| l.starts_with("VmRSS") || l.starts_with("VmHWM"));
    line.collect::<Vec<_>>().join(" ").replace('\t', "")
}

fn timed<T>(what: &str, runs: u32, mut run: impl FnMut() -> T) -> T {
    let mut took: Vec<Duration> = Vec::new();
    let mut last = None;
    for _ in 0..runs {
        let begun = Instant::now();
        last = Some(run());
        took.push(begun.elapsed());
    }
    took.sort();
    let (first, p50, p99) = (took[0], took[took.len() / 2], took[took.len() * 99 / 100]);
    println!("{what}: best {first:?}, p50 {p50:?}, p99 {p99:?} of {runs}");
    last.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures() {
    let count: usize = std::env::var("EVENTS").map_or(2_000, |n| n.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let area = Slug::new("cambs").unwrap();
    let log = EmbeddedLog::open(dir.path().join("log"), EmbeddedOptions::default())
        .await
        .unwrap();
    let begun = Instant::now();
    let made = Generator::new(1, std::slice::from_ref(&area)).take(count);
    let mut made = made.map(|made| made.append());
    loop {
        let round: Vec<Append> = made.by_ref().take(ROUND).collect();
        if round.is_empty() {
            break;
        }
        let appends = join_all(round.into_iter().map(|append| log.append(append)));
        // Not interrupted by the runtime, so that the log takes them in order.
        for appended in tokio::task::unconstrained(appends).await {
            appended.unwrap();
        }
    }
    println!("append {count}: {:?}", begun.elapsed());
    for _ in 0..2 {
        let (begun, mut after, mut bytes) = (Instant::now(), 0, 0);
        loop {
            let batch = log.read_batch(after, 2_000).await.unwrap();
            let Some(last) = batch.last() else { break };
            after = last.sequence;
            bytes += batch.iter().map(|r| r.body.len()).sum::<usize>();
        }
        let took = begun.elapsed();
        let rate = count as f64 / took.as_secs_f64();
        println!(
            "raw read: {took:?}, {rate:.0}/s, {bytes} bytes of bodies; {}",
            resident()
        );
    }
    let begun = Instant::now();
    let options = Options::default();
    let model = ReadModel::open(dir.path().join("model"), options.clone()).unwrap();
    let following = Following::with(model, &log);
    following.reach(&log).await;
    let took = begun.elapsed();
    println!(
        "rebuild: {took:?}, {:.0}/s; {}",
        count as f64 / took.as_secs_f64(),
        resident()
    );
    questions(&following.model, &area);
    println!("after questions: {}", resident());
    following.end().await;
    let begun = Instant::now();
    let model = ReadModel::open(dir.path().join("model"), options).unwrap();
    println!("reopen: {:?}", begun.elapsed());
    drop(model);
}

fn questions(model: &ReadModel, area: &Slug) {
    let auditor = auditor();
    let today = rig::day("2026-01-01");
    let now = Question {
        area,
        as_of: AsOf::NOW,
        today,
        reader: &auditor,
    };
    let open = Filter::open();
    let page = timed("page of 50 open", 500, || {
        model.list(&now, &open, Sort::DUE, 50, None).unwrap()
    });
    timed("second page", 500, || {
        let next = page.next.as_ref();
        model.list(&now, &open, Sort::DUE, 50, next).unwrap()
    });
    let group = Filter {
        delegated_to: Some(Slug::new("prevent").unwrap()),
        ..Filter::open()
    };
    timed("page of a group", 500, || {
        model.list(&now, &group, Sort::DUE, 50, None).unwrap()
    });
    let one = page.rows[0].reference.clone();
    timed("one action", 500, || model.action(&now, &one).unwrap());
    timed("counts, first", 1, || {
        model.counts(&now, &Filter::default()).unwrap()
    });
    let counts = timed("counts", 20, || {
        model.counts(&now, &Filter::default()).unwrap()
    });
    println!(
        "{} actions, {} open, {} overdue",
        counts.total, counts.open, counts.overdue
    );
    timed("all by last change", 20, || {
        model
            .list(&now, &Filter::default(), Sort::NEWEST, 50, None)
            .unwrap()
    });
    let text = Filter {
        text: Some("hare coursing".into()),
        ..Filter::default()
    };
    timed("text", 5, || {
        model.list(&now, &text, Sort::DUE, 50, None).unwrap()
    });
    let as_of = AsOf::true_on(rig::day("2013-06-01"));
    let then = Question { as_of, ..now };
    timed("as of a day, first", 1, || {
        model.list(&then, &open, Sort::DUE, 50, None).unwrap()
    });
    timed("as of a day, warm", 50, || {
        model.list(&then, &open, Sort::DUE, 50, None).unwrap()
    });
    timed("counts as of a day", 20, || {
        model.counts(&then, &Filter::default()).unwrap()
    });
    let half = AsOf::known_position(model.position() / 2);
    let known = Question { as_of: half, ..now };
    timed("known at half, first", 1, || {
        model.list(&known, &open, Sort::DUE, 50, None).unwrap()
    });
    timed("known at half, warm", 50, || {
        model.list(&known, &open, Sort::DUE, 50, None).unwrap()
    });
    let with = AsOf::true_on(rig::day("2013-07-01"));
    timed("compare two days", 1, || {
        model
            .compare(&then, &with, &Filter::default(), 1_000)
            .unwrap()
            .len()
    });
}
