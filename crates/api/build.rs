//! Generates the stubs with protox, so that nobody needs to install protoc.

use prost::Message;
use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    println!("cargo::rerun-if-changed={}", root.display());
    let files = [
        "matters/v1/types.proto",
        "matters/v1/command_service.proto",
        "matters/v1/query_service.proto",
        "matters/v1/audit_service.proto",
    ];
    let descriptors = protox::compile(files, [&root])?;
    fs::write(
        PathBuf::from(env::var("OUT_DIR")?).join("descriptors.bin"),
        descriptors.encode_to_vec(),
    )?;
    tonic_prost_build::configure().compile_fds(descriptors)?;
    Ok(())
}
