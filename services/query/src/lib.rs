//! The read side: answers from the read models.
