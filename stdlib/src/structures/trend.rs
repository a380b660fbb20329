//! Trend from the order of swing highs and lows: higher highs and lows up, lower ones down.

use serde::{Deserialize, Serialize};

use super::common::{Pivot, SIDES_OR_NONE, Watch, bars, flag, put, put_missing};
use crate::kernel::State;
use crate::params::{Default, Param, ParamType};
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Range, Type, Unit};

const STRENGTH: Type = Type::Int { unit: Unit::Count, range: Range::new(0.0, 2.0) };

pub static TREND: Builtin = Builtin {
    name: "trend",
    kind: Kind::Structure,
    category: "structure",
    summary: "Trend as the order of swing highs and lows",
    formula: "A wave runs from one turning point of the swing to the next of the other side; of several\n\
              highs (lows) in a row the most extreme one is the turning point, so a wave's end may still\n\
              move outwards. A wave that ends in a high is a higher high (HH) or a lower high (LH) against\n\
              the turning-point high before it, one that ends in a low a higher low (HL) or a lower low\n\
              (LL); equal levels are neither. direction, of the last two waves, first match: HH and HL: 1;\n\
              LH and LL: -1; HH and not LL: 1; LH and not HL: -1; HL and not LH: 1; LL and not HH: -1; else\n\
              0. With one wave: its direction. wave_count = this pair of waves and how many pairs before\n\
              it, none sharing a wave, agree. strength: 0 = no trend or one wave, 1 = one pair, 2 = two or\n\
              more pairs.\n\
              bars_in_trend = bars since direction last changed (since the first bar, before any change).",
    source: "the Play v3 reference, corrected",
    edge_cases: "A bar that swing skips is skipped.",
    inputs: &[
        Input::Uses { structure: "swing", output: "high_version", optional: false },
        Input::Uses { structure: "swing", output: "high_level", optional: false },
        Input::Uses { structure: "swing", output: "high_idx", optional: false },
        Input::Uses { structure: "swing", output: "low_version", optional: false },
        Input::Uses { structure: "swing", output: "low_level", optional: false },
        Input::Uses { structure: "swing", output: "low_idx", optional: false },
    ],
    params: &[Param {
        name: "wave_history_size",
        ty: ParamType::Int { min: 2, max: 100 },
        default: Default::Int(4),
        doc: "waves remembered; bounds wave_count to half of it",
    }],
    outputs: Outputs::Fixed(&[
        Output::new("direction", Type::DIRECTION, "1 up, -1 down, 0 ranging"),
        Output::new("strength", STRENGTH, "0 weak, 1 normal, 2 strong"),
        Output::new("bars_in_trend", Type::COUNT, "bars since direction changed"),
        Output::new("wave_count", Type::COUNT, "consecutive pairs of waves that agree with direction"),
        Output::new("last_wave_direction", Type::Enum(SIDES_OR_NONE), "direction of the last wave"),
        Output::new("last_hh", Type::Bool, "the last wave up ended in a higher high"),
        Output::new("last_hl", Type::Bool, "the last wave down ended in a higher low"),
        Output::new("last_lh", Type::Bool, "the last wave up ended in a lower high"),
        Output::new("last_ll", Type::Bool, "the last wave down ended in a lower low"),
        Output::new("version", Type::COUNT, "changes of direction"),
    ]),
    check: no_relations,
    warmup: |_, _| 55,
    first: |_| 0,
    make: |p| Box::new(Trend::new(p.length(0))),
};

/// How a wave's end stands to the turning point of its side before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Step {
    Unknown,
    Higher,
    Lower,
    Equal,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Wave {
    up: bool,
    start: f64,
    end: f64,
    step: Step,
}

/// Events (new swing highs and lows) -> turning points -> waves -> direction.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trend {
    bar: u64,
    size: usize,
    highs: Watch,
    lows: Watch,
    /// The turning point that may still move outwards: (is it a high, level).
    turning: Option<(bool, f64)>,
    waves: Vec<Wave>,
    direction: i8,
    strength: u8,
    wave_count: u32,
    /// Steps of the last wave up and the last wave down.
    last_high: Step,
    last_low: Step,
    changed_at: u64,
    version: u64,
}

impl Trend {
    #[must_use]
    pub fn new(size: usize) -> Trend {
        Trend {
            bar: 0,
            size,
            highs: Watch::default(),
            lows: Watch::default(),
            turning: None,
            waves: Vec::with_capacity(size + 1),
            direction: 0,
            strength: 0,
            wave_count: 0,
            last_high: Step::Unknown,
            last_low: Step::Unknown,
            changed_at: 0,
            version: 0,
        }
    }

