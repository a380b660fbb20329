//! What conditions mean, read off the definitions: every bar looks at all bars before it anew.

use bars::{Bars, Timeframe, resample};
use engine::PositionInputs;

use crate::tree::{Cond, FIELDS, Kind, Limit, Num};

pub type Truth = Option<bool>;

const CLOCKS: [u32; 3] = [1, 5, 15];
const MINUTE_MS: i64 = 60_000;

/// The market, and the position at each minute.
pub struct World {
    /// Of 1, 5 and 15 minutes.
    bars: Vec<Bars>,
    positions: Vec<PositionInputs>,
}

/// What decides on which clock the inside of a window is asked.
struct Reads {
    finest: Option<u32>,
    position: bool,
}

impl World {
    pub fn new(minutes: &Bars, positions: Vec<PositionInputs>) -> World {
        let of = |m: u32| resample(minutes, Timeframe::parse(&format!("{m}m")).expect("a timeframe"));
        World { bars: CLOCKS.map(|m| of(m).expect("a multiple of a minute")).into(), positions }
    }

    fn on(&self, clock: u32) -> &Bars {
        &self.bars[CLOCKS.iter().position(|c| *c == clock).expect("one of the three")]
    }

    /// The bar of `clock` that has closed last at this time.
    fn visible(&self, clock: u32, time: i64) -> Option<usize> {
        let bars = self.on(clock);
        (0..bars.len()).rev().find(|&bar| bars.close_time_ms(bar) <= time)
    }

    fn value(&self, num: &Num, time: i64) -> Option<f64> {
        let minute = || self.visible(1, time);
        let value = match num {
            Num::Close => self.bars[0].close[minute()?],
            Num::Open => self.bars[0].open[minute()?],
            Num::Funding => self.bars[0].series("funding_rate").expect("there")[minute()?],
            Num::Slow(clock, ago) => {
                self.on(*clock).close[self.visible(*clock, time)?.checked_sub(*ago as usize)?]
            }
            Num::Quotient(a, b) => {
                let (a, b) = (self.value(a, time)?, self.value(b, time)?);
                if b == 0.0 {
                    return None;
                }
                a / b
            }
            Num::Constant(value) => *value,
            Num::Position(field) => {
                let p = &self.positions[minute()?];
                match FIELDS[*field] {
                    "entry_price" => p.entry_price,
                    "bars_in_trade" => p.bars_in_trade,
                    "unrealized_pnl_pct" => p.unrealized_pnl_pct,
                    "position_side" => p.side,
                    "stop_price" => p.stop_price,
                    "target_price" => p.target_price,
                    "mfe_pct" => p.mfe_pct,
                    _ => p.mae_pct,
                }
            }
        };
        (!value.is_nan()).then_some(value)
    }

