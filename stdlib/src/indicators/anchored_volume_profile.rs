//! Volume profile from a pivot on.

use serde::{Deserialize, Serialize};

use crate::indicators::volume_profile::{ABOVE, AREA, BUCKETS, INSIDE, POC, POC_VOLUME, VAH, VAL, reading};
use crate::kernel::State;
use crate::params::Params;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Type};
use crate::window::anchor::{self, Anchor, Recent};
use crate::window::profile::Rows;

pub static ANCHORED_VOLUME_PROFILE: Builtin = Builtin {
    name: "anchored_volume_profile",
    kind: Kind::Indicator,
    category: "volume",
    summary: "Volume by price since the last pivot of a swing structure: point of control and value area",
    formula: "as volume_profile, over the bars from the anchor on: rows reach from the lowest low to the \
              highest high \
              since it\n\
              When the range grows the rows are read from a finer histogram of at least 16 cells a row, so \
              a row may \
              be off by the volume of one such cell at each of its edges.",
    source: "Profile from the anchor; value area as in TradingView",
    edge_cases: "Missing before the first anchor and while there is no volume since it. An anchor that \
                 lies further \
                 back than `lookback` when it becomes known is moved to that bar; from then on the profile \
                 has no \
                 limit. A bar with a missing price or volume is skipped.",
    inputs: &[
        Input::Bar(Field::High),
        Input::Bar(Field::Low),
        Input::Bar(Field::Close),
        Input::Bar(Field::Volume),
        anchor::HIGH,
        anchor::LOW,
        anchor::PAIR_HIGH,
        anchor::PAIR_LOW,
    ],
    params: &[
        BUCKETS,
        crate::params::Param::int(
            "lookback",
            1,
            1_023,
            1_023,
            "bars that the anchor may lie back when it \
                                   becomes known",
        ),
        AREA,
        anchor::SOURCE,
        anchor::AT,
    ],
    outputs: Outputs::Fixed(&[
        POC.sparse(),
        VAH.sparse(),
        VAL.sparse(),
        POC_VOLUME.sparse(),
        ABOVE.sparse(),
        INSIDE.sparse(),
        Output::new(
            "bars_since_anchor",
            Type::COUNT,
            "bars since the anchor, 1 on the anchor bar \
                     itself",
        )
        .sparse(),
    ]),
    check: no_relations,
    warmup: |_, _| 1,
    first: |_| 0,
    make: |p| Box::new(AnchoredProfile::new(p)),
};

/// Cells of the histogram for each row of the profile.
const CELLS_A_ROW: usize = 32;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct AnchoredProfile {
    share: f64,
    lookback: usize,
    anchor: Anchor,
    recent: Recent<3>,
    begun: bool,
    bars: f64,
    /// Lowest low and highest high since the anchor.
    range: [f64; 2],
    rows: Rows,
    /// Holds all volume since the anchor; its cells double in height when the range outgrows them.
    cells: Rows,
}

impl AnchoredProfile {
    fn new(p: &Params) -> AnchoredProfile {
        let anchor = Anchor::new(p.choice(3), p.choice(4));
        let mut profile = AnchoredProfile {
            share: p.float(2),
            lookback: p.length(1),
            begun: !anchor.waits(),
            anchor,
            recent: Recent::default(),
            bars: 0.0,
            range: [f64::NAN; 2],
            rows: Rows::new(p.length(0)),
            cells: Rows::new((p.length(0) * CELLS_A_ROW).next_power_of_two()),
        };
        profile.clear();
        profile
    }

    fn clear(&mut self) {
        self.range = [f64::INFINITY, f64::NEG_INFINITY];
        self.rows.lay(0.0, 0.0);
        self.cells.lay(0.0, 0.0);
    }

    fn add(&mut self, [low, high, volume]: [f64; 3]) {
        let range = [self.range[0].min(low), self.range[1].max(high)];
        self.grow(range);
        self.cells.spread(low, high, volume);
        if range == self.range {
            self.rows.spread(low, high, volume);
            return;
        }
        self.range = range;
        self.rows.lay(range[0], range[1]);
        if self.cells.height <= 0.0 {
            self.rows.volumes[0] = self.cells.volumes[0];
            return;
        }
        let (first, last) = (self.cells.row_of(range[0]), self.cells.row_of(range[1]));
        for (cell, &volume) in self.cells.volumes.iter().enumerate().take(last + 1).skip(first) {
            let bottom = self.cells.low + cell as f64 * self.cells.height;
            let top = (bottom + self.cells.height).min(range[1]);
            self.rows.spread(bottom.max(range[0]), top, volume);
        }
    }

