//! The figures of a run in the order that users of other backtesters know, for the summary and for the page.

use crate::metrics::Metrics;
use crate::words::{money, number};

/// What a value means to its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Good,
    Bad,
}

impl Tone {
    /// The class of the page's style sheet.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Tone::Plain => "",
            Tone::Good => "up",
            Tone::Bad => "down",
        }
    }

    #[must_use]
    pub fn of(value: f64) -> Tone {
        match value {
            v if v > 0.0 => Tone::Good,
            v if v < 0.0 => Tone::Bad,
            _ => Tone::Plain,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// With its unit in brackets.
    pub name: &'static str,
    /// `-` where it is undefined.
    pub value: String,
    pub tone: Tone,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub title: &'static str,
    pub figures: Vec<Figure>,
}

#[must_use]
pub fn groups(metrics: &Metrics) -> Vec<Group> {
    vec![result(metrics), risk(metrics), trades(metrics), activity(metrics)]
}

fn result(m: &Metrics) -> Group {
    let figures = vec![
        plain("Initial equity [USDT]", m.initial_equity),
        plain("Final equity [USDT]", m.final_equity),
        signed("Net profit [USDT]", m.net_profit),
        signed("Return [%]", m.net_return_pct),
        maybe("Buy & hold [%]", m.buy_and_hold_pct),
        maybe("CAGR [%]", m.returns.cagr_pct),
        plain("Fees paid [USDT]", m.trades.fees),
        plain("Funding received [USDT]", m.trades.funding),
    ];
    Group { title: "Result", figures }
}

fn risk(m: &Metrics) -> Group {
    let r = &m.returns;
    let figures = vec![
        plain("Max. drawdown [%]", m.max_drawdown_pct),
        plain("Max. drawdown [USDT]", m.max_drawdown),
        plain("Longest drawdown [days]", m.max_drawdown_days),
        maybe("Volatility, annual [%]", r.volatility_pct),
        maybe("Sharpe ratio", r.sharpe),
        maybe("Sortino ratio", r.sortino),
        maybe("Calmar ratio", r.calmar),
        maybe("Omega ratio", r.omega),
        maybe("Recovery factor", m.recovery_factor),
        Figure {
            name: "Ulcer index",
            value: r.ulcer_index.map_or_else(none, |u| number(u, 4)),
            tone: Tone::Plain,
        },
        maybe("Best day [%]", r.best_day_pct),
        maybe("Worst day [%]", r.worst_day_pct),
        maybe("Value at risk 95 %, day [%]", r.var_95_pct),
        maybe("Expected shortfall 95 % [%]", r.cvar_95_pct),
        maybe("Skewness", r.skewness),
        maybe("Excess kurtosis", r.kurtosis),
    ];
    Group { title: "Risk", figures }
}

fn trades(m: &Metrics) -> Group {
    let t = &m.trades;
    let figures = vec![
        count("Trades", t.trades),
        count("  long", t.long.trades),
        count("  short", t.short.trades),
        maybe("Win rate [%]", t.win_rate_pct),
        maybe("  long [%]", t.long.win_rate_pct),
        maybe("  short [%]", t.short.win_rate_pct),
        maybe("Profit factor", t.profit_factor),
        maybe("Payoff ratio", t.payoff_ratio),
        maybe("Expectancy [USDT]", t.expectancy),
        maybe("Average win [USDT]", t.average_win),
        maybe("Average loss [USDT]", t.average_loss.map(|l| -l)),
        maybe("Largest win [USDT]", t.largest_win),
        maybe("Largest loss [USDT]", t.largest_loss.map(|l| -l)),
        count("Wins in a row, most", t.consecutive_wins_max),
        count("Losses in a row, most", t.consecutive_losses_max),
    ];
    Group { title: "Trades", figures }
}

fn activity(m: &Metrics) -> Group {
    let t = &m.trades;
    let figures = vec![
        maybe("Time in market [%]", m.time_in_market_pct),
        maybe("Exposure [%]", m.exposure_pct),
        maybe("Bars held, average", t.bars_held_average),
        maybe("Adverse excursion, average [%]", t.mae_pct_average),
        maybe("Favourable excursion, avg. [%]", t.mfe_pct_average),
        count("Days with returns", m.returns.days),
    ];
    Group { title: "Activity", figures }
}

fn plain(name: &'static str, value: f64) -> Figure {
    Figure { name, value: money(value), tone: Tone::Plain }
}

fn signed(name: &'static str, value: f64) -> Figure {
    Figure { name, value: money(value), tone: Tone::of(value) }
}

fn maybe(name: &'static str, value: Option<f64>) -> Figure {
    Figure { name, value: value.map_or_else(none, money), tone: Tone::Plain }
}

fn count(name: &'static str, value: usize) -> Figure {
    Figure { name, value: number(value as f64, 0), tone: Tone::Plain }
}

fn none() -> String {
    "-".into()
}
