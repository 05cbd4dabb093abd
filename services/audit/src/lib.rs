//! Replays, compares and exports the log.
