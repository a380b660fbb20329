//! Swing points: confirmed pivots, their significance, alternation, and the pair of the latest leg.

mod finders;
mod gates;
mod pairs;

use serde::{Deserialize, Serialize};

use self::finders::{Finder, Found, Fractal, Ties, ZigZag};
use self::gates::{Accepted, Edge, Gates};
use self::pairs::Pairs;
use super::common::{ATR_KEY, Atr, Pivot, Runs, SIDES, atr_warmup, bar_number, bar_of, flag, level};
use crate::kernel::State;
use crate::params::{Default, Param, ParamError, ParamType, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup};
use crate::types::{Field, Range, Type, Unit};
use crate::window::finite::finite_prefix;

const PIVOT_SIDES: &[&str] = &["high", "low"];
const ATRS: Type = Type::Float { unit: Unit::Ratio, range: Range::NON_NEGATIVE };
const PAIR_ID: Type = Type::Int { unit: Unit::Scalar, range: Range::new(0.0, 281_474_976_710_655.0) };

pub static SWING: Builtin = Builtin {
    name: "swing",
    kind: Kind::Structure,
    category: "structure",
    summary: "Swing highs and lows, and the pair of the latest leg",
    formula: "fractal: the high of the bar `right` bars ago is a pivot when it is the highest of the window\n\
              of left + 1 + right bars. Equal highs, by `ties`: strict = no other bar of the window reaches\n\
              it (TA-Lib FRACTAL); last = the newest of equal highs is the pivot; first = the oldest is.\n\
              It is known `right` bars later. Lows likewise.\n\
              atr_zigzag: the highest high since the last low pivot is a pivot once a low is more than\n\
              atr_multiplier * ATR below it, and is known on that bar; lows likewise. Until the first\n\
              reversal both extremes are watched.\n\
              A pivot is accepted when it moved far enough from the last accepted one of its side\n\
              (min_atr_move, min_pct_move) and, under strict_alternation, when it follows the other side or\n\
              goes beyond the pivot that waits for the other side (then it replaces it).\n\
              Pair: the last accepted high and low that follow one another; of several highs (lows) in a\n\
              row the most extreme one counts, and it moves the end of the pair (pair_update: extend) or\n\
              waits for the next pair (hold). bullish = low, then high. pair_version counts pairs and their\n\
              extensions.",
    source: "TA-Lib FRACTAL for the pivots; pairs as in the Play v3 reference, corrected",
    edge_cases: "A bar with a missing high, low or close is no part of any window. A bar that is both \
                 pivots gives the high first. Without ATR (its warm-up) significance is missing and \
                 min_atr_move rejects.",
    inputs: &[
        Input::Bar(Field::High),
        Input::Bar(Field::Low),
        Input::Bar(Field::Close),
        Input::Feature { param: "atr_key" },
    ],
    params: &[
        Param {
            name: "mode",
            ty: ParamType::Choice(&["fractal", "atr_zigzag"]),
            default: Default::Choice("fractal"),
            doc: "how pivots are found",
        },
        Param {
            name: "left",
            ty: ParamType::Int { min: 1, max: 1000 },
            default: Default::Int(5),
            doc: "fractal: bars before the pivot that it must exceed",
        },
        Param {
            name: "right",
            ty: ParamType::Int { min: 1, max: 1000 },
            default: Default::Int(5),
            doc: "fractal: bars after the pivot that it must exceed, and its delay",
        },
        ATR_KEY,
        Param {
            name: "atr_multiplier",
            ty: ParamType::Float { min: 1e-6, max: 1000.0 },
            default: Default::Float(2.0),
            doc: "atr_zigzag: the reversal that confirms a pivot, in ATR",
        },
        Param {
            name: "major_threshold",
            ty: ParamType::Float { min: 0.0, max: 1000.0 },
            default: Default::Float(1.5),
            doc: "a pivot is major from this significance on",
        },
        Param {
            name: "min_atr_move",
            ty: ParamType::Float { min: 0.0, max: 1000.0 },
            default: Default::Float(0.0),
            doc: "least distance from the last accepted pivot of the side, in ATR; 0 = any",
        },
        Param {
            name: "min_pct_move",
            ty: ParamType::Float { min: 0.0, max: 1000.0 },
            default: Default::Float(0.0),
            doc: "the same in percent of that pivot; 0 = any",
        },
        Param {
            name: "strict_alternation",
            ty: ParamType::Bool,
            default: Default::Bool(false),
            doc: "accept highs and lows in turn only",
        },
        Param {
            name: "ties",
            ty: ParamType::Choice(&["strict", "first", "last"]),
            default: Default::Choice("strict"),
            doc: "fractal: which of several equal highs (lows) of a window is the pivot; strict = none",
        },
        Param {
            name: "pair_update",
            ty: ParamType::Choice(&["extend", "hold"]),
            default: Default::Choice("extend"),
            doc: "whether a more extreme pivot moves the end of the completed pair",
        },
    ],
    outputs: Outputs::Fixed(&[
        Output::new("high_level", Type::PRICE, "last accepted pivot high").sparse(),
        Output::new("high_idx", Type::BAR_INDEX, "its bar").sparse(),
        Output::new("low_level", Type::PRICE, "last accepted pivot low").sparse(),
        Output::new("low_idx", Type::BAR_INDEX, "its bar").sparse(),
        Output::new("version", Type::COUNT, "pivots accepted"),
        Output::new("high_version", Type::COUNT, "pivot highs accepted"),
        Output::new("low_version", Type::COUNT, "pivot lows accepted"),
        Output::new("last_confirmed_pivot_idx", Type::BAR_INDEX, "bar of the last accepted pivot").sparse(),
        Output::new("last_confirmed_pivot_type", Type::Enum(PIVOT_SIDES), "side of the last accepted pivot")
            .sparse(),
        Output::new("high_significance", ATRS, "distance of the last high from the one before it, in ATR")
            .sparse(),
        Output::new("low_significance", ATRS, "distance of the last low from the one before it, in ATR")
            .sparse(),
        Output::new("high_is_major", Type::Bool, "high_significance is at least major_threshold"),
        Output::new("low_is_major", Type::Bool, "low_significance is at least major_threshold"),
        Output::new("high_accepted", Type::Bool, "a pivot high became known on this bar"),
        Output::new("low_accepted", Type::Bool, "a pivot low became known on this bar"),
        Output::new(
            "high_replaced_pending",
            Type::Bool,
            "it replaced a high that waited for a low (strict_alternation)",
        ),
        Output::new(
            "low_replaced_pending",
            Type::Bool,
            "it replaced a low that waited for a high (strict_alternation)",
        ),
        Output::new("pair_high_level", Type::PRICE, "high of the pair").sparse(),
        Output::new("pair_high_idx", Type::BAR_INDEX, "its bar").sparse(),
        Output::new("pair_low_level", Type::PRICE, "low of the pair").sparse(),
        Output::new("pair_low_idx", Type::BAR_INDEX, "its bar").sparse(),
        Output::new("pair_direction", Type::Enum(SIDES), "bullish = low then high").sparse(),
        Output::new("pair_version", Type::COUNT, "pairs completed or extended"),
        Output::new("pair_anchor_hash", PAIR_ID, "a number that names the pair: equal for equal anchors")
            .sparse(),
        Output::new("high_known_idx", Type::BAR_INDEX, "bar on which the last pivot high became known")
            .sparse(),
        Output::new("low_known_idx", Type::BAR_INDEX, "bar on which the last pivot low became known")
            .sparse(),
    ]),
    check,
    warmup,
    first: |_| 0,
    make: |p| Box::new(Swing::new(p)),
};

