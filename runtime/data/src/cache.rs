//! Bars of CSV and Parquet files, kept as mapped Arrow files from their first use on.
//!
//! What is kept is found by the content of the files it was made of, their names and the options they were read with.
//! A file's content is known from its place, size and times where those have not changed since it was hashed; a kept
//! file is believed where its own size and times are those it was left with, and else hashed against its certificate.
//! Whatever does not agree is made anew; whatever cannot be read or written is done without the cache.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bars::{Bars, Timeframe};
use serde::{Deserialize, Serialize};

use crate::certificate::Certificate;
use crate::error::DataError;
use crate::ipc_file::IpcFile;
use crate::load::{LoadOptions, Loaded, finish, load_files, read_files};
use crate::source::{self, Format};
use crate::write::{CERTIFICATE_KEY, into_place, write_certified};
use crate::{hash, map_file};

/// Raised when bars would come out of the same files otherwise.
const VERSION: u32 = 1;
/// Smaller files are read as fast as they are looked up.
const BYTES_MIN: u64 = 1 << 20;
/// A file changed so lately may change again without its times telling.
const UNSETTLED: Duration = Duration::from_secs(2);
/// Of a kept file's metadata: binds its certificate to what it was made of.
const SEAL_KEY: &str = "bars.cache";

/// A folder of kept bars.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
    bytes_min: u64,
}

/// A kept file.
#[derive(Clone, Debug)]
pub struct Kept {
    pub path: PathBuf,
    pub bytes: u64,
    /// What it says of itself; `None` when it is damaged.
    pub certificate: Option<Certificate>,
}

/// What tells that a file has not changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    path: PathBuf,
    bytes: u64,
    modified_ns: u128,
    changed_ns: i128,
    inode: u64,
}

/// What is known of some files: their content, and where their bars are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    sources: Vec<Stamp>,
    hashes: Vec<String>,
    kept: Stamp,
}

impl Cache {
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Cache {
        Cache { folder: folder.into(), bytes_min: BYTES_MIN }
    }

    /// Keeps also the bars of files that are smaller than is worth while.
    #[must_use]
    pub fn of_every_size(self) -> Cache {
        Cache { bytes_min: 0, ..self }
    }

    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// As [`load_files`], for files and folders, from what is kept where that is the same.
    ///
    /// # Errors
    /// As [`load_files`]: nothing that is wrong with the cache is an error.
    pub fn load(&self, paths: &[PathBuf], options: &LoadOptions) -> Result<Loaded, DataError> {
        let files = source::all_files(paths)?;
        let Some(sources) = self.stamps(&files) else { return load_files(&files, options) };
        let note_path = self.note_path(&sources, options);
        let note = note_of(&note_path).filter(|note| note.sources == sources);
        let hashes = match &note {
            Some(note) => note.hashes.clone(),
            None => match files.iter().map(|file| content(file)).collect::<Option<Vec<String>>>() {
                Some(hashes) => hashes,
                None => return load_files(&files, options),
            },
        };
        let kept = self.kept_path(&files, &hashes, options);
        if let Some((bars, certificate)) = self.kept(&kept, note.as_ref()) {
            self.remember(&note_path, note, &sources, &hashes, &kept);
            return finish(bars, certificate, options);
        }
        let (bars, certificate) = read_files(&files, options)?;
        // what changed while it was read is not what was hashed
        if self.stamps(&files).as_ref() == Some(&sources)
            && std::fs::create_dir_all(&self.folder).is_ok()
            && write_certified(&kept, &bars, &certificate, Some((SEAL_KEY, &|json| seal(&kept, json))))
                .is_ok()
        {
            self.remember(&note_path, None, &sources, &hashes, &kept);
        }
        finish(bars, certificate, options)
    }

    /// What is kept, in the order of the names.
    #[must_use]
    pub fn list(&self) -> Vec<Kept> {
        let mut all: Vec<Kept> = self.own("arrow").into_iter().filter_map(describe).collect();
        all.sort_by(|a, b| a.path.cmp(&b.path));
        all
    }

