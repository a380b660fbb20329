//! Decides which candidates are accepted as pivots, and keeps the accepted ones of each side.

use serde::{Deserialize, Serialize};

use super::super::common::Pivot;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Edge {
    High,
    Low,
}

impl Edge {
    /// Whether `level` goes beyond `other`, seen from this side.
    pub fn beyond(self, level: f64, other: f64) -> bool {
        match self {
            Edge::High => level > other,
            Edge::Low => level < other,
        }
    }
}

/// The accepted pivots of one side; the flags speak of this bar.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Accepted {
    pub last: Option<Pivot>,
    pub known: Option<u64>,
    pub version: u64,
    pub significance: f64,
    pub major: bool,
    pub accepted: bool,
    pub replaced: bool,
}

impl Accepted {
    pub fn new() -> Accepted {
        Accepted {
            last: None,
            known: None,
            version: 0,
            significance: f64::NAN,
            major: false,
            accepted: false,
            replaced: false,
        }
    }

    pub fn clear(&mut self) {
        self.accepted = false;
        self.replaced = false;
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Gates {
    pub major_threshold: f64,
    /// 0 = no such gate, here and below.
    pub min_atr_move: f64,
    pub min_pct_move: f64,
    pub alternate: bool,
    /// The last accepted pivot: under alternation the next must be of the other side, or beyond it.
    pub waiting: Option<(Edge, f64)>,
}

impl Gates {
    /// Accepts or rejects a candidate; tells whether it was accepted.
    pub fn pass(
        &mut self,
        edge: Edge,
        found: Pivot,
        now: u64,
        atr: Option<f64>,
        side: &mut Accepted,
    ) -> bool {
        if !self.far_enough(found, atr, side) {
            return false;
        }
        let replaces = matches!(self.waiting, Some((waiting, _)) if waiting == edge);
        if self.alternate {
            if replaces && !self.waiting.is_some_and(|(_, level)| edge.beyond(found.level, level)) {
                return false;
            }
            self.waiting = Some((edge, found.level));
        }
        side.significance = match (side.last, atr) {
            (Some(last), Some(atr)) => (found.level - last.level).abs() / atr,
            _ => f64::NAN,
        };
        side.major = side.significance >= self.major_threshold;
        side.last = Some(found);
        side.known = Some(now);
        side.version += 1;
        side.accepted = true;
        side.replaced = self.alternate && replaces;
        true
    }

    /// A distance that cannot be measured, for want of an ATR, is not far enough.
    fn far_enough(&self, found: Pivot, atr: Option<f64>, side: &Accepted) -> bool {
        let Some(last) = side.last else { return true };
        let distance = (found.level - last.level).abs();
        let in_atr = self.min_atr_move <= 0.0 || atr.is_some_and(|a| distance >= self.min_atr_move * a);
        let in_pct = self.min_pct_move <= 0.0
            || last.level == 0.0
            || 100.0 * distance / last.level.abs() >= self.min_pct_move;
        in_atr && in_pct
    }
}