    fn step(&mut self, high: Option<Pivot>, low: Option<Pivot>) {
        let high_first = !matches!((high, low), (Some(h), Some(l)) if l.bar < h.bar);
        let events = [(true, high), (false, low)];
        for k in if high_first { [0, 1] } else { [1, 0] } {
            if let (is_high, Some(pivot)) = events[k] {
                self.event(is_high, pivot.level);
            }
        }
    }

    fn event(&mut self, is_high: bool, level: f64) {
        let Some((turning_high, before)) = self.turning else {
            self.turning = Some((is_high, level));
            return;
        };
        if turning_high == is_high {
            if if is_high { level < before } else { level > before } {
                return;
            }
            self.turning = Some((is_high, level));
            let Some(last) = self.waves.last_mut() else { return };
            last.end = level;
        } else {
            self.turning = Some((is_high, level));
            self.waves.push(Wave { up: is_high, start: before, end: level, step: Step::Unknown });
            if self.waves.len() > self.size {
                self.waves.remove(0);
            }
        }
        self.measure();
        self.classify();
    }

    /// The turning point of the same side before the last wave's end is where the wave before it began.
    fn measure(&mut self) {
        let Some((last, before)) = self.waves.split_last_mut() else { return };
        if let Some(before) = before.last() {
            last.step = match last.end.total_cmp(&before.start) {
                std::cmp::Ordering::Greater => Step::Higher,
                std::cmp::Ordering::Less => Step::Lower,
                std::cmp::Ordering::Equal => Step::Equal,
            };
            *(if last.up { &mut self.last_high } else { &mut self.last_low }) = last.step;
        }
    }

    fn classify(&mut self) {
        let m = self.waves.len();
        let last = self.waves[m - 1];
        let (direction, count, strength) = if m == 1 {
            (if last.up { 1 } else { -1 }, 1, 0)
        } else {
            let direction = direction_of(last, self.waves[m - 2]);
            if direction == 0 {
                (0, 0, 0)
            } else {
                let agree = self.waves[..m - 2]
                    .rchunks_exact(2)
                    .take_while(|pair| direction_of(pair[1], pair[0]) == direction)
                    .count();
                (direction, 1 + agree as u32, if agree > 0 { 2 } else { 1 })
            }
        };
        if direction != self.direction {
            self.direction = direction;
            self.changed_at = self.bar;
            self.version += 1;
        }
        self.wave_count = count;
        self.strength = strength;
    }

    fn row(&self) -> [f64; 10] {
        [
            f64::from(self.direction),
            f64::from(self.strength),
            (self.bar - self.changed_at) as f64,
            f64::from(self.wave_count),
            self.waves.last().map_or(0.0, |w| if w.up { 1.0 } else { 2.0 }),
            flag(self.last_high == Step::Higher),
            flag(self.last_low == Step::Higher),
            flag(self.last_high == Step::Lower),
            flag(self.last_low == Step::Lower),
            self.version as f64,
        ]
    }
}

fn direction_of(a: Wave, b: Wave) -> i8 {
    let (up, down) = if a.up { (a, b) } else { (b, a) };
    let (hh, lh) = (up.step == Step::Higher, up.step == Step::Lower);
    let (hl, ll) = (down.step == Step::Higher, down.step == Step::Lower);
    match () {
        () if hh && hl => 1,
        () if lh && ll => -1,
        () if hh && !ll => 1,
        () if lh && !hl => -1,
        () if hl && !lh => 1,
        () if ll && !hh => -1,
        () => 0,
    }
}

impl State for Trend {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        for t in bars(inputs[0]) {
            let [high_version, low_version] = [inputs[0][t], inputs[3][t]];
            if high_version.is_finite() && low_version.is_finite() {
                let high =
                    self.highs.moved(high_version).then(|| Pivot::read(inputs[1][t], inputs[2][t])).flatten();
                let low =
                    self.lows.moved(low_version).then(|| Pivot::read(inputs[4][t], inputs[5][t])).flatten();
                if high.is_some() || low.is_some() {
                    self.step(high, low);
                }
                put(outputs, t, self.row());
            } else {
                put_missing(outputs, t);
            }
            self.bar += 1;
        }
    }
}
