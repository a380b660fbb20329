//! Any text as a Play to lay out and to mend: a second layout changes nothing, and no fix brings an error.
#![no_main]

use std::collections::BTreeSet;

use driver::{Compilation, Options};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(once) = syntax::format::format(text) {
        let twice = syntax::format::format(&once).expect("what is laid out is YAML");
        assert_eq!(once, twice, "a second layout changes something");
    }
    let options = Options::default();
    let fixed = driver::fix::fix("fuzz.yml", text, &options);
    let before = errors(&driver::compile("fuzz.yml", text, &options));
    let after = errors(&driver::compile("fuzz.yml", fixed.text(), &options));
    assert!(after.is_subset(&before), "fixed into {:?}\n{}", after.difference(&before), fixed.text());
});

fn errors(compilation: &Compilation) -> BTreeSet<diagnostics::Code> {
    compilation.diagnostics.iter().filter(|d| d.is_error()).map(|d| d.code).collect()
}
