//! `playvm compare`

use std::io::Write;
use std::path::{Path, PathBuf};

use backtest::{BacktestError, Options};
use clap::ValueEnum;
use report::compare::{self, Compared};

use crate::failure::Failure;
use crate::input::{self, DataArgs};
use folders::BlockFolders;

#[derive(clap::Args)]
pub struct Args {
    /// Plays (.yml) or programs (.playb), two or more
    #[arg(required = true, num_args = 2..)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    data: DataArgs,
    /// First moment that is evaluated (bars before it are warm-up): 2025-01-31, 2025-01-31T12:00 or ms
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// End of the runs, exclusive
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// Folder for compare.html and compare.json
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What is printed: a table, or compare.json
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(flatten)]
    library: BlockFolders,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let (from_ms, to_ms) = input::span(args.from.as_deref(), args.to.as_deref())?;
    let inputs =
        args.files.iter().map(|file| input::program(file, &args.library)).collect::<Result<Vec<_>, _>>()?;
    let programs: Vec<_> = inputs.into_iter().map(|input| input.program).collect();
    let Some(first) = programs.first() else { return Ok(()) };
    let loaded = args.data.load(first)?;
    let options = Options { from_ms, to_ms, funding: crate::run::funding(&loaded), ..Options::default() };
    let mut runs = Vec::with_capacity(programs.len());
    let names = names(&programs, &args.files);
    for ((name, file), ran) in
        names.into_iter().zip(&args.files).zip(sweep::together(&programs, &loaded.bars, &options))
    {
        let (result, exec_bars) = ran.map_err(|error| told(file, error))?;
        runs.push(Compared::new(name, result, &exec_bars));
    }
    let json = format!("{:#}\n", compare::as_json(&runs));
    if let Some(folder) = &args.out {
        let unwritable = |e| {
            Failure::Usage(format!(
                "cannot write `{}`: {e}; choose another folder with --out",
                folder.display()
            ))
        };
        std::fs::create_dir_all(folder).map_err(unwritable)?;
        report::files::text(&folder.join("compare.html"), &compare::page(&runs))?;
        report::files::text(&folder.join("compare.json"), &json)?;
    }
    let shown = match args.format {
        Format::Human => compare::text(&runs),
        Format::Json => json,
    };
    write!(std::io::stdout().lock(), "{shown}")?;
    Ok(())
}

/// Plays by the names they give themselves; by their files where two have the same.
fn names(programs: &[bytecode::Program], files: &[PathBuf]) -> Vec<String> {
    let own = |at: usize| &programs[at].identity.play;
    let is_alone = |at: usize| (0..programs.len()).all(|other| other == at || own(other) != own(at));
    (0..programs.len())
        .map(|at| if is_alone(at) { own(at).clone() } else { files[at].display().to_string() })
        .collect()
}

fn told(file: &Path, error: BacktestError) -> Failure {
    let prefixed = |message: String| format!("`{}`: {message}", file.display());
    match error {
        BacktestError::Engine(error) => match Failure::from(error) {
            Failure::Usage(message) => Failure::Usage(prefixed(message)),
            Failure::Data(message) => Failure::Data(prefixed(message)),
            other => other,
        },
        other => Failure::Data(prefixed(other.to_string())),
    }
}

impl From<report::files::FilesError> for Failure {
    fn from(error: report::files::FilesError) -> Failure {
        Failure::Usage(error.to_string())
    }
}
