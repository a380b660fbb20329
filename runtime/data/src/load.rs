//! Loads bars: from one file, several, or a folder of them.

use std::io::Read;
use std::path::{Path, PathBuf};

use bars::{Bars, Timeframe};
use serde::{Deserialize, Serialize};

use crate::certificate::Certificate;
use crate::error::{DataError, Kind};
use crate::funding::{self, Funding};
use crate::ipc_file::IpcFile;
use crate::source::{self, Format};
use crate::table::Table;
use crate::write::{CERTIFICATE_KEY, SPOTS_KEY};
use crate::{csv_file, hash, parquet_file, settle};

const HOUR_MS: i64 = 3_600_000;

/// What to do with data that has faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Gaps, plain disorder and identical duplicates are reported; what would corrupt results is refused.
    #[default]
    Report,
    /// Any of these is refused, gaps and disorder too (jumps are reported under every policy: they may be true).
    Reject,
    /// As `Report`, and gaps are filled with flat bars without volume.
    Flat,
    /// Bad rows are left out and counted.
    Skip,
}

impl Policy {
    #[must_use]
    pub fn parse(text: &str) -> Option<Policy> {
        match text {
            "report" => Some(Policy::Report),
            "reject" => Some(Policy::Reject),
            "flat" => Some(Policy::Flat),
            "skip" => Some(Policy::Skip),
            _ => None,
        }
    }
}

/// How a mapped file that carries its own certificate is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verify {
    /// A hash over a few thousand rows spread over the file must agree; its certificate is then believed. A change
    /// between those rows goes unseen: `data check` looks at everything.
    #[default]
    Spots,
    /// All checks are made anew, and the content hash must agree.
    Full,
}

#[derive(Clone, Debug)]
pub struct LoadOptions {
    /// The period of the bars; told from their times when absent.
    pub timeframe: Option<Timeframe>,
    pub policy: Policy,
    /// A file of funding payments (time, rate).
    pub funding: Option<PathBuf>,
    /// Where only a `funding_rate` series is given, it is paid at multiples of this from 00:00 UTC.
    pub funding_interval_ms: i64,
    pub verify: Verify,
}

impl Default for LoadOptions {
    fn default() -> LoadOptions {
        LoadOptions {
            timeframe: None,
            policy: Policy::Report,
            funding: None,
            funding_interval_ms: 8 * HOUR_MS,
            verify: Verify::Spots,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Loaded {
    pub bars: Bars,
    /// In order of time; empty where nothing is known.
    pub funding: Vec<Funding>,
    pub certificate: Certificate,
}

/// Loads a file, or the bar files of a folder.
///
/// # Errors
/// When nothing can be read, or the policy refuses what was read.
pub fn load(path: &Path, options: &LoadOptions) -> Result<Loaded, DataError> {
    load_files(&[path.to_owned()], options)
}

/// Loads files, or folders of them, that together hold the bars, such as monthly dumps.
///
/// # Errors
/// As [`load`].
pub fn load_files(paths: &[PathBuf], options: &LoadOptions) -> Result<Loaded, DataError> {
    let (bars, certificate) = read_files(&source::all_files(paths)?, options)?;
    finish(bars, certificate, options)
}

/// The bars alone, as the policy leaves them.
pub(crate) fn read_files(paths: &[PathBuf], options: &LoadOptions) -> Result<(Bars, Certificate), DataError> {
    let mut table = Table::default();
    for path in paths {
        match source::format(path)? {
            Format::Csv => table.append(csv_file::read(path, false)?),
            Format::GzippedCsv => table.append(csv_file::read(path, true)?),
            Format::Parquet => table.append(parquet_file::read(path)?),
            Format::ArrowIpc => {
                let file = IpcFile::open(path)?;
                if let ([_], Some(certified)) = (paths, certified(&file, path, options)?) {
                    return Ok(certified);
                }
                table.append(file.table(path)?);
            }
        }
    }
    settle::settle(table, options.timeframe, options.policy)
}

/// Loads bars from CSV text in memory; `name` stands for the file in messages.
///
/// # Errors
/// As [`load`].
pub fn load_csv(text: impl Read, name: &str, options: &LoadOptions) -> Result<Loaded, DataError> {
    let table = csv_file::read_text(text, Path::new(name))?;
    let (bars, certificate) = settle::settle(table, options.timeframe, options.policy)?;
    finish(bars, certificate, options)
}

/// Certifies bars that no file holds, such as sample data; `name` stands for the file.
#[must_use]
pub fn from_bars(bars: Bars, name: &str) -> Loaded {
    let certificate = Certificate { files: vec![name.to_owned()], ..settle::certify(&bars) };
    let funding = funding::from_series(&bars, LoadOptions::default().funding_interval_ms);
    Loaded { bars, funding, certificate }
}

/// The bars of a file that carries a certificate of the kind that the options ask for, mapped.
fn certified(
    file: &IpcFile,
    path: &Path,
    options: &LoadOptions,
) -> Result<Option<(Bars, Certificate)>, DataError> {
    let (Some(stored), Some(spots)) = (file.metadata.get(CERTIFICATE_KEY), file.metadata.get(SPOTS_KEY))
    else {
        return Ok(None);
    };
    let Ok(stored) = serde_json::from_str::<Certificate>(stored) else { return Ok(None) };
    let Some(timeframe) = Timeframe::parse(&stored.timeframe) else { return Ok(None) };
    let strict = options.policy == Policy::Reject && stored.gaps.count > 0;
    let fill = options.policy == Policy::Flat && stored.gaps.count > stored.bars_filled;
    if options.timeframe.is_some_and(|asked| asked != timeframe) || strict || fill {
        return Ok(None);
    }
    let Some(bars) = file.mapped(timeframe) else { return Ok(None) };
    let agrees = match options.verify {
        Verify::Spots => stored.rows == bars.len() && *spots == hash::spots(&bars),
        Verify::Full => stored.content_hash == hash::content(&bars),
    };
    if !agrees {
        return Err(DataError::new(
            Kind::Refused,
            path.display(),
            "the bars are not those that the file's own certificate speaks of: it was changed or damaged",
            "make the file anew from its source (playvm data resample)",
        ));
    }
    // The content hash agrees, so the same bars passed all checks when the file was written.
    Ok(Some((bars, Certificate { files: vec![source::name(path)], ..stored })))
}

/// Adds the funding payments.
pub(crate) fn finish(
    mut bars: Bars,
    mut certificate: Certificate,
    options: &LoadOptions,
) -> Result<Loaded, DataError> {
    let funding = match &options.funding {
        Some(path) => {
            let funding = funding::read(path)?;
            certificate.files.push(source::name(path));
            if bars.series("funding_rate").is_none() {
                funding::add_series(&mut bars, &funding);
                settle::describe(&mut certificate, &bars);
            }
            funding
        }
        None => funding::from_series(&bars, options.funding_interval_ms),
    };
    certificate.notes.extend(funding::note(&bars, &funding, options.funding.is_some()));
    Ok(Loaded { bars, funding, certificate })
}
