//! Parabolic stop and reverse.

use std::hint::cold_path;

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::params::{Param, ParamError, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup};
use crate::types::{Field, Range, Type, Unit};
use crate::window::finite::finite_runs;

pub static PSAR: Builtin = Builtin {
    name: "psar",
    kind: Kind::Indicator,
    category: "stop",
    summary: "Parabolic SAR: a stop that accelerates towards price and reverses when touched",
    formula: "second bar: down if the low fell and by more than the high rose, else up;\n\
              the stop is the first bar's high (down) or low (up), the extreme is the second bar's low or \
              high\n\
              up: if low <= stop, reverse: stop = max(extreme, high[1], high), af = af0, extreme = low\n\
              else if high > extreme: extreme = high, af = min(af + step, max_af)\n\
              next stop = stop + af * (extreme - stop), not above low[1] or low; down mirrored",
    source: "TA-Lib SAR; with af0 and af apart, SAREXT (J. Welles Wilder, 1978)",
    edge_cases: "On flat bars the stop meets the price and reverses. A bar with a missing high or low is \
                 skipped.",
    inputs: &[Input::Bar(Field::High), Input::Bar(Field::Low)],
    params: &[
        Param::float("af0", 1e-9, 10.0, 0.02, "acceleration after a reversal"),
        Param::float("af", 1e-9, 10.0, 0.02, "increase of the acceleration with each new extreme"),
        Param::float("max_af", 1e-9, 10.0, 0.2, "greatest acceleration"),
    ],
    outputs: Outputs::Fixed(&[
        Output::primary("long", Type::PRICE, "the stop below price in an up move, else missing").sparse(),
        Output::new("short", Type::PRICE, "the stop above price in a down move, else missing").sparse(),
        Output::new("af", ACCELERATION, "acceleration in force after this bar"),
        Output::new("reversal", FLAG, "1 on the bar on which the side changed, else 0"),
        Output::new("value", Type::PRICE, "the stop, on either side"),
    ]),
    check,
    warmup,
    first: |_| 1,
    make: |p| Box::new(Psar::new(p.float(0), p.float(1), p.float(2))),
};

const ACCELERATION: Type = Type::Float { unit: Unit::Ratio, range: Range::NON_NEGATIVE };
const FLAG: Type = Type::Int { unit: Unit::Count, range: Range::UNIT };

fn check(p: &Params) -> Result<(), ParamError> {
    for (index, name) in [(0, "af0"), (1, "af")] {
        if p.float(index) > p.float(2) {
            let message =
                format!("`{name}` ({}) must not be greater than `max_af` ({})", p.float(index), p.float(2));
            return Err(ParamError { param: name, message });
        }
    }
    Ok(())
}

/// It has no seed that fades: it forgets where the data began when it has reversed together with one that knows more.
/// Over bars that wander, the share of them not together yet falls e-fold with every 2/3 of the distance that the
/// acceleration takes from the stop; with every 150 bars a move makes, as measured, one new extreme that raises it.
fn warmup(p: &Params, w: Warmup) -> usize {
    let (start, step, limit) = (p.float(0), p.float(1), p.float(2));
    let distance = -1.5 * libm::log(w.tolerance);
    // start * bars + step * bars^2 / 150 = distance, where the limit is not reached before
    let curve = step / 150.0;
    let rising = 2.0 * distance / (start + libm::sqrt(start * start + 4.0 * curve * distance));
    2 + rising.max(distance / limit).min(Warmup::LONGEST).ceil() as usize
}

/// In a down move all prices are kept with their sign turned, so that every move is an up move.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Psar {
    start: f64,
    step: f64,
    limit: f64,
    /// Bars seen, up to 2.
    bars: u8,
    rising: bool,
    /// The stop of the next bar.
    stop: f64,
    /// The highest top of this move.
    extreme: f64,
    af: f64,
    /// Top and bottom of the bar before.
    ceiling: f64,
    floor: f64,
    /// Only the stop is read.
    #[serde(skip)]
    bare: bool,
}

impl Psar {
    fn new(start: f64, step: f64, limit: f64) -> Psar {
        Psar {
            start,
            step,
            limit,
            bars: 0,
            rising: true,
            stop: 0.0,
            extreme: 0.0,
            af: start,
            ceiling: 0.0,
            floor: 0.0,
            bare: false,
        }
    }

