//! `playvm data sample|check|resample|cache`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use data::sample::{self, SampleOptions};
use data::{LoadOptions, Policy};

use crate::failure::Failure;
use crate::input;

#[derive(Subcommand)]
pub enum Command {
    /// Make seeded bars of a named market pattern
    Sample(SampleArgs),
    /// Say what is in bar files and what is wrong with them
    Check(CheckArgs),
    /// Build slower bars, or convert between CSV, Parquet and Arrow
    Resample(ResampleArgs),
    /// List or remove the bars that were kept mapped for the next run
    Cache(CacheArgs),
}

#[derive(clap::Args)]
pub struct SampleArgs {
    /// Name of the pattern; without it all are listed
    #[arg(long)]
    pattern: Option<String>,
    /// Where to write: .parquet, .csv or .arrow
    #[arg(long, required_unless_present = "list", required = false)]
    out: Option<PathBuf>,
    /// List the patterns
    #[arg(long)]
    list: bool,
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Period at which the pattern shows; the bars are 1-minute bars
    #[arg(long, default_value = "15m", value_name = "TF")]
    scale: String,
    /// Length, in bars of the scale
    #[arg(long)]
    bars: Option<usize>,
    /// Price at the start
    #[arg(long)]
    price: Option<f64>,
    /// Time of the first bar
    #[arg(long)]
    start: Option<String>,
}

#[derive(clap::Args)]
pub struct CheckArgs {
    /// Bar files, or a folder of them
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Period of the bars, where it cannot be told
    #[arg(long, value_name = "TF")]
    timeframe: Option<String>,
    /// Print the certificate as JSON
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub struct ResampleArgs {
    /// Bar files, or a folder of them
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Period of the new bars; without it the bars are only converted
    #[arg(long, value_name = "TF")]
    to: Option<String>,
    /// Where to write: .parquet, .csv or .arrow (mapped into memory when it is read)
    #[arg(long)]
    out: PathBuf,
    /// What to do about gaps and bad rows
    #[arg(long, value_name = "report|reject|flat|skip", default_value = "report")]
    data_policy: String,
}

#[derive(clap::Args)]
pub struct CacheArgs {
    /// Remove them all
    #[arg(long)]
    clear: bool,
}

pub fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Sample(args) => make_sample(args),
        Command::Check(args) => check(args),
        Command::Resample(args) => resample(args),
        Command::Cache(args) => cache(args),
    }
}

fn cache(args: &CacheArgs) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let Some(cache) = input::cache() else {
        writeln!(out, "no bars are kept: PLAY_CACHE is empty, or there is no home folder")?;
        return Ok(());
    };
    if args.clear {
        let count = cache.clear()?;
        writeln!(out, "{}: {count} removed", cache.folder().display())?;
        return Ok(());
    }
    let kept = cache.list();
    for one in &kept {
        let what = one.certificate.as_ref().map_or_else(
            || "damaged; it is made anew when it is asked for".to_owned(),
            |c| format!("{} bars of {} from {}", c.rows, c.timeframe, c.files.join(", ")),
        );
        let name = one.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        writeln!(out, "{:>10}  {}  {what}", mib(one.bytes), &name[..12.min(name.len())])?;
    }
    let total: u64 = kept.iter().map(|one| one.bytes).sum();
    writeln!(out, "{:>10}  in {} files in {}", mib(total), kept.len(), cache.folder().display())?;
    Ok(())
}

fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / 1_048_576.0)
}

fn make_sample(args: &SampleArgs) -> Result<(), Failure> {
    let (Some(pattern), false) = (&args.pattern, args.list) else {
        let mut out = std::io::stdout().lock();
        for pattern in sample::patterns() {
            writeln!(out, "{:24} {}", pattern.name, pattern.summary)?;
        }
        return Ok(());
    };
    let Some(path) = &args.out else {
        return Err(Failure::Usage("say where to write the bars with --out FILE".into()));
    };
    let mut options = SampleOptions::new(pattern);
    options.seed = args.seed;
    options.scale = input::timeframe(&args.scale)?;
    options.bars = args.bars.unwrap_or(options.bars);
    options.price = args.price.unwrap_or(options.price);
    if let Some(start) = &args.start {
        options.start_ms = input::time("--start", start)?;
    }
    let bars = sample::generate(&options)?;
    data::write::write_bars(path, &bars)?;
    said(path, bars.len(), &bars.timeframe.to_string())
}

fn check(args: &CheckArgs) -> Result<(), Failure> {
    let timeframe = args.timeframe.as_deref().map(input::timeframe).transpose()?;
    let options = LoadOptions { timeframe, verify: data::Verify::Full, ..LoadOptions::default() };
    let (certificate, refused) = match data::load_files(&args.files, &options) {
        Ok(loaded) => (loaded.certificate, None),
        Err(mut error) => match error.certificate.take() {
            Some(certificate) => (*certificate, Some(error)),
            None => return Err(error.into()),
        },
    };
    let mut out = std::io::stdout().lock();
    if args.json {
        let json = serde_json::to_string_pretty(&certificate)
            .map_err(|e| Failure::Internal(format!("the certificate cannot be written as JSON: {e}")))?;
        writeln!(out, "{json}")?;
    } else {
        writeln!(out, "{certificate}")?;
    }
    refused.map_or(Ok(()), |error| Err(error.into()))
}

fn resample(args: &ResampleArgs) -> Result<(), Failure> {
    let policy = Policy::parse(&args.data_policy).ok_or_else(|| {
        Failure::Usage(format!(
            "--data-policy takes report, reject, flat or skip, not `{}`",
            args.data_policy
        ))
    })?;
    let loaded = data::load_files(&args.files, &LoadOptions { policy, ..LoadOptions::default() })?;
    let bars = match &args.to {
        None => loaded.bars,
        Some(text) => {
            let to = input::timeframe(text)?;
            bars::resample(&loaded.bars, to).ok_or_else(|| {
                Failure::Data(format!(
                    "{to} bars cannot be built from {} bars: choose a multiple of {}",
                    loaded.bars.timeframe, loaded.bars.timeframe
                ))
            })?
        }
    };
    data::write::write_bars(&args.out, &bars)?;
    said(&args.out, bars.len(), &bars.timeframe.to_string())
}

fn said(path: &Path, rows: usize, timeframe: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{}: {rows} bars of {timeframe}", path.display())?;
    Ok(())
}
