//! Plays that others wrote compile unchanged; the listed wrong ones are refused for the right reason at the right place.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

use diagnostics::Code;
use tests::{all_hold, files, shared};

/// Play, code, and the text under the primary label.
const WRONG: &[(&str, &[(Code, &str)])] = &[
    ("DV_002_invalid_structure_field", &[(Code::E0106, "swing"), (Code::E0302, "bogus_field")]),
    ("DV_006_setup_undeclared", &[(Code::E0306, "ghost_setup")]),
    ("RV_010_sol_accum_aroon_dm_vortex", &[(Code::E0302, "plus")]),
    ("RV_044_sol_dist_psar_bear", &[(Code::E0302, "direction")]),
    ("RV_017_eth_markup_macd_trend", &[(Code::E0303, "adx_14")]),
];

#[test]
fn the_corpus_compiles() {
    let Some(folder) = shared("corpus/plays") else { return };
    let plays = files(&folder, "yml");
    assert_eq!(plays.len(), 219, "the corpus is whole");
    let mut failures = Vec::new();
    for path in plays {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("it was listed");
        let c = driver::compile(&name, &text, &driver::Options::default());
        let errors: Vec<_> = c.diagnostics.iter().filter(|d| d.is_error()).collect();
        let wrong = WRONG.iter().find(|(wrong, _)| *wrong == name);
        match wrong {
            None => failures.extend(errors.iter().map(|e| format!("{name}: {:?} {}", e.code, e.message))),
            Some((_, expected)) => {
                for (code, place) in *expected {
                    let source = c.sources.get(c.source);
                    let hit = errors.iter().any(|e| e.code == *code && source.slice(e.span()).contains(place));
                    if !hit {
                        failures.push(format!("{name}: {code:?} at `{place}` expected, found {errors:?}"));
                    }
                }
            }
        }
        if wrong.is_none() && c.program.is_none() && errors.is_empty() {
            failures.push(format!("{name}: no errors, and yet no program"));
        }
    }
    all_hold(&failures);
}
