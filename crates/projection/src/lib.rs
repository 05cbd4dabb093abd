//! Read models in sled: store, runner, rows, as-of.
