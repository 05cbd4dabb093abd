//! The command line: noun, verb. One file per family of subcommands.

mod action;
pub(crate) mod arguments;
mod compare;
mod completions;
pub(crate) mod lookups;
mod meeting;
mod record;
mod register;
mod replay;
mod returns;
pub(crate) mod session;
mod status;
pub(crate) mod token;

use crate::failure::{Exit, Failure};
use crate::output::{Format, Output};
use crate::reach::{Part, Place, TokenSource};
use crate::{demo, import, serve};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use session::Session;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Records what a panel raised, what became of it, and what was open on any day.
#[derive(Debug, Parser)]
#[command(
    name = "matters",
    version,
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 done, 1 failed (or differences), 2 usage, 4 sign-in needed, 5 not permitted, \
                  6 conflict, 7 integrity check failed."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// Address of the services; where they run apart: command=URL,query=URL,audit=URL
    #[arg(
        long,
        global = true,
        env = "MATTERS_SERVER",
        value_name = "URL",
        help_heading = "Where and who"
    )]
    server: Option<String>,
    /// Data folder: of `serve`, or to work on without a server
    #[arg(
        long,
        global = true,
        env = "MATTERS_DATA",
        value_name = "DIR",
        help_heading = "Where and who"
    )]
    pub(crate) data: Option<PathBuf>,
    /// Your name as it is recorded, when working on a data folder
    #[arg(
        long,
        global = true,
        env = "MATTERS_NAME",
        value_name = "NAME",
        help_heading = "Where and who"
    )]
    my_name: Option<String>,
    /// Area
    #[arg(
        long,
        global = true,
        env = "MATTERS_AREA",
        default_value = "cambridgeshire-peterborough",
        value_name = "SLUG",
        help_heading = "Where and who"
    )]
    pub(crate) area: String,
    /// File that holds a token
    #[arg(
        long,
        global = true,
        env = "MATTERS_TOKEN_FILE",
        value_name = "FILE",
        help_heading = "Where and who"
    )]
    token_file: Option<PathBuf>,
    /// Folder with a token per role: clerk.token, office.token, group-<identifier>.token
    #[arg(
        long,
        global = true,
        env = "MATTERS_TOKENS",
        value_name = "DIR",
        help_heading = "Where and who"
    )]
    tokens: Option<PathBuf>,
    /// Act as this role instead of the natural one: clerk, office, auditor, operator, public, group:<identifier>
    #[arg(long = "as", global = true, value_parser = Part::parse, value_name = "ROLE", help_heading = "Where and who")]
    pub(crate) part: Option<Part>,
    /// Print JSON
    #[arg(long, global = true, help_heading = "Output")]
    json: bool,
    /// Print a table, tab-separated values or JSON; a table on a terminal, tab-separated values otherwise
    #[arg(
        long,
        global = true,
        env = "MATTERS_FORMAT",
        value_enum,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    format: Option<Format>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Raise actions, answer them, close them, list them
    Action(Verbs<action::Action>),
    /// Quarterly returns of the delivery groups
    Return(Verbs<returns::Return>),
    /// Meetings, their coverage, their action sheet
    Meeting(Verbs<meeting::Meeting>),
    /// Bodies, delivery groups, series of references
    Register(Verbs<register::Register>),
    /// How many were answered in time, and how long it took
    Performance(status::Performance),
    /// What differs between two dates or positions; exit code 1 when something does
    Diff(compare::Diff),
    /// The actions as a replay of the record gives them
    Replay(replay::Replay),
    /// The history of one action, with each event's effect
    History(record::History),
    /// The record as lines of JSON and a manifest
    Export(record::Export),
    /// Check that nothing is missing or changed; exit code 7 otherwise
    Verify(record::Verify),
    /// Read a response letter, or an existing action log
    Import(Verbs<import::Import>),
    /// How the services stand
    Status(status::Status),
    /// Make tokens
    Token(Verbs<token::Token>),
    /// Run the services
    Serve(serve::Options),
    /// Make the stream on NATS, deliberately and once
    Provision(serve::NatsOptions),
    /// Serve with a real meeting loaded
    Demo(demo::Options),
    /// Print completions for a shell
    Completions(completions::Completions),
    /// Print the manual page, or write one for each command
    Man(completions::Man),
}

/// A family of subcommands.
#[derive(Debug, Args)]
struct Verbs<T: Subcommand> {
    #[command(subcommand)]
    verb: T,
}

