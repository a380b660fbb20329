//! What every structure keeps: any split into blocks, any save and load, any cut of the data give the same
//! bits; a missing bar gives missing outputs and nothing else; every event happens on one bar and speaks of
//! the past.

mod structure_chain;

use std::collections::BTreeSet;

use stdlib::structures::events::EVENTS;
use stdlib::{BUILTINS, Kind, Type, Warmup};
use structure_chain::{Chain, Columns, Instance, run, walk};

const BARS: usize = 1500;

/// Every structure, with and without its options.
fn instances() -> Vec<Instance> {
    let i = Instance::new;
    vec![
        i("swing", "swing", &[], &[("left", "3"), ("right", "2"), ("ties", "last"), ("atr_key", "atr")]),
        i(
            "plain",
            "swing",
            &[],
            &[("left", "2"), ("right", "2"), ("pair_update", "hold"), ("min_pct_move", "0.3")],
        ),
        i(
            "zigzag",
            "swing",
            &[],
            &[("mode", "atr_zigzag"), ("strict_alternation", "true"), ("min_atr_move", "1")],
        ),
        i("trend", "trend", &["swing"], &[("wave_history_size", "7")]),
        i("ms", "market_structure", &["swing"], &[]),
        i("ms_wick", "market_structure", &["zigzag"], &[("confirmation_close", "false")]),
        i("fib", "fibonacci", &["swing"], &[("levels", "[0.5, 0.618]"), ("mode", "extension")]),
        i(
            "fib_trend",
            "fibonacci",
            &["plain", "trend"],
            &[("levels", "[0, 1]"), ("use_trend_anchor", "true")],
        ),
        i("fib_raw", "fibonacci", &["plain"], &[("levels", "[-0.272]"), ("use_paired_anchor", "false")]),
        i("demand", "zone", &["swing"], &[("zone_type", "demand"), ("width_atr", "0.5")]),
        i(
            "supply",
            "zone",
            &["plain"],
            &[("zone_type", "supply"), ("placement", "beyond"), ("atr_key", "atr")],
        ),
        i("zones", "derived_zone", &["swing"], &[("max_active", "4")]),
        i("zones_ext", "derived_zone", &["plain"], &[("mode", "extension"), ("use_paired_source", "false")]),
        i("high", "rolling_window", &[], &[("mode", "max"), ("source", "high")]),
        i("low", "rolling_window", &[], &[("mode", "min"), ("size", "3"), ("source", "low")]),
        i("disp", "displacement", &[], &[("body_atr_min", "1"), ("wick_ratio_max", "0.8")]),
        i("disp_before", "displacement", &[], &[("atr_of", "bar_before"), ("atr_key", "atr")]),
        i("gaps", "fair_value_gap", &[], &[("max_active", "2"), ("mitigation_fill", "0.8")]),
        i("blocks", "order_block", &["swing", "disp"], &[("use_body", "false")]),
        i("blocks_any", "order_block", &["swing"], &[("require_displacement", "false"), ("lookback", "2")]),
        i("liq", "liquidity_zones", &["plain"], &[("reclaim_bars", "2"), ("tolerance_atr", "0.8")]),
        i("pd", "premium_discount", &["swing"], &[]),
        i("breakers", "breaker_block", &["blocks_any", "ms_wick"], &[]),
        i("div", "divergence", &["plain"], &[("oscillator", "osc"), ("max_distance", "40")]),
    ]
}

/// A walk on coarse ticks with an ATR that is missing at first, an oscillator, and a few missing bars.
fn bars(n: usize, missing: bool) -> Columns {
    let mut bars = walk(n, 5, 0.5);
    let osc = walk(n, 9, 0.5).remove("close").expect("it has one");
    bars.insert("osc".into(), osc);
    bars.insert(
        "atr".into(),
        (0..n).map(|t| if t < 14 { f64::NAN } else { 4.0 + (t % 7) as f64 / 10.0 }).collect(),
    );
    if missing {
        for name in ["open", "high", "low", "close"] {
            for t in (0..n).filter(|t| t % 97 == 41 || t % 389 == 40) {
                bars.get_mut(name).expect("it has one")[t] = f64::NAN;
            }
        }
    }
    bars
}

fn bits(columns: &[Vec<f64>]) -> Vec<Vec<u64>> {
    columns.iter().map(|c| c.iter().map(|x| x.to_bits()).collect()).collect()
}

