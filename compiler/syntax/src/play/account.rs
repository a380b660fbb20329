//! `account:` money, leverage, fees.

use crate::ast::{Account, Number};
use crate::read::{Cx, Fields};
use crate::yaml::Entry;

const KEYS: &[&str] = &[
    "starting_equity_usdt",
    "max_leverage",
    "max_drawdown_pct",
    "margin_mode",
    "fee_model",
    "slippage_bps",
    "min_trade_notional_usdt",
    "maintenance_margin_rate",
    "mm_deduction",
    "on_sl_beyond_liq",
    "risk_per_trade_pct",
];

pub fn read(cx: &mut Cx, entry: &Entry) -> Option<Account> {
    let fields = Fields::open(cx, &entry.key, &entry.value, KEYS)?;
    let fees = fields.get(cx, "fee_model");
    let (taker_bps, maker_bps) = match fees {
        Some(fees) => fee_model(cx, fees),
        None => (None, None),
    };
    Some(Account {
        starting_equity_usdt: above_zero(cx, &fields, "starting_equity_usdt"),
        max_leverage: above_zero(cx, &fields, "max_leverage"),
        max_drawdown_pct: fields.number_where(
            cx,
            "max_drawdown_pct",
            "must be above 0 and at most 100",
            |v| v > 0.0 && v <= 100.0,
        ),
        margin_mode: fields.word(cx, "margin_mode", &["isolated_usdt"]),
        taker_bps,
        maker_bps,
        fee_model: fees.map(|e| e.key.span.to(e.value.span)),
        slippage_bps: at_least_zero(cx, &fields, "slippage_bps"),
        min_trade_notional_usdt: at_least_zero(cx, &fields, "min_trade_notional_usdt"),
        maintenance_margin_rate: fields.number_where(
            cx,
            "maintenance_margin_rate",
            "must be at least 0 and below 1",
            |v| (0.0..1.0).contains(&v),
        ),
        mm_deduction: at_least_zero(cx, &fields, "mm_deduction"),
        on_sl_beyond_liq: fields.word(cx, "on_sl_beyond_liq", &["reject", "adjust", "warn"]),
        risk_per_trade_pct: above_zero(cx, &fields, "risk_per_trade_pct"),
        span: fields.span,
    })
}

fn fee_model(cx: &mut Cx, entry: &Entry) -> (Option<Number>, Option<Number>) {
    let Some(fields) = Fields::open(cx, &entry.key, &entry.value, &["taker_bps", "maker_bps"]) else {
        return (None, None);
    };
    // A maker fee may be negative: a rebate.
    (at_least_zero(cx, &fields, "taker_bps"), fields.number(cx, "maker_bps"))
}

pub fn above_zero(cx: &mut Cx, fields: &Fields, key: &str) -> Option<Number> {
    fields.number_where(cx, key, "must be above 0", |v| v > 0.0)
}

pub fn at_least_zero(cx: &mut Cx, fields: &Fields, key: &str) -> Option<Number> {
    fields.number_where(cx, key, "must not be below 0", |v| v >= 0.0)
}
