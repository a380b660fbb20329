//! Plays with mistakes in them: the layout keeps what they mean, and fixing never makes them worse.

use std::collections::BTreeMap;

use diagnostics::Code;
use driver::fix::fix;
use driver::{Compilation, Options, compile};
use proptest::prelude::*;
use tests::mutate::mutated;

use crate::config_of;
use crate::format::{broken, readable};

/// Cases in an ordinary run: each compiles a Play many times.
const CASES: u32 = 200;

fn errors(c: &Compilation) -> BTreeMap<Code, usize> {
    let mut count = BTreeMap::new();
    for d in c.diagnostics.iter().filter(|d| d.is_error()) {
        *count.entry(d.code).or_default() += 1;
    }
    count
}

/// What fixing breaks, if anything.
fn worse(text: &str) -> Option<String> {
    let options = Options::default();
    let before = errors(&compile("play.yml", text, &options));
    let fixed = fix("play.yml", text, &options);
    let after = errors(&compile("play.yml", fixed.text(), &options));
    for (code, count) in after {
        if count > before.get(&code).copied().unwrap_or(0) {
            return Some(format!("{} is new\n{text}\n--- becomes\n{}", code.as_str(), fixed.text()));
        }
    }
    let again = fix("play.yml", fixed.text(), &options);
    (again.text() != fixed.text()).then(|| format!("fixed again\n{text}\n---\n{}", again.text()))
}

proptest! {
    #![proptest_config(config_of(CASES))]

    #[test]
    fn the_layout_of_mistakes_is_a_layout(seed in any::<u64>()) {
        let plays = readable();
        let text = mutated(&plays[seed as usize % plays.len()], seed);
        let failure = broken(&format!("seed {seed}"), &text);
        prop_assert!(failure.is_none(), "{}", failure.unwrap_or_default());
    }

    #[test]
    fn fixing_never_adds_an_error(seed in any::<u64>()) {
        let plays = readable();
        let text = mutated(&plays[seed as usize % plays.len()], seed);
        let failure = worse(&text);
        prop_assert!(failure.is_none(), "seed {seed}: {}", failure.unwrap_or_default());
    }
}
