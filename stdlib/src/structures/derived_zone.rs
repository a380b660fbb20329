//! Zones around the Fibonacci levels of each swing pair, kept in slots.

use serde::{Deserialize, Serialize};

use super::common::{Watch, bars, flag, name_of, put_missing};
use super::slots::BOUND;
use crate::kernel::State;
use crate::params::{Default, Param, ParamError, ParamType, Params};
use crate::signature::{Builtin, Family, Input, Kind, Output, Outputs};
use crate::types::{Field, Range, Type, Unit};

const STATES: &[&str] = &["none", "active", "broken"];
const ID: Type = Type::Int { unit: Unit::Scalar, range: Range::new(0.0, 4_294_967_295.0) };
const RATIO: Type = Type::Float { unit: Unit::Ratio, range: Range::ANY };

pub static DERIVED_ZONE: Builtin = Builtin {
    name: "derived_zone",
    kind: Kind::Structure,
    category: "structure",
    summary: "Zones around the Fibonacci levels of each swing pair",
    formula: "On every new pair (of the swing's pair_version; with use_paired_source: false on every new\n\
              pivot) with high H above low L each level q makes a zone around\n\
              retracement: H - q (H - L)\n\
              extension: H + q (H - L), for a bearish pair L - q (H - L)\n\
              of height width_pct (a fraction of that price). A zone whose middle is at or below the close\n\
              of the bar it is made on is a support, else a resistance. From the next bar on it breaks when\n\
              a close lies beyond its far side by more than break_tolerance_pct (a fraction): below a\n\
              support, above a resistance. inside: the close lies within the bounds. touched: it came\n\
              inside on this bar.\n\
              Slots: active zones first, newest pair first, within a pair in the order of `levels`; broken\n\
              zones follow in the places that are left. The oldest broken zone gives way first, then the\n\
              oldest active; of one pair with more levels than slots the first levels stay.",
    source: "the Play v3 reference, corrected",
    edge_cases: "Outputs of an empty slot are missing, its state none, its flags and counts 0. A bar with \
                 a missing close is skipped. A pair whose high is not above its low makes no zones.",
    inputs: &[
        Input::Bar(Field::Close),
        Input::Uses { structure: "swing", output: "version", optional: false },
        Input::Uses { structure: "swing", output: "high_level", optional: false },
        Input::Uses { structure: "swing", output: "low_level", optional: false },
        Input::Uses { structure: "swing", output: "pair_version", optional: false },
        Input::Uses { structure: "swing", output: "pair_high_level", optional: false },
        Input::Uses { structure: "swing", output: "pair_low_level", optional: false },
        Input::Uses { structure: "swing", output: "pair_direction", optional: false },
    ],
    params: &[
        Param {
            name: "levels",
            ty: ParamType::List { min: -100.0, max: 100.0 },
            default: Default::List(&[0.382, 0.5, 0.618]),
            doc: "the ratios",
        },
        Param {
            name: "max_active",
            ty: ParamType::Int { min: 1, max: 100 },
            default: Default::Int(5),
            doc: "number of slots",
        },
        Param {
            name: "mode",
            ty: ParamType::Choice(&["retracement", "extension"]),
            default: Default::Choice("retracement"),
            doc: "from where the ratios are measured",
        },
        Param {
            name: "width_pct",
            ty: ParamType::Float { min: 1e-9, max: 1.0 },
            default: Default::Float(0.002),
            doc: "height of a zone as a fraction of its price (0.002 = 0.2 %)",
        },
        Param {
            name: "use_paired_source",
            ty: ParamType::Bool,
            default: Default::Bool(true),
            doc: "zones of the swing's pair; false: of the last high and the last low",
        },
        Param {
            name: "break_tolerance_pct",
            ty: ParamType::Float { min: 0.0, max: 1.0 },
            default: Default::Float(0.001),
            doc: "how far beyond a zone a close must be to break it, as a fraction of the bound (0.001 = \
                  0.1 %)",
        },
    ],
    outputs: Outputs::Family { families: FAMILIES, outputs },
    check,
    warmup: |_, _| 12,
    first: |_| 0,
    make: |p| Box::new(DerivedZone::new(p)),
};

const FAMILIES: &[Family] = &[Family {
    pattern: "zone[<slot>].<field>",
    doc: "field of a slot, from zone[0] to zone[max_active - 1]; the output's name is such as zone0_state",
}];

