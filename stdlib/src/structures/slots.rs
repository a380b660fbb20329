//! The zones that gaps, order blocks and breakers keep: active, then mitigated, then gone.

use serde::{Deserialize, Serialize};

use super::common::flag;
use crate::params::{Default, Param, ParamType};
use crate::types::{Range, Type, Unit};

/// Bounds may lie anywhere: prices may be negative.
pub(super) const BOUND: Type = Type::Float { unit: Unit::Price, range: Range::ANY };

pub(super) const MAX_ACTIVE: Param = Param {
    name: "max_active",
    ty: ParamType::Int { min: 1, max: 1000 },
    default: Default::Int(5),
    doc: "zones kept, both directions together: so many active ones, and so many mitigated ones beside them",
};

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Slot {
    pub bullish: bool,
    pub upper: f64,
    pub lower: f64,
    /// The bar it speaks of, and the bar on which it was made.
    pub about: u64,
    pub made: u64,
    pub touched: bool,
    pub mitigated: bool,
    /// How far price came into it, 0 to 1. Only gaps use it.
    pub fill: f64,
}

impl Slot {
    pub fn direction(&self) -> f64 {
        if self.bullish { 1.0 } else { -1.0 }
    }

    /// A close beyond the far side ends it.
    pub fn fails(&self, close: f64) -> bool {
        if self.bullish { close < self.lower } else { close > self.upper }
    }

    /// Price came back to its near side.
    pub fn reached(&self, high: f64, low: f64) -> bool {
        if self.bullish { low <= self.upper } else { high >= self.lower }
    }
}

/// What happened to the zones on one bar; of several of a kind, the slot of the newest zone.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Events {
    pub new: Option<Slot>,
    pub touched: Option<Slot>,
    pub mitigated: Option<Slot>,
    pub invalidated: Option<Slot>,
    pub invalidated_count: u32,
}

/// Newest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Slots {
    all: Vec<Slot>,
    max_active: usize,
    pub events: Events,
    pub last_mitigated: Option<Slot>,
    pub last_invalidated: Option<Slot>,
    /// Zones made.
    pub version: u64,
}

impl Slots {
    pub fn new(max_active: usize) -> Slots {
        Slots {
            all: Vec::with_capacity(2 * max_active + 2),
            max_active,
            events: Events::default(),
            last_mitigated: None,
            last_invalidated: None,
            version: 0,
        }
    }

    pub fn add(&mut self, slot: Slot) {
        self.all.insert(0, slot);
        self.events.new = Some(slot);
        self.version += 1;
    }

    /// Tests every zone against this bar, drops those that failed, then keeps the newest `max_active` of
    /// each state. `mitigate` moves a zone's fill on and tells whether that mitigates it; it is not asked
    /// about zones that fail.
    pub fn follow(&mut self, [high, low, close]: [f64; 3], bar: u64, mitigate: impl Fn(&mut Slot) -> bool) {
        let events = &mut self.events;
        self.all.retain_mut(|slot| {
            if slot.made == bar {
                return true;
            }
            let reached = slot.reached(high, low);
            if reached && !slot.touched {
                slot.touched = true;
                events.touched.get_or_insert(*slot);
            }
            if slot.fails(close) {
                events.invalidated.get_or_insert(*slot);
                events.invalidated_count += 1;
                return false;
            }
            if reached && !slot.mitigated && mitigate(slot) {
                slot.mitigated = true;
                events.mitigated.get_or_insert(*slot);
            }
            true
        });
        self.last_mitigated = events.mitigated.or(self.last_mitigated);
        self.last_invalidated = events.invalidated.or(self.last_invalidated);
        if events.new.is_some() || events.mitigated.is_some() {
            self.prune();
        }
    }

    fn prune(&mut self) {
        let (mut active, mut mitigated) = (0, 0);
        let keep = self.max_active;
        self.all.retain(|slot| {
            let count = if slot.mitigated { &mut mitigated } else { &mut active };
            *count += 1;
            *count <= keep
        });
    }

    pub fn begin(&mut self) {
        self.events = Events::default();
    }

    /// The first outputs of every detector of zones: the new zone, the nearest ones, how many there are, whether one
    /// was mitigated.
    pub fn figures(&self, bulls: Active, bears: Active) -> [f64; 11] {
        let Events { new, mitigated, .. } = self.events;
        let (bull, bear) = (bulls.nearest, bears.nearest);
        [
            flag(new.is_some()),
            direction(new),
            of(new, |s| s.upper),
            of(new, |s| s.lower),
            of(bull, |s| s.upper),
            of(bull, |s| s.lower),
            of(bear, |s| s.upper),
            of(bear, |s| s.lower),
            f64::from(bulls.count),
            f64::from(bears.count),
            flag(mitigated.is_some()),
        ]
    }

    /// The active zones, bullish then bearish, seen from this close.
    pub fn active(&self, close: f64) -> [Active; 2] {
        let mut sides = [Active { count: 0, nearest: None, distance: f64::INFINITY }; 2];
        for slot in self.all.iter().filter(|s| !s.mitigated) {
            let side = &mut sides[usize::from(!slot.bullish)];
            side.count += 1;
            let distance = (close - (slot.upper + slot.lower) / 2.0).abs();
            if distance < side.distance {
                side.distance = distance;
                side.nearest = Some(*slot);
            }
        }
        sides
    }
}

/// A row from the figures that all detectors of zones begin with and their own.
pub(super) fn joined<const A: usize, const B: usize, const N: usize>(
    first: [f64; A],
    own: [f64; B],
) -> [f64; N] {
    let mut row = [0.0; N];
    row[..A].copy_from_slice(&first);
    row[A..].copy_from_slice(&own);
    row
}

/// The active zones of one direction.
#[derive(Clone, Copy)]
pub(super) struct Active {
    pub count: u32,
    /// The one whose middle is nearest to the close; the newest of equally near ones.
    pub nearest: Option<Slot>,
    distance: f64,
}

/// A figure of a zone, or missing.
pub(super) fn of(slot: Option<Slot>, figure: fn(&Slot) -> f64) -> f64 {
    slot.as_ref().map_or(f64::NAN, figure)
}

/// Direction of a zone; 0 without one.
pub(super) fn direction(slot: Option<Slot>) -> f64 {
    slot.as_ref().map_or(0.0, Slot::direction)
}
