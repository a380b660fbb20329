//! Where price stands in the swing's pair.

use serde::{Deserialize, Serialize};

use super::common::{bars, put, put_missing};
use crate::kernel::State;
use crate::params::{Default, Param, ParamError, ParamType, Params};
use crate::signature::{Builtin, Input, Kind, Output, Outputs};
use crate::types::{Field, Range, Type, Unit};

const DEPTH: Type = Type::Float { unit: Unit::Ratio, range: Range::UNIT };
const ZONES: &[&str] = &["none", "premium", "discount", "equilibrium"];

pub static PREMIUM_DISCOUNT: Builtin = Builtin {
    name: "premium_discount",
    kind: Kind::Structure,
    category: "structure",
    summary: "Premium and discount: where price stands in the swing's pair",
    formula: "With the pair's high H and low L and S = H - L:\n\
              equilibrium = L + S / 2, premium_level = L + premium_from * S, discount_level = L +\n\
              discount_to * S zone: premium at or above premium_level, discount at or below discount_level,\n\
              equilibrium between them (and on a price that is both); beyond the pair it stays premium or\n\
              discount.\n\
              depth_pct = (close - L) / S, within 0 and 1",
    source: "ICT usage (halves) by default; 0.75 and 0.25 give the Play v3 reference",
    edge_cases: "Missing, and zone none, before the first pair. A pair without height (S <= 0) is \
                 equilibrium, depth 0.5.",
    inputs: &[
        Input::Bar(Field::Close),
        Input::Uses { structure: "swing", output: "pair_version", optional: false },
        Input::Uses { structure: "swing", output: "pair_high_level", optional: false },
        Input::Uses { structure: "swing", output: "pair_low_level", optional: false },
    ],
    params: &[
        Param {
            name: "premium_from",
            ty: ParamType::Float { min: 0.0, max: 1.0 },
            default: Default::Float(0.5),
            doc: "share of the pair's height from which price is at a premium",
        },
        Param {
            name: "discount_to",
            ty: ParamType::Float { min: 0.0, max: 1.0 },
            default: Default::Float(0.5),
            doc: "share of the pair's height up to which price is at a discount",
        },
    ],
    outputs: Outputs::Fixed(&[
        Output::new("equilibrium", Type::PRICE, "middle of the pair").sparse(),
        Output::new("premium_level", Type::PRICE, "premium begins here").sparse(),
        Output::new("discount_level", Type::PRICE, "discount ends here").sparse(),
        Output::new("zone", Type::Enum(ZONES), "where the close is"),
        Output::new("depth_pct", DEPTH, "0 at the low of the pair, 1 at its high").sparse(),
        Output::new("version", Type::COUNT, "changes of zone"),
    ]),
    check,
    warmup: |_, _| 11,
    first: |_| 0,
    make: |p| Box::new(PremiumDiscount::new(p)),
};

fn check(p: &Params) -> Result<(), ParamError> {
    if p.float(1) > p.float(0) {
        let message =
            format!("`discount_to` ({}) must not exceed `premium_from` ({})", p.float(1), p.float(0));
        return Err(ParamError { param: "discount_to", message });
    }
    Ok(())
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PremiumDiscount {
    premium_from: f64,
    discount_to: f64,
    zone: usize,
    version: u64,
}

const NONE: usize = 0;
const PREMIUM: usize = 1;
const DISCOUNT: usize = 2;
const EQUILIBRIUM: usize = 3;

impl PremiumDiscount {
    #[must_use]
    pub fn new(p: &Params) -> PremiumDiscount {
        PremiumDiscount { premium_from: p.float(0), discount_to: p.float(1), zone: NONE, version: 0 }
    }

    fn step(&mut self, close: f64, high: f64, low: f64) -> [f64; 6] {
        let missing = f64::NAN;
        let span = high - low;
        let (zone, [equilibrium, premium, discount, depth]) = if span.is_nan() {
            (NONE, [missing; 4])
        } else if span <= 0.0 {
            (EQUILIBRIUM, [high, high, low, 0.5])
        } else {
            let premium = low + self.premium_from * span;
            let discount = low + self.discount_to * span;
            let zone = match (close >= premium, close <= discount) {
                (true, false) => PREMIUM,
                (false, true) => DISCOUNT,
                _ => EQUILIBRIUM,
            };
            (zone, [low + 0.5 * span, premium, discount, ((close - low) / span).clamp(0.0, 1.0)])
        };
        if zone != self.zone {
            self.zone = zone;
            self.version += 1;
        }
        [equilibrium, premium, discount, zone as f64, depth, self.version as f64]
    }
}

impl State for PremiumDiscount {
    fn run(&mut self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) {
        for t in bars(inputs[0]) {
            if inputs[0][t].is_finite() && inputs[1][t].is_finite() {
                let row = self.step(inputs[0][t], inputs[2][t], inputs[3][t]);
                put(outputs, t, row);
            } else {
                put_missing(outputs, t);
            }
        }
    }
}
