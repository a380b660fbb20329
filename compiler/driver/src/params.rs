//! The numbers of a Play that a search may vary: each with its path, place and candidates.

use diagnostics::{Source, Span};
use syntax::ast::{
    Block, BreakEven, Candidates, Expr, ExprKind, Extent, Instrument, Intent, Metadata, MetadataValue,
    Number, Param, Play, Search, Sizing, StopRule, TargetRule, Trailing, Use, Value,
};

/// One number that may be varied.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Such as `features.fast.params.length`; in a condition the path of the condition and `#` with its number there.
    pub path: String,
    pub candidates: Candidates,
    /// What a plain run takes.
    pub default: f64,
    pub span: Span,
}

/// Share of a step by which the last candidate may lie beyond `max`: 0.1 to 0.3 by 0.1 is three values.
const STEP_TOLERANCE: f64 = 1e-9;

impl Parameter {
    /// How many values there are to try.
    #[must_use]
    pub fn count(&self) -> u64 {
        match &self.candidates {
            // the cast saturates
            Candidates::Steps { min, max, step } => {
                (((max - min) / step + STEP_TOLERANCE).floor() as u64).saturating_add(1)
            }
            Candidates::Choices(choices) => choices.len() as u64,
        }
    }

    /// The candidate with this number, from 0; written out it reads back the same. NaN beyond the last.
    #[must_use]
    pub fn value(&self, number: u64) -> f64 {
        match &self.candidates {
            _ if number >= self.count() => f64::NAN,
            Candidates::Steps { min, step, .. } => {
                let value = min + number as f64 * step;
                // 0.1 + 2 * 0.1 is meant to be 0.3
                let decimals = decimals(*min).max(decimals(*step));
                format!("{value:.decimals$}").parse().unwrap_or(value)
            }
            Candidates::Choices(choices) => choices[number as usize],
        }
    }

    /// All of them, in order.
    pub fn values(&self) -> impl Iterator<Item = f64> + '_ {
        (0..self.count()).map(|number| self.value(number))
    }

    /// The candidate that a number means.
    #[must_use]
    pub fn candidate(&self, value: f64) -> Option<f64> {
        match &self.candidates {
            Candidates::Steps { min, step, .. } => {
                let steps = (value - min) / step;
                let number = steps.round();
                let fits = number >= 0.0 && (steps - number).abs() <= STEP_TOLERANCE * steps.abs().max(1.0);
                let candidate = self.value(number.max(0.0) as u64);
                (fits && candidate.is_finite()).then_some(candidate)
            }
            Candidates::Choices(choices) => choices.iter().copied().find(|&choice| choice == value),
        }
    }

    /// The candidates on both sides of a number that is none.
    #[must_use]
    pub fn around(&self, value: f64) -> Vec<f64> {
        let mut around = match &self.candidates {
            Candidates::Steps { min, step, .. } => {
                let below = ((value - min) / step).floor().max(0.0) as u64;
                let last = self.count().saturating_sub(1);
                vec![self.value(below.min(last)), self.value(below.saturating_add(1).min(last))]
            }
            Candidates::Choices(choices) => {
                let below = choices.iter().copied().filter(|&c| c < value).max_by(f64::total_cmp);
                let above = choices.iter().copied().filter(|&c| c > value).min_by(f64::total_cmp);
                below.into_iter().chain(above).collect()
            }
        };
        if around.first().is_some_and(|&first| value < first) {
            around.truncate(1);
        }
        around.dedup();
        around
    }
}

/// How many a number has when it is written out.
fn decimals(value: f64) -> usize {
    value.to_string().split_once('.').map_or(0, |(_, digits)| digits.len())
}

/// How many Plays a search over all of them has to try; nothing when 64 bits do not hold it.
#[must_use]
pub fn combinations(parameters: &[Parameter]) -> Option<u64> {
    parameters.iter().try_fold(1_u64, |product, p| product.checked_mul(p.count()))
}

/// All of them in the order of the file. A range that is written once is one number, also where `${name}` or an alias
/// repeats it; a variable that nothing uses varies nothing.
#[must_use]
pub fn parameters(play: &Play, source: &Source) -> Vec<Parameter> {
    walk(play, source).out
}

