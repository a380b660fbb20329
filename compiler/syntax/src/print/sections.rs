//! The settings of a Play as text, a line for each section; what is not given is not shown.

use std::fmt::{self, Write as _};

use diagnostics::Spanned;

use crate::ast::{
    Account, Backtest, BreakEven, Entry, Expr, Instrument, Name, Number, Play, PositionPolicy, Risk,
    RiskModel, Sizing, StopRule, TargetRule, Trailing, Validation,
};
use crate::print;

pub fn write(out: &mut String, play: &Play) -> fmt::Result {
    let policy = play.position_policy.span.map(|_| of_policy(&play.position_policy));
    for (section, line) in [
        ("account", play.account.as_ref().map(of_account)),
        ("backtest", play.backtest.as_ref().map(of_backtest)),
        ("position_policy", policy),
        ("risk", play.risk.as_ref().map(of_risk)),
        ("risk_model", play.risk_model.as_ref().map(of_model)),
        ("entry", play.entry.as_ref().map(of_entry)),
        ("validation", play.validation.as_ref().map(of_validation)),
    ] {
        if let Some(line) = line {
            writeln!(out, "{section}{}", line.0)?;
        }
    }
    Ok(())
}

/// ` key=value` for each that is given.
#[derive(Default)]
struct Line(String);

impl Line {
    fn push(mut self, key: &str, value: Option<String>) -> Line {
        if let Some(value) = value {
            self.0.push_str(&format!(" {key}={value}"));
        }
        self
    }

    fn number(self, key: &str, it: &Option<Number>) -> Line {
        self.push(key, it.as_ref().map(print::number_text))
    }

    fn name(self, key: &str, it: &Option<Name>) -> Line {
        self.push(key, it.as_ref().map(|name| name.value.clone()))
    }

    fn flag(self, key: &str, it: &Option<Spanned<bool>>) -> Line {
        self.push(key, it.as_ref().map(|flag| flag.value.to_string()))
    }

    fn expr(self, key: &str, it: &Option<Expr>) -> Line {
        self.push(key, it.as_ref().map(print::expr))
    }

    fn part(self, key: &str, it: Option<Line>) -> Line {
        self.push(key, it.map(|line| format!("({})", line.0.trim_start())))
    }
}

fn of_account(it: &Account) -> Line {
    Line::default()
        .number("starting_equity_usdt", &it.starting_equity_usdt)
        .number("max_leverage", &it.max_leverage)
        .number("max_drawdown_pct", &it.max_drawdown_pct)
        .name("margin_mode", &it.margin_mode)
        .number("taker_bps", &it.taker_bps)
        .number("maker_bps", &it.maker_bps)
        .number("slippage_bps", &it.slippage_bps)
        .number("min_trade_notional_usdt", &it.min_trade_notional_usdt)
        .number("maintenance_margin_rate", &it.maintenance_margin_rate)
        .number("mm_deduction", &it.mm_deduction)
        .name("on_sl_beyond_liq", &it.on_sl_beyond_liq)
        .number("risk_per_trade_pct", &it.risk_per_trade_pct)
}

fn of_backtest(it: &Backtest) -> Line {
    let instrument = it.instrument.as_ref().map(|instrument| match instrument {
        Instrument::Word(word) => Line(word.value.clone()),
        Instrument::Custom { tick_size, qty_step, min_qty, min_notional, .. } => Line::default()
            .number("tick_size", tick_size)
            .number("qty_step", qty_step)
            .number("min_qty", min_qty)
            .number("min_notional", min_notional),
    });
    Line::default()
        .number("equity", &it.equity)
        .number("slippage_bps", &it.slippage_bps)
        .name("end_of_data", &it.end_of_data)
        .number("warmup_tolerance", &it.warmup_tolerance)
        .part("instrument", instrument)
}

fn of_policy(it: &PositionPolicy) -> Line {
    Line::default()
        .name("mode", &it.mode)
        .name("exit_mode", &it.exit_mode)
        .number("max_positions_per_symbol", &it.max_positions_per_symbol)
        .flag("allow_flip", &it.allow_flip)
        .flag("allow_scale_in", &it.allow_scale_in)
        .flag("allow_scale_out", &it.allow_scale_out)
}

fn of_risk(it: &Risk) -> Line {
    Line::default()
        .push("block", it.block.as_ref().map(print::block_use))
        .number("stop_loss_pct", &it.stop_loss_pct)
        .part("stop_loss", it.stop_loss.as_ref().map(of_stop))
        .number("take_profit_pct", &it.take_profit_pct)
        .part("take_profit", it.take_profit.as_ref().map(of_target))
        .number("max_position_pct", &it.max_position_pct)
        .number("risk_per_trade_pct", &it.risk_per_trade_pct)
        .part("sizing", it.sizing.as_ref().map(of_sizing))
        .part("trailing", it.trailing.as_ref().map(of_trailing))
        .part("break_even", it.break_even.as_ref().map(of_break_even))
        .name("tp_order_type", &it.tp_order_type)
        .name("sl_order_type", &it.sl_order_type)
}

fn of_model(it: &RiskModel) -> Line {
    Line::default()
        .push("block", it.block.as_ref().map(print::block_use))
        .part("stop_loss", it.stop_loss.as_ref().map(of_stop))
        .part("take_profit", it.take_profit.as_ref().map(of_target))
        .part("sizing", it.sizing.as_ref().map(of_sizing))
        .part("trailing", it.trailing.as_ref().map(of_trailing))
        .part("break_even", it.break_even.as_ref().map(of_break_even))
        .name("tp_order_type", &it.tp_order_type)
        .name("sl_order_type", &it.sl_order_type)
}

fn of_stop(it: &StopRule) -> Line {
    Line::default()
        .name("type", &it.kind)
        .number("value", &it.value)
        .name("basis", &it.basis)
        .name("atr_feature_id", &it.atr_feature_id)
        .expr("level", &it.level)
        .expr("level_long", &it.level_long)
        .expr("level_short", &it.level_short)
        .number("buffer_pct", &it.buffer_pct)
        .number("atr_multiplier", &it.atr_multiplier)
        .number("trail_pct", &it.trail_pct)
        .number("activation_pct", &it.activation_pct)
}

fn of_target(it: &TargetRule) -> Line {
    Line::default()
        .name("type", &it.kind)
        .number("value", &it.value)
        .name("basis", &it.basis)
        .name("atr_feature_id", &it.atr_feature_id)
}

fn of_sizing(it: &Sizing) -> Line {
    Line::default()
        .name("model", &it.model)
        .number("value", &it.value)
        .number("max_leverage", &it.max_leverage)
        .number("max_position_pct", &it.max_position_pct)
        .flag("include_fees", &it.include_fees)
}

fn of_trailing(it: &Trailing) -> Line {
    Line::default()
        .number("atr_multiplier", &it.atr_multiplier)
        .name("atr_feature_id", &it.atr_feature_id)
        .number("trail_pct", &it.trail_pct)
        .number("activation_pct", &it.activation_pct)
}

fn of_break_even(it: &BreakEven) -> Line {
    Line::default().number("activation_pct", &it.activation_pct).number("offset_pct", &it.offset_pct)
}

fn of_entry(it: &Entry) -> Line {
    Line::default()
        .name("order_type", &it.order_type)
        .number("limit_offset_pct", &it.limit_offset_pct)
        .name("time_in_force", &it.time_in_force)
        .number("expire_after_bars", &it.expire_after_bars)
}

fn of_validation(it: &Validation) -> Line {
    Line::default().name("pattern", &it.pattern).number("seed", &it.seed).number("bars", &it.bars)
}
