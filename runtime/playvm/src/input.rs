//! What a run works on: the program (from a Play or a `.playb`) and the bars (from files or a named pattern).

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use bars::Timeframe;
use bytecode::Program;
use data::sample::{self, SampleOptions};
use data::{Cache, LoadOptions, Loaded, Policy};
use diagnostics::Severity;
use diagnostics::render;
use driver::settings::Setting;

use crate::failure::Failure;
use folders::BlockFolders;

/// A verified program, and what the compiler warned of (nothing, when it came from a file).
pub struct Input {
    pub program: Program,
    /// One line each.
    pub warnings: Vec<String>,
}

/// Values for open parameters, on the command line.
#[derive(Default, clap::Args)]
pub struct Settings {
    /// A value for an open parameter of the Play, such as fast.length=12; may be repeated (`playc params` lists them)
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
}

impl Settings {
    fn parsed(&self) -> Result<Vec<Setting>, Failure> {
        let all: Result<Vec<Setting>, _> = self.set.iter().map(|text| Setting::parse(text)).collect();
        all.map_err(|e| Failure::Usage(format!("--set: {e}")))
    }
}

/// Compiles a Play (its warnings go to stderr) or reads a program.
pub fn program(path: &Path, blocks: &BlockFolders) -> Result<Input, Failure> {
    program_with(path, blocks, &Settings::default())
}

/// The same with values for the Play's open parameters.
pub fn program_with(path: &Path, blocks: &BlockFolders, settings: &Settings) -> Result<Input, Failure> {
    let settings = settings.parsed()?;
    let name = path.display().to_string();
    let hint = "give a Play (.yml) or a program (.playb)";
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("playb")) {
        if !settings.is_empty() {
            let what = "`--set` needs the Play's text: a program's parameters are no longer open; give the .yml file";
            return Err(Failure::Usage(what.into()));
        }
        let mapped = data::map_file(path);
        let bytes =
            mapped.map_err(|e| Failure::Usage(format!("cannot read `{name}`: {}; {hint}", e.what)))?;
        return decode(&name, &bytes);
    }
    let bytes =
        std::fs::read(path).map_err(|e| Failure::Usage(format!("cannot read `{name}`: {e}; {hint}")))?;
    compile(&name, &bytes, &blocks.options(path).map_err(Failure::Usage)?, &settings)
}

fn decode(name: &str, bytes: &[u8]) -> Result<Input, Failure> {
    let program = Program::decode(bytes).map_err(|e| Failure::Usage(format!("`{name}`: {e}")))?;
    if program.identity.catalogue_hash != stdlib::catalogue_hash() {
        return Err(Failure::Usage(format!(
            "`{name}` was built with another standard library (engine {}); build it again with `playc build`",
            program.identity.engine_version
        )));
    }
    Ok(Input { program, warnings: Vec::new() })
}

/// Compiles a Play; its warnings go to stderr.
pub fn compile(
    name: &str,
    bytes: &[u8],
    options: &driver::Options,
    settings: &[Setting],
) -> Result<Input, Failure> {
    let compilation = driver::settings::compile_bytes_with(name, bytes, options, settings)
        .map_err(|e| Failure::Usage(format!("--set: {e}")))?;
    let mut err = std::io::stderr().lock();
    let colour = err.is_terminal();
    for diagnostic in &compilation.diagnostics {
        writeln!(err, "{}", render::human(&compilation.sources, diagnostic, colour).trim_end())?;
    }
    let warnings = compilation.diagnostics.iter().map(|d| render::short(&compilation.sources, d)).collect();
    let errors = compilation.count(Severity::Error);
    match compilation.program {
        Some(program) => Ok(Input { program, warnings }),
        None => {
            writeln!(err, "playvm: {errors} errors in `{name}`: nothing was run")?;
            Err(Failure::Play)
        }
    }
}

