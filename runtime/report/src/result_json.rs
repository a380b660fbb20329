//! result.json: everything about a run but its rows, under stable names. Documented in docs/result-json.md.

use std::collections::BTreeMap;

use backtest::fidelity::Line;
use backtest::result::MissingBars;
use backtest::{ActionFunnel, CaseFunnel, NearestMiss, StopReason};
use bytecode::{Action, Place};
use data::Certificate;
use kernel::{Fired, Instrument, Refusal};
use serde::Serialize;

use crate::manifest::Manifest;
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::{Run, words};

/// Changes with the names or meanings of the fields; new fields alone do not change it.
pub const SCHEMA: &str = "play-result/1";

#[derive(Debug, Serialize)]
pub struct ResultFile<'a> {
    pub schema: &'static str,
    pub run: RunInfo<'a>,
    pub settings: Settings,
    pub instrument: InstrumentInfo<'a>,
    pub data: &'a Certificate,
    pub metrics: Metrics,
    pub funnel: Vec<ActionInfo<'a>>,
    pub fidelity: &'a [Line],
    /// One line each.
    pub warnings: &'a [String],
}

#[derive(Debug, Serialize)]
pub struct RunInfo<'a> {
    pub mode: &'static str,
    pub symbol: &'a str,
    /// The exec timeframe.
    pub exec: String,
    pub from_ms: i64,
    pub to_ms: i64,
    pub bars: usize,
    pub bars_in_position: usize,
    pub stop: StopReason,
    pub missing_bars: &'a [MissingBars],
    pub exits_too_small: u32,
    pub stops_beyond_liquidation: u32,
    #[serde(flatten)]
    pub identity: Manifest,
}

/// Infinite limits are null.
#[derive(Debug, Serialize)]
pub struct InstrumentInfo<'a> {
    pub symbol: &'a str,
    /// Null where nothing is rounded.
    pub tick_size: Option<f64>,
    pub qty_step: Option<f64>,
    pub min_qty: f64,
    pub min_notional_usdt: f64,
    pub max_leverage: Option<f64>,
    pub steps_from: &'static str,
    pub tiers_from: &'static str,
    pub tiers: Vec<TierInfo>,
}

#[derive(Debug, Serialize)]
pub struct TierInfo {
    pub limit_usdt: Option<f64>,
    pub rate: f64,
    pub deduction_usdt: f64,
}

#[derive(Debug, Serialize)]
pub struct ActionInfo<'a> {
    pub action: &'a str,
    pub line: u32,
    pub col: u32,
    pub cases: Vec<CaseInfo<'a>>,
    /// What `else` did; null where it does nothing.
    pub otherwise: Option<OtherwiseInfo>,
}

#[derive(Debug, Serialize)]
pub struct CaseInfo<'a> {
    pub emits: Vec<&'static str>,
    pub condition: &'a str,
    pub line: u32,
    pub col: u32,
    pub bars: usize,
    pub warm: Option<usize>,
    pub held: Option<usize>,
    pub conjuncts: Vec<ConjunctInfo<'a>>,
    pub blocked: BlockedInfo,
    pub sent: u32,
    pub filled: u32,
    pub unfilled: u32,
    pub exits: u32,
    pub nearest: Option<NearestInfo<'a>>,
}

#[derive(Debug, Serialize)]
pub struct OtherwiseInfo {
    pub emits: Vec<&'static str>,
    pub sent: u32,
    pub filled: u32,
    pub unfilled: u32,
    pub exits: u32,
    pub refused: BTreeMap<&'static str, u32>,
}

#[derive(Debug, Serialize)]
pub struct ConjunctInfo<'a> {
    pub condition: &'a str,
    pub line: u32,
    pub col: u32,
    pub warm: Option<usize>,
    pub held: Option<usize>,
    pub prefix: usize,
}

#[derive(Debug, Serialize)]
pub struct BlockedInfo {
    pub earlier_case: usize,
    pub position: usize,
    pub pending_order: usize,
    pub side: usize,
    pub exit_mode: usize,
    /// By reason; reasons that never came up are absent.
    pub refused: BTreeMap<&'static str, u32>,
}

#[derive(Debug, Serialize)]
pub struct NearestInfo<'a> {
    pub time_ms: i64,
    pub held: usize,
    pub of: usize,
    pub failed: Vec<FailedInfo<'a>>,
}

#[derive(Debug, Serialize)]
pub struct FailedInfo<'a> {
    pub condition: &'a str,
    pub line: u32,
    pub col: u32,
    pub left: Option<f64>,
    pub right: Option<f64>,
    pub distance: Option<f64>,
}

