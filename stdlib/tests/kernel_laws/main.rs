//! Laws that every kernel of the catalogue obeys.
//!
//! Each test goes through all rows; a new row is under them without a line here.

mod columns;
mod params;

use stdlib::wide::{self, Level};
use stdlib::{BUILTINS, Builtin, Kind, Params, Type, Warmup};

use columns::{Bars, Numbers, PERIOD_MS, inputs, run, run_part};
use params::{all_sets, base_sets, variations};

/// The first bar on which two sets of columns differ in a bit (all missing values count as one).
fn first_difference(a: &[Vec<f64>], b: &[Vec<f64>]) -> Option<(usize, usize)> {
    let same = |x: f64, y: f64| x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan());
    a.iter()
        .zip(b)
        .enumerate()
        .find_map(|(k, (a, b))| (0..a.len().min(b.len())).find(|&t| !same(a[t], b[t])).map(|t| (k, t)))
}

/// Collects the faults of all rows, so that one run shows them all.
fn for_every_row(mut check: impl FnMut(&'static Builtin, &mut Vec<String>)) {
    let mut faults = Vec::new();
    for row in BUILTINS {
        let mut found = Vec::new();
        check(row, &mut found);
        faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", row.name)));
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn any_width_of_vectors_gives_the_same_bits() {
    let bars = Bars::walk(13, 1500).with_gaps(12);
    for_every_row(|row, faults| {
        for params in all_sets(row) {
            let inputs = inputs(row, &params, &bars);
            let at = |level| {
                wide::limit(level);
                run(row, &params, &inputs)
            };
            let portable = at(Level::Portable);
            for level in Level::ALL {
                if let Some((output, bar)) = first_difference(&portable, &at(level)) {
                    let name = level.name();
                    faults.push(format!("{params:?}: output {output} differs at bar {bar} with {name}"));
                }
            }
        }
    });
}

#[test]
fn any_cut_into_blocks_gives_the_same_bits() {
    let bars = Bars::walk(11, 900).with_gaps(12);
    for_every_row(|row, faults| {
        for params in all_sets(row) {
            let inputs = inputs(row, &params, &bars);
            let whole = run(row, &params, &inputs);
            for seed in 0..4 {
                let mut numbers = Numbers::new(seed);
                let mut kernel = (row.make)(&params);
                let mut parts = vec![vec![0.25; bars.len()]; whole.len()];
                let mut start = 0;
                while start < bars.len() {
                    let longest = [1, 2, 40, 500][seed as usize];
                    let end = (start + 1 + numbers.below(longest)).min(bars.len());
                    run_part(kernel.as_mut(), &inputs, &mut parts, start, end);
                    start = end;
                }
                if let Some((output, bar)) = first_difference(&whole, &parts) {
                    faults.push(format!(
                        "{params:?}: output {output} differs at bar {bar}, cut with seed {seed}"
                    ));
                    break;
                }
            }
        }
    });
}

#[test]
fn a_restored_kernel_goes_on_with_the_same_bits() {
    let bars = Bars::walk(21, 700).with_gaps(22);
    for_every_row(|row, faults| {
        for params in all_sets(row) {
            let inputs = inputs(row, &params, &bars);
            let whole = run(row, &params, &inputs);
            let mut numbers = Numbers::new(23);
            for _ in 0..3 {
                let cut = numbers.below(bars.len());
                let mut parts = vec![vec![0.25; bars.len()]; whole.len()];
                let mut before = (row.make)(&params);
                run_part(before.as_mut(), &inputs, &mut parts, 0, cut);
                let mut bytes = Vec::new();
                before.save(&mut bytes);
                let mut fork = before.fork();
                let mut after = (row.make)(&params);
                if after.load(&bytes).is_err() {
                    faults.push(format!("{params:?}: does not load its own state of bar {cut}"));
                    break;
                }
                run_part(after.as_mut(), &inputs, &mut parts, cut, bars.len());
                if let Some((output, bar)) = first_difference(&whole, &parts) {
                    faults
                        .push(format!("{params:?}: output {output} differs at bar {bar}, restored at {cut}"));
                    break;
                }
                run_part(fork.as_mut(), &inputs, &mut parts, cut, bars.len());
                if let Some((output, bar)) = first_difference(&whole, &parts) {
                    faults.push(format!("{params:?}: output {output} differs at bar {bar}, forked at {cut}"));
                    break;
                }
                if bytes.is_empty() || after.load(&bytes[..bytes.len() - 1]).is_ok() {
                    faults.push(format!("{params:?}: loads a state cut short"));
                    break;
                }
            }
        }
    });
}

#[test]
fn what_nothing_reads_changes_nothing_else() {
    let bars = Bars::walk(25, 500).with_gaps(26);
    for_every_row(|row, faults| {
        for params in base_sets(row) {
            let inputs = inputs(row, &params, &bars);
            let whole = run(row, &params, &inputs);
            for read in 0..whole.len() {
                let mut kernel = (row.make)(&params);
                kernel.needs(&(0..whole.len()).map(|output| output == read).collect::<Vec<_>>());
                let mut parts = vec![vec![0.25; bars.len()]; whole.len()];
                for start in (0..bars.len()).step_by(97) {
                    run_part(kernel.as_mut(), &inputs, &mut parts, start, bars.len().min(start + 97));
                }
                if let Some((_, bar)) = first_difference(&whole[read..=read], &parts[read..=read]) {
                    faults.push(format!("{params:?}: output {read} differs at bar {bar} when read alone"));
                }
            }
        }
    });
}

#[test]
fn cutting_the_bars_changes_nothing_before_the_cut() {
    let bars = Bars::walk(31, 800);
    let other = Bars::walk(32, 800);
    for_every_row(|row, faults| {
        for params in base_sets(row) {
            let whole = run(row, &params, &inputs(row, &params, &bars));
            for cut in [1, 97, 500] {
                // The same bars up to the cut and others after it.
                let mut mixed = inputs(row, &params, &bars);
                for (column, later) in mixed.iter_mut().zip(inputs(row, &params, &other)) {
                    if !column.is_empty() {
                        column[cut..].copy_from_slice(&later[cut..]);
                    }
                }
                let changed = run(row, &params, &mixed);
                let heads: Vec<Vec<f64>> = changed.iter().map(|c| c[..cut].to_vec()).collect();
                if let Some((output, bar)) = first_difference(&heads, &whole) {
                    faults.push(format!("{params:?}: output {output} at bar {bar} sees bars from {cut} on"));
                }
                let alone = run(row, &params, &inputs(row, &params, &bars.slice(0, cut)));
                if let Some((output, bar)) = first_difference(&alone, &whole) {
                    faults.push(format!(
                        "{params:?}: output {output} at bar {bar} depends on where the data ends"
                    ));
                }
            }
        }
    });
}

#[test]
fn the_first_value_is_where_the_row_says() {
    let bars = Bars::busy_walk(41, 3000);
    for_every_row(|row, faults| {
        for params in all_sets(row) {
            let outputs = row.outputs(&params);
            let columns = run(row, &params, &inputs(row, &params, &bars));
            let first = (row.first)(&params);
            if first >= bars.len() {
                continue;
            }
            let mut waits = first == 0;
            for (output, column) in outputs.iter().zip(&columns).filter(|(output, _)| !output.sparse) {
                waits |= first > 0 && !column[first - 1].is_finite();
                if let Some(late) = (first..bars.len()).find(|&t| !column[t].is_finite()) {
                    faults
                        .push(format!("{params:?}: {} is missing at {late}, first is {first}", output.name));
                }
            }
            if !waits && outputs.iter().any(|o| !o.sparse) {
                faults.push(format!("{params:?}: every output is there before bar {first}"));
            }
        }
    });
}

/// Two count bars, with or without values; one reads the time alone, which is never missing.
const NEVER_SKIPPING: &[&str] = &["anchored_volume_profile", "anchored_vwap", "kill_zones"];

#[test]
fn a_missing_bar_is_skipped() {
    let bars = Bars::walk(45, 900).with_gaps(46);
    for_every_row(|row, faults| {
        if row.kind == Kind::Structure || NEVER_SKIPPING.contains(&row.name) {
            return;
        }
        for params in base_sets(row) {
            let with_gaps = inputs(row, &params, &bars);
            let whole = run(row, &params, &with_gaps);
            let required = || with_gaps.iter().filter(|column| !column.is_empty());
            let (there, gone): (Vec<usize>, Vec<usize>) =
                (0..bars.len()).partition(|&t| required().all(|column| column[t].is_finite()));
            assert!(gone.len() > 20, "{}: {} bars are missing", row.name, gone.len());
            let kept = |column: &Vec<f64>| there.iter().filter_map(|&t| column.get(t).copied()).collect();
            let alone = run(row, &params, &with_gaps.iter().map(kept).collect::<Vec<_>>());
            let kept: Vec<Vec<f64>> = whole.iter().map(kept).collect();
            if let Some((output, bar)) = first_difference(&kept, &alone) {
                faults.push(format!("{params:?}: output {output} differs at bar {}", there[bar]));
            }
            if whole.iter().any(|column| gone.iter().any(|&t| !column[t].is_nan())) {
                faults.push(format!("{params:?}: a missing bar has a value"));
            }
        }
    });
}

/// Whether an output differs on a bar on which both kernels have had their first value.
fn values_differ(row: &Builtin, a: &Params, b: &Params, bars: &Bars) -> bool {
    let [ours, others] = [a, b].map(|params| run(row, params, &inputs(row, params, bars)));
    let warm = (row.first)(a).max((row.first)(b)).min(bars.len());
    let tail = |columns: &[Vec<f64>]| columns.iter().map(|c| c[warm..].to_vec()).collect::<Vec<_>>();
    ours.len() != others.len() || first_difference(&tail(&ours), &tail(&others)).is_some()
}

/// Base sets, and each with another parameter varied: some parameters work only together with another, such as the
/// period of an optional average.
fn bases_to_vary(row: &Builtin, index: usize) -> Vec<Params> {
    let mut bases = base_sets(row);
    for base in base_sets(row) {
        for other in (0..row.params.len()).filter(|other| *other != index) {
            bases.extend(variations(row, &base, other).into_iter().take(6));
        }
    }
    bases
}

#[test]
fn every_parameter_changes_an_output() {
    let bars = Bars::walk(51, 2500).with_gaps(52);
    for_every_row(|row, faults| {
        // A feature that must be given has no other value; its column is an input.
        let must = |k: &usize| row.params[*k].default == stdlib::Default::Required;
        let feature = |k: &usize| row.params[*k].ty == stdlib::ParamType::Feature;
        for index in (0..row.params.len()).filter(|k| !(must(k) && feature(k))) {
            let differs = bases_to_vary(row, index).iter().any(|base| {
                variations(row, base, index).iter().any(|varied| values_differ(row, base, varied, &bars))
            });
            if !differs {
                faults.push(format!("parameter {} changes nothing", row.params[index].name));
            }
        }
    });
}

/// Compared with TA-Lib word by word; many of its patterns are too rare for these bars.
const RARE: &[&str] = &["candle"];

#[test]
fn every_word_of_a_parameter_means_something_else() {
    let series = [Bars::walk(55, 2500).with_gaps(56), Bars::walk(55, 2500).with_gaps(56).daily()];
    for_every_row(|row, faults| {
        for (index, param) in row.params.iter().enumerate() {
            let stdlib::ParamType::Choice(words) = param.ty else { continue };
            if RARE.contains(&row.name) {
                continue;
            }
            for (a, b) in (0..words.len()).flat_map(|b| (0..b).map(move |a| (a, b))) {
                let with = |base: &Params, word: usize| {
                    let mut params = base.clone();
                    params.0[index] = stdlib::Value::Choice(word as u16);
                    (row.check)(&params).is_ok().then_some(params)
                };
                let differs = bases_to_vary(row, index).iter().any(|base| {
                    let pair = with(base, a).zip(with(base, b));
                    pair.is_some_and(|(a, b)| series.iter().any(|bars| values_differ(row, &a, &b, bars)))
                });
                if !differs {
                    faults.push(format!("{}: {} is {}", param.name, words[b], words[a]));
                }
            }
        }
    });
}

#[test]
fn values_stay_within_their_declared_types() {
    let series = [Bars::walk(61, 2500), Bars::walk(62, 2500).with_gaps(63)];
    for_every_row(|row, faults| {
        for params in all_sets(row) {
            for bars in &series {
                let columns = run(row, &params, &inputs(row, &params, bars));
                for (output, column) in row.outputs(&params).iter().zip(&columns) {
                    let range = output.ty.range();
                    let whole = !matches!(output.ty, Type::Float { .. });
                    let bad = |x: &f64| {
                        !x.is_nan()
                            && (x.is_infinite()
                                || *x < range.min
                                || *x > range.max
                                || (whole && x.fract() != 0.0))
                    };
                    if let Some(t) = column.iter().position(bad) {
                        let (name, ty) = (&output.name, output.ty);
                        faults
                            .push(format!("{params:?}: {name} is {} at bar {t}, declared {ty:?}", column[t]));
                    }
                }
            }
        }
    });
}

/// Their level depends on all history: where they begin is part of what they say.
const CUMULATIVE: &[&str] = &["obv", "ad"];

#[test]
fn warm_up_is_long_enough() {
    let bars = Bars::walk(71, 60_000);
    for_every_row(|row, faults| {
        if row.kind == Kind::Structure || CUMULATIVE.contains(&row.name) {
            return;
        }
        let sets = all_sets(row);
        let mut numbers = Numbers::new(72);
        for (tolerance, params) in [1e-2, 1e-4, 1e-7]
            .into_iter()
            .flat_map(|tolerance| sets.iter().map(move |params| (tolerance, params)))
        {
            let bars_needed = (row.warmup)(params, Warmup { tolerance, period_ms: PERIOD_MS }).max(1);
            if bars_needed <= (row.first)(params) {
                faults.push(format!("{params:?}: warm after {bars_needed} bars, before its first value"));
                continue;
            }
            let history = (10 * bars_needed).max(500).min(bars.len());
            // Pivots of a year need more bars than there are; those of a month are the same code.
            if bars_needed >= history {
                continue;
            }
            // as many places as there is room for
            for _ in 0..(bars.len() / history).clamp(2, 6) {
                let end = history + numbers.below(bars.len() - history + 1);
                let long = run(row, params, &inputs(row, params, &bars.slice(end - history, end)));
                let short = run(row, params, &inputs(row, params, &bars.slice(end - bars_needed, end)));
                for ((output, long), short) in row.outputs(params).iter().zip(&long).zip(&short) {
                    if output.sparse {
                        continue;
                    }
                    let (exact, primed) = (long[history - 1], short[bars_needed - 1]);
                    let spread = spread(long);
                    if (exact - primed).abs() > tolerance * spread || exact.is_nan() != primed.is_nan() {
                        let name = &output.name;
                        faults.push(format!(
                            "{params:?}: after {bars_needed} bars {name} is {primed}, with more {exact} (spread {spread})"
                        ));
                    }
                }
            }
        }
    });
}

/// From the least to the greatest value.
fn spread(column: &[f64]) -> f64 {
    let finite = || column.iter().copied().filter(|x| x.is_finite());
    finite().fold(f64::NEG_INFINITY, f64::max) - finite().fold(f64::INFINITY, f64::min)
}

#[test]
fn nothing_drifts() {
    // A spike that a running sum would remember for ever, then many bars; the reference begins long after it.
    let mut bars = Bars::walk(81, 120_000);
    let calm = bars.clone();
    bars.spike(500);
    let w = Warmup { tolerance: 1e-12, period_ms: PERIOD_MS };
    for_every_row(|row, faults| {
        if row.kind == Kind::Structure || CUMULATIVE.contains(&row.name) {
            return;
        }
        let params: Params = base_sets(row).remove(0);
        let tail = 4 * (row.warmup)(&params, w) + 2000;
        if tail + 1000 > bars.len() {
            return;
        }
        let long = run(row, &params, &inputs(row, &params, &bars));
        let fresh = run(row, &params, &inputs(row, &params, &calm.slice(calm.len() - tail, calm.len())));
        for ((output, long), fresh) in row.outputs(&params).iter().zip(&long).zip(&fresh) {
            if output.sparse {
                continue;
            }
            let bound = 1e-9 * spread(fresh).max(1e-9);
            let (from, start) = (tail - 500, long.len() - 500);
            if let Some(k) = (0..500).find(|k| (long[start + k] - fresh[from + k]).abs() > bound) {
                let (a, b) = (long[start + k], fresh[from + k]);
                faults.push(format!("{} is {a} after {} bars, {b} fresh", output.name, start + k));
            }
        }
    });
}

#[test]
fn the_catalogue_is_sorted_and_documented() {
    let keys: Vec<(bool, &str)> = BUILTINS.iter().map(|b| (b.kind == Kind::Structure, b.name)).collect();
    assert!(keys.is_sorted_by(|a, b| a < b), "rows are not sorted by kind and name, or doubled");
    for_every_row(|row, faults| {
        let texts = [row.summary, row.formula, row.source, row.edge_cases, row.category];
        if texts.iter().any(|text| text.trim().is_empty() || text.contains("  ") || text.ends_with(' ')) {
            faults.push("a text of the row is empty or has stray spaces".to_owned());
        }
        if row.summary.ends_with('.') {
            faults.push("the summary ends with a full stop".to_owned());
        }
        for params in base_sets(row) {
            let outputs = row.outputs(&params);
            let mut names: Vec<_> = outputs.iter().map(|o| o.name.clone()).collect();
            names.sort();
            names.dedup();
            if outputs.is_empty() || names.len() != outputs.len() {
                faults.push("two outputs have one name".to_owned());
            }
            if outputs.iter().filter(|o| o.primary).count() > 1 {
                faults.push("more than one primary output".to_owned());
            }
        }
    });
}
