//! The write side: decides and appends.
