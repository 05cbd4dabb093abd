//! Tests of `deploy/`: what is written there must be accepted by the program it is written for.

use crate::process;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy")
}

/// The server that `cargo xtask setup` found or brought.
fn nats_server() -> PathBuf {
    env::var_os("MATTERS_NATS_SERVER")
        .map(PathBuf::from)
        .or_else(|| process::on_path("nats-server"))
        .unwrap_or_else(|| {
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/nats-server")
        })
}

/// The configuration in a folder of its own, completed as an operator would; returns what the server says of it.
fn checked(name: &str, change: impl FnOnce(String) -> String) -> anyhow::Result<String> {
    let folder = env::temp_dir().join(format!("matters-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    for file in ["nats.conf", "accounts.conf"] {
        fs::copy(deploy().join("nats").join(file), folder.join(file)).unwrap();
    }
    let passwords = fs::read_to_string(deploy().join("nats/passwords.example.conf")).unwrap();
    fs::write(folder.join("passwords.conf"), change(passwords)).unwrap();
    let said = process::capture(
        Command::new(nats_server())
            .args(["-t", "-c", "nats.conf"])
            .current_dir(&folder),
    );
    fs::remove_dir_all(&folder).unwrap();
    said
}

#[test]
fn nats_server_accepts_the_configuration() {
    checked("good", |passwords| passwords).expect("run `cargo xtask setup` if there is no server");
}

#[test]
fn nats_server_refuses_it_when_a_password_is_missing() {
    let refusal = checked("bad", |passwords| passwords.replace("QUERY_", "NOBODY_")).unwrap_err();
    assert!(
        refusal.to_string().contains("QUERY_PASSWORD"),
        "{refusal:#}"
    );
}

/// What every unit must say, so that a service that is broken into can do little.
const HARDENING: [&str; 12] = [
    "CapabilityBoundingSet=\n",
    "MemoryDenyWriteExecute=yes",
    "NoNewPrivileges=yes",
    "PrivateDevices=yes",
    "PrivateTmp=yes",
    "ProtectHome=yes",
    "ProtectSystem=strict",
    "RestrictNamespaces=yes",
    "StateDirectoryMode=0700",
    "SystemCallFilter=@system-service",
    "UMask=0077",
    "IPAddressDeny=any",
];

#[test]
fn every_unit_is_hardened_and_keeps_secrets_out_of_the_environment() {
    let mut units = 0;
    for entry in fs::read_dir(deploy().join("systemd")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        units += 1;
        for line in HARDENING {
            assert!(text.contains(line), "{}: {line}", path.display());
        }
        assert!(!text.contains("Environment="), "{}", path.display());
    }
    assert_eq!(units, 3);
}
