//! The binary at work in a folder of its own.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use parquet::file::reader::{FileReader, SerializedFileReader};
use tempfile::TempDir;

pub const PLAY: &str = r#"version: "3.0.0"
name: crossing
symbol: BTCUSDT
timeframes: {low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: low_tf}
account: {starting_equity_usdt: 10000, max_leverage: 1, fee_model: {taker_bps: 5.5, maker_bps: 2}}
features:
  ema_9: {indicator: ema, params: {length: 9}}
  ema_21: {indicator: ema, params: {length: 21}}
  rsi_1h: {indicator: rsi, params: {length: 14}, tf: 1h}
structures:
  exec:
    - {type: swing, key: swing, params: {left: 3, right: 3}}
setups:
  calm: "rsi_1h < 80"
actions:
  entry_long: {all: ["ema_9 crosses above ema_21", {setup: calm}, "close > swing.low_level"]}
  exit_long: "ema_9 crosses below ema_21"
position_policy: {mode: long_only, exit_mode: first_hit}
risk: {stop_loss_pct: 3, take_profit_pct: 9, max_position_pct: 50}
validation: {pattern: trending}
"#;

pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Folder {
        Folder(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("a temporary folder takes files");
        path
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }
}

/// What a command ended with.
pub struct Done {
    pub code: i32,
    pub out: String,
    pub err: String,
}

pub fn playvm(arguments: &[&str]) -> Done {
    playvm_with_cache(arguments, "")
}

/// Bars are kept in this folder; nowhere when it is empty.
pub fn playvm_with_cache(arguments: &[&str], folder: &str) -> Done {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("playvm"));
    command.env("PLAY_CACHE", folder);
    let run = command.args(arguments).output().expect("the binary was built");
    Done {
        code: run.status.code().expect("it ended by itself"),
        out: String::from_utf8(run.stdout).expect("UTF-8"),
        err: String::from_utf8(run.stderr).expect("UTF-8"),
    }
}

pub fn text(path: &Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}

/// No command says nothing, panics, or calls a user's mistake its own.
#[track_caller]
pub fn refused(done: &Done, code: i32, says: &str) {
    let said = format!("{}{}", done.out, done.err);
    assert_eq!(done.code, code, "{said}");
    assert!(said.contains(says), "`{says}` is not in: {said}");
    assert!(!said.contains("panicked"), "{said}");
}

/// Sample bars of three days of 15 minutes scale each, in the format of the file's ending.
pub fn sample(folder: &Folder, pattern: &str, file: &str) -> PathBuf {
    let path = folder.path(file);
    let done = playvm(&["data", "sample", "--pattern", pattern, "--out", text(&path)]);
    assert_eq!(done.code, 0, "{}", done.err);
    path
}

/// Names of the columns, number of rows.
pub fn parquet(path: &Path) -> (Vec<String>, usize) {
    let file = std::fs::File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let reader = SerializedFileReader::new(file).expect("a Parquet file");
    let metadata = reader.metadata().file_metadata();
    let names = metadata.schema_descr().columns().iter().map(|c| c.name().to_owned()).collect();
    (names, metadata.num_rows() as usize)
}
