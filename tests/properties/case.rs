//! A random Play with the bars of a random market, days of minutes long, and what a run of it may be asked.

use backtest::{Funding, Options};
use bars::{Bars, Column, Series};
use bytecode::Program;
use data::sample::{SampleOptions, generate};

use crate::plays::{Dice, random_play};
use tests::program;

const PATTERNS: [&str; 8] = [
    "trend",
    "range",
    "crash",
    "volatile",
    "trending_with_gaps",
    "liquidity_sweep",
    "squeeze",
    "choppy_whipsaw",
];
/// Settlements are eight hours apart.
const FUNDING_MS: i64 = 8 * 3_600_000;

pub struct Case {
    pub text: String,
    pub program: Program,
    pub bars: Bars,
    /// Dates and funding; the rest is as ever.
    pub options: Options,
}

impl Case {
    pub fn new(seed: u64) -> Case {
        let mut dice = Dice::new(seed);
        let text = random_play(&mut dice);
        let program = program(&format!("seed {seed}:\n{text}"), &text);
        let sample =
            SampleOptions { seed, bars: 150 + dice.below(250), ..SampleOptions::new(dice.pick(&PATTERNS)) };
        let bars = generate(&sample).expect("the pattern exists");
        let bars = with_gaps(&with_series(bars, &program, &mut dice), &mut dice);
        let options = options(&bars, &mut dice);
        Case { text, program, bars, options }
    }
}

/// The series that the program reads, and a mark price now and then: with holes, as real ones have.
fn with_series(mut bars: Bars, program: &Program, dice: &mut Dice) -> Bars {
    let mut names = program.series.clone();
    if !names.iter().any(|name| name == "mark_price") && dice.chance(25) {
        names.push("mark_price".into());
    }
    for name in names {
        let mut level = 1_000.0;
        let values: Vec<f64> = bars
            .close
            .iter()
            .map(|close| {
                level += dice.between(-3.0, 3.0);
                match name.as_str() {
                    _ if dice.chance(2) => f64::NAN,
                    "mark_price" | "index_price" => close * dice.between(0.999, 1.001),
                    "funding_rate" => dice.between(-0.001, 0.001),
                    "liquidations" if dice.chance(80) => 0.0,
                    _ => level,
                }
            })
            .collect();
        bars.series.push(Series { name, values: values.into() });
    }
    bars
}

/// Some minutes are missing, alone and in rows: nothing may rest on bars being evenly spaced.
fn with_gaps(bars: &Bars, dice: &mut Dice) -> Bars {
    let mut keep = vec![true; bars.len()];
    for _ in 0..dice.below(4) {
        let (at, length) = (dice.below(bars.len()), 1 + dice.below(90));
        keep[at..(at + length).min(bars.len())].fill(false);
    }
    fn kept<T: Copy>(values: &[T], keep: &[bool]) -> Column<T> {
        let kept = values.iter().zip(keep).filter(|(_, keep)| **keep).map(|(value, _)| *value);
        kept.collect::<Vec<_>>().into()
    }
    let series = |s: &Series| Series { name: s.name.clone(), values: kept(&s.values, &keep) };
    Bars {
        timeframe: bars.timeframe,
        open_time: kept(&bars.open_time, &keep),
        open: kept(&bars.open, &keep),
        high: kept(&bars.high, &keep),
        low: kept(&bars.low, &keep),
        close: kept(&bars.close, &keep),
        volume: kept(&bars.volume, &keep),
        series: bars.series.iter().map(series).collect(),
    }
}

fn options(bars: &Bars, dice: &mut Dice) -> Options {
    let mut options = Options::default();
    let (first, last) = (bars.open_time[0], bars.open_time[bars.len() - 1]);
    if dice.chance(30) {
        let times = (first / FUNDING_MS..=last / FUNDING_MS).map(|n| n * FUNDING_MS);
        options.funding =
            times.map(|time_ms| Funding { time_ms, rate: dice.between(-0.002, 0.002) }).collect();
    }
    if dice.chance(15) {
        options.from_ms = Some(bars.open_time[dice.below(bars.len() / 2)]);
    }
    if dice.chance(15) {
        options.to_ms = Some(bars.open_time[bars.len() / 2 + dice.below(bars.len() / 2)]);
    }
    options
}
