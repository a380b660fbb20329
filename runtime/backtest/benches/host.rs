//! Time of the host alone, without indicators: S1 over two years of minutes.

#[path = "../tests/common/mod.rs"]
mod common;

use backtest::{EquityDetail, Options, run};
use common::ema_cross::{s1, walk};
use criterion::{Criterion, criterion_group, criterion_main};

fn s1_two_years(c: &mut Criterion) {
    let bars = walk(1_051_200);
    let setup = s1(&bars);
    let mut group = c.benchmark_group("s1_1051200_bars");
    group.sample_size(20);
    for (name, skip, equity) in [
        ("skip_daily_equity", true, EquityDetail::Daily),
        ("skip_full_equity", true, EquityDetail::Full),
        ("bar_by_bar", false, EquityDetail::Daily),
    ] {
        let options = Options { skip, equity, ..Options::default() };
        group.bench_function(name, |b| {
            b.iter(|| run(&setup.program, &setup.hand, &bars, &options).expect("a run").final_equity);
        });
    }
    group.finish();
}

criterion_group!(benches, s1_two_years);
criterion_main!(benches);
