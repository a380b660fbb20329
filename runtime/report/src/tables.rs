//! Trades, fills and equity as columns. Their names and units are in docs/result-json.md.

use backtest::{RunResult, Trade};
use data::columns::ColumnData;

use crate::Run;
use crate::words::side;

pub type Columns = Vec<(&'static str, ColumnData)>;

/// One row a trade.
#[must_use]
pub fn trades(run: &Run<'_>) -> Columns {
    let trades = &run.result.trades;
    let f64s = |of: fn(&Trade) -> f64| ColumnData::F64(trades.iter().map(of).collect());
    let times = |of: fn(&Trade) -> i64| ColumnData::I64(trades.iter().map(|t| Some(of(t))).collect());
    let words =
        |of: &dyn Fn(&Trade) -> String| ColumnData::Text(trades.iter().map(|t| Some(of(t))).collect());
    let asked = |t: &Trade| t.asked_by(&run.program.actions);
    vec![
        ("id", times(|t| i64::from(t.id))),
        ("symbol", words(&|_| run.result.symbol.clone())),
        ("side", words(&|t| side(t.side).to_string())),
        ("entry_time", times(|t| t.entry_time)),
        ("entry_price", f64s(|t| t.entry_price)),
        ("qty", f64s(|t| t.qty)),
        ("exit_time", times(|t| t.exit_time)),
        ("exit_price", f64s(|t| t.exit_price)),
        ("exit_reason", words(&|t| t.exit_reason.as_str().to_string())),
        ("gross_pnl", f64s(|t| t.gross_pnl)),
        ("fees", f64s(|t| t.fees)),
        ("funding", f64s(|t| t.funding)),
        ("net_pnl", f64s(|t| t.net_pnl)),
        ("bars_held", times(|t| i64::from(t.bars_held))),
        ("mae_pct", f64s(|t| t.mae_pct)),
        ("mfe_pct", f64s(|t| t.mfe_pct)),
        ("entry_signal_time", times(|t| t.entry_signal_time)),
        ("stop", f64s(|t| t.stop)),
        ("stop_final", f64s(|t| t.stop_final)),
        ("target", f64s(|t| t.target)),
        ("leverage", f64s(|t| t.leverage)),
        ("margin", f64s(|t| t.margin)),
        ("liquidation_price", f64s(|t| t.liquidation_price)),
        ("action", words(&|t| asked(t).map_or_else(String::new, |(id, _)| id.to_string()))),
        ("play_line", ColumnData::I64(trades.iter().map(|t| Some(i64::from(asked(t)?.1.line))).collect())),
        ("metadata", words(&|t| metadata(run, t.id))),
    ]
}

/// `key=value` pairs, separated by semicolons.
fn metadata(run: &Run<'_>, trade: u32) -> String {
    let all = &run.result.metadata;
    let Ok(at) = all.binary_search_by_key(&trade, |m| m.trade) else { return String::new() };
    let noted = &all[at];
    let pairs = noted.values.iter().map(|(key, value)| match value {
        bytecode::MetadataValue::Text(text) => format!("{key}={text}"),
        bytecode::MetadataValue::Number(x) => format!("{key}={x}"),
        // registers were replaced by their values at the signal
        bytecode::MetadataValue::Reg(_) => format!("{key}="),
    });
    pairs.collect::<Vec<_>>().join(";")
}

/// One row a fill, in order of time.
#[must_use]
pub fn fills(result: &RunResult) -> Columns {
    let fills = &result.fills;
    vec![
        ("trade", ColumnData::I64(fills.iter().map(|f| Some(i64::from(f.trade))).collect())),
        ("time", ColumnData::I64(fills.iter().map(|f| Some(f.time_ms)).collect())),
        (
            "side",
            ColumnData::Text(
                fills.iter().map(|f| Some(if f.bought { "buy" } else { "sell" }.into())).collect(),
            ),
        ),
        ("price", ColumnData::F64(fills.iter().map(|f| f.price).collect())),
        ("base_price", ColumnData::F64(fills.iter().map(|f| f.base_price).collect())),
        ("qty", ColumnData::F64(fills.iter().map(|f| f.qty).collect())),
        ("fee", ColumnData::F64(fills.iter().map(|f| f.fee).collect())),
        (
            "liquidity",
            ColumnData::Text(
                fills.iter().map(|f| Some(if f.maker { "maker" } else { "taker" }.into())).collect(),
            ),
        ),
        (
            "reason",
            ColumnData::Text(
                fills
                    .iter()
                    .map(|f| Some(f.exit.map_or("entry", |reason| reason.as_str()).to_string()))
                    .collect(),
            ),
        ),
    ]
}

/// The start, then one row an exec close.
#[must_use]
pub fn equity(result: &RunResult) -> Columns {
    let curve = &result.equity;
    vec![
        ("ts", ColumnData::I64(curve.time_ms.iter().map(|&t| Some(t)).collect())),
        ("equity", ColumnData::F64(curve.equity.clone())),
        ("drawdown_pct", ColumnData::F64(curve.drawdown_pct())),
    ]
}
