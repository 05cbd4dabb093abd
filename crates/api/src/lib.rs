//! The gRPC contract: generated stubs, conversions both ways, failures to status.