fn check(p: &Params) -> Result<(), ParamError> {
    if p.choice(MODE) == ZIGZAG && p.choice(TIES) != STRICT {
        return Err(ParamError {
            param: "ties",
            message: "`ties` has no meaning with mode atr_zigzag".into(),
        });
    }
    Ok(())
}

/// Enough bars for a few pivots of both sides; pivots are events, so no number of bars guarantees one.
fn warmup(p: &Params, w: Warmup) -> usize {
    let window = if p.choice(MODE) == ZIGZAG { 11 } else { p.length(LEFT) + p.length(RIGHT) + 1 };
    5 * window + atr_warmup(p.given(ATR_PARAM), w)
}

const MODE: usize = 0;
const LEFT: usize = 1;
const RIGHT: usize = 2;
const ATR_PARAM: usize = 3;
const TIES: usize = 9;
const ZIGZAG: usize = 1;
const OUTPUTS: usize = 26;
/// The outputs that are true on one bar alone.
const FLAGS: std::ops::Range<usize> = 13..17;
/// The outputs that are measured in ATR: significances and what is major.
const SIGNIFICANCE: std::ops::Range<usize> = 9..13;
const STRICT: usize = 0;

/// Find candidates, pass them through the gates (high first), pair the accepted ones.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Swing {
    bar: u64,
    finder: Finder,
    measure: Measure,
    pivots: Pivots,
    #[serde(skip)]
    read: Read,
}

