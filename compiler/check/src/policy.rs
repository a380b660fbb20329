//! Account, risk and orders with every default filled in (X2 to X9).

mod lints;
mod rules;

use bytecode::policy::{
    Account, BreakEven, EndOfData, Entry, ExitMode, Instrument, LimitEntry, Mode, OrderType, Policy, Sizing,
    SizingModel, StopBeyondLiquidation, TimeInForce,
};
use ir::{Block, ValueId};
use resolve::resolved::{Name, Number};
use syntax::ast;

use crate::{Checker, report};

const EQUITY_USDT: f64 = 10_000.0;
const TAKER_BPS: f64 = 5.5;
const MAKER_BPS: f64 = 2.0;
const SLIPPAGE_BPS: f64 = 2.0;
const MIN_NOTIONAL_USDT: f64 = 10.0;
/// The shorthand's share of equity.
const POSITION_PCT: f64 = 10.0;
/// Without any sizing.
const FALLBACK_PCT: f64 = 1.0;

impl Checker<'_> {
    pub(crate) fn policy(&mut self, actions: &[Block]) -> Option<Policy<ValueId>> {
        let before = self.out.len();
        let account = self.account();
        let sizing = self.sizing(&account);
        let rules = self.rules();
        let position = &self.play.position_policy;
        let risk = self.play.risk.as_ref();
        let policy = Policy {
            account,
            mode: match word(&position.mode) {
                "short_only" => Mode::ShortOnly,
                "long_short" => Mode::LongShort,
                _ => Mode::LongOnly,
            },
            exit_mode: match word(&position.exit_mode) {
                "signal" => ExitMode::Signal,
                "first_hit" => ExitMode::FirstHit,
                _ => ExitMode::StopTargetOnly,
            },
            allow_flip: position.allow_flip.as_ref().is_some_and(|f| f.value),
            sizing,
            stop: rules.stop,
            target: rules.target,
            trailing: rules.trailing,
            break_even: self.break_even(),
            entry: self.entry(),
            target_order: order(risk.and_then(|r| r.target_order.as_ref())),
            stop_order: order(risk.and_then(|r| r.stop_order.as_ref())),
            end_of_data: match word(&self.play.backtest.end_of_data) {
                "mark" => EndOfData::Mark,
                _ => EndOfData::Close,
            },
            instrument: instrument(self.play.backtest.instrument.as_ref()),
        };
        if !rules.whole || self.out[before..].iter().any(diagnostics::Diagnostic::is_error) {
            return None;
        }
        self.lint(&policy, actions);
        Some(policy)
    }

    /// The Play's leverage: the account's, else the sizing's; 1 when neither says.
    fn account_leverage(&self) -> f64 {
        let of_sizing = self.play.risk.as_ref().and_then(|r| r.sizing.as_ref()?.max_leverage.as_ref());
        self.play.account.max_leverage.as_ref().or(of_sizing).map_or(1.0, |n| n.value)
    }

    fn account(&mut self) -> Account {
        let account = &self.play.account;
        let backtest = &self.play.backtest;
        let positive = |n: &Option<Number>| n.as_ref().map(|n| n.value).filter(|v| *v > 0.0);
        let or = |n: &Option<Number>, default: f64| n.as_ref().map_or(default, |n| n.value);
        Account {
            equity_usdt: positive(&backtest.equity)
                .or_else(|| positive(&account.starting_equity_usdt))
                .unwrap_or(EQUITY_USDT),
            max_leverage: self.account_leverage(),
            max_drawdown_pct: or(&account.max_drawdown_pct, 100.0),
            taker_bps: or(&account.taker_bps, TAKER_BPS),
            maker_bps: or(&account.maker_bps, MAKER_BPS),
            slippage_bps: or(&backtest.slippage_bps, or(&account.slippage_bps, SLIPPAGE_BPS)),
            min_notional_usdt: or(&account.min_trade_notional_usdt, MIN_NOTIONAL_USDT),
            maintenance_margin_rate: account.maintenance_margin_rate.as_ref().map(|n| n.value),
            maintenance_deduction_usdt: or(&account.mm_deduction, 0.0),
            stop_beyond_liquidation: match word(&account.on_sl_beyond_liq) {
                "adjust" => StopBeyondLiquidation::Adjust,
                "warn" => StopBeyondLiquidation::Warn,
                _ => StopBeyondLiquidation::Reject,
            },
        }
    }

    /// `sizing:`, else the shorthand's share of equity, else the account's, else 1 percent.
    fn sizing(&mut self, account: &Account) -> Sizing {
        let risk = self.play.risk.as_ref();
        if let Some(sizing) = risk.and_then(|r| r.sizing.as_ref()) {
            let full = risk.is_some_and(|r| r.full);
            return self.written_sizing(sizing, full, account);
        }
        if let Some(ignored) = risk.and_then(|r| r.risk_per_trade_pct.as_ref()) {
            self.out.push(report::risk::risk_per_trade(ignored));
        }
        let shorthand = risk.filter(|r| !r.full);
        let percent = match shorthand {
            Some(short) => match &short.max_position_pct {
                Some(pct) => self.within(pct, 0.0, 1000.0, "max_position_pct").unwrap_or(POSITION_PCT),
                None => POSITION_PCT,
            },
            None => self.play.account.risk_per_trade_pct.as_ref().map_or(FALLBACK_PCT, |n| n.value),
        };
        Sizing {
            model: SizingModel::PercentEquity(percent),
            leverage: account.max_leverage,
            max_position_pct: 100.0,
            include_fees: false,
        }
    }

    fn written_sizing(&mut self, sizing: &ast::Sizing, full: bool, account: &Account) -> Sizing {
        let model = word(&sizing.model);
        let most = if model == "fixed_usdt" { f64::INFINITY } else { 1000.0 };
        let value = match &sizing.value {
            Some(value) => self.within(value, 0.0, most, "value").unwrap_or(FALLBACK_PCT),
            None => FALLBACK_PCT,
        };
        let default_leverage = if full { 1.0 } else { account.max_leverage };
        let wanted = match &sizing.max_leverage {
            Some(leverage) => self.within(leverage, 0.0, 1000.0, "max_leverage").unwrap_or(default_leverage),
            None => default_leverage,
        };
        if let (Some(written), Some(limit)) = (&sizing.max_leverage, &self.play.account.max_leverage)
            && wanted > limit.value
        {
            self.out.push(report::risk::leverage_capped(written, limit));
        }
        let cap = match &sizing.max_position_pct {
            Some(pct) => self.within(pct, 0.0, 100.0, "max_position_pct").unwrap_or(100.0),
            None => 100.0,
        };
        Sizing {
            model: match model {
                "risk_based" => SizingModel::RiskBased(value),
                "fixed_usdt" => SizingModel::FixedUsdt(value),
                _ => SizingModel::PercentEquity(value),
            },
            leverage: wanted.min(account.max_leverage),
            max_position_pct: cap,
            include_fees: sizing.include_fees.as_ref().is_some_and(|f| f.value),
        }
    }

    fn break_even(&mut self) -> Option<BreakEven> {
        let rule = self.play.risk.as_ref()?.break_even.as_ref()?;
        let activation = rule.activation_pct.as_ref().map_or(1.0, |n| n.value);
        let offset = rule.offset_pct.as_ref().map_or(0.1, |n| n.value);
        if activation < 0.0 || offset >= activation.max(f64::MIN_POSITIVE) {
            let span =
                rule.offset_pct.as_ref().or(rule.activation_pct.as_ref()).map_or(rule.span, |n| n.span);
            self.out.push(report::risk::break_even(activation, offset, span));
        }
        Some(BreakEven { activation_pct: activation, offset_pct: offset })
    }

    fn entry(&mut self) -> Entry {
        let Some(entry) = &self.play.entry else { return Entry::Market };
        if !word(&entry.order_type).eq_ignore_ascii_case("limit") {
            return Entry::Market;
        }
        Entry::Limit(LimitEntry {
            offset_pct: entry.limit_offset_pct.as_ref().map_or(0.0, |n| n.value),
            time_in_force: match word(&entry.time_in_force) {
                "IOC" => TimeInForce::Ioc,
                "FOK" => TimeInForce::Fok,
                "PostOnly" => TimeInForce::PostOnly,
                _ => TimeInForce::Gtc,
            },
            expire_after_bars: entry.expire_after_bars.as_ref().map_or(0, |n| n.value as u32),
        })
    }

    /// The number when it is over `min` and at most `max`; else it is reported.
    fn within(&mut self, number: &Number, min: f64, max: f64, key: &str) -> Option<f64> {
        if number.value > min && number.value <= max {
            return Some(number.value);
        }
        self.out.push(report::risk::out_of_range(key, number, min, max));
        None
    }
}

fn word(name: &Option<Name>) -> &str {
    name.as_ref().map_or("", |n| n.value.as_str())
}

fn order(name: Option<&Name>) -> OrderType {
    match name {
        Some(name) if name.value.eq_ignore_ascii_case("limit") => OrderType::Limit,
        _ => OrderType::Market,
    }
}

fn instrument(written: Option<&ast::Instrument>) -> Instrument {
    let or_zero = |n: &Option<Number>| n.as_ref().map_or(0.0, |n| n.value);
    match written {
        Some(ast::Instrument::Word(name)) if name.value == "none" => Instrument::NoSteps,
        Some(ast::Instrument::Word(_)) | None => Instrument::Table,
        Some(ast::Instrument::Custom { tick_size, qty_step, min_qty, min_notional, .. }) => {
            Instrument::Custom {
                tick_size: or_zero(tick_size),
                qty_step: or_zero(qty_step),
                min_qty: or_zero(min_qty),
                min_notional_usdt: or_zero(min_notional),
            }
        }
    }
}
