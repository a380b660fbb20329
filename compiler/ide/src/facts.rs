//! What is known of a value: type, unit, range, timeframe, warm-up.

use bars::Timeframe;
use driver::reference;
use resolve::resolved::{Call, Input};
use stdlib::{Output, Params, Warmup};
use syntax::scope;

use crate::declarations::Declaration;
use crate::{Analysis, Kind, words};

impl Analysis {
    /// The compiler's view of a declared feature or structure; none while its section cannot be read.
    pub(crate) fn call(&self, declared: &Declaration) -> Option<&Call> {
        let is_it = |c: &&Call| scope::bare(&c.id.value) == declared.name && self.is_here(c.id.span);
        self.compilation.resolved.calls.iter().find(is_it)
    }

    /// The outputs with the parameters as they are, or else with the defaults.
    pub(crate) fn outputs(&self, declared: &Declaration) -> Vec<Output> {
        match self.call(declared) {
            Some(call) if call.builtin.is_some() => call.outputs.clone(),
            _ => usual_outputs(declared),
        }
    }

    /// `number, price, at least 0; primary`
    pub(crate) fn output_facts(&self, declared: &Declaration, output: &Output) -> String {
        let mut checked = output.clone();
        if let Some((ty, _)) = self.checked(declared, output) {
            checked.ty = ty;
        }
        reference::output_type(&checked)
    }

    /// The type after checking, and how many bars of which timeframe come first. Known of a Play without errors.
    fn checked(&self, declared: &Declaration, output: &Output) -> Option<(stdlib::Type, ir::Warmup)> {
        let module = self.compilation.module.as_ref()?;
        let id = &self.call(declared)?.id.value;
        let full = format!("{id}.{}", output.name);
        let named = module.named.iter().find(|n| n.name == full || n.name == *id)?;
        let value = module.value(named.value);
        match value.ty {
            ir::Ty::Number(ty) => Some((ty, value.warmup.clone())),
            ir::Ty::Condition | ir::Ty::Call => None,
        }
    }

    /// `146 bars of 15m`, with what it is computed from; without the bars of a Play that has errors, its own only.
    /// In a block the bars that its defaults take: the timeframes are those of the Play that uses it.
    pub(crate) fn warmup(&self, declared: &Declaration) -> Option<String> {
        if self.kind == Kind::Block {
            let bars = self.own_warmup(self.call(declared)?, 0)?;
            return Some(format!("{bars} bars, with the defaults"));
        }
        let output = self.outputs(declared).into_iter().find(|o| !o.sparse);
        if let Some((_, warmup)) = output.as_ref().and_then(|o| self.checked(declared, o)) {
            return shown(&warmup);
        }
        let call = self.call(declared)?;
        let bars = self.own_warmup(call, 0)?;
        Some(format!("{bars} bars of {}", call.tf))
    }

    /// The call's own bars and those of what it reads on the same timeframe.
    fn own_warmup(&self, call: &Call, depth: usize) -> Option<usize> {
        const DEPTH_MAX: usize = 32;
        let row = call.row()?;
        let calls = &self.compilation.resolved.calls;
        let below = call.inputs.iter().filter_map(|input| match input {
            Input::Output(read) if depth < DEPTH_MAX => self.own_warmup(calls.get(read.call.0)?, depth + 1),
            _ => None,
        });
        let tolerance = self.tolerance();
        let own = (row.warmup)(&call.params, Warmup { tolerance, period_ms: call.tf.ms() });
        // the last bar of what it reads is its own first
        Some(below.max().unwrap_or(1) + own.saturating_sub(1))
    }

    fn tolerance(&self) -> f64 {
        let written = self.compilation.resolved.backtest.warmup_tolerance.as_ref();
        written.map_or(check_default(), |n| n.value)
    }

    /// The warm-up of a setup, on every timeframe that it reads.
    pub(crate) fn setup_warmup(&self, name: &str) -> Option<String> {
        let module = self.compilation.module.as_ref()?;
        let wanted = format!("setup:{name}");
        let named = module.named.iter().find(|n| n.name == wanted)?;
        shown(&module.value(named.value).warmup)
    }

    /// The timeframe of a feature, which only a Play says.
    pub(crate) fn clock(&self, declared: &Declaration) -> Option<String> {
        let call = self.call(declared).filter(|_| self.kind == Kind::Play)?;
        Some(self.timeframe(call.tf))
    }

    /// `15m` and, where it has one, the role: `15m (low_tf, exec)`.
    pub(crate) fn timeframe(&self, tf: Timeframe) -> String {
        let mut roles = Vec::new();
        if let Some(written) = &self.compilation.ast.timeframes {
            let names = [&written.low, &written.med, &written.high];
            for (name, role) in names.into_iter().zip(words::ROLES) {
                if name.as_ref().and_then(|n| Timeframe::parse(&n.value)) == Some(tf) {
                    roles.push(*role);
                }
            }
        }
        if tf == self.compilation.resolved.exec {
            roles.push("exec");
        }
        if roles.is_empty() { tf.to_string() } else { format!("{tf} ({})", roles.join(", ")) }
    }

    /// What `low_tf` and its like stand for.
    pub(crate) fn role(&self, role: &str) -> Option<&str> {
        let timeframes = self.compilation.ast.timeframes.as_ref();
        // those around a block are not its own
        let written = timeframes.filter(|_| self.kind == Kind::Play)?;
        let name = match role {
            "low_tf" => &written.low,
            "med_tf" => &written.med,
            "high_tf" => &written.high,
            _ => return None,
        };
        name.as_ref().map(|n| n.value.as_str())
    }

    /// What percentages of the margin are divided by: the account's leverage, else the sizing's, else 1.
    pub(crate) fn leverage(&self) -> f64 {
        let play = &self.compilation.resolved;
        let of_sizing = play.risk.as_ref().and_then(|r| r.sizing.as_ref()?.max_leverage.as_ref());
        play.account.max_leverage.as_ref().or(of_sizing).map_or(1.0, |n| n.value)
    }
}

/// With the defaults of its parameters.
pub(crate) fn usual_outputs(declared: &Declaration) -> Vec<Output> {
    declared.builtin.map_or_else(Vec::new, |row| row.outputs(&Params::defaults(row.params)))
}

fn check_default() -> f64 {
    driver::Options::default().check.tolerance
}

/// Nothing where no bar has to come first.
fn shown(warmup: &ir::Warmup) -> Option<String> {
    let parts: Vec<String> = warmup
        .0
        .iter()
        .filter(|(_, bars)| **bars > 0)
        .map(|(tf, bars)| format!("{bars} bars of {tf}"))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
