//! The one binary: every service in one process, and the command line.
