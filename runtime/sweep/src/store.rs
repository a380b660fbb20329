//! Where rows are kept while a sweep goes on, and the file that they become.
//!
//! `sweep.part` grows by whole blocks of rows, each with its checksum: whatever ends the process, all blocks but the
//! last are there to go on from. When all rows are done they become `sweep.parquet`, row group by row group.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use data::DataError;
use data::columns::{ColumnData, Table, write_parquet_groups};

use crate::row::{FIGURES, Outcome, Row};
use crate::space::Space;

const MAGIC: [u8; 8] = *b"PLAYSW1\n";
const HEAD_BYTES: u64 = 8 + 32;
/// No block that was written is longer.
const BLOCK_MAX: u32 = 1 << 30;
/// Rows of one row group of the result.
const GROUP_ROWS: usize = 65_536;

/// Why rows cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("`{path}` holds a sweep that was interrupted: go on with --resume, or choose another --out")]
    Unfinished { path: String },
    #[error(
        "`{path}` holds another sweep (another Play, other values, bars or dates): \
         run the command that began it, or choose another --out"
    )]
    Other { path: String },
    #[error("`{path}` is not a sweep that was interrupted: remove it, or choose another --out")]
    Foreign { path: String },
    #[error("cannot write `{path}`: {why}; choose another folder with --out")]
    Io { path: String, why: String },
    #[error(transparent)]
    Data(#[from] DataError),
}

/// The rows of one sweep on disk.
#[derive(Debug)]
pub struct Store {
    part: PathBuf,
    result: PathBuf,
    file: File,
    rows: u64,
}

impl Store {
    /// Opens the folder for the sweep with this identity. With `resume` the rows that are there are kept, and told to
    /// `seen`; without any it begins anew.
    ///
    /// # Errors
    /// When the folder cannot be written, or holds an interrupted sweep that is not to be gone on with.
    pub fn open(
        folder: &Path,
        identity: [u8; 32],
        resume: bool,
        seen: &mut dyn FnMut(&Row),
    ) -> Result<Store, StoreError> {
        std::fs::create_dir_all(folder).map_err(|e| io(folder, &e))?;
        let part = folder.join("sweep.part");
        if part.exists() && !resume {
            return Err(StoreError::Unfinished { path: part.display().to_string() });
        }
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&part);
        let mut file = file.map_err(|e| io(&part, &e))?;
        if file.metadata().map_err(|e| io(&part, &e))?.len() < HEAD_BYTES {
            file.set_len(0).map_err(|e| io(&part, &e))?;
            file.write_all(&[&MAGIC[..], &identity].concat()).map_err(|e| io(&part, &e))?;
        }
        let mut reader = Reader::open(&part, Some(identity))?;
        let mut rows = 0;
        while let Some(block) = reader.block() {
            block.iter().for_each(&mut *seen);
            rows += block.len() as u64;
        }
        // What follows the last whole block was being written when the process ended.
        file.set_len(reader.end).map_err(|e| io(&part, &e))?;
        file.seek(SeekFrom::End(0)).map_err(|e| io(&part, &e))?;
        Ok(Store { result: folder.join("sweep.parquet"), part, file, rows })
    }

    /// How many rows there are: the next one is of this variant.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// # Errors
    /// When the disk is full or gone.
    pub fn append(&mut self, rows: &[Row]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let body = postcard::to_stdvec(rows).expect("plain data, which postcard always writes to memory");
        let mut block = (body.len() as u32).to_le_bytes().to_vec();
        block.extend_from_slice(&checksum(&body));
        block.extend_from_slice(&body);
        self.file.write_all(&block).map_err(|e| io(&self.part, &e))?;
        self.rows += rows.len() as u64;
        Ok(())
    }

    /// All rows as `sweep.parquet`; the rows on the way are removed.
    ///
    /// # Errors
    /// When the file cannot be written; the rows are then still there.
    pub fn finish(self, space: &Space) -> Result<PathBuf, StoreError> {
        let mut reader = Reader::open(&self.part, None)?;
        let mut waiting: Vec<Row> = Vec::new();
        let groups = std::iter::from_fn(|| {
            while waiting.len() < GROUP_ROWS {
                let Some(block) = reader.block() else { break };
                waiting.extend(block);
            }
            let rest = waiting.split_off(GROUP_ROWS.min(waiting.len()));
            let group = std::mem::replace(&mut waiting, rest);
            (!group.is_empty()).then(|| Ok(table(&group, space)))
        });
        write_parquet_groups(&self.result, groups)?;
        std::fs::remove_file(&self.part).map_err(|e| io(&self.part, &e))?;
        Ok(self.result)
    }
}

