//! Volume-weighted average price from a pivot on.

use serde::{Deserialize, Serialize};

use crate::kernel::State;
use crate::signature::{Builtin, Input, Kind, Output, Outputs, no_relations};
use crate::types::{Field, Type};
use crate::window::anchor::{self, Anchor, Recent};
use crate::window::exact::Total;

pub static ANCHORED_VWAP: Builtin = Builtin {
    name: "anchored_vwap",
    kind: Kind::Indicator,
    category: "volume",
    summary: "Volume-weighted average price since the last pivot of a swing structure",
    formula: "tp = (high + low + close) / 3\n\
              value = sum of tp * volume / sum of volume, both from the anchor bar on\n\
              On the bar on which a new pivot becomes known the sums begin again at the pivot's own bar \
              (up to 1,023 bars back), or at this bar with `anchor_at: confirmation`.",
    source: "TradingView Anchored VWAP, anchored by a swing structure",
    edge_cases: "Missing before the first anchor and while there is no volume since it. It never looks \
                 ahead: until the \
                 pivot is known the values are those of the anchor before. A bar with a missing price or \
                 volume is \
                 skipped.",
    inputs: &[
        Input::Bar(Field::Hlc3),
        Input::Bar(Field::Volume),
        anchor::HIGH,
        anchor::LOW,
        anchor::PAIR_HIGH,
        anchor::PAIR_LOW,
    ],
    params: &[anchor::SOURCE, anchor::AT],
    outputs: Outputs::Fixed(&[
        Output::primary("value", Type::PRICE, "the average price since the anchor").sparse(),
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
    make: |p| Box::new(AnchoredVwap::new(Anchor::new(p.choice(0), p.choice(1)))),
};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct AnchoredVwap {
    anchor: Anchor,
    recent: Recent<2>,
    begun: bool,
    money: Total,
    volume: Total,
    bars: f64,
}

impl AnchoredVwap {
    fn new(anchor: Anchor) -> AnchoredVwap {
        AnchoredVwap {
            begun: !anchor.waits(),
            anchor,
            recent: Recent::default(),
            money: Total::default(),
            volume: Total::default(),
            bars: 0.0,
        }
    }

    fn step(&mut self, price: f64, volume: f64, pivots: [f64; 2], pair: [f64; 2]) -> [f64; 2] {
        let event = self.anchor.event(pivots, pair);
        let known = price.is_finite() && volume.is_finite();
        let bar = if known { [price * volume, volume] } else { [0.0, 0.0] };
        self.recent.push(bar);
        if let Some(ago) = event {
            self.begun = true;
            (self.money, self.volume) = (Total::default(), Total::default());
            for [money, volume] in self.recent.last(ago + 1) {
                self.money.add(money);
                self.volume.add(volume);
            }
            self.bars = (ago + 1) as f64;
        } else {
            self.money.add(bar[0]);
            self.volume.add(bar[1]);
            self.bars += 1.0;
        }
        if !self.begun || !known {
            return [f64::NAN; 2];
        }
        let weight = self.volume.value();
        [if weight > 0.0 { self.money.value() / weight } else { f64::NAN }, self.bars]
    }
}

impl State for AnchoredVwap {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        let [price, volume, high, low, pair_high, pair_low] = inputs else {
            unreachable!("the row declares six inputs");
        };
        for t in 0..price.len() {
            let read = self.step(price[t], volume[t], [high[t], low[t]], [pair_high[t], pair_low[t]]);
            [outputs[0][t], outputs[1][t]] = read;
        }
    }
}
