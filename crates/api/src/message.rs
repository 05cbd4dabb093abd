//! Answers: from domain values and rows to messages.