/// The columns of the result file; docs/sweeps.md describes them.
fn table<'n>(rows: &[Row], space: &'n Space) -> Table<'n> {
    let mut columns: Table<'n> =
        vec![("variant", ColumnData::I64(rows.iter().map(|r| i64::try_from(r.variant).ok()).collect()))];
    for (at, axis) in space.axes.iter().enumerate() {
        columns.push((&axis.name, ColumnData::F64(rows.iter().map(|r| r.values[at]).collect())));
    }
    for (at, figure) in FIGURES.iter().enumerate() {
        columns.push((figure.name, ColumnData::F64(rows.iter().map(|r| r.figure(at)).collect())));
    }
    let stopped = rows.iter().map(|r| match r.outcome {
        Outcome::Ran { stopped, .. } => stopped,
        Outcome::Refused(_) => None,
    });
    let hashes = rows.iter().map(|r| match &r.outcome {
        Outcome::Ran { trades_hash, .. } => {
            trades_hash.map(|hash| blake3::Hash::from_bytes(hash).to_hex().to_string())
        }
        Outcome::Refused(_) => None,
    });
    let refused = rows.iter().map(|r| match &r.outcome {
        Outcome::Ran { .. } => None,
        Outcome::Refused(why) => Some(why.clone()),
    });
    columns.push(("stopped", ColumnData::Bool(stopped.collect())));
    columns.push(("trades_hash", ColumnData::Text(hashes.collect())));
    columns.push(("refused", ColumnData::Text(refused.collect())));
    columns
}

/// Block after block, as far as they are whole and in order.
struct Reader {
    file: BufReader<File>,
    /// Where the last whole block ends.
    end: u64,
    rows: u64,
}

impl Reader {
    fn open(part: &Path, identity: Option<[u8; 32]>) -> Result<Reader, StoreError> {
        let mut file = BufReader::new(File::open(part).map_err(|e| io(part, &e))?);
        let mut head = [0; HEAD_BYTES as usize];
        let read = file.read_exact(&mut head);
        let path = part.display().to_string();
        match read {
            Err(e) if e.kind() != ErrorKind::UnexpectedEof => return Err(io(part, &e)),
            Ok(()) if head.starts_with(&MAGIC) => {}
            _ => return Err(StoreError::Foreign { path }),
        }
        if identity.is_some_and(|own| head[MAGIC.len()..] != own) {
            return Err(StoreError::Other { path });
        }
        Ok(Reader { file, end: HEAD_BYTES, rows: 0 })
    }

    fn block(&mut self) -> Option<Vec<Row>> {
        let mut head = [0; 12];
        self.file.read_exact(&mut head).ok()?;
        let (length, sum) = head.split_at(4);
        let length = u32::from_le_bytes(length.try_into().ok()?);
        if length > BLOCK_MAX {
            return None;
        }
        let mut body = Vec::new();
        (&mut self.file).take(u64::from(length)).read_to_end(&mut body).ok()?;
        if body.len() as u64 != u64::from(length) || checksum(&body) != sum {
            return None;
        }
        let rows: Vec<Row> = postcard::from_bytes(&body).ok()?;
        let in_order = rows.iter().zip(self.rows..).all(|(row, variant)| row.variant == variant);
        if !in_order {
            return None;
        }
        self.rows += rows.len() as u64;
        self.end += 12 + u64::from(length);
        Some(rows)
    }
}

fn checksum(body: &[u8]) -> [u8; 8] {
    let mut sum = [0; 8];
    sum.copy_from_slice(&blake3::hash(body).as_bytes()[..8]);
    sum
}

fn io(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Io { path: path.display().to_string(), why: error.to_string() }
}
