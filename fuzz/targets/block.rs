//! Any text as a block file: checked alone, and used by a Play, every phase ends, and what is said can be printed.
#![no_main]

use std::path::Path;

use diagnostics::render;
use driver::{Compilation, Library, Options};
use libfuzzer_sys::fuzz_target;

const FILE: &str = "fuzz_v1.yml";
/// A condition with a side, a set of features, and an exit: wherever a block of some type may stand.
const PLAY: &str = "
version: \"3.0.0\"
name: user
symbol: BTCUSDT
timeframes: {low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: low_tf}
account: {starting_equity_usdt: 10000, max_leverage: 1}
features:
  set: {use: fuzz_v1}
actions:
  entry_long: {any: [{use: fuzz_v1, with: {length: 5}}, {use: fuzz_v1, side: short}]}
  exit_long: {use: fuzz, version: 1}
risk: {use: fuzz_v1}
";

fuzz_target!(|text: &str| {
    printable(&driver::check_block(FILE, text, &Options::default()));
    let file = driver::library::file(Path::new(FILE), text.as_bytes());
    let options = Options { blocks: Library::new(vec![vec![file]]), ..Options::default() };
    printable(&driver::compile("user.yml", PLAY, &options));
});

fn printable(compilation: &Compilation) {
    for diagnostic in &compilation.diagnostics {
        assert!(!render::human(&compilation.sources, diagnostic, false).is_empty());
        assert!(!render::json(&compilation.sources, diagnostic).is_empty());
    }
    assert!(compilation.has_errors() || compilation.program.is_some(), "no program and no error");
    if let Some(program) = &compilation.program {
        assert_eq!(bytecode::verify(program), Ok(()));
    }
}
