//! Bars and input columns for any row of the catalogue, from a seed.

use stdlib::{Builtin, Field, Input, Kernel, Kind, Params, builtin, lookup};

/// SplitMix64: the same numbers everywhere.
pub struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Numbers {
        Numbers(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// A quarter of an hour: several days and weeks in a few thousand bars.
pub const PERIOD_MS: i64 = 900_000;

#[derive(Clone)]
pub struct Bars {
    columns: [Vec<f64>; Field::ALL.len()],
}

impl Bars {
    pub fn len(&self) -> usize {
        self.columns[0].len()
    }

    pub fn field(&self, field: Field) -> &[f64] {
        &self.columns[Field::ALL.iter().position(|f| *f == field).expect("all fields are listed")]
    }

    /// A random walk with runs in both directions, on a grid so that ties occur, with stretches without trade.
    pub fn walk(seed: u64, bars: usize) -> Bars {
        Bars::made(seed, bars, 15)
    }

    /// The same with trade on every bar.
    pub fn busy_walk(seed: u64, bars: usize) -> Bars {
        Bars::made(seed, bars, 0)
    }

    /// Of every 211 bars the last `quiet` stand still.
    fn made(seed: u64, bars: usize, quiet: usize) -> Bars {
        let mut numbers = Numbers::new(seed);
        let mut walk = Bars { columns: std::array::from_fn(|_| Vec::with_capacity(bars)) };
        let mut close = 100.0_f64;
        let mut drift = 0.0;
        for t in 0..bars {
            if t % 40 == 0 {
                drift = (numbers.unit() - 0.5) * 0.01;
            }
            let quiet = t % 211 >= 211 - quiet;
            let open = close;
            if !quiet {
                let step = drift + (numbers.unit() + numbers.unit() + numbers.unit() - 1.5) * 0.02;
                close = ((close * libm::exp(step)).clamp(20.0, 500.0) * 20.0).round() / 20.0;
            }
            let wick = if quiet { 0.0 } else { 0.4 };
            let high = open.max(close) + (numbers.unit() * wick * 20.0).round() / 20.0;
            let low = open.min(close) - (numbers.unit() * wick * 20.0).round() / 20.0;
            let volume = if quiet { 0.0 } else { 1.0 + (numbers.unit() * 1000.0).round() };
            walk.push([open, high, low, close, volume], (1_600_000_200_000 + t as i64 * PERIOD_MS) as f64);
        }
        walk
    }

    fn push(&mut self, [open, high, low, close, volume]: [f64; 5], time: f64) {
        let values = [
            open,
            high,
            low,
            close,
            volume,
            (high + low) / 2.0,
            (high + low + close) / 3.0,
            (open + high + low + close) / 4.0,
            (high + low + 2.0 * close) / 4.0,
            time,
        ];
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(value);
        }
    }

    /// The same with missing bars, alone and in runs, and some with only one value missing.
    pub fn with_gaps(mut self, seed: u64) -> Bars {
        let mut numbers = Numbers::new(seed);
        let bars = self.len();
        let mut t = numbers.below(50);
        while t < bars {
            let run = if numbers.below(4) == 0 { 1 + numbers.below(30) } else { 1 };
            let only = (numbers.below(5) == 0).then(|| numbers.below(5));
            for gap in t..(t + run).min(bars) {
                for (k, column) in self.columns[..9].iter_mut().enumerate() {
                    if only.is_none_or(|only| only == k || k > 4) {
                        column[gap] = if numbers.below(9) == 0 { f64::INFINITY } else { f64::NAN };
                    }
                }
            }
            t += run + numbers.below(80);
        }
        self
    }

    /// The same bars, one a day: years in a few thousand.
    pub fn daily(mut self) -> Bars {
        let time = self.columns.last_mut().expect("all fields have a column");
        let start = time[0];
        time.iter_mut().for_each(|time| *time = start + (*time - start) * (86_400_000 / PERIOD_MS) as f64);
        self
    }

    /// One bar of enormous prices and much volume.
    pub fn spike(&mut self, bar: usize) {
        for (field, column) in Field::ALL.iter().zip(&mut self.columns) {
            column[bar] *= match field {
                Field::Time => 1.0,
                Field::Volume => 1e3,
                _ => 1e9,
            };
        }
    }

    pub fn slice(&self, start: usize, end: usize) -> Bars {
        Bars { columns: self.columns.clone().map(|column| column[start..end].to_vec()) }
    }
}

/// The input columns of a row, structures it uses computed by their own kernels at their defaults.
pub fn inputs(row: &Builtin, params: &Params, bars: &Bars) -> Vec<Vec<f64>> {
    row.inputs.iter().map(|input| column(row, params, *input, bars)).collect()
}

fn column(row: &Builtin, params: &Params, input: Input, bars: &Bars) -> Vec<f64> {
    match input {
        Input::Bar(field) => bars.field(field).to_vec(),
        Input::Source => bars.field(Field::Close).to_vec(),
        Input::Feature { param } => {
            let index = row.param_index(param).expect("the input names a parameter");
            if params.given(index) { feature(param, bars) } else { Vec::new() }
        }
        // Left out together with the features that may be: some parameters only count without it.
        Input::Uses { optional: true, .. } if without_options(row, params) => Vec::new(),
        Input::Uses { structure, output, .. } => {
            let used = builtin(lookup(Kind::Structure, structure).expect("the structure exists"));
            let defaults = Params::defaults(used.params);
            let index = used.outputs(&defaults).iter().position(|o| o.name == output);
            let columns = run(used, &defaults, &inputs(used, &defaults, bars));
            columns[index.unwrap_or_else(|| panic!("{structure} has no output {output}"))].clone()
        }
    }
}

/// Whether the row has features that may be left out, and all of them are.
fn without_options(row: &Builtin, params: &Params) -> bool {
    let optional = |k: &usize| row.params[*k].default == stdlib::Default::Absent;
    let mut options = (0..row.params.len()).filter(optional).peekable();
    options.peek().is_some() && options.all(|k| !params.given(k))
}

/// What the feature behind such a parameter could be.
fn feature(param: &str, bars: &Bars) -> Vec<f64> {
    let (high, low, close) = (bars.field(Field::High), bars.field(Field::Low), bars.field(Field::Close));
    let mut average = 1.0;
    (0..bars.len())
        .map(|t| {
            let range = high[t] - low[t];
            if range.is_finite() {
                average += 0.1 * (range - average);
            }
            let hours = bars.field(Field::Time)[t] / 3.6e6;
            let missing = if close[t].is_finite() { 0.0 } else { f64::NAN };
            missing
                + match param {
                    "atr_key" => average,
                    "oscillator" => 50.0 + 40.0 * libm::sin(hours * 0.3 + close[t] * 0.01),
                    _ => 0.6 * close[t] + 0.4 * high[t] + 10.0 * libm::sin(hours),
                }
        })
        .collect()
}

pub fn run(row: &Builtin, params: &Params, inputs: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut kernel = (row.make)(params);
    let bars = inputs.iter().map(Vec::len).max().unwrap_or(0);
    let mut outputs = vec![vec![0.25; bars]; row.outputs(params).len()];
    run_part(kernel.as_mut(), inputs, &mut outputs, 0, bars);
    outputs
}

/// The bars from `start` to `end` through `kernel`.
pub fn run_part(
    kernel: &mut dyn Kernel,
    inputs: &[Vec<f64>],
    outputs: &mut [Vec<f64>],
    start: usize,
    end: usize,
) {
    let part: Vec<&[f64]> =
        inputs.iter().map(|c| if c.is_empty() { &c[..] } else { &c[start..end] }).collect();
    let mut slots: Vec<&mut [f64]> = outputs.iter_mut().map(|c| &mut c[start..end]).collect();
    kernel.run(&part, &mut slots);
}
