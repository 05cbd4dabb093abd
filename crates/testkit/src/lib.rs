//! What the tests share: real nats-server processes, a settable clock, waiting without sleeping blindly.

pub mod clock;
pub mod nats;
pub mod wait;
