//! Requests: from messages to domain commands, with every bad field named at once.
