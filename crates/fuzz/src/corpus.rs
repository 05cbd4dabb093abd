//! What cases begin with: the project's golden files, its letters and logs, and the files of this crate.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn files(folder: &Path, begins: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .filter(|path| {
            path.file_name()
                .is_some_and(|n| n.to_string_lossy().starts_with(begins))
        })
        .collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Golden files of stored decisions whose names begin so, as the log has them: on one line.
pub(crate) fn golden(begins: &str) -> Vec<Vec<u8>> {
    let all = files(&root().join("domain/tests/golden"), begins);
    let compact = |json: &Vec<u8>| {
        let value: serde_json::Value = serde_json::from_slice(json).unwrap();
        serde_json::to_vec(&value).unwrap()
    };
    all.iter().map(compact).collect()
}

/// The files of this crate for a target.
pub(crate) fn own(name: &str) -> Vec<Vec<u8>> {
    files(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("corpus")
            .join(name),
        "",
    )
}

/// The lines of the files of this crate for a target, each for itself.
pub(crate) fn lines(name: &str) -> Vec<Vec<u8>> {
    let all = own(name);
    let lines = all
        .iter()
        .flat_map(|file| file.split(|byte| *byte == b'\n'));
    lines
        .filter(|line| !line.is_empty())
        .map(<[u8]>::to_vec)
        .collect()
}

/// The letters of the importer's own tests, in paragraphs: what is read fast is read often.
pub(crate) fn letters() -> Vec<Vec<u8>> {
    let letters = files(&root().join("intake/tests/reading/letters"), "");
    let mut pieces: Vec<Vec<u8>> = letters
        .iter()
        .flat_map(|letter| {
            let text = String::from_utf8(letter.clone()).unwrap();
            let paragraphs: Vec<String> = text.split("\n\n").map(str::to_owned).collect();
            paragraphs
                .windows(2)
                .map(|two| two.join("\n\n").into_bytes())
                .collect::<Vec<_>>()
        })
        .collect();
    pieces.extend(own("letter"));
    pieces
}
