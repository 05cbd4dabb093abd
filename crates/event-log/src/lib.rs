//! The append-only log behind one trait: NATS JetStream and an embedded file.
