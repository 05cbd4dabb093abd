//! Stands in for protoc in the build of `eventsourced-nats`, which calls it through prost-build:
//! `-o FILE`, `-I FOLDER` and the files are all that it needs. Point `PROTOC` at it.

use prost::Message;
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut out, mut includes, mut files) = (None, Vec::new(), Vec::new());
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("-o") => out = arguments.next(),
            Some("-I") => includes.extend(arguments.next().map(PathBuf::from)),
            Some(option) if option.starts_with('-') => {}
            _ => files.push(PathBuf::from(argument)),
        }
    }
    let descriptors = protox::compile(files, includes)?;
    std::fs::write(
        out.ok_or("-o and a file are missing")?,
        descriptors.encode_to_vec(),
    )?;
    Ok(())
}
