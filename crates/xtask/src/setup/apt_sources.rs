//! Reads the machine's own apt sources, in both styles, to derive one more suite of the same mirror.

use std::fs;
use std::path::Path;

/// One archive the machine already trusts: where it is, what it carries, which key signs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Archive {
    pub(super) uri: String,
    pub(super) suites: Vec<String>,
    pub(super) components: Vec<String>,
    /// A key file's path, or an armoured key as deb822 writes it; none means apt's own trusted keys.
    pub(super) signed_by: Option<String>,
}

impl Archive {
    /// The same archive as a deb822 stanza for another suite.
    pub(super) fn stanza(&self, suite: &str) -> String {
        let mut text = format!(
            "Types: deb\nURIs: {}\nSuites: {suite}\nComponents: {}\n",
            self.uri,
            self.components.join(" ")
        );
        if let Some(key) = &self.signed_by {
            text.push_str(&format!("Signed-By: {key}\n"));
        }
        text
    }
}

/// Every archive the machine's sources name, those that carry its own release or a rolling suite first in their order.
pub(super) fn of_machine(etc_apt: &Path) -> Vec<Archive> {
    let mut files = vec![etc_apt.join("sources.list")];
    if let Ok(entries) = fs::read_dir(etc_apt.join("sources.list.d")) {
        let mut parts: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        parts.sort();
        files.extend(parts);
    }
    let mut archives = Vec::new();
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        match file.extension().and_then(|ending| ending.to_str()) {
            Some("sources") => archives.extend(deb822(&text)),
            Some("list") => archives.extend(text.lines().filter_map(one_line)),
            _ => {}
        }
    }
    archives
}

/// Those that hold a whole distribution: a main component and a suite that is no add-on of another.
pub(super) fn whole_distributions(archives: &[Archive], codename: &str) -> Vec<Archive> {
    let rolling = ["stable", "testing", "unstable", "sid", codename];
    let mut whole: Vec<Archive> = Vec::new();
    for archive in archives {
        let is_whole = archive.components.iter().any(|c| c == "main")
            && archive.suites.iter().any(|s| rolling.contains(&s.as_str()));
        if is_whole && !whole.iter().any(|known| known.uri == archive.uri) {
            whole.push(archive.clone());
        }
    }
    whole
}

/// The stanzas of a `.sources` file.
fn deb822(text: &str) -> Vec<Archive> {
    let mut archives = Vec::new();
    for stanza in text.split("\n\n") {
        let fields = fields_of(stanza);
        let value = |name: &str| {
            fields
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.as_str())
        };
        let words = |name: &str| -> Vec<String> {
            value(name)
                .unwrap_or_default()
                .split_whitespace()
                .map(str::to_owned)
                .collect()
        };
        if !words("Types").iter().any(|kind| kind == "deb") || value("Enabled") == Some("no") {
            continue;
        }
        archives.extend(words("URIs").into_iter().map(|uri| Archive {
            uri,
            suites: words("Suites"),
            components: words("Components"),
            signed_by: value("Signed-By").map(str::to_owned),
        }));
    }
    archives
}

fn fields_of(stanza: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in stanza.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push('\n');
                value.push_str(line);
            }
        } else if let Some((key, value)) = line.split_once(':') {
            fields.push((key.trim().to_owned(), value.trim().to_owned()));
        }
    }
    fields
}

/// A line of a `.list` file: `deb [options] uri suite component...`.
fn one_line(line: &str) -> Option<Archive> {
    let line = line.split('#').next().unwrap_or_default().trim();
    let rest = line.strip_prefix("deb")?.trim_start();
    if rest.len() == line.len() - 3 {
        return None; // deb-src, or no space after the type
    }
    let (options, rest) = match rest.strip_prefix('[') {
        Some(inner) => inner.split_once(']')?,
        None => ("", rest),
    };
    let mut words = rest.split_whitespace().map(str::to_owned);
    Some(Archive {
        uri: words.next()?,
        suites: vec![words.next()?],
        components: words.collect(),
        signed_by: options
            .split_whitespace()
            .find_map(|option| option.strip_prefix("signed-by="))
            .map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STANZAS: &str = "Types: deb deb-src\n# a snapshot\nURIs: http://mirror.example/debian\nSuites: trixie trixie-updates\nComponents: main contrib\nSigned-By: /keys/archive.gpg\n\nTypes: deb-src\nURIs: http://mirror.example/sources\nSuites: trixie\nComponents: main\n\nEnabled: no\nTypes: deb\nURIs: http://off.example/debian\nSuites: trixie\nComponents: main\n\nTypes: deb\nURIs: http://other.example/vendor\nSuites: nodistro\nComponents: main\n";

    #[test]
    fn reads_stanzas_and_derives_another_suite() {
        let whole = whole_distributions(&deb822(STANZAS), "trixie");
        assert_eq!(whole.len(), 1);
        assert_eq!(
            whole[0].stanza("testing"),
            "Types: deb\nURIs: http://mirror.example/debian\nSuites: testing\nComponents: main contrib\nSigned-By: /keys/archive.gpg\n"
        );
    }

    #[test]
    fn an_armoured_key_stays_whole() {
        let text = "Types: deb\nURIs: http://a.example/debian\nSuites: sid\nComponents: main\nSigned-By:\n -----BEGIN\n .\n abc\n -----END\n";
        assert_eq!(
            deb822(text)[0].signed_by.as_deref(),
            Some("\n -----BEGIN\n .\n abc\n -----END")
        );
    }

    #[test]
    fn reads_one_line_entries() {
        let archive =
            one_line("deb [arch=amd64 signed-by=/keys/a.gpg] http://a.example/debian trixie main contrib # note")
                .unwrap();
        assert_eq!(archive.uri, "http://a.example/debian");
        assert_eq!(archive.suites, ["trixie"]);
        assert_eq!(archive.components, ["main", "contrib"]);
        assert_eq!(archive.signed_by.as_deref(), Some("/keys/a.gpg"));
        assert!(one_line("deb http://a.example/debian trixie main").is_some());
        for other in [
            "",
            "# deb http://a.example x main",
            "deb-src http://a.example x main",
            "debian",
        ] {
            assert_eq!(one_line(other), None, "{other}");
        }
    }
}