    /// The truth on each bar of `scope`.
    pub fn column(&self, cond: &Cond, scope: u32) -> Vec<Truth> {
        let bars = self.on(scope);
        let times: Vec<i64> = (0..bars.len()).map(|bar| bars.close_time_ms(bar)).collect();
        let holds = |op: &str, a: &Num, b: &Num, time: i64| {
            let (a, b) = (self.value(a, time)?, self.value(b, time)?);
            Some(match op {
                ">" => a > b,
                ">=" => a >= b,
                "<" => a < b,
                _ => a <= b,
            })
        };
        match cond {
            Cond::Compare(op, a, b) => times.iter().map(|&time| holds(op, a, b, time)).collect(),
            Cond::Between(a, low, high) => {
                let inside = |time| {
                    let both = [(">=", *low), ("<=", *high)];
                    all(&both.map(|(op, bound)| holds(op, a, &Num::Constant(bound), time)))
                };
                times.iter().map(|&time| inside(time)).collect()
            }
            Cond::Cross(above, a, b) => {
                let (now, before) = if *above { (">", "<=") } else { ("<", ">=") };
                let crossed = |bar: usize| {
                    let was = bar.checked_sub(1).and_then(|bar| holds(before, a, b, times[bar]));
                    all(&[holds(now, a, b, times[bar]), was])
                };
                (0..times.len()).map(crossed).collect()
            }
            Cond::All(items) => self.each(items, scope, all),
            Cond::Any(items) => self
                .each(items, scope, |truths| not(all(&truths.iter().map(|t| not(*t)).collect::<Vec<_>>()))),
            Cond::Not(a) => self.column(a, scope).into_iter().map(not).collect(),
            Cond::AtLeast { parts, min } => self.each(parts, scope, |truths| {
                weigh(&truths.iter().map(|t| (*t, 1)).collect::<Vec<_>>(), *min as i64)
            }),
            Cond::Score { parts, min } => {
                let (items, weights): (Vec<Cond>, Vec<i64>) = parts.iter().cloned().unzip();
                self.each(&items, scope, |truths| {
                    let pairs: Vec<(Truth, i64)> =
                        truths.iter().copied().zip(weights.iter().copied()).collect();
                    weigh(&pairs, *min)
                })
            }
            Cond::Window { anchor, inner, .. } => {
                self.inside(cond, &[inner], *anchor, scope, |clock, stride, columns| {
                    self.window(cond, clock, stride, &columns[0])
                })
            }
            Cond::Sequence { steps, anchor, .. } => {
                let steps: Vec<&Cond> = steps.iter().collect();
                self.inside(cond, &steps, *anchor, scope, |clock, stride, columns| {
                    self.sequence(cond, clock, stride, columns)
                })
            }
        }
    }

    fn each(&self, items: &[Cond], scope: u32, join: impl Fn(&[Truth]) -> Truth) -> Vec<Truth> {
        let columns: Vec<Vec<Truth>> = items.iter().map(|item| self.column(item, scope)).collect();
        (0..self.on(scope).len())
            .map(|bar| join(&columns.iter().map(|c| c[bar]).collect::<Vec<_>>()))
            .collect()
    }

    /// Asks what is inside a window or sequence on its own clock, and brings the answer to the scope.
    fn inside(
        &self,
        whole: &Cond,
        items: &[&Cond],
        anchor: Option<u32>,
        scope: u32,
        ask: impl Fn(u32, usize, &[Vec<Truth>]) -> Vec<Truth>,
    ) -> Vec<Truth> {
        let reads = reads(whole);
        let own = match reads.finest {
            Some(finest) if !reads.position => finest.max(scope),
            _ => scope,
        };
        let stride = anchor.map_or(1, |anchor| anchor / own) as usize;
        let columns: Vec<Vec<Truth>> = items.iter().map(|item| self.column(item, own)).collect();
        let answer = ask(own, stride, &columns);
        let bars = self.on(scope);
        let seen = |bar: usize| self.visible(own, bars.close_time_ms(bar)).and_then(|row| answer[row]);
        (0..bars.len()).map(seen).collect()
    }

    fn window(&self, cond: &Cond, clock: u32, stride: usize, truths: &[Truth]) -> Vec<Truth> {
        let Cond::Window { kind, limit, .. } = cond else { panic!("a window") };
        let bars = self.on(clock);
        let ask = |bar: usize| {
            let (samples, complete): (Vec<bool>, bool) = match limit {
                Limit::Bars(n) => {
                    let back = (0..*n as usize).map(|k| bar.checked_sub(k * stride));
                    (back.map(|at| at.is_some_and(|at| truths[at] == Some(true))).collect(), true)
                }
                Limit::Minutes(m) => {
                    let from = bars.close_time_ms(bar) - i64::from(*m) * MINUTE_MS;
                    let recent = (0..=bar).filter(|&at| bars.close_time_ms(at) > from);
                    (recent.map(|at| truths[at] == Some(true)).collect(), from >= bars.open_time[0])
                }
            };
            let count = samples.iter().filter(|t| **t).count();
            match kind {
                Kind::Holds => complete && count == samples.len(),
                Kind::Occurred => count > 0,
                Kind::Count(min) => count >= *min as usize,
            }
        };
        (0..bars.len()).map(|bar| Some(ask(bar))).collect()
    }

