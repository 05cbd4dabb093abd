//! The embedded log.

mod crashes;
mod crowds;
mod disk_full;
mod files;
mod rig;
mod upgrade;

use event_log::contract_tests;

contract_tests!(rig::EmbeddedRig::new);
