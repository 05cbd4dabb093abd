//! Runs the program: a command at a time, or as a server.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;
use tempfile::TempDir;

/// How long a server may take to come up.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a command said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Everything that must be so of a command that did what it was asked.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }

    /// The same of one that ended with another code.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }
}

/// Where commands go, and as what.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    variables: Vec<(String, String)>,
}

impl Way {
    /// Straight to a data folder.
    pub(crate) fn data(folder: &Path) -> Self {
        Self::with("MATTERS_DATA", folder.display())
    }

    /// To a server, with a folder of tokens.
    pub(crate) fn server(url: &str, tokens: &Path) -> Self {
        Self::with("MATTERS_SERVER", url).and("MATTERS_TOKENS", tokens.display())
    }

    /// To nowhere.
    pub(crate) fn nowhere() -> Self {
        Self::with("NO_COLOR", 1)
    }

    fn with(name: &str, value: impl ToString) -> Self {
        Self {
            variables: Vec::new(),
        }
        .and("COLUMNS", 100)
        .and(name, value)
    }

    /// The same with another variable.
    pub(crate) fn and(mut self, name: &str, value: impl ToString) -> Self {
        self.variables.push((name.to_owned(), value.to_string()));
        self
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear();
        for kept in ["PATH", "HOME", "TMPDIR", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null());
        command
    }

    /// Runs a command of the program.
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        let output = self.command(&program()).args(arguments).output().unwrap();
        said(&output)
    }

    /// The first line of a command that goes on until it is ended, which it then is.
    pub(crate) fn first_line(&self, arguments: &[&str]) -> String {
        let mut child = self
            .command(&program())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        line
    }

    /// Runs a line of shell, in which `matters` is the program; its errors come with its output.
    pub(crate) fn shell(&self, line: &str, folder: &Path) -> Said {
        let link = folder.join("matters");
        if !link.exists() {
            std::os::unix::fs::symlink(program(), &link).unwrap();
        }
        let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
        let output = self
            .command(Path::new("sh"))
            .args(["-c", &format!("exec 2>&1; {line}")])
            .env("PATH", path)
            .current_dir(folder)
            .output()
            .unwrap();
        said(&output)
    }

    /// Starts a server and waits until it says `ready`.
    pub(crate) fn serve(&self, arguments: &[&str], ready: &str) -> Server {
        let mut child = self
            .command(&program())
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = lines_of(&mut child);
        let mut server = Server {
            child,
            url: String::new(),
            lines,
            said: Vec::new(),
        };
        let mut said = Vec::new();
        loop {
            let line = server
                .lines
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|_| panic!("the server did not come up: {said:#?}"));
            if let Some(at) = line.find("http://")
                && server.url.is_empty()
            {
                server.url = line[at..].trim().to_owned();
            }
            let found = line.contains(ready);
            said.push(line);
            if found {
                return server;
            }
        }
    }
}

fn said(output: &Output) -> Said {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said {
        code: output.status.code(),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}

/// What a process says, read on so that it never waits for its reader.
fn lines_of(child: &mut Child) -> Receiver<String> {
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let (sender, lines) = sync_channel(10_000);
    std::thread::spawn(move || {
        for line in stderr.lines().map_while(Result::ok) {
            // A full channel is nobody's loss: the test has what it waited for.
            let _ = sender.try_send(line);
        }
    });
    lines
}

/// The program under test.
pub(crate) fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_matters-under-test"))
}

/// A server, killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Server {
    /// Everything that it said from its first readiness to its end, once it was ended.
    pub(crate) fn said(&mut self) -> Vec<String> {
        std::mem::take(&mut self.said)
    }

    /// Ends it in order, by SIGTERM, and waits for its end.
    pub(crate) fn stop(mut self) -> Option<i32> {
        self.halt()
    }

    /// The same, of one whose place another takes.
    pub(crate) fn halt(&mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        // Its lines end when it does.
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.said.push(line);
        }
        self.child.wait().unwrap().code()
    }
}

impl Server {
    /// Waits for the end of one that dies, and tells whether a signal ended it.
    pub(crate) fn died(&mut self) -> bool {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return false,
                // Its lines end when it does, a moment before it can be asked how.
                Err(RecvTimeoutError::Disconnected) => {
                    return self.child.wait().unwrap().code().is_none();
                }
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A data folder with a panel, an office, a board with a group, a series and a meeting.
pub(crate) fn small_record() -> (TempDir, Way) {
    let folder = TempDir::new().unwrap();
    let way = Way::data(&folder.path().join("data"));
    register(&way);
    (folder, way)
}

/// Puts a panel, an office, a board with a group, a series and a meeting into the register: six
/// messages.
pub(crate) fn register(way: &Way) {
    for line in [
        [
            "register",
            "body",
            "pcp",
            "--name",
            "The Panel",
            "--kind",
            "panel",
        ]
        .as_slice(),
        &[
            "register",
            "body",
            "opcc",
            "--name",
            "The Office",
            "--kind",
            "commissioner-office",
        ],
        &[
            "register",
            "body",
            "board",
            "--name",
            "The Board",
            "--kind",
            "board",
        ],
        &[
            "register",
            "group",
            "drugs",
            "--name",
            "Drugs and Alcohol Misuse",
            "--board",
            "board",
            "--lead",
            "The Board",
        ],
        &[
            "register",
            "series",
            "pcp-2018",
            "--body",
            "pcp",
            "--year",
            "2018",
            "--pattern",
            "PCP/{year}/{n:03}",
        ],
        &[
            "meeting",
            "add",
            "september",
            "--body",
            "pcp",
            "--held-on",
            "2018-09-12",
        ],
    ] {
        let mut line = line.to_vec();
        line.extend(["--on", "2018-01-02"]);
        way.run(&line).done();
    }
}
