//! The log on JetStream, on real servers.

mod damage;
mod disk_full;
mod faults;
mod foreign;
mod grouped;
mod permissions;
mod rig;
mod three_servers;
mod unsynced;

mod one_server {
    use super::rig::OneServer;

    use event_log::contract_tests;

    contract_tests!(OneServer::new);

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn work_goes_on_through_a_restart() {
        let mut rig = OneServer::synced().await;
        event_log::contract::work_goes_on_through_a_restart(&mut rig).await;
    }
}
