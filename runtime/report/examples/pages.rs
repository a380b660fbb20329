//! Report pages to look at: `cargo run -p report --example pages -- FOLDER`.
#![allow(clippy::disallowed_methods, reason = "writes where its caller asks")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::path::PathBuf;
use std::process::ExitCode;

use common::{Made, busy, quiet};
use report::html::page;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: cargo run -p report --example pages -- FOLDER");
        return ExitCode::from(2);
    };
    let pages: [(&str, Made); 4] = [
        ("busy", busy(600, "1h", 25)),
        ("one", busy(60, "1h", 70)),
        ("many", busy(60_000, "1m", 20)),
        ("quiet", quiet()),
    ];
    let written = std::fs::create_dir_all(&folder).and_then(|()| {
        let mut pages = pages.into_iter();
        pages.try_for_each(|(name, made)| {
            std::fs::write(folder.join(format!("{name}.html")), page(&made.run()))
        })
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("cannot write to `{}`: {e}; name another folder", folder.display());
            ExitCode::from(2)
        }
    }
}
