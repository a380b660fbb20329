//! The signature of a built-in: everything that compiler, VM, editor and documentation know of it.

use std::borrow::Cow;

use crate::kernel::Kernel;
use crate::params::{Param, ParamError, Params};
use crate::types::{Field, Type};

/// Where a built-in may be declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Under `features:`.
    Indicator,
    /// Under `structures:`.
    Structure,
}

/// One row of the catalogue.
#[derive(Debug)]
pub struct Builtin {
    pub name: &'static str,
    pub kind: Kind,
    /// Heading in the reference: "average", "momentum", "trend", "volatility", "volume", "session", "structure", ...
    pub category: &'static str,
    /// What it is, one line, no full stop.
    pub summary: &'static str,
    /// The formula in plain text, as implemented. May have several lines.
    pub formula: &'static str,
    /// Who defines it: "TA-Lib EMA", "TradingView ta.alma", ...
    pub source: &'static str,
    /// What it gives on flat, missing and zero-volume bars.
    pub edge_cases: &'static str,
    /// Columns it reads, in the order in which the kernel gets them.
    pub inputs: &'static [Input],
    pub params: &'static [Param],
    pub outputs: Outputs,
    /// Relations between parameters, beyond the range of each.
    pub check: fn(&Params) -> Result<(), ParamError>,
    pub warmup: fn(&Params, Warmup) -> usize,
    /// Index of the first bar with a value in every always-defined output, on data without missing bars.
    pub first: fn(&Params) -> usize,
    pub make: fn(&Params) -> Box<dyn Kernel>,
}

/// One input column of a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// This column of the bar, whatever the feature's `source`.
    Bar(Field),
    /// The feature's `source`: a bar column (`close` when not given) or any output of another feature.
    Source,
    /// The feature named by this `ParamType::Feature` parameter. An empty slice when it was not given.
    Feature { param: &'static str },
    /// An output of the structure that `uses:` names: the first in `uses` whose type is `structure`.
    /// When `optional` and no such structure is used, an empty slice.
    Uses { structure: &'static str, output: &'static str, optional: bool },
}

/// One output column of a kernel.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// `value` for the only output of an indicator.
    pub name: Cow<'static, str>,
    pub ty: Type,
    /// What a bare reference to the feature means. At most one of the outputs.
    pub primary: bool,
    /// Missing on many bars by its nature (one of a pair, an event's level before any event):
    /// warm-up does not wait for it.
    pub sparse: bool,
    pub doc: Cow<'static, str>,
}

impl Output {
    #[must_use]
    pub const fn new(name: &'static str, ty: Type, doc: &'static str) -> Output {
        Output { name: Cow::Borrowed(name), ty, primary: false, sparse: false, doc: Cow::Borrowed(doc) }
    }

    #[must_use]
    pub const fn primary(name: &'static str, ty: Type, doc: &'static str) -> Output {
        Output { name: Cow::Borrowed(name), ty, primary: true, sparse: false, doc: Cow::Borrowed(doc) }
    }

    #[must_use]
    pub const fn sparse(mut self) -> Output {
        self.sparse = true;
        self
    }
}

/// Which outputs a built-in has.
#[derive(Clone, Copy, Debug)]
pub enum Outputs {
    Fixed(&'static [Output]),
    /// Outputs that depend on the parameters (`level_0.618`, `zone0_state`), with the families' patterns for the docs.
    Family {
        families: &'static [Family],
        outputs: fn(&Params) -> Vec<Output>,
    },
}

/// A family of outputs, reached as `fib.level[0.618]` or `zones.zone[0].state`.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// Such as `level[<ratio>]`.
    pub pattern: &'static str,
    pub doc: &'static str,
}

impl Builtin {
    /// The outputs for these parameters, in the order in which the kernel writes them.
    #[must_use]
    pub fn outputs(&self, params: &Params) -> Vec<Output> {
        match self.outputs {
            Outputs::Fixed(outputs) => outputs.to_vec(),
            Outputs::Family { outputs, .. } => outputs(params),
        }
    }

    #[must_use]
    pub fn param_index(&self, name: &str) -> Option<usize> {
        self.params.iter().position(|p| p.name == name)
    }
}

/// What a warm-up figure depends on besides the parameters.
#[derive(Clone, Copy, Debug)]
pub struct Warmup {
    /// The share of the seed's initial error that may be left in the value (1e-4 unless declared otherwise).
    pub tolerance: f64,
    /// The period of the clock it runs on.
    pub period_ms: i64,
}

impl Warmup {
    /// Bars asked for at the most where parameters are so extreme that no number of bars would do.
    pub const LONGEST: f64 = 1e6;

    /// Bars until `alpha`-smoothing has forgotten its seed to the tolerance.
    #[must_use]
    pub fn smoothing(self, alpha: f64) -> usize {
        if alpha >= 1.0 {
            return 0;
        }
        (libm::log(self.tolerance) / libm::log(1.0 - alpha)).ceil() as usize
    }
}

/// For built-ins without relations between their parameters.
pub fn no_relations(_: &Params) -> Result<(), ParamError> {
    Ok(())
}