/// The instance, its inputs and its output columns when run in one block.
fn each(bars: &Columns, mut test: impl FnMut(&Instance, &[Vec<f64>], &[Vec<f64>])) {
    let mut chain = Chain::default();
    for instance in instances() {
        let inputs = chain.inputs(&instance, bars);
        chain.add(&instance, bars);
        let outputs = instance.row().outputs(&instance.values());
        let columns: Vec<Vec<f64>> =
            outputs.iter().map(|o| chain.column(&instance.key, &o.name).to_vec()).collect();
        test(&instance, &inputs, &columns);
    }
}

#[test]
fn every_structure_is_tested() {
    let tested: BTreeSet<String> = instances().into_iter().map(|i| i.ty).collect();
    let all: BTreeSet<String> =
        BUILTINS.iter().filter(|b| b.kind == Kind::Structure).map(|b| b.name.to_string()).collect();
    assert_eq!(tested, all);
}

#[test]
fn any_split_into_blocks_gives_the_same_bits() {
    let bars = bars(BARS, true);
    each(&bars, |instance, inputs, columns| {
        for sizes in [&[1usize][..], &[7, 1, 64, 3], &[500]] {
            let mut blocks = Vec::new();
            let mut sizes = sizes.iter().cycle();
            while blocks.iter().sum::<usize>() < BARS {
                let left = BARS - blocks.iter().sum::<usize>();
                blocks.push(left.min(*sizes.next().expect("it is a cycle")));
            }
            let mut kernel = (instance.row().make)(&instance.values());
            let split = run(kernel.as_mut(), inputs, columns.len(), &blocks);
            assert!(bits(&split) == bits(columns), "{}", instance.key);
        }
    });
}

#[test]
fn save_and_load_at_any_bar_gives_the_same_bits() {
    let bars = bars(BARS, true);
    each(&bars, |instance, inputs, columns| {
        for cut in [0, 1, 13, 41, 700, 1333] {
            let make = || (instance.row().make)(&instance.values());
            let part = |from: usize, to: usize| -> Vec<Vec<f64>> {
                inputs.iter().map(|c| if c.is_empty() { vec![] } else { c[from..to].to_vec() }).collect()
            };
            let mut first = make();
            run(first.as_mut(), &part(0, cut), columns.len(), &[cut]);
            let (mut saved, mut again) = (Vec::new(), Vec::new());
            first.save(&mut saved);
            let mut second = make();
            second.load(&saved).expect("it is its own state");
            second.save(&mut again);
            assert_eq!(saved, again, "{}", instance.key);
            let rest = run(second.as_mut(), &part(cut, BARS), columns.len(), &[BARS - cut]);
            let expected: Vec<Vec<f64>> = columns.iter().map(|c| c[cut..].to_vec()).collect();
            assert!(bits(&rest) == bits(&expected), "{} after bar {cut}", instance.key);
            let kept = first.fork();
            assert!(second.load(&saved[..saved.len() / 2]).is_err(), "{}: half a state", instance.key);
            let mut unchanged = Vec::new();
            kept.save(&mut unchanged);
            assert_eq!(saved, unchanged);
        }
    });
}

#[test]
fn cutting_the_data_changes_nothing_before_the_cut() {
    let whole = bars(BARS, true);
    let all = Chain::run(&instances(), &whole);
    for cut in [1, 50, 640, 1201] {
        let part: Columns = whole.iter().map(|(k, c)| (k.clone(), c[..cut].to_vec())).collect();
        let short = Chain::run(&instances(), &part);
        for (key, (_, columns)) in &short.done {
            for (name, column) in columns {
                let long = &all.column(key, name)[..cut];
                assert!(
                    bits(std::slice::from_ref(column)) == bits(&[long.to_vec()]),
                    "{key}.{name} cut at {cut}"
                );
            }
        }
    }
}

#[test]
fn a_missing_bar_gives_missing_outputs_and_leaves_the_state() {
    let gappy = bars(BARS, true);
    let missing: Vec<bool> = gappy["close"].iter().map(|c| c.is_nan()).collect();
    let without: Columns = gappy
        .iter()
        .map(|(k, c)| (k.clone(), c.iter().zip(&missing).filter(|(_, m)| !**m).map(|(x, _)| *x).collect()))
        .collect();
    let (with, without) = (Chain::run(&instances(), &gappy), Chain::run(&instances(), &without));
    for (key, (instance, columns)) in &with.done {
        for output in instance.row().outputs(&instance.values()) {
            let column = &columns[output.name.as_ref()];
            let at_missing = column.iter().zip(&missing).filter(|(_, m)| **m).all(|(x, _)| x.is_nan());
            assert!(at_missing, "{key}.{}", output.name);
            // Bar numbers and ages count the missing bars, ids hold bar numbers, and three structures have
            // limits in bars; every other output must not feel them.
            let counts_bars = output.ty == Type::BAR_INDEX
                || ["age", "hash", "_id", "bars_in_trend"].iter().any(|part| output.name.contains(part))
                || ["breaker_block", "liquidity_zones", "divergence"].contains(&instance.ty.as_str())
                || instance.key.starts_with("fib_") && output.name == "anchor_hash";
            if !counts_bars {
                let rest: Vec<f64> =
                    column.iter().zip(&missing).filter(|(_, m)| !**m).map(|(x, _)| *x).collect();
                assert!(
                    bits(&[rest]) == bits(&[without.column(key, &output.name).to_vec()]),
                    "{key}.{}",
                    output.name
                );
            }
        }
    }
}

