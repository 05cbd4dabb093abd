//! Nothing of one machine in the repository: no absolute paths of somebody's disk, no host of a package registry.

use super::Finding;
use super::sources::Source;
use std::path::Path;

/// First folders of paths that exist on one machine only.
const PRIVATE_FOLDERS: [&str; 4] = ["home", "root", "Users", "work"];

/// What hosts of package registries and their mirrors are called.
const REGISTRY_LABELS: [&str; 12] = [
    "registry", "deb", "ftp", "mirror", "mirrors", "index", "static", "proxy", "packages", "pypi",
    "npm", "snapshot",
];

/// Looks at every line of every text file.
pub(super) fn check(source: &Source, root: &Path) -> Vec<Finding> {
    let root = root.display().to_string();
    let mut findings = Vec::new();
    for (number, line) in source.text.lines().enumerate() {
        if let Some(found) = private_path(line, &root) {
            findings.push(Finding::at(
                &source.path,
                number + 1,
                format!("\"{found}\" is a path of one machine: make it relative"),
            ));
        }
        if let Some(host) = registry_host(line) {
            findings.push(Finding::at(
                &source.path,
                number + 1,
                format!(
                    "\"{host}\" is a host of a package registry: use the machine's own settings"
                ),
            ));
        }
    }
    findings
}

fn private_path(line: &str, root: &str) -> Option<String> {
    if root.len() > 1 && line.contains(root) {
        return Some(root.to_owned());
    }
    PRIVATE_FOLDERS.iter().find_map(|folder| {
        let start = format!("/{folder}/");
        line.match_indices(&start).find_map(|(at, _)| {
            let begins = line[..at]
                .chars()
                .next_back()
                .is_none_or(|c| c.is_whitespace() || "\"'`(=:,<[".contains(c));
            let goes_on = line[at + start.len()..]
                .chars()
                .next()
                .is_some_and(|c| c.is_alphanumeric() || c == '.' || c == '_');
            (begins && goes_on).then(|| {
                line[at..]
                    .chars()
                    .take_while(|c| !c.is_whitespace() && !"\"'`),".contains(*c))
                    .collect()
            })
        })
    })
}

fn registry_host(line: &str) -> Option<String> {
    line.match_indices("://").find_map(|(at, _)| {
        let host: String = line[at + 3..]
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '.' || *c == '-')
            .collect();
        let (first, rest) = host.split_once('.')?;
        // Names under .example and .invalid are reserved for documents and tests (RFC 2606).
        let reserved = rest.ends_with("example") || rest.ends_with("invalid");
        (REGISTRY_LABELS.contains(&first) && !reserved).then_some(host)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(line: &str) -> Vec<String> {
        check(&Source::new("a.toml", line), Path::new("/srv/here"))
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn paths_of_a_machine_and_hosts_of_registries_are_found() {
        // Put together here so that this file does not find itself.
        let path = format!("x = \"/{}/jane/x\"", "home");
        assert_eq!(
            messages(&path),
            [format!(
                "a.toml:1: \"/{}/jane/x\" is a path of one machine: make it relative",
                "home"
            )]
        );
        assert_eq!(messages("at /srv/here/src").len(), 1);
        let host = format!("url = \"https://{}.npmjs.test/x\"", "registry");
        assert_eq!(messages(&host).len(), 1);
    }

    #[test]
    fn what_is_the_same_everywhere_is_left_alone() {
        for line in [
            "/usr/sbin/nats-server",
            "see ../home/page",
            "https://github.com/rust-lang/crates.io-index",
            "GET /work/",
            "http://mirror.example/debian",
            "https://www.legislation.gov.uk/id/ukpga/2011/13",
        ] {
            assert!(messages(line).is_empty(), "{line}");
        }
    }
}
