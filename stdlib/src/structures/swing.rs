//! Swing points: confirmed pivots, their significance, alternation, and the pair of the latest leg.

mod finders;
mod gates;
mod pairs;

use serde::{Deserialize, Serialize};

use self::finders::{Finder, Fractal, Ties, ZigZag};
use self::gates::{Accepted, Edge, Gates};
use self::pairs::Pairs;
use super::common::{ATR_KEY, Atr, Pivot, Runs, SIDES, atr_warmup, bar_number, bar_of, bars, flag, level};
use crate::kernel::State;
use crate::params::{Default, Param, ParamError, ParamType, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, Warmup};
use crate::types::{Field, Range, Type, Unit};

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
/// The outputs that are measured in ATR: significances and what is major.
const SIGNIFICANCE: std::ops::Range<usize> = 9..13;
const STRICT: usize = 0;

/// Per bar: find candidates, pass them through the gates (high first), pair the accepted ones.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Swing {
    bar: u64,
    atr: Atr,
    finder: Finder,
    gates: Gates,
    high: Accepted,
    low: Accepted,
    last: Option<(Edge, Pivot)>,
    pairs: Pairs,
    /// The outputs that are read, if not all.
    #[serde(skip)]
    read: Option<Vec<usize>>,
    /// Nothing is measured in ATR.
    #[serde(skip)]
    unmeasured: bool,
}

impl Swing {
    #[must_use]
    pub fn new(p: &Params) -> Swing {
        let ties = [Ties::Strict, Ties::First, Ties::Last][p.choice(TIES)];
        Swing {
            bar: 0,
            atr: Atr::new(p.given(ATR_PARAM)),
            finder: if p.choice(MODE) == ZIGZAG {
                Finder::ZigZag(ZigZag::new(p.float(4)))
            } else {
                Finder::Fractal(Fractal::new(p.length(LEFT), p.length(RIGHT), ties))
            },
            gates: Gates {
                major_threshold: p.float(5),
                min_atr_move: p.float(6),
                min_pct_move: p.float(7),
                alternate: p.bool(8),
                waiting: None,
            },
            high: Accepted::new(),
            low: Accepted::new(),
            last: None,
            pairs: Pairs::new(p.choice(10) == 0),
            read: None,
            unmeasured: false,
        }
    }

    /// Tells whether an output may differ from the bar before.
    fn step(&mut self, high: f64, low: f64, atr: Option<f64>) -> bool {
        let had_flags = self.high.accepted || self.low.accepted;
        self.high.clear();
        self.low.clear();
        let found = match &mut self.finder {
            Finder::Fractal(fractal) => match fractal.step(self.bar, high, low) {
                Some(found) => found,
                None => return had_flags,
            },
            Finder::ZigZag(zigzag) => zigzag.step(self.bar, high, low, atr),
        };
        for (edge, pivot) in [(Edge::High, found.high), (Edge::Low, found.low)] {
            let Some(pivot) = pivot else { continue };
            let side = if edge == Edge::High { &mut self.high } else { &mut self.low };
            if self.gates.pass(edge, pivot, self.bar, atr, side) {
                self.last = Some((edge, pivot));
                self.pairs.add(edge, pivot);
            }
        }
        had_flags || self.high.accepted || self.low.accepted
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
        let read = self.read.take();
        let mut runs = Runs::<26>::new(read.as_deref());
        let mut fresh = true;
        for t in bars(inputs[0]) {
            let (high, low, close) = (inputs[0][t], inputs[1][t], inputs[2][t]);
            if high.is_finite() && low.is_finite() && close.is_finite() {
                let atr = if self.unmeasured { None } else { self.atr.step(high, low, close, inputs[3], t) };
                if self.step(high, low, atr) || fresh {
                    runs.turn(outputs, t, |k| self.figure(k));
                    fresh = false;
                }
            } else if !fresh {
                runs.turn(outputs, t, |_| f64::NAN);
                fresh = true;
            }
            self.bar += 1;
        }
        runs.fill(outputs, inputs[0].len());
        self.read = read;
    }

    fn needs(&mut self, outputs: &[bool]) {
        self.read = Some((0..outputs.len()).filter(|&k| outputs[k]).collect());
        let fractal = matches!(self.finder, Finder::Fractal(_));
        self.unmeasured = fractal && self.gates.min_atr_move <= 0.0 && !outputs[SIGNIFICANCE].contains(&true);
    }
}
