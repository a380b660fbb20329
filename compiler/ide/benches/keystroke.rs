//! One key pressed in a long Play: everything that an editor shows is computed anew.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use driver::Options;
use ide::Analysis;

const HEAD: &str = "\
version: \"3.0.0\"
name: long
symbol: BTCUSDT
timeframes: {low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: low_tf}
account: {starting_equity_usdt: 10000, max_leverage: 4}
position_policy: {mode: long_only, exit_mode: first_hit}
risk: {stop_loss_pct: 8.0, take_profit_pct: 12.0, max_position_pct: 20.0}
";

/// A Play of about so many lines: a third features, a third setups, a third conditions.
fn play(lines: usize) -> String {
    let mut text = HEAD.to_owned();
    let features = lines / 3;
    text.push_str("features:\n");
    for n in 0..features {
        text.push_str(&format!("  ema_{n}: {{indicator: ema, params: {{length: {}}}}}\n", n + 2));
    }
    text.push_str("setups:\n");
    for n in 1..features {
        text.push_str(&format!("  setup_{n}: \"ema_{n} > ema_{} and close < ema_0 * 1.5\"\n", n - 1));
    }
    text.push_str("actions:\n  entry_long:\n    any:\n");
    for n in 1..features {
        text.push_str(&format!("      - {{setup: setup_{n}}}\n"));
    }
    text.push_str("  exit_long: \"ema_1 crosses below ema_2\"\n");
    text
}

fn keystroke(c: &mut Criterion) {
    for lines in [300, 3_000, 10_000] {
        let text = play(lines);
        let cursor = text.rfind("ema_2").unwrap_or(0);
        let mut group = c.benchmark_group(format!("{lines} lines"));
        group.sample_size(10);
        group.bench_function("diagnostics", |b| {
            b.iter(|| Analysis::new("long.yml", black_box(&text), &Options::default()).diagnostics().len());
        });
        let analysis = Analysis::new("long.yml", &text, &Options::default());
        group.bench_function("completion", |b| b.iter(|| analysis.completions(black_box(cursor)).len()));
        group.bench_function("tokens", |b| b.iter(|| analysis.tokens().len()));
        group.finish();
    }
}

criterion_group!(benches, keystroke);
criterion_main!(benches);
