//! The account, sizing and order rules that a run used, with every default filled in.

use bytecode::{Entry, Policy};
use serde::Serialize;

use crate::words;

/// Rates in basis points of an order's value (1 bps = 0.01 %).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Settings {
    pub starting_equity_usdt: f64,
    pub mode: &'static str,
    pub exit_mode: &'static str,
    pub allow_flip: bool,
    pub sizing_model: &'static str,
    /// Percent of equity, or USDT with `fixed_usdt`.
    pub sizing_value: f64,
    pub leverage: f64,
    pub max_leverage: f64,
    pub max_position_pct: f64,
    pub taker_bps: f64,
    pub maker_bps: f64,
    pub slippage_bps: f64,
    pub max_drawdown_pct: f64,
    pub entry: &'static str,
    /// Of limit entries.
    pub entry_offset_pct: Option<f64>,
    pub entry_expires_after_bars: Option<u32>,
    pub end_of_data: &'static str,
}

impl Settings {
    #[must_use]
    pub fn of(policy: &Policy) -> Settings {
        let (account, (sizing_model, sizing_value)) = (&policy.account, words::sizing(policy.sizing.model));
        let limit = match policy.entry {
            Entry::Market => None,
            Entry::Limit(limit) => Some(limit),
        };
        Settings {
            starting_equity_usdt: account.equity_usdt,
            mode: words::mode(policy.mode),
            exit_mode: words::exit_mode(policy.exit_mode),
            allow_flip: policy.allow_flip,
            sizing_model,
            sizing_value,
            leverage: policy.sizing.leverage,
            max_leverage: account.max_leverage,
            max_position_pct: policy.sizing.max_position_pct,
            taker_bps: account.taker_bps,
            maker_bps: account.maker_bps,
            slippage_bps: account.slippage_bps,
            max_drawdown_pct: account.max_drawdown_pct,
            entry: words::entry(policy.entry),
            entry_offset_pct: limit.map(|l| l.offset_pct),
            entry_expires_after_bars: limit.map(|l| l.expire_after_bars),
            end_of_data: words::end_of_data(policy.end_of_data),
        }
    }

    /// Names and values for people.
    #[must_use]
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let unit = if self.sizing_model == "fixed_usdt" { "USDT" } else { "%" };
        let mut rows = vec![
            ("Mode", format!("{}, exits by {}", self.mode, self.exit_mode)),
            ("Sizing", format!("{} {} {unit}", self.sizing_model, self.sizing_value)),
            ("Leverage", format!("{}x (account at most {}x)", self.leverage, self.max_leverage)),
            ("Largest position", format!("{} % of equity as margin", self.max_position_pct)),
            ("Fees", format!("taker {} bps, maker {} bps", self.taker_bps, self.maker_bps)),
            ("Slippage", format!("{} bps on market fills", self.slippage_bps)),
        ];
        rows.push(match (self.entry_offset_pct, self.entry_expires_after_bars) {
            (Some(offset), Some(0)) => ("Entries", format!("{}, {offset} % off the close", self.entry)),
            (Some(offset), Some(bars)) => {
                ("Entries", format!("{}, {offset} % off the close, for {bars} bars", self.entry))
            }
            _ => ("Entries", self.entry.into()),
        });
        if self.max_drawdown_pct < 100.0 {
            rows.push(("Stops at a drawdown of", format!("{} %", self.max_drawdown_pct)));
        }
        rows.push(("At the end of the data", format!("{} open positions", self.end_of_data)));
        rows
    }
}
