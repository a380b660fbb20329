//! Pairs accepted highs and lows into legs.

use serde::{Deserialize, Serialize};

use super::super::common::{Pivot, name_of};
use super::gates::Edge;

/// A completed leg.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Leg {
    pub high: Pivot,
    pub low: Pivot,
    /// Low first, then high.
    pub bullish: bool,
}

impl Leg {
    fn new(from: Pivot, to: Pivot, to_edge: Edge) -> Leg {
        match to_edge {
            Edge::High => Leg { high: to, low: from, bullish: true },
            Edge::Low => Leg { high: from, low: to, bullish: false },
        }
    }

    /// 48 bits that name the leg, exact as a float.
    pub fn id(&self) -> u64 {
        let Leg { high, low, bullish } = *self;
        name_of(&[high.bar, high.level.to_bits(), low.bar, low.level.to_bits(), u64::from(bullish)]) >> 16
    }
}

/// none -> pending X; pending X + X -> the more extreme of both; pending X + Y -> a leg from X to Y, Y is
/// pending.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Pairs {
    extend: bool,
    pending: Option<(Edge, Pivot)>,
    pub leg: Option<Leg>,
    pub version: u64,
}

impl Pairs {
    pub fn new(extend: bool) -> Pairs {
        Pairs { extend, pending: None, leg: None, version: 0 }
    }

    pub fn add(&mut self, edge: Edge, pivot: Pivot) {
        let Some((waiting, before)) = self.pending else {
            self.pending = Some((edge, pivot));
            return;
        };
        if waiting != edge {
            self.pending = Some((edge, pivot));
            self.complete(Leg::new(before, pivot, edge));
            return;
        }
        if edge.beyond(before.level, pivot.level) {
            return;
        }
        self.pending = Some((edge, pivot));
        if let (true, Some(leg)) = (self.extend, self.leg) {
            let from = if edge == Edge::High { leg.low } else { leg.high };
            self.complete(Leg::new(from, pivot, edge));
        }
    }

    fn complete(&mut self, leg: Leg) {
        self.leg = Some(leg);
        self.version += 1;
    }
}
