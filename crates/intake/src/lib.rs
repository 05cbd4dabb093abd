//! Reads response letters and existing action logs into proposals a clerk can edit.