impl Cli {
    /// Reads the command line. What stands on it beats what the environment says otherwise.
    pub(crate) fn parsed(
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, clap::Error> {
        let matches = Self::command().try_get_matches_from(arguments)?;
        let mut cli = Self::from_arg_matches(&matches)?;
        let mut leaf = &matches;
        while let Some((_, below)) = leaf.subcommand() {
            leaf = below;
        }
        let typed = |id: &str| leaf.value_source(id) == Some(ValueSource::CommandLine);
        let global = &mut cli.global;
        rank(
            (&mut global.server, typed("server"), "--server"),
            (&mut global.data, typed("data"), "--data"),
        )?;
        rank(
            (&mut global.token_file, typed("token_file"), "--token-file"),
            (&mut global.tokens, typed("tokens"), "--tokens"),
        )?;
        Ok(cli)
    }
}

/// Of two flags that cannot both be meant, the one that was typed beats the one out of the
/// environment.
fn rank<A, B>(
    (one, one_typed, one_flag): (&mut Option<A>, bool, &str),
    (other, other_typed, other_flag): (&mut Option<B>, bool, &str),
) -> Result<(), clap::Error> {
    match (one_typed, other_typed) {
        (true, true) => {
            let told = format!("{one_flag} and {other_flag} are both given; keep one");
            return Err(Cli::command().error(ErrorKind::ArgumentConflict, told));
        }
        (true, false) => *other = None,
        (false, true) => *one = None,
        (false, false) => {}
    }
    Ok(())
}

impl Global {
    /// The data folder, where a command cannot do without.
    pub(crate) fn needed_data(&self) -> Result<&PathBuf, Failure> {
        self.data
            .as_ref()
            .ok_or_else(|| Failure::usage("--data DIR (or MATTERS_DATA) is needed"))
    }

    /// Where the services are.
    fn place(&self) -> Result<Place, Failure> {
        match (&self.server, &self.data) {
            (Some(_), Some(_)) => Err(Failure::usage(
                "MATTERS_SERVER and MATTERS_DATA are both set; say which with --server URL or --data DIR",
            )),
            (Some(url), None) => Ok(Place::Server(url.clone())),
            (None, Some(folder)) => Ok(Place::Data(folder.clone())),
            (None, None) => Err(Failure::usage(
                "where is the record? give --server URL, or --data DIR to work without a server",
            )
            .and("MATTERS_SERVER and MATTERS_DATA do the same")),
        }
    }

    /// The same for a server of this process, with a folder of tokens.
    pub(crate) fn at(&self, address: &str, tokens: &Path, area: &str) -> Self {
        Self {
            server: Some(address.to_owned()),
            data: None,
            tokens: Some(tokens.to_owned()),
            token_file: None,
            part: None,
            area: area.to_owned(),
            ..self.clone()
        }
    }

    /// How the output is printed.
    pub(crate) fn output(&self) -> Output {
        Output::chosen(if self.json {
            Some(Format::Json)
        } else {
            self.format
        })
    }

    /// Where tokens come from.
    fn tokens(&self) -> TokenSource {
        TokenSource::new(
            self.token_file.clone(),
            self.tokens.clone(),
            self.part.clone(),
            self.my_name.clone(),
            &self.area,
        )
    }
}

/// Runs what was parsed.
pub(crate) fn main(cli: Cli) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let ended = runtime.block_on(run(cli));
    // Whatever still runs was asked to stop and had its time.
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    ended
}

async fn run(cli: Cli) -> Result<Exit, Failure> {
    let global = cli.global;
    let done = |()| Exit::Done;
    match cli.command {
        Command::Serve(options) => serve::serve(&options, global.needed_data()?)
            .await
            .map(done),
        Command::Provision(options) => serve::provision(&options).await.map(done),
        Command::Demo(options) => demo::run(&options, &global).await.map(done),
        Command::Token(verbs) => verbs.verb.run(&global).map(done),
        Command::Completions(completions) => completions.run().map(done),
        Command::Man(man) => man.run().map(done),
        reaching => {
            let mut session = Session::new(global);
            let ended = reached(reaching, &mut session).await;
            let closed = session.close().await;
            let exit = ended?;
            closed.map(|()| exit)
        }
    }
}

async fn reached(command: Command, session: &mut Session) -> Result<Exit, Failure> {
    match command {
        Command::Action(verbs) => verbs.verb.run(session).await,
        Command::Return(verbs) => verbs.verb.run(session).await,
        Command::Meeting(verbs) => verbs.verb.run(session).await,
        Command::Register(verbs) => verbs.verb.run(session).await,
        Command::Import(verbs) => verbs.verb.run(session).await,
        Command::Performance(command) => command.run(session).await,
        Command::Diff(command) => command.run(session).await,
        Command::Replay(command) => command.run(session).await,
        Command::History(command) => command.run(session).await,
        Command::Export(command) => command.run(session).await,
        Command::Verify(command) => command.run(session).await,
        Command::Status(command) => command.run(session).await,
        // The caller took these; a new command has to be put on one of the two lists.
        Command::Serve(_)
        | Command::Provision(_)
        | Command::Demo(_)
        | Command::Token(_)
        | Command::Completions(_)
        | Command::Man(_) => Ok(Exit::Done),
    }
}