    /// Makes the cells cover the range.
    fn grow(&mut self, range: [f64; 2]) {
        let cells = &mut self.cells;
        let count = cells.volumes.len();
        if cells.height <= 0.0 {
            if range[1] <= range[0] {
                return;
            }
            // All volume so far, if any, lies at one price: the range until now.
            let before = cells.volumes[0];
            let half = (range[1] - range[0]) / 2.0;
            cells.lay(range[0] - half, range[1] + half);
            if before > 0.0 {
                cells.spread(self.range[0], self.range[0], before);
            }
            return;
        }
        while range[0] < cells.low || range[1] > cells.low + cells.height * count as f64 {
            let downwards = range[0] < cells.low;
            let pair = |cells: &Rows, i: usize| cells.volumes[2 * i] + cells.volumes[2 * i + 1];
            if downwards {
                for i in (0..count / 2).rev() {
                    cells.volumes[count / 2 + i] = pair(cells, i);
                }
                cells.volumes[..count / 2].fill(0.0);
                cells.low -= cells.height * count as f64;
            } else {
                for i in 0..count / 2 {
                    cells.volumes[i] = pair(cells, i);
                }
                cells.volumes[count / 2..].fill(0.0);
            }
            cells.height *= 2.0;
        }
    }

    fn step(&mut self, bar: [f64; 4], pivots: [f64; 2], pair: [f64; 2]) -> [f64; 7] {
        let [high, low, close, volume] = bar;
        let event = self.anchor.event(pivots, pair);
        let known = bar.iter().all(|x| x.is_finite());
        let kept = if known { [low, high, volume.max(0.0)] } else { [f64::NAN; 3] };
        self.recent.push(kept);
        if let Some(ago) = event {
            self.begun = true;
            self.clear();
            let count = ago.min(self.lookback) + 1;
            self.bars = count as f64;
            // Bars of memory are read one by one: `add` needs the whole state.
            for back in (0..count).rev() {
                let bar = self.recent.ago(back);
                if !bar[2].is_nan() {
                    self.add(bar);
                }
            }
        } else {
            self.bars += 1.0;
            if known && self.begun {
                self.add(kept);
            }
        }
        if !self.begun || !known {
            return [f64::NAN; 7];
        }
        let [poc, vah, val, poc_volume, above, inside] = reading(&self.rows, self.share, close);
        [poc, vah, val, poc_volume, above, inside, self.bars]
    }
}

impl State for AnchoredProfile {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let [high, low, close, volume, swing_high, swing_low, pair_high, pair_low] = inputs else {
            unreachable!("the row declares eight inputs");
        };
        for t in 0..high.len() {
            let bar = [high[t], low[t], close[t], volume[t]];
            let read = self.step(bar, [swing_high[t], swing_low[t]], [pair_high[t], pair_low[t]]);
            for (slot, value) in outputs.iter_mut().zip(read) {
                slot[t] = value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against rows laid over all bars at once, exactly.
    #[test]
    fn reads_as_an_exact_profile_within_one_cell() {
        let mut p = Params::defaults(ANCHORED_VOLUME_PROFILE.params);
        p.0[3] = crate::params::Value::Choice(6);
        let mut profile = AnchoredProfile::new(&p);
        let mut bars = Vec::new();
        for t in 0..400_u32 {
            let low = 100.0 + f64::from(t) * 0.05 - f64::from(t * t % 53) / 10.0;
            let bar = [low, low + 0.3 + f64::from(t % 5), f64::from(1 + t * 31 % 11)];
            bars.push(bar);
            profile.step([bar[1], bar[0], low, bar[2]], [f64::NAN; 2], [f64::NAN; 2]);
            let mut exact = Rows::new(50);
            exact.lay(profile.range[0], profile.range[1]);
            bars.iter().for_each(|b| exact.spread(b[0], b[1], b[2]));
            let total: f64 = bars.iter().map(|b| b[2]).sum();
            for (row, (&got, &want)) in profile.rows.volumes.iter().zip(&exact.volumes).enumerate() {
                let neighbours =
                    exact.volumes[row.saturating_sub(1)].max(want).max(exact.volumes[(row + 1).min(49)]);
                let cell = 2.0 * neighbours.max(0.02 * total) / 16.0;
                assert!((got - want).abs() <= cell, "bar {t} row {row}: {got} against {want}");
            }
            assert!((profile.rows.volumes.iter().sum::<f64>() - total).abs() < 1e-9 * total);
        }
    }
}
