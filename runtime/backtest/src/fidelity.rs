//! What the run modelled exactly, what it approximated and what it left out (X12).

use bars::Bars;
use bytecode::{Entry, OrderType, Program};
use kernel::{Rules, StepsFrom, TiersFrom};
use serde::Serialize;

use crate::options::Options;
use crate::path::Path;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fidelity {
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub topic: &'static str,
    pub grade: Grade,
    pub why: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    Exact,
    Approximated,
    NotModelled,
}

impl Fidelity {
    #[must_use]
    pub fn new(
        program: &Program,
        rules: &Rules,
        bars: &Bars,
        path: &Path<'_>,
        options: &Options,
    ) -> Fidelity {
        let lines = vec![
            price_path(bars),
            fills(rules),
            limit_entries(rules),
            steps(program, rules),
            leverage(rules),
            mark_price(path),
            mark_price_read(program, bars),
            maintenance(rules),
            funding(path, options),
            line(
                "order book",
                Grade::NotModelled,
                "depth, spread and queue position are not in bar data; every order fills whole",
            ),
            line("latency", Grade::NotModelled, "orders reach the venue at the instant of the close"),
            line("market impact", Grade::NotModelled, "an order does not move the price, whatever its size"),
            line(
                "venue limits",
                Grade::NotModelled,
                "largest order sizes, risk limits beyond the last tier and price bands are not enforced",
            ),
        ];
        Fidelity { lines: lines.into_iter().flatten().collect() }
    }
}

#[allow(clippy::unnecessary_wraps, reason = "every line of the sheet has one shape; some do not apply")]
fn line(topic: &'static str, grade: Grade, why: impl Into<String>) -> Option<Line> {
    Some(Line { topic, grade, why: why.into() })
}

fn price_path(bars: &Bars) -> Option<Line> {
    let period = bars.timeframe;
    if period == bars::Timeframe::M1 {
        return line(
            "price path",
            Grade::Approximated,
            "orders are tested on 1m bars; within one minute the stop comes before the target",
        );
    }
    line(
        "price path",
        Grade::Approximated,
        format!(
            "the finest data is {period}: orders are tested on {period} bars, the stop before the target, \
                 instead of minute by minute"
        ),
    )
}

fn fills(rules: &Rules) -> Option<Line> {
    if rules.slippage == 0.0 {
        return line("slippage", Grade::NotModelled, "the Play sets it to 0: market orders fill at the open");
    }
    let bps = rules.policy.account.slippage_bps;
    line(
        "slippage",
        Grade::Approximated,
        format!("{bps} bps against the trader on every market fill, at any size"),
    )
}

fn limit_entries(rules: &Rules) -> Option<Line> {
    let limits = matches!(rules.policy.entry, Entry::Limit(_))
        || rules.policy.target_order == OrderType::Limit
        || rules.policy.stop_order == OrderType::Limit;
    if !limits {
        return None;
    }
    line(
        "limit orders",
        Grade::Approximated,
        "filled whole as soon as the price touches them, as if first in the queue; a target is not filled by the \
         minute in which its limit entry filled unless that minute closes beyond it",
    )
}

fn steps(program: &Program, rules: &Rules) -> Option<Line> {
    let symbol = &program.symbol;
    match rules.instrument.steps_from {
        StepsFrom::Table => line(
            "instrument steps",
            Grade::Exact,
            format!(
                "tick, quantity step and minima of {symbol} as Bybit listed them in August 2026, for all dates"
            ),
        ),
        StepsFrom::Play => line("instrument steps", Grade::Exact, "as the Play states them"),
        StepsFrom::Nowhere => line(
            "instrument steps",
            Grade::NotModelled,
            "the Play asks for prices and quantities without steps",
        ),
        StepsFrom::UnknownSymbol => line(
            "instrument steps",
            Grade::NotModelled,
            format!("{symbol} is not in the shipped table: nothing is rounded and there are no minima"),
        ),
    }
}

fn leverage(rules: &Rules) -> Option<Line> {
    let wanted = rules.policy.sizing.leverage.min(rules.policy.account.max_leverage);
    if rules.leverage >= wanted {
        return None;
    }
    let why = format!("the contract allows {}x, so positions use that instead of {wanted}x", rules.leverage);
    line("leverage", Grade::Approximated, why)
}

fn mark_price(path: &Path<'_>) -> Option<Line> {
    let (marked, all) = (path.marked, path.len());
    if marked == all {
        return line(
            "liquidation price",
            Grade::Approximated,
            "tested on the mark price at each bar's close",
        );
    }
    let why = if marked == 0 {
        "the data has no mark price: liquidation is tested on each bar's close".to_owned()
    } else {
        format!("{} of {all} bars have no mark price: there the close stands in", all - marked)
    };
    line("liquidation price", Grade::Approximated, why)
}

/// Conditions on `mark_price`.
fn mark_price_read(program: &Program, bars: &Bars) -> Option<Line> {
    let reads = program.series.iter().any(|name| name == "mark_price");
    if !reads || bars.series("mark_price").is_some() {
        return None;
    }
    line("mark_price", Grade::Approximated, "the data has no mark price: in conditions the close stands in")
}

fn maintenance(rules: &Rules) -> Option<Line> {
    let topic = "maintenance margin";
    match rules.instrument.tiers_from {
        TiersFrom::Table => line(topic, Grade::Exact, "the tiers Bybit publishes, for all dates"),
        TiersFrom::Play => line(topic, Grade::Exact, "the rate that the Play states, at any size"),
        TiersFrom::FirstTierOnly => line(
            topic,
            Grade::Approximated,
            "no tiers are shipped for this contract: half the smallest initial margin, at any size",
        ),
        TiersFrom::Default => line(topic, Grade::Approximated, "the contract is unknown: 0.5 % at any size"),
    }
}

fn funding(path: &Path<'_>, options: &Options) -> Option<Line> {
    let (from, to) = (path.time_ms[0], path.close_ms(path.len() - 1));
    let settled = options.funding.iter().filter(|f| f.time_ms > from && f.time_ms <= to).count();
    if settled == 0 {
        return line(
            "funding",
            Grade::NotModelled,
            "the data has no funding rates for this span: none is paid",
        );
    }
    line(
        "funding",
        Grade::Approximated,
        format!(
            "{settled} settlements at their times, on the last mark price before each, paid from the wallet"
        ),
    )
}
