//! `backtest:` what a simulation starts from.

use crate::ast::{Backtest, Instrument};
use crate::play::account::{above_zero, at_least_zero};
use crate::read::{Cx, Fields, word};
use crate::yaml::{Entry, Kind};

const KEYS: &[&str] = &["equity", "slippage_bps", "end_of_data", "warmup_tolerance", "instrument"];
const INSTRUMENT_KEYS: &[&str] = &["tick_size", "qty_step", "min_qty", "min_notional"];

pub fn read(cx: &mut Cx, entry: &Entry) -> Option<Backtest> {
    let fields = Fields::open(cx, &entry.key, &entry.value, KEYS)?;
    Some(Backtest {
        equity: above_zero(cx, &fields, "equity"),
        slippage_bps: at_least_zero(cx, &fields, "slippage_bps"),
        end_of_data: fields.word(cx, "end_of_data", &["close", "mark"]),
        warmup_tolerance: fields
            .number_where(cx, "warmup_tolerance", "must be above 0 and at most 1", |v| v > 0.0 && v <= 1.0),
        instrument: instrument(cx, &fields),
        span: fields.span,
    })
}

fn instrument(cx: &mut Cx, fields: &Fields) -> Option<Instrument> {
    let entry = fields.get(cx, "instrument")?;
    if let Kind::Scalar(_) = entry.value.kind {
        return word(cx, "instrument", &entry.value, &["exchange", "none"]).map(Instrument::Word);
    }
    let custom = Fields::open(cx, &entry.key, &entry.value, INSTRUMENT_KEYS)?;
    Some(Instrument::Custom {
        tick_size: at_least_zero(cx, &custom, "tick_size"),
        qty_step: at_least_zero(cx, &custom, "qty_step"),
        min_qty: at_least_zero(cx, &custom, "min_qty"),
        min_notional: at_least_zero(cx, &custom, "min_notional"),
        span: custom.span,
    })
}