    /// The stop of this bar, from the second on, and whether it reversed.
    #[inline(always)]
    fn step(&mut self, high: f64, low: f64) -> (f64, bool) {
        let turned =
            |rising: bool, top: f64, bottom: f64| if rising { (top, bottom) } else { (-bottom, -top) };
        let (top, bottom) = turned(self.rising, high, low);
        let reversed = bottom <= self.stop;
        let here = if reversed {
            // The side flips: what was the highest top is the lowest bottom there.
            let past = -self.extreme;
            self.rising = !self.rising;
            self.floor = -self.ceiling;
            self.af = self.start;
            let (top, bottom) = turned(self.rising, high, low);
            self.extreme = top;
            lesser(past, lesser(self.floor, bottom))
        } else {
            let faster = lesser(self.af + self.step, self.limit);
            self.af = if top > self.extreme { faster } else { self.af };
            self.extreme = greater(self.extreme, top);
            self.stop
        };
        let (top, bottom) = turned(self.rising, high, low);
        let next = here + self.af * (self.extreme - here);
        self.stop = lesser(next, lesser(self.floor, bottom));
        (self.ceiling, self.floor) = (top, bottom);
        (if self.rising { here } else { -here }, reversed)
    }

    /// The first two bars; whether this was the second.
    #[inline(never)]
    fn begin(&mut self, high: f64, low: f64) -> bool {
        self.bars += 1;
        if self.bars == 1 {
            (self.ceiling, self.floor) = (high, low);
            return false;
        }
        let (up, down) = (high - self.ceiling, self.floor - low);
        self.rising = !(down > 0.0 && down > up);
        self.stop = if self.rising { self.floor } else { -self.ceiling };
        // For the second bar the bar before is itself.
        (self.ceiling, self.floor) = if self.rising { (high, low) } else { (-low, -high) };
        self.extreme = self.ceiling;
        true
    }
}

#[inline]
fn greater(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[inline]
fn lesser(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

impl Psar {
    /// Bars from `t` on that go on as those before: gives `write` their places, stops and accelerations, and returns
    /// the place of the first bar that reverses. The same bits as `step`, without a question of side in the loop.
    #[inline(always)]
    fn follow<const RISING: bool>(
        &mut self,
        [high, low]: [&[f64]; 2],
        mut t: usize,
        mut write: impl FnMut(usize, f64, f64),
    ) -> usize {
        let Psar { step, limit, mut stop, mut extreme, mut af, mut ceiling, mut floor, .. } = *self;
        while t < high.len() {
            let (top, bottom) = if RISING { (high[t], low[t]) } else { (-low[t], -high[t]) };
            if bottom <= stop {
                break;
            }
            let faster = lesser(af + step, limit);
            af = if top > extreme { faster } else { af };
            extreme = greater(extreme, top);
            write(t, if RISING { stop } else { -stop }, af);
            let next = stop + af * (extreme - stop);
            // Bars that hold the stop back are few: the next bar need not wait for the answer.
            let most = lesser(floor, bottom);
            stop = if next < most {
                next
            } else {
                cold_path();
                most
            };
            (ceiling, floor) = (top, bottom);
            t += 1;
        }
        *self = Psar { stop, extreme, af, ceiling, floor, ..*self };
        t
    }
}

impl Psar {
    fn run_columns<const BARE: bool>(
        &mut self,
        [high, low]: [&[f64]; 2],
        [long, short, af, reversal, value]: [&mut [f64]; 5],
    ) {
        let n = value.len();
        let (high, low, long, short) = (&high[..n], &low[..n], &mut long[..n], &mut short[..n]);
        let (af, reversal) = (&mut af[..n], &mut reversal[..n]);
        let mut write = |t: usize, stop: f64, rising: bool, acceleration: f64, reversed: f64| {
            value[t] = stop;
            if !BARE {
                long[t] = if rising { stop } else { f64::NAN };
                short[t] = if rising { f64::NAN } else { stop };
                (af[t], reversal[t]) = (acceleration, reversed);
            }
        };
        let mut t = 0;
        while t < n && self.bars < 2 {
            if self.begin(high[t], low[t]) {
                let (stop, reversed) = self.step(high[t], low[t]);
                write(t, stop, self.rising, self.af, f64::from(u8::from(reversed)));
            } else {
                write(t, f64::NAN, self.rising, f64::NAN, f64::NAN);
            }
            t += 1;
        }
        // A copy that nothing points to, which stays in registers.
        let mut here = *self;
        while t < n {
            t = if here.rising {
                here.follow::<true>([high, low], t, |t, stop, af| write(t, stop, true, af, 0.0))
            } else {
                here.follow::<false>([high, low], t, |t, stop, af| write(t, stop, false, af, 0.0))
            };
            if t < n {
                let (stop, reversed) = here.step(high[t], low[t]);
                write(t, stop, here.rising, here.af, f64::from(u8::from(reversed)));
                t += 1;
            }
        }
        *self = here;
    }
}

impl State for Psar {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        finite_runs(inputs, outputs, |columns, outputs| {
            // Two loops, so that what nothing reads is not asked about on each bar.
            if self.bare {
                self.run_columns::<true>(columns, outputs)
            } else {
                self.run_columns::<false>(columns, outputs)
            }
        });
    }

    fn needs(&mut self, outputs: &[bool]) {
        self.bare = !outputs[..4].contains(&true);
    }
}