/// Whether each is put in at one place only.
pub(crate) fn are_written_once(play: &Play, source: &Source) -> bool {
    !walk(play, source).repeats
}

fn walk<'s>(play: &Play, source: &'s Source) -> Walk<'s> {
    let mut walk = Walk { source, out: Vec::new(), repeats: false };
    for variable in play.variables.iter().filter(|v| v.used) {
        walk.value(&format!("variables.{}", variable.name.value), &variable.value.value);
    }
    walk.account(play);
    walk.declared(play);
    for setup in &play.setups {
        walk.condition(&format!("setups.{}", setup.id.value), &setup.condition);
    }
    for (at, block) in play.actions.iter().enumerate() {
        walk.block(at, block);
    }
    for filter in &play.filters {
        let action = filter.action.as_ref().map_or_else(String::new, |a| format!(".{}", a.value));
        walk.condition(&format!("filters{action}"), &filter.condition);
    }
    walk.rules(play);
    walk.out.sort_by_key(|p| p.span);
    walk
}

struct Walk<'s> {
    source: &'s Source,
    out: Vec<Parameter>,
    /// A range was met again.
    repeats: bool,
}

impl Walk<'_> {
    fn search(&mut self, path: String, search: &Search) {
        let text = self.source.slice(search.span).trim_start_matches(['"', '\'']);
        let is_repeated = text.starts_with("${") || text.starts_with('*');
        if is_repeated || self.out.iter().any(|p| p.span == search.span) {
            self.repeats = true;
            return;
        }
        let first = match &search.candidates {
            Candidates::Steps { min, .. } => Some(*min),
            Candidates::Choices(choices) => choices.first().copied(),
        };
        let Some(default) = search.default.or(first) else { return };
        self.out.push(Parameter { path, candidates: search.candidates.clone(), default, span: search.span });
    }

    fn number(&mut self, path: &str, key: &str, number: Option<&Number>) {
        if let Some(search) = number.and_then(|n| n.search.as_ref()) {
            self.search(format!("{path}.{key}"), search);
        }
    }

    fn numbers(&mut self, path: &str, numbers: &[(&str, &Option<Number>)]) {
        for (key, number) in numbers {
            self.number(path, key, number.as_ref());
        }
    }

    fn value(&mut self, path: &str, value: &Value) {
        match value {
            Value::Search(search) => self.search(path.to_owned(), search),
            Value::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.value(&format!("{path}[{at}]"), &item.value);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number { .. } | Value::Text(_) | Value::Error => {}
        }
    }

    fn account(&mut self, play: &Play) {
        if let Some(it) = &play.account {
            let numbers = [
                ("starting_equity_usdt", &it.starting_equity_usdt),
                ("max_leverage", &it.max_leverage),
                ("max_drawdown_pct", &it.max_drawdown_pct),
                ("fee_model.taker_bps", &it.taker_bps),
                ("fee_model.maker_bps", &it.maker_bps),
                ("slippage_bps", &it.slippage_bps),
                ("min_trade_notional_usdt", &it.min_trade_notional_usdt),
                ("maintenance_margin_rate", &it.maintenance_margin_rate),
                ("mm_deduction", &it.mm_deduction),
                ("risk_per_trade_pct", &it.risk_per_trade_pct),
            ];
            self.numbers("account", &numbers);
        }
        let Some(it) = &play.backtest else { return };
        let numbers = [
            ("equity", &it.equity),
            ("slippage_bps", &it.slippage_bps),
            ("warmup_tolerance", &it.warmup_tolerance),
        ];
        self.numbers("backtest", &numbers);
        if let Some(Instrument::Custom { tick_size, qty_step, min_qty, min_notional, .. }) = &it.instrument {
            let numbers = [
                ("tick_size", tick_size),
                ("qty_step", qty_step),
                ("min_qty", min_qty),
                ("min_notional", min_notional),
            ];
            self.numbers("backtest.instrument", &numbers);
        }
    }

    fn declared(&mut self, play: &Play) {
        for feature in &play.features {
            self.params(&format!("features.{}", feature.id.value), &feature.params);
        }
        for set in &play.sets {
            self.block_use(&format!("features.{}", set.id.value), &set.block);
        }
        for (at, structure) in play.structures.iter().enumerate() {
            let key = structure.key.as_ref().map_or_else(|| format!("[{at}]"), |k| format!(".{}", k.value));
            self.params(&format!("structures{key}"), &structure.params);
        }
    }

    fn block_use(&mut self, path: &str, block: &Use) {
        for argument in &block.with {
            self.value(&format!("{path}.with.{}", argument.name.value), &argument.value.value);
        }
    }

    fn params(&mut self, path: &str, params: &[Param]) {
        for param in params {
            self.value(&format!("{path}.params.{}", param.name.value), &param.value.value);
        }
    }

    fn block(&mut self, at: usize, block: &Block) {
        let id = block.id.as_ref().map_or_else(|| format!("[{at}]"), |id| format!(".{}", id.value));
        for (n, case) in block.cases.iter().enumerate() {
            let path = format!("actions{id}.cases[{n}]");
            self.condition(&format!("{path}.when"), &case.when);
            self.intents(&format!("{path}.emit"), &case.emit);
        }
        self.intents(&format!("actions{id}.else"), &block.otherwise);
    }

    fn intents(&mut self, path: &str, intents: &[Intent]) {
        for (at, intent) in intents.iter().enumerate() {
            let path = format!("{path}[{at}]");
            self.number(&path, "percent", intent.percent.as_ref());
            for Metadata { key, value } in &intent.metadata {
                let path = format!("{path}.metadata.{}", key.value);
                match value {
                    MetadataValue::Constant(constant) => self.value(&path, &constant.value),
                    MetadataValue::Expr(expr) => self.condition(&path, expr),
                }
            }
        }
    }

    fn rules(&mut self, play: &Play) {
        self.numbers(
            "position_policy",
            &[("max_positions_per_symbol", &play.position_policy.max_positions_per_symbol)],
        );
        if let Some(it) = &play.risk {
            let numbers = [
                ("stop_loss_pct", &it.stop_loss_pct),
                ("take_profit_pct", &it.take_profit_pct),
                ("max_position_pct", &it.max_position_pct),
                ("risk_per_trade_pct", &it.risk_per_trade_pct),
            ];
            self.numbers("risk", &numbers);
            it.block.iter().for_each(|block| self.block_use("risk", block));
            self.exits("risk", it.stop_loss.as_ref(), it.take_profit.as_ref());
            self.management("risk", it.sizing.as_ref(), it.trailing.as_ref(), it.break_even.as_ref());
        }
        if let Some(it) = &play.risk_model {
            it.block.iter().for_each(|block| self.block_use("risk_model", block));
            self.exits("risk_model", it.stop_loss.as_ref(), it.take_profit.as_ref());
            self.management("risk_model", it.sizing.as_ref(), it.trailing.as_ref(), it.break_even.as_ref());
        }
        if let Some(it) = &play.entry {
            let numbers =
                [("limit_offset_pct", &it.limit_offset_pct), ("expire_after_bars", &it.expire_after_bars)];
            self.numbers("entry", &numbers);
        }
        if let Some(it) = &play.validation {
            self.numbers("validation", &[("seed", &it.seed), ("bars", &it.bars)]);
        }
    }

    fn exits(&mut self, path: &str, stop: Option<&StopRule>, target: Option<&TargetRule>) {
        if let Some(it) = stop {
            let path = format!("{path}.stop_loss");
            let numbers = [
                ("value", &it.value),
                ("buffer_pct", &it.buffer_pct),
                ("atr_multiplier", &it.atr_multiplier),
                ("trail_pct", &it.trail_pct),
                ("activation_pct", &it.activation_pct),
            ];
            self.numbers(&path, &numbers);
            let levels =
                [("level", &it.level), ("level_long", &it.level_long), ("level_short", &it.level_short)];
            for (key, level) in levels.iter().filter_map(|(key, level)| Some((key, level.as_ref()?))) {
                self.condition(&format!("{path}.{key}"), level);
            }
        }
        if let Some(it) = target {
            self.numbers(&format!("{path}.take_profit"), &[("value", &it.value)]);
        }
    }

    fn management(
        &mut self,
        path: &str,
        sizing: Option<&Sizing>,
        trailing: Option<&Trailing>,
        break_even: Option<&BreakEven>,
    ) {
        if let Some(it) = sizing {
            let numbers = [
                ("value", &it.value),
                ("max_leverage", &it.max_leverage),
                ("max_position_pct", &it.max_position_pct),
            ];
            self.numbers(&format!("{path}.sizing"), &numbers);
        }
        if let Some(it) = trailing {
            let numbers = [
                ("atr_multiplier", &it.atr_multiplier),
                ("trail_pct", &it.trail_pct),
                ("activation_pct", &it.activation_pct),
            ];
            self.numbers(&format!("{path}.trailing"), &numbers);
        }
        if let Some(it) = break_even {
            let numbers = [("activation_pct", &it.activation_pct), ("offset_pct", &it.offset_pct)];
            self.numbers(&format!("{path}.break_even"), &numbers);
        }
    }

    /// Numbers the searches of one expression from 1, in the order of the file.
    fn condition(&mut self, path: &str, expr: &Expr) {
        let mut found = Vec::new();
        searches(expr, &mut found);
        found.sort_by_key(|s| s.span);
        // One limit for all steps of a sequence stands with each of them.
        found.dedup_by_key(|s| s.span);
        for (at, search) in found.into_iter().enumerate() {
            self.search(format!("{path}#{}", at + 1), search);
        }
    }
}

