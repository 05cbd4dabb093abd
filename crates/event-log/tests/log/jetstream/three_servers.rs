//! The contract on a stream with three copies. The servers take seconds to elect a leader, so the
//! cases share a cluster, each with a stream of its own.

use std::sync::Arc;

use event_log::contract::{self, Message, Rig, append_until_answered};
use event_log::contract_cases;

use super::rig::ThreeServers;

macro_rules! in_turn {
    ($rig:ident: $($case:ident,)*) => {
        $(
            eprintln!("case: {}", stringify!($case));
            contract::$case(&mut $rig).await;
            $rig.replace().await;
        )*
    };
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_keep_the_contract() {
    let mut rig = ThreeServers::new().await;
    contract_cases!(running: in_turn!(rig:));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_keep_the_contract_through_restarts() {
    let mut rig = ThreeServers::new().await;
    contract_cases!(restarting: in_turn!(rig:));
    contract::work_goes_on_through_a_restart(&mut rig).await;
}

/// Each server in turn dies and comes back while writers write: two of three go on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writing_goes_on_while_one_server_of_three_is_down() {
    let mut rig = ThreeServers::new().await;
    let log = rig.handle().await;
    let mut expected = 0;
    let mut written = Vec::new();
    for down in 0..3 {
        rig.cluster.server(down).unwrap().kill().unwrap();
        let others = (0..8).map(|writer| {
            let log = Arc::clone(&log);
            let name = format!("round {down} writer {writer}").replace(' ', "-");
            tokio::spawn(
                async move { append_until_answered(&log, &Message::new(&name, &name)).await },
            )
        });
        for answer in futures::future::join_all(others).await {
            answer.unwrap().unwrap();
        }
        for turn in 0..10 {
            let message = Message::new("a", &format!("{down}-{turn}")).expects(expected);
            let answer = append_until_answered(&log, &message).await.unwrap();
            expected = answer.sequence;
            written.push(message.append().id);
        }
        rig.cluster.server(down).unwrap().restart().await.unwrap();
        rig.cluster.has_leader().await.unwrap();
    }
    let records = log.read_subject(&contract::subject("a"), 0).await.unwrap();
    let ids: Vec<_> = records.iter().map(|record| record.id).collect();
    assert_eq!(ids, written);
    assert_eq!(log.head().await, Ok(54));
}