fn outputs(p: &Params) -> Vec<Output> {
    let fields: [(&str, Type, &str, bool); SLOT_FIELDS] = [
        ("lower", BOUND, "lower bound", true),
        ("upper", BOUND, "upper bound", true),
        ("state", Type::Enum(STATES), "state", false),
        ("anchor_idx", Type::BAR_INDEX, "bar on which the zone was made", true),
        ("age_bars", Type::COUNT, "bars since then", true),
        ("touched_this_bar", Type::Bool, "the close came inside on this bar", false),
        ("touch_count", Type::COUNT, "times the close came inside", false),
        ("last_touch_age", Type::COUNT, "bars since the last touch", true),
        ("inside", Type::Bool, "the close lies within the bounds", false),
        ("instance_id", ID, "a number that names the zone while it changes slots", true),
        ("level", RATIO, "ratio of the zone", true),
    ];
    let slots = p.length(1);
    let mut all = Vec::with_capacity(slots * SLOT_FIELDS + 11);
    for slot in 0..slots {
        for (name, ty, doc, sparse) in fields {
            let (name, doc) = (format!("zone{slot}_{name}").into(), format!("slot {slot}: {doc}").into());
            all.push(Output { name, ty, primary: false, sparse, doc });
        }
    }
    all.extend([
        Output::new("active_count", Type::COUNT, "active zones"),
        Output::new("any_active", Type::Bool, "there is an active zone"),
        Output::new("any_touched", Type::Bool, "an active zone was touched on this bar"),
        Output::new("any_inside", Type::Bool, "the close lies within an active zone"),
        Output::new("first_active_lower", BOUND, "lower bound of the first active slot").sparse(),
        Output::new("first_active_upper", BOUND, "its upper bound").sparse(),
        Output::new("first_active_idx", Type::COUNT, "number of the first active slot").sparse(),
        Output::new("newest_active_idx", Type::BAR_INDEX, "bar on which the newest active zone was made")
            .sparse(),
        Output::new(
            "source_version",
            Type::COUNT,
            "version of the pair (pivots) that zones were last made from",
        ),
        Output::new("any_broken_this_bar", Type::Bool, "a zone broke on this bar"),
        Output::new("new_this_bar", Type::Bool, "zones were made on this bar"),
    ]);
    all
}

const SLOT_FIELDS: usize = 11;

fn check(p: &Params) -> Result<(), ParamError> {
    let levels = p.list(0);
    match levels.iter().enumerate().find(|(i, q)| levels[..*i].contains(q)) {
        Some((_, q)) => {
            Err(ParamError { param: "levels", message: format!("the ratio {q} is listed twice") })
        }
        None => Ok(()),
    }
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Zone {
    ratio: f64,
    /// Place of the ratio in `levels`.
    order: usize,
    lower: f64,
    upper: f64,
    support: bool,
    made: u64,
    id: u32,
    broken: bool,
    inside: bool,
    touched: bool,
    touches: u32,
    last_touch: Option<u64>,
}

/// A slot: none -> active -> broken -> none.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DerivedZone {
    levels: Vec<f64>,
    slots: usize,
    extension: bool,
    width: f64,
    paired: bool,
    tolerance: f64,
    bar: u64,
    source: Watch,
    version: u64,
    /// Active ones first, then broken ones; each newest first.
    zones: Vec<Zone>,
}

impl DerivedZone {
    #[must_use]
    pub fn new(p: &Params) -> DerivedZone {
        let slots = p.length(1);
        DerivedZone {
            levels: p.list(0).iter().copied().take(slots).collect(),
            slots,
            extension: p.choice(2) == 1,
            width: p.float(3),
            paired: p.bool(4),
            tolerance: p.float(5),
            bar: 0,
            source: Watch::default(),
            version: 0,
            zones: Vec::with_capacity(2 * slots),
        }
    }

    /// New zones go to the front; what no longer fits leaves from the back, where the broken ones are.
    fn make(&mut self, high: f64, low: f64, bearish: bool, close: f64) {
        let span = high - low;
        for k in (0..self.levels.len()).rev() {
            let ratio = self.levels[k];
            let middle = match (self.extension, bearish) {
                (false, _) => high - ratio * span,
                (true, false) => high + ratio * span,
                (true, true) => low - ratio * span,
            };
            let half = middle.abs() * self.width / 2.0;
            let zone = Zone {
                ratio,
                order: k,
                lower: middle - half,
                upper: middle + half,
                support: middle <= close,
                made: self.bar,
                id: self.id(ratio, high, low),
                broken: false,
                inside: false,
                touched: false,
                touches: 0,
                last_touch: None,
            };
            self.zones.insert(0, zone);
        }
        self.zones.truncate(self.slots);
    }