    /// Removes everything that is kept; says how many files of bars that were.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn clear(&self) -> Result<usize, DataError> {
        let bars = self.own("arrow");
        for path in bars.iter().chain(&self.own("json")).chain(&self.own("partial")) {
            std::fs::remove_file(path).map_err(|e| DataError::io(path, &e))?;
        }
        Ok(bars.len())
    }

    /// Files of ours: a hash and this ending.
    fn own(&self, ending: &str) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return Vec::new() };
        let is_own = |path: &PathBuf| {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let (stem, rest) = name.split_once('.').unwrap_or((&name, ""));
            let is_hash = stem.len() == 64 && stem.bytes().all(|b| b.is_ascii_hexdigit());
            is_hash && rest.rsplit('.').next() == Some(ending)
        };
        entries.flatten().map(|entry| entry.path()).filter(is_own).collect()
    }

    /// `None` where nothing is to be kept: Arrow files are mapped as they are, small ones are quickly read.
    fn stamps(&self, files: &[PathBuf]) -> Option<Vec<Stamp>> {
        let is_read = |file: &PathBuf| {
            source::format(file)
                .is_ok_and(|f| matches!(f, Format::Csv | Format::GzippedCsv | Format::Parquet))
        };
        if !files.iter().all(is_read) {
            return None;
        }
        let stamps: Vec<Stamp> = files.iter().map(|file| stamp(file)).collect::<Option<_>>()?;
        (stamps.iter().map(|s| s.bytes).sum::<u64>() >= self.bytes_min).then_some(stamps)
    }

    fn note_path(&self, sources: &[Stamp], options: &LoadOptions) -> PathBuf {
        let places: Vec<&Path> = sources.iter().map(|s| s.path.as_path()).collect();
        self.named(&format!("note {VERSION} {places:?} {:?} {:?}", options.timeframe, options.policy), "json")
    }

    fn kept_path(&self, files: &[PathBuf], hashes: &[String], options: &LoadOptions) -> PathBuf {
        let names: Vec<String> = files.iter().map(|file| source::name(file)).collect();
        let (timeframe, policy) = (options.timeframe, options.policy);
        self.named(&format!("bars {VERSION} {names:?} {hashes:?} {timeframe:?} {policy:?}"), "arrow")
    }

    fn named(&self, key: &str, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", blake3::hash(key.as_bytes()).to_hex()))
    }

    /// The bars of a kept file, unless they are not what they were.
    fn kept(&self, path: &Path, note: Option<&Note>) -> Option<(Bars, Certificate)> {
        let untouched = note.is_some_and(|note| stamp(path).as_ref() == Some(&note.kept));
        let (bars, certificate) = opened(path)?;
        (untouched || hash::content(&bars) == certificate.content_hash).then_some((bars, certificate))
    }

    fn remember(&self, path: &Path, known: Option<Note>, sources: &[Stamp], hashes: &[String], kept: &Path) {
        let Some(kept) = stamp(kept) else { return };
        let now_ns = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_nanos());
        let settled = |s: &Stamp| s.modified_ns + UNSETTLED.as_nanos() < now_ns;
        let note = Note { sources: sources.to_vec(), hashes: hashes.to_vec(), kept };
        if known.as_ref() == Some(&note) || !sources.iter().all(settled) {
            return;
        }
        if let Ok(json) = serde_json::to_vec(&note) {
            // without the note the files are hashed again
            let _ = into_place(path, |mut file| {
                std::io::Write::write_all(&mut file, &json).map_err(|e| DataError::io(path, &e))
            });
        }
    }
}

fn note_of(path: &Path) -> Option<Note> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

fn describe(path: PathBuf) -> Option<Kept> {
    let bytes = std::fs::metadata(&path).ok()?.len();
    let certificate = opened(&path).map(|(_, certificate)| certificate);
    Some(Kept { path, bytes, certificate })
}

/// A kept file as it says it is; `None` when it is damaged or of another kind.
fn opened(path: &Path) -> Option<(Bars, Certificate)> {
    let file = IpcFile::open(path).ok()?;
    let json = file.metadata.get(CERTIFICATE_KEY)?;
    if *file.metadata.get(SEAL_KEY)? != seal(path, json) {
        return None;
    }
    let certificate: Certificate = serde_json::from_str(json).ok()?;
    let bars = file.mapped(Timeframe::parse(&certificate.timeframe)?)?;
    (bars.len() == certificate.rows).then_some((bars, certificate))
}

/// A kept file's name says what it was made of.
fn seal(path: &Path, certificate: &str) -> String {
    blake3::hash(format!("{} {certificate}", source::name(path)).as_bytes()).to_hex().to_string()
}

fn content(path: &Path) -> Option<String> {
    Some(blake3::hash(&map_file(path).ok()?).to_hex().to_string())
}

fn stamp(path: &Path) -> Option<Stamp> {
    let about = std::fs::metadata(path).ok()?;
    let modified = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let (changed_ns, inode) = changed(&about);
    Some(Stamp {
        path: path.canonicalize().ok()?,
        bytes: about.len(),
        modified_ns: modified.as_nanos(),
        changed_ns,
        inode,
    })
}

/// The time of the last change of any kind, which no program can set, and the file's number.
#[cfg(unix)]
fn changed(about: &Metadata) -> (i128, u64) {
    use std::os::unix::fs::MetadataExt;
    (i128::from(about.ctime()) * 1_000_000_000 + i128::from(about.ctime_nsec()), about.ino())
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> (i128, u64) {
    (0, 0)
}
