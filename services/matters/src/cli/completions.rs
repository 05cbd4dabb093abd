//! `completions` and `man`.

use super::Cli;
use crate::failure::Failure;
use crate::output;
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;
use std::path::PathBuf;

/// Print completions for a shell.
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Runs it.
    pub(super) fn run(self) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "matters", &mut script);
        output::data(String::from_utf8_lossy(&script).trim_end())
    }
}

/// Print the manual page, or write one for each command.
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// Folder to write a page for each command to
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Man {
    /// Runs it.
    pub(super) fn run(self) -> Result<(), Failure> {
        match self.out {
            Some(folder) => {
                std::fs::create_dir_all(&folder)?;
                Ok(clap_mangen::generate_to(Cli::command(), folder)?)
            }
            None => {
                let mut page = Vec::new();
                clap_mangen::Man::new(Cli::command()).render(&mut page)?;
                output::data(String::from_utf8_lossy(&page).trim_end())
            }
        }
    }
}