/// Where bars come from.
#[derive(clap::Args)]
pub struct DataArgs {
    /// Bar file (CSV, Parquet, Arrow), or a folder of them; the finest bars you have. Without it the Play's own
    /// sample pattern is used
    #[arg(long, value_name = "PATH")]
    pub data: Vec<PathBuf>,
    /// What to do about gaps and bad rows
    #[arg(long, value_name = "report|reject|flat|skip", default_value = "report")]
    pub data_policy: String,
    /// Funding payments: a file with time and rate
    #[arg(long, value_name = "PATH")]
    pub funding: Option<PathBuf>,
    /// Period of the bars in the file, where it cannot be told
    #[arg(long, value_name = "TF")]
    pub timeframe: Option<String>,
    /// Read CSV and Parquet files anew instead of keeping their bars mapped for the next run (`playvm data cache`)
    #[arg(long)]
    pub no_cache: bool,
}

impl DataArgs {
    /// Loads the files, or makes the sample that the program names.
    pub fn load(&self, program: &Program) -> Result<Loaded, Failure> {
        if self.data.is_empty() {
            return sample_of(program);
        }
        let options = self.options()?;
        if let Some(cache) = cache().filter(|_| !self.no_cache) {
            return Ok(cache.load(&self.data, &options)?);
        }
        Ok(data::load_files(&self.data, &options)?)
    }

    pub fn options(&self) -> Result<LoadOptions, Failure> {
        let policy = Policy::parse(&self.data_policy).ok_or_else(|| {
            Failure::Usage(format!(
                "--data-policy takes report, reject, flat or skip, not `{}`",
                self.data_policy
            ))
        })?;
        let timeframe = self.timeframe.as_deref().map(timeframe).transpose()?;
        Ok(LoadOptions { timeframe, policy, funding: self.funding.clone(), ..LoadOptions::default() })
    }
}

/// Where bars are kept between runs: `PLAY_CACHE`, else `play/bars` in the user's cache folder. Nowhere when
/// `PLAY_CACHE` is empty or there is no such folder.
pub fn cache() -> Option<Cache> {
    if let Some(folder) = std::env::var_os("PLAY_CACHE") {
        return (!folder.is_empty()).then(|| Cache::new(folder));
    }
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|p| p.is_absolute());
    base.or_else(home).map(|base| Cache::new(base.join("play").join("bars")))
}

/// A timeframe from the command line.
pub fn timeframe(text: &str) -> Result<Timeframe, Failure> {
    Timeframe::parse(text).ok_or_else(|| {
        Failure::Usage(format!("`{text}` is no timeframe; write one such as 1m, 15m, 4h, D or W"))
    })
}

/// A time from the command line, ms UTC.
pub fn time(option: &str, text: &str) -> Result<i64, Failure> {
    data::parse_time(text).ok_or_else(|| {
        Failure::Usage(format!(
            "{option}: `{text}` is no time; write 2025-01-31, 2025-01-31T12:00 or milliseconds"
        ))
    })
}

/// `--from` and `--to`, ms UTC.
pub fn span(from: Option<&str>, to: Option<&str>) -> Result<(Option<i64>, Option<i64>), Failure> {
    let from_ms = from.map(|t| time("--from", t)).transpose()?;
    let to_ms = to.map(|t| time("--to", t)).transpose()?;
    match (from_ms, to_ms) {
        (Some(from), Some(to)) if from >= to => {
            Err(Failure::Usage("--from is not before --to: give an earlier start or a later end".into()))
        }
        span => Ok(span),
    }
}

fn sample_of(program: &Program) -> Result<Loaded, Failure> {
    let Some(pattern) = &program.pattern else {
        return Err(Failure::Usage(
            "no bars: give --data PATH, or name a sample in the Play with `validation: {pattern: trending}`"
                .into(),
        ));
    };
    let exec = program.clocks[usize::from(program.exec.0)].timeframe;
    let options = SampleOptions::for_play(pattern, &program.symbol, exec, program.warmup_exec_bars());
    let bars = sample::generate(&options)?;
    Ok(data::load::from_bars(bars, &format!("sample {pattern}, seed {}", options.seed)))
}
