//! Liquidity: equal highs and lows, and their sweeps.

use serde::{Deserialize, Serialize};

use super::common::{ATR_KEY, Atr, Pivot, Watch, atr_warmup, bars, flag, put, put_missing};
use super::slots::BOUND;
use crate::kernel::State;
use crate::params::{Default, Param, ParamError, ParamType, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs};
use crate::types::{Field, Type};

pub static LIQUIDITY_ZONES: Builtin = Builtin {
    name: "liquidity_zones",
    kind: Kind::Structure,
    category: "structure",
    summary: "Liquidity: equal highs and lows, and their sweeps",
    formula: "Each new swing high, with every remembered one within tolerance_atr * ATR of it, is a\n\
              cluster; from min_touches on the cluster is a zone at its mean level. A zone within the\n\
              tolerance of that level is moved there instead of a new one being made. Lows likewise, on\n\
              their own.\n\
              pierced: the high is more than sweep_atr * ATR above the zone (the low below it).\n\
              swept: a bar closes back inside, on the piercing bar or one of the reclaim_bars bars after\n\
              it. taken: none of them did; the level no longer holds. A zone that was swept or taken is\n\
              gone, and so are the swings that made it or that price went through with it.\n\
              nearest_high is the lowest intact zone of highs at or above the close, nearest_low the\n\
              highest of lows at or below it.",
    source: "the Play v3 reference, corrected",
    edge_cases: "A bar with a missing high, low or close is skipped. Without ATR nothing is made or pierced.",
    inputs: &[
        Input::Bar(Field::High),
        Input::Bar(Field::Low),
        Input::Bar(Field::Close),
        Input::Feature { param: "atr_key" },
        Input::Uses { structure: "swing", output: "high_version", optional: false },
        Input::Uses { structure: "swing", output: "high_level", optional: false },
        Input::Uses { structure: "swing", output: "high_idx", optional: false },
        Input::Uses { structure: "swing", output: "low_version", optional: false },
        Input::Uses { structure: "swing", output: "low_level", optional: false },
        Input::Uses { structure: "swing", output: "low_idx", optional: false },
    ],
    params: &[
        ATR_KEY,
        Param {
            name: "tolerance_atr",
            ty: ParamType::Float { min: 0.0, max: 1000.0 },
            default: Default::Float(0.3),
            doc: "levels this near, in ATR, count as equal",
        },
        Param {
            name: "sweep_atr",
            ty: ParamType::Float { min: 0.0, max: 1000.0 },
            default: Default::Float(0.1),
            doc: "how far beyond a zone price must go to pierce it, in ATR",
        },
        Param {
            name: "min_touches",
            ty: ParamType::Int { min: 1, max: 100 },
            default: Default::Int(2),
            doc: "swings that make a zone",
        },
        Param {
            name: "max_active",
            ty: ParamType::Int { min: 1, max: 1000 },
            default: Default::Int(5),
            doc: "zones kept a side; the oldest goes first",
        },
        Param {
            name: "max_swing_history",
            ty: ParamType::Int { min: 1, max: 1000 },
            default: Default::Int(20),
            doc: "swings remembered a side",
        },
        Param {
            name: "reclaim_bars",
            ty: ParamType::Int { min: 0, max: 1000 },
            default: Default::Int(1),
            doc: "bars after the piercing one within which price must close back for a sweep; 0 = on that \
                  bar",
        },
    ],
    outputs: Outputs::Fixed(&[
        Output::new("new_zone_this_bar", Type::Bool, "a zone was made on this bar"),
        Output::new("sweep_this_bar", Type::Bool, "a sweep completed on this bar"),
        Output::new(
            "sweep_direction",
            Type::DIRECTION,
            "1 highs were swept (a bearish sign), -1 lows, 0 none or both",
        ),
        Output::new(
            "swept_level",
            BOUND,
            "zone swept on this bar; of several the outermost, highs before lows",
        )
        .sparse(),
        Output::new("nearest_high_level", BOUND, "nearest zone of highs at or above the close").sparse(),
        Output::new("nearest_low_level", BOUND, "nearest zone of lows at or below the close").sparse(),
        Output::new("nearest_high_touches", Type::COUNT, "its swings; 0 without one"),
        Output::new("nearest_low_touches", Type::COUNT, "its swings; 0 without one"),
        Output::new("version", Type::COUNT, "zones made and swept"),
        Output::new("swept_high_level", BOUND, "zone of highs swept on this bar; of several the highest")
            .sparse(),
        Output::new("swept_low_level", BOUND, "zone of lows swept on this bar; of several the lowest")
            .sparse(),
        Output::new("sweep_count_this_bar", Type::COUNT, "zones swept on this bar"),
        Output::new("swept_idx", Type::BAR_INDEX, "bar of the last swing of the zone in swept_level")
            .sparse(),
        Output::new("pierced_this_bar", Type::Bool, "price went beyond an intact zone on this bar"),
        Output::new("taken_this_bar", Type::Bool, "a pierced zone was not reclaimed in time"),
        Output::new("new_zone_level", BOUND, "level of the zone made on this bar, lows after highs").sparse(),
        Output::new("new_zone_idx", Type::BAR_INDEX, "bar of its last swing").sparse(),
    ]),
    check,
    warmup: |p, w| 11 * p.length(3) + atr_warmup(p.given(0), w),
    first: |_| 0,
    make: |p| Box::new(LiquidityZones::new(p)),
};