    /// Tries every choice of bars.
    fn sequence(&self, cond: &Cond, clock: u32, stride: usize, columns: &[Vec<Truth>]) -> Vec<Truth> {
        let Cond::Sequence { within, total, .. } = cond else { panic!("a sequence") };
        let bars = self.on(clock);
        let near = |limit: Option<Limit>, earlier: usize, later: usize| match limit {
            None => true,
            Some(Limit::Bars(n)) => later - earlier <= n as usize * stride,
            Some(Limit::Minutes(m)) => {
                bars.close_time_ms(later) - bars.close_time_ms(earlier) <= i64::from(m) * MINUTE_MS
            }
        };
        fn search(
            step: usize,
            at: usize,
            columns: &[Vec<Truth>],
            near: &dyn Fn(usize, usize, usize) -> bool,
            begins: &dyn Fn(usize) -> bool,
        ) -> bool {
            if columns[step][at] != Some(true) {
                return false;
            }
            if step == 0 {
                return begins(at);
            }
            (0..at).any(|earlier| near(step, earlier, at) && search(step - 1, earlier, columns, near, begins))
        }
        let last = columns.len() - 1;
        let holds = |bar: usize| {
            let step_near = |step: usize, earlier, later| {
                near(within[step - 1], earlier, later) && near(*total, earlier, later)
            };
            search(last, bar, columns, &step_near, &|first| near(*total, first, bar))
        };
        (0..bars.len()).map(|bar| Some(holds(bar))).collect()
    }
}

fn not(truth: Truth) -> Truth {
    truth.map(|t| !t)
}

fn all(truths: &[Truth]) -> Truth {
    if truths.contains(&Some(false)) {
        Some(false)
    } else if truths.contains(&None) {
        None
    } else {
        Some(true)
    }
}

/// Tries every way in which the unknown ones may turn out.
fn weigh(parts: &[(Truth, i64)], min: i64) -> Truth {
    let unknown: Vec<i64> = parts.iter().filter(|(t, _)| t.is_none()).map(|(_, w)| *w).collect();
    let known: i64 = parts.iter().filter(|(t, _)| *t == Some(true)).map(|(_, w)| *w).sum();
    let mut outcomes = (0..1_u32 << unknown.len()).map(|chosen| {
        let more = unknown.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1).map(|(_, w)| *w);
        known + more.sum::<i64>() >= min
    });
    let first = outcomes.next()?;
    outcomes.all(|outcome| outcome == first).then_some(first)
}

fn reads(cond: &Cond) -> Reads {
    fn num(num: &Num) -> Reads {
        let market = |clock| Reads { finest: Some(clock), position: false };
        match num {
            Num::Close | Num::Open | Num::Funding => market(1),
            Num::Slow(clock, _) => market(*clock),
            Num::Quotient(a, b) => join([self::reads_of(a), self::reads_of(b)]),
            Num::Constant(_) => Reads { finest: None, position: false },
            Num::Position(_) => Reads { finest: None, position: true },
        }
    }
    fn join(all: impl IntoIterator<Item = Reads>) -> Reads {
        all.into_iter().fold(Reads { finest: None, position: false }, |a, b| Reads {
            finest: a.finest.into_iter().chain(b.finest).min(),
            position: a.position || b.position,
        })
    }
    match cond {
        Cond::Compare(_, a, b) | Cond::Cross(_, a, b) => join([num(a), num(b)]),
        Cond::Between(a, ..) => num(a),
        Cond::All(items) | Cond::Any(items) | Cond::AtLeast { parts: items, .. } => {
            join(items.iter().map(reads))
        }
        Cond::Sequence { steps, .. } => join(steps.iter().map(reads)),
        Cond::Score { parts, .. } => join(parts.iter().map(|(c, _)| reads(c))),
        Cond::Not(a) | Cond::Window { inner: a, .. } => reads(a),
    }
}

fn reads_of(num: &Num) -> Reads {
    reads(&Cond::Between(num.clone(), 0.0, 0.0))
}