fn extent_search(extent: &Extent) -> Option<&Search> {
    match extent {
        Extent::Bars(bars) => bars.search.as_ref(),
        Extent::Duration { .. } => None,
    }
}

fn searches<'e>(expr: &'e Expr, out: &mut Vec<&'e Search>) {
    match &expr.kind {
        ExprKind::Search(search) => out.push(search),
        ExprKind::Negate(inner) | ExprKind::Not(inner) => searches(inner, out),
        ExprKind::Arithmetic { left, right, .. }
        | ExprKind::Compare { left, right, .. }
        | ExprKind::Cross { left, right, .. } => [left, right].into_iter().for_each(|e| searches(e, out)),
        ExprKind::Between { value, low, high } => {
            [value, low, high].into_iter().for_each(|e| searches(e, out))
        }
        ExprKind::Near { left, right, tolerance, .. } => {
            [left, right, tolerance].into_iter().for_each(|e| searches(e, out));
        }
        ExprKind::In { value, items } => {
            searches(value, out);
            items.iter().for_each(|e| searches(e, out));
        }
        ExprKind::Function { args: items, .. } | ExprKind::All(items) | ExprKind::Any(items) => {
            items.iter().for_each(|e| searches(e, out));
        }
        ExprKind::Use(block) => out.extend(block.with.iter().filter_map(|a| match &a.value.value {
            Value::Search(search) => Some(search),
            _ => None,
        })),
        ExprKind::Sequence(sequence) => {
            let limits = sequence.within.iter().flatten().chain(&sequence.total);
            out.extend(limits.filter_map(extent_search));
            sequence.steps.iter().for_each(|e| searches(e, out));
        }
        ExprKind::Score(score) => {
            out.extend(&score.min.search);
            for part in &score.parts {
                out.extend(part.weight.iter().filter_map(|n| n.search.as_ref()));
                searches(&part.when, out);
            }
        }
        ExprKind::Window(window) => {
            out.extend(extent_search(&window.extent));
            out.extend(window.min_true.iter().filter_map(|n| n.search.as_ref()));
            searches(&window.expr, out);
        }
        ExprKind::Number { .. }
        | ExprKind::Bool(_)
        | ExprKind::Text(_)
        | ExprKind::Path(_)
        | ExprKind::Setup(_)
        | ExprKind::Error => {}
    }
}