fn check(p: &Params) -> Result<(), ParamError> {
    if p.int(3) > p.int(5) {
        let message =
            format!("`min_touches` ({}) must not exceed `max_swing_history` ({})", p.int(3), p.int(5));
        return Err(ParamError { param: "min_touches", message });
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Zone {
    level: f64,
    /// Its outermost swing.
    top: f64,
    touches: usize,
    /// Bar of its newest swing.
    about: u64,
    pierced: Option<u64>,
}

/// One side; lows are kept negated, so that a sweep is always upwards.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Side {
    watch: Watch,
    /// A swing that was not yet taken up, for want of an ATR.
    waiting: Option<Pivot>,
    swings: Vec<Pivot>,
    /// Oldest first.
    zones: Vec<Zone>,
}

/// What happened to a side on one bar.
#[derive(Clone, Copy, Debug, Default)]
struct Events {
    made: Option<Zone>,
    /// The outermost.
    swept: Option<Zone>,
    sweeps: u32,
    pierced: bool,
    taken: bool,
}

/// intact -> pierced -> swept or taken -> gone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LiquidityZones {
    rules: Rules,
    bar: u64,
    atr: Atr,
    /// Highs, lows.
    sides: [Side; 2],
    version: u64,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Rules {
    tolerance_atr: f64,
    sweep_atr: f64,
    min_touches: usize,
    max_active: usize,
    history: usize,
    reclaim: u64,
}

impl Side {
    fn new(rules: &Rules) -> Side {
        Side {
            watch: Watch::default(),
            waiting: None,
            swings: Vec::with_capacity(rules.history + 1),
            zones: Vec::with_capacity(rules.max_active + 1),
        }
    }

    fn form(&mut self, rules: &Rules, atr: f64) -> Option<Zone> {
        let newest = self.waiting.take()?;
        if self.swings.len() == rules.history {
            self.swings.remove(0);
        }
        self.swings.push(newest);
        let tolerance = rules.tolerance_atr * atr;
        let (mut sum, mut top, mut touches) = (0.0, newest.level, 0usize);
        for swing in self.swings.iter().rev().filter(|s| (s.level - newest.level).abs() <= tolerance) {
            sum += swing.level;
            top = top.max(swing.level);
            touches += 1;
        }
        if touches < rules.min_touches {
            return None;
        }
        let level = sum / touches as f64;
        let same = |z: &&mut Zone| z.pierced.is_none() && (z.level - level).abs() <= tolerance;
        let made = Zone { level, top, touches, about: newest.bar, pierced: None };
        if let Some(zone) = self.zones.iter_mut().find(same) {
            *zone = made;
            return None;
        }
        if self.zones.len() == rules.max_active {
            self.zones.remove(0);
        }
        self.zones.push(made);
        Some(made)
    }

    fn follow(
        &mut self,
        rules: &Rules,
        [extreme, close]: [f64; 2],
        atr: Option<f64>,
        bar: u64,
        events: &mut Events,
    ) {
        let Side { zones, swings, .. } = self;
        zones.retain_mut(|zone| {
            if zone.pierced.is_none() && atr.is_some_and(|a| extreme > zone.level + rules.sweep_atr * a) {
                zone.pierced = Some(bar);
                events.pierced = true;
            }
            let Some(pierced) = zone.pierced else { return true };
            if close < zone.level {
                events.sweeps += 1;
                if events.swept.is_none_or(|s| zone.level > s.level) {
                    events.swept = Some(*zone);
                }
            } else if bar - pierced < rules.reclaim {
                return true;
            } else {
                events.taken = true;
            }
            let through = zone.top.max(extreme);
            swings.retain(|s| s.level > through);
            false
        });
    }

    fn nearest(&self, close: f64) -> Option<Zone> {
        let intact = self.zones.iter().filter(|z| z.pierced.is_none() && z.level >= close);
        intact.copied().min_by(|a, b| a.level.total_cmp(&b.level))
    }
}

impl LiquidityZones {
    #[must_use]
    pub fn new(p: &Params) -> LiquidityZones {
        let rules = Rules {
            tolerance_atr: p.float(1),
            sweep_atr: p.float(2),
            min_touches: p.length(3),
            max_active: p.length(4),
            history: p.length(5),
            reclaim: p.length(6) as u64,
        };
        let sides = [Side::new(&rules), Side::new(&rules)];
        LiquidityZones { rules, bar: 0, atr: Atr::new(p.given(0)), sides, version: 0 }
    }

    fn step(&mut self, high: f64, low: f64, close: f64, atr: Option<f64>) -> [f64; 17] {
        let mut events = [Events::default(); 2];
        let prices = [[high, close], [-low, -close]];
        for ((side, events), prices) in self.sides.iter_mut().zip(&mut events).zip(prices) {
            if let Some(atr) = atr {
                events.made = side.form(&self.rules, atr);
            }
            side.follow(&self.rules, prices, atr, self.bar, events);
            self.version += u64::from(events.made.is_some()) + u64::from(events.sweeps);
        }
        self.row(close, &events)
    }

    fn row(&self, close: f64, [highs, lows]: &[Events; 2]) -> [f64; 17] {
        let level = |zone: Option<Zone>| zone.map_or(f64::NAN, |z| z.level);
        let touches = |zone: Option<Zone>| zone.map_or(0.0, |z| z.touches as f64);
        let about = |zone: Option<Zone>| zone.map_or(f64::NAN, |z| z.about as f64);
        let (high, low) = (self.sides[0].nearest(close), self.sides[1].nearest(-close));
        let swept_level = if highs.swept.is_some() { level(highs.swept) } else { -level(lows.swept) };
        let made_level = if highs.made.is_some() { level(highs.made) } else { -level(lows.made) };
        [
            flag(highs.made.or(lows.made).is_some()),
            flag(highs.sweeps + lows.sweeps > 0),
            flag(highs.sweeps > 0) - flag(lows.sweeps > 0),
            swept_level,
            level(high),
            -level(low),
            touches(high),
            touches(low),
            self.version as f64,
            level(highs.swept),
            -level(lows.swept),
            f64::from(highs.sweeps + lows.sweeps),
            about(highs.swept.or(lows.swept)),
            flag(highs.pierced || lows.pierced),
            flag(highs.taken || lows.taken),
            made_level,
            about(highs.made.or(lows.made)),
        ]
    }
}

impl State for LiquidityZones {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        for t in bars(inputs[0]) {
            let bar = [inputs[0][t], inputs[1][t], inputs[2][t], inputs[4][t], inputs[7][t]];
            if bar.iter().all(|v| v.is_finite()) {
                let [high, low, close, highs, lows] = bar;
                let atr = self.atr.step(high, low, close, inputs[3], t);
                for (side, version, k, sign) in [(0, highs, 5, 1.0), (1, lows, 8, -1.0)] {
                    if self.sides[side].watch.moved(version) {
                        self.sides[side].waiting = Pivot::read(sign * inputs[k][t], inputs[k + 1][t]);
                    }
                }
                let row = self.step(high, low, close, atr);
                put(outputs, t, row);
            } else {
                put_missing(outputs, t);
            }
            self.bar += 1;
        }
    }
}
