//! System tests: one binary, the whole program from outside.
