//! The one map from failures to gRPC status, with rich error details (AIP-193).