/// The ATR of the bars of a block, followed up to the last bar asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Measure {
    atr: Atr,
    /// Nothing is measured in ATR.
    #[serde(skip)]
    unneeded: bool,
}

impl Measure {
    /// The ATR of the last of these bars.
    fn follow(&mut self, inputs: &[&[f64]], bars: std::ops::Range<usize>) -> Option<f64> {
        if self.unneeded {
            return None;
        }
        let mut value = None;
        for t in bars {
            value = self.atr.step(inputs[0][t], inputs[1][t], inputs[2][t], inputs[3], t);
        }
        value
    }
}

/// The outputs that are read: those that hold from bar to bar, and those that speak of one bar.
#[derive(Clone, Debug)]
struct Read {
    held: Vec<usize>,
    flags: Vec<usize>,
}

impl Read {
    fn new(read: impl Fn(usize) -> bool) -> Read {
        let (flags, held) = (0..OUTPUTS).filter(|&k| read(k)).partition(|k| FLAGS.contains(k));
        Read { held, flags }
    }
}

impl std::default::Default for Read {
    fn default() -> Read {
        Read::new(|_| true)
    }
}

impl Swing {
    #[must_use]
    pub fn new(p: &Params) -> Swing {
        let ties = [Ties::Strict, Ties::First, Ties::Last][p.choice(TIES)];
        let gates = Gates {
            major_threshold: p.float(5),
            min_atr_move: p.float(6),
            min_pct_move: p.float(7),
            alternate: p.bool(8),
            waiting: None,
        };
        Swing {
            bar: 0,
            finder: if p.choice(MODE) == ZIGZAG {
                Finder::ZigZag(ZigZag::new(p.float(4)))
            } else {
                Finder::Fractal(Fractal::new(p.length(LEFT), p.length(RIGHT), ties))
            },
            measure: Measure { atr: Atr::new(p.given(ATR_PARAM)), unneeded: false },
            pivots: Pivots {
                gates,
                high: Accepted::new(),
                low: Accepted::new(),
                last: None,
                pairs: Pairs::new(p.choice(10) == 0),
            },
            read: Read::default(),
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Pivots {
    gates: Gates,
    high: Accepted,
    low: Accepted,
    last: Option<(Edge, Pivot)>,
    pairs: Pairs,
}

impl Pivots {
    /// Tells whether a candidate was accepted.
    fn take(&mut self, found: Found, now: u64, atr: Option<f64>) -> bool {
        self.high.clear();
        self.low.clear();
        for (edge, pivot) in [(Edge::High, found.high), (Edge::Low, found.low)] {
            let Some(pivot) = pivot else { continue };
            let side = if edge == Edge::High { &mut self.high } else { &mut self.low };
            if self.gates.pass(edge, pivot, now, atr, side) {
                self.last = Some((edge, pivot));
                self.pairs.add(edge, pivot);
            }
        }
        self.high.accepted || self.low.accepted
    }

    /// The output of this number, as it is after this bar.
    fn figure(&self, output: usize) -> f64 {
        let (high, low, leg) = (&self.high, &self.low, self.pairs.leg);
        match output {
            0 => level(high.last),
            1 => bar_of(high.last),
            2 => level(low.last),
            3 => bar_of(low.last),
            4 => (high.version + low.version) as f64,
            5 => high.version as f64,
            6 => low.version as f64,
            7 => bar_of(self.last.map(|l| l.1)),
            8 => self.last.map_or(f64::NAN, |l| flag(l.0 == Edge::Low)),
            9 => high.significance,
            10 => low.significance,
            11 => flag(high.major),
            12 => flag(low.major),
            13 => flag(high.accepted),
            14 => flag(low.accepted),
            15 => flag(high.replaced),
            16 => flag(low.replaced),
            17 => level(leg.map(|l| l.high)),
            18 => bar_of(leg.map(|l| l.high)),
            19 => level(leg.map(|l| l.low)),
            20 => bar_of(leg.map(|l| l.low)),
            21 => leg.map_or(f64::NAN, |l| flag(!l.bullish)),
            22 => self.pairs.version as f64,
            23 => leg.map_or(f64::NAN, |l| l.id() as f64),
            24 => bar_number(high.known),
            _ => bar_number(low.known),
        }
    }
}

impl State for Swing {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let Swing { bar, finder, measure, pivots, read } = self;
        let mut runs = Runs::<OUTPUTS>::new(&read.held);
        let required: [&[f64]; 3] = std::array::from_fn(|k| inputs[k]);
        let bars = required[0].len();
        let mut start = 0;
        while start < bars {
            let end = start + finite_prefix(required, start, bars);
            if start < end {
                runs.turn(outputs, start, |k| pivots.figure(k));
                read.flags.iter().for_each(|&k| outputs[k][start..end].fill(0.0));
                let first = *bar;
                let mut accept = |t: usize, found: Found, atr: Option<f64>| {
                    if pivots.take(found, first + t as u64, atr) {
                        runs.turn(outputs, start + t, |k| pivots.figure(k));
                        read.flags.iter().for_each(|&k| outputs[k][start + t] = pivots.figure(k));
                    }
                };
                match finder {
                    Finder::Fractal(fractal) => {
                        let mut measured = start;
                        fractal.run(first, &inputs[0][start..end], &inputs[1][start..end], |t, found| {
                            let atr = measure.follow(inputs, measured..start + t + 1);
                            measured = start + t + 1;
                            accept(t, found, atr);
                        });
                        measure.follow(inputs, measured..end);
                    }
                    Finder::ZigZag(zigzag) => {
                        for t in start..end {
                            let atr = measure.follow(inputs, t..t + 1);
                            let bar = first + (t - start) as u64;
                            accept(t - start, zigzag.step(bar, inputs[0][t], inputs[1][t], atr), atr);
                        }
                    }
                }
                *bar += (end - start) as u64;
                start = end;
            }
            if start < bars {
                runs.turn(outputs, start, |_| f64::NAN);
                read.flags.iter().for_each(|&k| outputs[k][start] = f64::NAN);
                *bar += 1;
                start += 1;
            }
        }
        runs.fill(outputs, bars);
    }

    fn needs(&mut self, outputs: &[bool]) {
        self.read = Read::new(|k| outputs[k]);
        let fractal = matches!(self.finder, Finder::Fractal(_));
        self.measure.unneeded =
            fractal && self.pivots.gates.min_atr_move <= 0.0 && !outputs[SIGNIFICANCE].contains(&true);
    }
}
