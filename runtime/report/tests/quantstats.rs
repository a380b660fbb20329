//! Return-based metrics against the public `quantstats` and `empyrical`, on random curves (tests/oracles/metrics.py).
#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use report::returns::Returns;
use serde_json::Value;

const DAY_MS: i64 = 86_400_000;
/// 2023-01-01.
const START_MS: i64 = 1_672_531_200_000;
const START_EQUITY: f64 = 10_000.0;
const TOLERANCE: f64 = 1e-9;

struct Curve {
    name: String,
    days: Vec<(i64, f64)>,
}

/// Daily changes of up to about `size` percent around `drift`; a share of the days is flat.
fn random(seed: u64, length: usize, drift: f64, size: f64, flat: f64) -> Curve {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut unit = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut equity = START_EQUITY;
    let days = (0..length as i64).map(|day| {
        let change = drift + (unit() + unit() + unit() - 1.5) / 1.5 * size;
        if unit() >= flat {
            equity *= 1.0 + change / 100.0;
        }
        (START_MS + day * DAY_MS, equity)
    });
    let days = days.collect();
    Curve { name: format!("seed {seed} drift {drift} flat {flat} days {length}"), days }
}

fn curves() -> Vec<Curve> {
    let mut curves = Vec::new();
    for seed in 1..=4 {
        curves.push(random(seed, 400, 0.25, 3.0, 0.0));
        curves.push(random(seed + 10, 400, -0.3, 3.0, 0.0));
        curves.push(random(seed + 20, 250, 0.05, 2.0, 0.7));
        curves.push(random(seed + 30, 21, 0.0, 5.0, 0.2));
        curves.push(random(seed + 40, 5, 0.0, 1.0, 0.0));
    }
    // Never a losing day, always a losing day, no change at all.
    curves.push(random(90, 100, 2.0, 1.5, 0.1));
    curves.push(random(91, 100, -2.0, 1.5, 0.0));
    curves.push(random(92, 50, 0.0, 1.0, 1.0));
    curves
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn python() -> Option<PathBuf> {
    let given = std::env::var_os("PLAY_PYTHON").map(PathBuf::from);
    let python = root().join(given.unwrap_or_else(|| ".venv/bin/python".into()));
    let works = Command::new(&python).args(["-c", "import quantstats, empyrical"]).output();
    if works.is_ok_and(|o| o.status.success()) {
        return Some(python);
    }
    assert!(std::env::var_os("PLAY_REQUIRE_ORACLES").is_none(), "{} has not the oracles", python.display());
    eprintln!("skipped: {} has not quantstats and empyrical (scripts/setup test)", python.display());
    None
}

fn answers(python: &Path, curves: &[Curve]) -> Value {
    let mut csv = String::from("curve,ts,equity\n");
    for curve in curves {
        for (time, equity) in &curve.days {
            let _ = writeln!(csv, "{},{time},{equity}", curve.name);
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("curves.csv");
    std::fs::write(&file, csv).expect("the curves can be written");
    let script = root().join("tests/oracles/metrics.py");
    let output = Command::new(python).arg(script).arg(&file).arg(START_EQUITY.to_string()).output();
    let output = output.expect("python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("the answer is JSON")
}

/// Ours (a ratio or a fraction), by the names of the script.
fn ours(curve: &Curve) -> Vec<(&'static str, Option<f64>)> {
    let r = Returns::of(START_EQUITY, &curve.days);
    let share = |percent: Option<f64>| percent.map(|p| p / 100.0);
    vec![
        ("sharpe", r.sharpe),
        ("sortino", r.sortino),
        ("calmar", r.calmar),
        ("omega", r.omega),
        ("cagr", share(r.cagr_pct)),
        ("volatility", share(r.volatility_pct)),
        ("max_drawdown", share(r.max_daily_drawdown_pct).map(|d| -d)),
        ("skewness", r.skewness),
        ("kurtosis", r.kurtosis),
        ("ulcer_index", r.ulcer_index),
        ("ulcer_formula", r.ulcer_index),
        ("best_day", share(r.best_day_pct)),
        ("worst_day", share(r.worst_day_pct)),
        ("value_at_risk", share(r.var_95_pct)),
        ("conditional_value_at_risk", share(r.cvar_95_pct)),
    ]
}

#[test]
fn metrics_agree_with_quantstats_and_empyrical() {
    let Some(python) = python() else { return };
    let curves = curves();
    let answers = answers(&python, &curves);
    let mut compared = 0;
    for curve in &curves {
        let never_moves = curve.days.iter().all(|d| d.1 == START_EQUITY);
        for (name, own) in ours(curve) {
            for library in ["quantstats", "empyrical"] {
                let Some(theirs) = answers[&curve.name][library].get(name) else { continue };
                let place = format!("{library} {name}, {}: {own:?} and {theirs}", curve.name);
                // pandas calls the shape of a distribution without spread 0; we say that it has none.
                if never_moves && matches!(name, "skewness" | "kurtosis") {
                    assert_eq!((own, theirs.as_f64()), (None, Some(0.0)), "{place}");
                    continue;
                }
                compared += 1;
                match (own, theirs.as_f64()) {
                    (None, None) => {}
                    (Some(own), Some(theirs)) => {
                        let scale = theirs.abs().max(1e-3);
                        assert!((own - theirs).abs() <= TOLERANCE * scale, "{place}");
                    }
                    _ => panic!("{place}"),
                }
            }
        }
    }
    assert!(compared >= 20 * curves.len(), "only {compared} comparisons");
}