#[must_use]
pub fn result_file<'a>(run: &Run<'a>) -> ResultFile<'a> {
    let result = run.result;
    let actions = (0_u16..).zip(&result.funnel);
    ResultFile {
        schema: SCHEMA,
        run: RunInfo {
            mode: "backtest",
            symbol: &result.symbol,
            exec: result.exec.to_string(),
            from_ms: result.span.from_ms,
            to_ms: result.span.to_ms,
            bars: result.span.bars,
            bars_in_position: result.span.bars_in_position,
            stop: result.stop_reason,
            missing_bars: &result.missing_bars,
            exits_too_small: result.counters.exits_too_small,
            stops_beyond_liquidation: result.counters.stops_beyond_liquidation,
            identity: Manifest::of(run),
        },
        settings: Settings::of(&run.program.policy),
        instrument: instrument(&result.instrument),
        data: run.certificate,
        metrics: Metrics::of(result, run.exec_bars),
        funnel: actions.map(|(block, funnel)| action(run, block, funnel)).collect(),
        fidelity: &result.fidelity.lines,
        warnings: run.warnings,
    }
}

fn instrument(of: &Instrument) -> InstrumentInfo<'_> {
    let finite = |x: f64| Some(x).filter(|x| x.is_finite());
    let step = |size: f64| Some(size).filter(|s| *s > 0.0);
    let tiers = of.tiers.iter().map(|tier| TierInfo {
        limit_usdt: finite(tier.limit_usdt),
        rate: tier.rate,
        deduction_usdt: tier.deduction_usdt,
    });
    InstrumentInfo {
        symbol: &of.symbol,
        tick_size: step(of.tick.size()),
        qty_step: step(of.qty_step.size()),
        min_qty: of.min_qty,
        min_notional_usdt: of.min_notional_usdt,
        max_leverage: finite(of.max_leverage),
        steps_from: words::steps_from(of.steps_from),
        tiers_from: words::tiers_from(of.tiers_from),
        tiers: tiers.collect(),
    }
}

fn action<'a>(run: &Run<'a>, block: u16, funnel: &'a ActionFunnel) -> ActionInfo<'a> {
    let Place { line, col, .. } = funnel.place;
    ActionInfo {
        action: &funnel.action,
        line,
        col,
        cases: funnel.cases.iter().map(case).collect(),
        otherwise: otherwise(run, block),
    }
}

/// What the `else` of a block came to; `None` where it does nothing.
#[must_use]
pub fn otherwise(run: &Run<'_>, block: u16) -> Option<OtherwiseInfo> {
    let intents = &run.program.actions.get(usize::from(block))?.otherwise;
    let emits: Vec<Action> = intents.iter().map(|i| i.action).filter(|a| *a != Action::NoAction).collect();
    if emits.is_empty() {
        return None;
    }
    let counters = &run.result.counters;
    let own = counters.cases[counters.index(Fired { block, case: Fired::OTHERWISE })];
    let refused = Refusal::ALL.into_iter().zip(own.refused).filter(|(_, count)| *count > 0);
    Some(OtherwiseInfo {
        emits: emits.into_iter().map(words::action).collect(),
        sent: own.sent,
        filled: own.filled,
        unfilled: own.unfilled,
        exits: own.exits,
        refused: refused.map(|(refusal, count)| (words::refusal(refusal), count)).collect(),
    })
}

fn case(of: &CaseFunnel) -> CaseInfo<'_> {
    let conjuncts = of.conjuncts.iter().map(|c| ConjunctInfo {
        condition: &c.text,
        line: c.place.line,
        col: c.place.col,
        warm: c.warm,
        held: c.held,
        prefix: c.prefix,
    });
    CaseInfo {
        emits: of.emits.iter().copied().map(words::action).collect(),
        condition: &of.text,
        line: of.place.line,
        col: of.place.col,
        bars: of.bars,
        warm: of.warm,
        held: of.held,
        conjuncts: conjuncts.collect(),
        blocked: BlockedInfo {
            earlier_case: of.blocked.earlier_case,
            position: of.blocked.position,
            pending_order: of.blocked.pending_order,
            side: of.blocked.side,
            exit_mode: of.blocked.exit_mode,
            refused: of
                .blocked
                .refused
                .iter()
                .map(|(refusal, count)| (words::refusal(*refusal), *count))
                .collect(),
        },
        sent: of.sent,
        filled: of.filled,
        unfilled: of.unfilled,
        exits: of.exits,
        nearest: of.nearest.as_ref().map(nearest),
    }
}

fn nearest(miss: &NearestMiss) -> NearestInfo<'_> {
    let failed = miss.failed.iter().map(|f| FailedInfo {
        condition: &f.text,
        line: f.place.line,
        col: f.place.col,
        left: f.left,
        right: f.right,
        distance: f.distance,
    });
    NearestInfo { time_ms: miss.time_ms, held: miss.held, of: miss.of, failed: failed.collect() }
}