/// A flag is 0 or 1, its event speaks of this bar or one before it, and of a price that is there; most
/// flags fire.
#[test]
fn events_happen_once_and_speak_of_the_past() {
    let chain = Chain::run(&instances(), &bars(20 * BARS, false));
    let mut silent = Vec::new();
    for event in EVENTS {
        let mut fired = 0;
        for (key, (_, columns)) in chain.done.iter().filter(|(_, (i, _))| i.ty == event.structure) {
            for (t, &on) in columns[event.flag].iter().enumerate() {
                assert!(on == 0.0 || on == 1.0, "{key}.{} bar {t}", event.flag);
                if on == 1.0 {
                    fired += 1;
                    assert!(event.about.is_none_or(|c| columns[c][t] <= t as f64), "{key} {event:?} bar {t}");
                    assert!(event.level.is_none_or(|c| columns[c][t].is_finite()), "{key} {event:?} bar {t}");
                }
            }
        }
        if fired == 0 {
            silent.push(event);
        }
    }
    assert!(silent.is_empty(), "these never happened: {silent:?}");
}

/// A fractal pivot is known exactly `right` bars after its bar, on one bar, when the version grows by one.
#[test]
fn a_pivot_is_known_right_bars_later() {
    let chain = Chain::run(&instances(), &bars(BARS, false));
    for (key, right) in [("swing", 2), ("plain", 2)] {
        for side in ["high", "low"] {
            let column = |name: &str| chain.column(key, &format!("{side}_{name}"));
            let mut before = 0.0;
            for t in 0..BARS {
                let grown = column("version")[t] - before;
                before = column("version")[t];
                assert_eq!(grown, column("accepted")[t], "{key} {side} bar {t}");
                if grown == 1.0 {
                    assert_eq!(column("idx")[t] as usize + right, t);
                    assert_eq!(column("known_idx")[t] as usize, t);
                }
            }
            assert!(before > 20.0);
        }
    }
}

/// Every output stays within its declared type and range.
#[test]
fn outputs_keep_their_types() {
    let chain = Chain::run(&instances(), &bars(BARS, true));
    for (key, (instance, columns)) in &chain.done {
        for output in instance.row().outputs(&instance.values()) {
            let range = output.ty.range();
            let whole = !matches!(output.ty, Type::Float { .. });
            for (t, &x) in columns[output.name.as_ref()].iter().enumerate().filter(|(_, x)| !x.is_nan()) {
                let fits = x.is_finite() && range.min <= x && x <= range.max && (!whole || x.fract() == 0.0);
                assert!(fits, "{key}.{} is {x} on bar {t}", output.name);
            }
        }
    }
}

/// What these say of a bar is theirs to know once warm; what structures remember of bars gone by (levels, versions,
/// zones), no warm-up promises.
const OF_THE_BAR: &[(&str, &[&str])] = &[
    ("swing", &["high_accepted", "low_accepted"]),
    ("disp", &["is_displacement", "body_atr_ratio", "wick_ratio"]),
    ("disp_before", &["is_displacement", "body_atr_ratio", "wick_ratio"]),
    ("gaps", &["new_this_bar"]),
    ("high", &["value"]),
    ("low", &["value"]),
];