    fn id(&self, ratio: f64, high: f64, low: f64) -> u32 {
        (name_of(&[self.version, ratio.to_bits(), high.to_bits(), low.to_bits()]) >> 32) as u32
    }

    /// Tells whether a zone broke. Broken zones move behind the active ones.
    fn follow(&mut self, close: f64) -> bool {
        let mut any_broke = false;
        for zone in &mut self.zones {
            zone.touched = false;
            if zone.broken {
                continue;
            }
            let was_inside = zone.inside;
            zone.inside = zone.lower <= close && close <= zone.upper;
            if zone.inside && !was_inside {
                zone.touched = true;
                zone.touches += 1;
                zone.last_touch = Some(self.bar);
            }
            let fell = zone.support && close < zone.lower - zone.lower.abs() * self.tolerance;
            let rose = !zone.support && close > zone.upper + zone.upper.abs() * self.tolerance;
            if zone.made < self.bar && (fell || rose) {
                zone.broken = true;
                any_broke = true;
            }
        }
        if any_broke {
            self.sink_broken();
        }
        any_broke
    }

    /// A stable partition in place, without allocation.
    fn sink_broken(&mut self) {
        let mut active = 0;
        for k in 0..self.zones.len() {
            if !self.zones[k].broken {
                self.zones[active..=k].rotate_right(1);
                active += 1;
            }
        }
        self.zones[active..].sort_unstable_by_key(|z| (std::cmp::Reverse(z.made), z.order));
    }

    fn write(&self, outputs: &mut [&mut [f64]], t: usize, made: bool, broke: bool) {
        let (slots, rest) = outputs.split_at_mut(self.slots * SLOT_FIELDS);
        for (k, columns) in slots.chunks_exact_mut(SLOT_FIELDS).enumerate() {
            let row = slot_row(self.zones.get(k), self.bar);
            for (column, value) in columns.iter_mut().zip(row) {
                column[t] = value;
            }
        }
        let active = self.zones.iter().take_while(|z| !z.broken).count();
        let first = self.zones.first().filter(|z| !z.broken);
        let figure = |of: fn(&Zone) -> f64| first.map_or(f64::NAN, of);
        let any = |of: fn(&Zone) -> bool| flag(self.zones[..active].iter().any(of));
        let row = [
            active as f64,
            flag(active > 0),
            any(|z| z.touched),
            any(|z| z.inside),
            figure(|z| z.lower),
            figure(|z| z.upper),
            figure(|_| 0.0),
            figure(|z| z.made as f64),
            self.version as f64,
            flag(broke),
            flag(made),
        ];
        for (column, value) in rest.iter_mut().zip(row) {
            column[t] = value;
        }
    }
}

fn slot_row(zone: Option<&Zone>, bar: u64) -> [f64; SLOT_FIELDS] {
    let none = f64::NAN;
    let Some(z) = zone else {
        return [none, none, 0.0, none, none, 0.0, 0.0, none, 0.0, none, none];
    };
    [
        z.lower,
        z.upper,
        if z.broken { 2.0 } else { 1.0 },
        z.made as f64,
        (bar - z.made) as f64,
        flag(z.touched),
        f64::from(z.touches),
        z.last_touch.map_or(none, |touch| (bar - touch) as f64),
        flag(z.inside && !z.broken),
        f64::from(z.id),
        z.ratio,
    ]
}

impl State for DerivedZone {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let [version, high, low] = if self.paired { [4, 5, 6] } else { [1, 2, 3] };
        for t in bars(inputs[0]) {
            let (close, now) = (inputs[0][t], inputs[version][t]);
            if close.is_finite() && now.is_finite() {
                let mut made = false;
                if self.source.moved(now) {
                    self.version = now as u64;
                    // A missing end compares false and makes no zones.
                    made = inputs[high][t] > inputs[low][t];
                    if made {
                        self.make(inputs[high][t], inputs[low][t], self.paired && inputs[7][t] == 1.0, close);
                    }
                }
                let broke = self.follow(close);
                self.write(outputs, t, made, broke);
            } else {
                put_missing(outputs, t);
            }
            self.bar += 1;
        }
    }
}
