//! What the tests share: real nats-server processes, a settable clock, waiting without sleeping blindly,
//! disks without room, disks that fail, tests that cannot run here.

pub mod clock;
pub mod failing_calls;
pub mod loop_disk;
pub mod nats;
pub mod skip;
pub mod small_disk;
pub mod wait;