#[test]
fn what_a_bar_shows_is_known_once_warm() {
    let tolerance = 1e-4;
    let bars = bars(4 * BARS, false);
    let whole = Chain::run(&instances(), &bars);
    for start in [100, 777, 2_001, 3_456] {
        let part: Columns = bars.iter().map(|(name, c)| (name.clone(), c[start..].to_vec())).collect();
        let fresh = Chain::run(&instances(), &part);
        for (key, outputs) in OF_THE_BAR {
            let instance = &whole.done[*key].0;
            let needed = (instance.row().warmup)(&instance.values(), Warmup { tolerance, period_ms: 60_000 });
            for output in *outputs {
                let (long, short) = (&whole.column(key, output)[start..], fresh.column(key, output));
                let mut shown = BTreeSet::new();
                for t in needed.max(1) - 1..short.len() {
                    let (exact, primed) = (long[t], short[t]);
                    let is_near = (exact - primed).abs() <= tolerance * exact.abs();
                    let is_known = is_near || exact.is_nan() && primed.is_nan();
                    assert!(is_known, "{key}.{output}: {primed} after {t} bars, with more {exact}");
                    shown.insert(long[t].to_bits());
                }
                assert!(shown.len() > 1, "{key}.{output} never changes");
            }
        }
    }
}

/// Every declared parameter changes some output of some instance.
#[test]
fn every_parameter_matters() {
    let bars = bars(20 * BARS, false);
    let chain = Chain::run(&instances(), &bars);
    let other: &[(&str, &str, &str)] = &[
        ("zigzag", "mode", "\"fractal\""),
        ("swing", "left", "5"),
        ("swing", "right", "4"),
        ("zigzag", "atr_multiplier", "1"),
        ("swing", "major_threshold", "0.2"),
        ("zigzag", "min_atr_move", "0"),
        ("plain", "min_pct_move", "0"),
        ("swing", "strict_alternation", "true"),
        ("swing", "ties", "strict"),
        ("plain", "pair_update", "extend"),
        ("trend", "wave_history_size", "4"),
        ("ms", "confirmation_close", "false"),
        ("fib", "levels", "[0.1]"),
        ("fib", "mode", "retracement"),
        ("fib_raw", "use_paired_anchor", "true"),
        ("fib_trend", "use_trend_anchor", "false"),
        ("demand", "zone_type", "supply"),
        ("demand", "width_atr", "2"),
        ("demand", "placement", "beyond"),
        ("zones", "levels", "[0.1]"),
        ("zones", "max_active", "2"),
        ("zones", "mode", "extension"),
        ("zones", "width_pct", "0.01"),
        ("zones", "use_paired_source", "false"),
        ("zones", "break_tolerance_pct", "0.02"),
        ("high", "size", "3"),
        ("high", "mode", "min"),
        ("disp", "body_atr_min", "1.5"),
        ("disp", "wick_ratio_max", "0.1"),
        ("disp", "atr_of", "bar_before"),
        ("gaps", "min_gap_atr", "0.5"),
        ("gaps", "max_active", "1"),
        ("gaps", "mitigation_fill", "0"),
        ("blocks", "use_body", "true"),
        ("blocks", "require_displacement", "false"),
        ("blocks_alone", "body_atr_min", "0.5"),
        ("blocks_alone", "wick_ratio_max", "2"),
        ("blocks", "max_active", "1"),
        ("blocks_any", "lookback", "5"),
        ("blocks", "require_structure_break", "true"),
        ("liq", "tolerance_atr", "0.1"),
        ("liq", "sweep_atr", "1"),
        ("liq", "min_touches", "3"),
        ("liq", "max_active", "1"),
        ("liq", "max_swing_history", "4"),
        ("liq", "reclaim_bars", "0"),
        ("pd", "premium_from", "0.8"),
        ("pd", "discount_to", "0.2"),
        ("breakers", "max_active", "1"),
        ("breakers", "within_bars", "1"),
        ("div", "max_distance", "5"),
    ];
    let mut named = BTreeSet::new();
    for (key, param, value) in other {
        let base = if *key == "blocks_alone" {
            Instance::new(key, "order_block", &["swing"], &[])
        } else {
            chain.done[*key].0.clone()
        };
        let mut changed = base.clone();
        changed.params.retain(|(name, _)| name != param);
        changed.params.push(((*param).into(), (*value).into()));
        named.insert((base.ty.clone(), (*param).to_string()));
        let columns = |instance: &Instance| {
            let inputs = chain.inputs(instance, &bars);
            let outputs = instance.row().outputs(&instance.values()).len();
            let mut kernel = (instance.row().make)(&instance.values());
            bits(&run(kernel.as_mut(), &inputs, outputs, &[20 * BARS]))
        };
        assert!(columns(&base) != columns(&changed), "{key}: {param} = {value} changes nothing");
    }
    for row in BUILTINS.iter().filter(|b| b.kind == Kind::Structure) {
        for param in row.params.iter().filter(|p| !["atr_key", "oscillator"].contains(&p.name)) {
            assert!(
                named.contains(&(row.name.into(), param.name.into())),
                "{}.{} is not tested",
                row.name,
                param.name
            );
        }
    }
}
