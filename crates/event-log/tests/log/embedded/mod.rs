//! The embedded log.

mod rig;

event_log::contract_tests!(rig::EmbeddedRig::new);
