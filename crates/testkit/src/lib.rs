//! What the tests share: real nats-server processes, clocks, a rig of every service.
