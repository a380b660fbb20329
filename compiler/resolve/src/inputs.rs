//! What each input of a built-in reads: columns, other features, structures.

use diagnostics::Diagnostic;
use stdlib::{Field, Kind, ParamType, Value};
use syntax::ast::Name;

use crate::calls::Wiring;
use crate::names::Names;
use crate::report::wiring as report;
use crate::resolved::{Call, CallId, Input, OutputRef};

pub fn bind(calls: &mut [Call], wirings: &[Wiring], out: &mut Vec<Diagnostic>) {
    for at in 0..calls.len() {
        let mut binder = Binder { calls, at, wiring: &wirings[at], out, implied: Vec::new() };
        let inputs = binder.inputs();
        let implied = binder.implied;
        calls[at].inputs = inputs;
        for param in implied {
            calls[at].params.0[param] = Value::Feature(true);
        }
    }
    break_cycles(calls, out);
}

/// What a reference such as `macd`, `macd.signal` or `macd_signal` leads to.
pub enum Lookup<'t> {
    Found(OutputRef),
    /// The built-in is unknown; reported.
    Broken,
    NoCall,
    NoOutput(CallId, &'t str),
    /// Several outputs, none of them primary.
    Ambiguous(CallId),
}

pub fn lookup<'t>(calls: &[Call], text: &'t str) -> Lookup<'t> {
    let by_id = |id: &str| calls.iter().position(|c| c.id.value == id).map(CallId);
    if let Some(id) = by_id(text) {
        let call = &calls[id.0];
        return match call.primary() {
            _ if call.builtin.is_none() => Lookup::Broken,
            Some(index) => Lookup::Found(OutputRef { call: id, index }),
            None => Lookup::Ambiguous(id),
        };
    }
    let dotted = text.split_once('.').and_then(|(id, field)| Some((by_id(id)?, field)));
    if let Some((id, field)) = dotted {
        let call = &calls[id.0];
        return match call.output(field) {
            _ if call.builtin.is_none() => Lookup::Broken,
            Some(index) => Lookup::Found(OutputRef { call: id, index }),
            None => Lookup::NoOutput(id, field),
        };
    }
    expanded(calls, text).map_or(Lookup::NoCall, Lookup::Found)
}

/// The reference's column names: `macd_signal` for `macd.signal`.
pub fn expanded(calls: &[Call], text: &str) -> Option<OutputRef> {
    calls.iter().enumerate().find_map(|(at, call)| {
        let field = text.strip_prefix(call.id.value.as_str())?.strip_prefix('_')?;
        Some(OutputRef { call: CallId(at), index: call.output(field)? })
    })
}

struct Binder<'b> {
    calls: &'b [Call],
    at: usize,
    wiring: &'b Wiring,
    out: &'b mut Vec<Diagnostic>,
    /// Feature parameters that were not written but found.
    implied: Vec<usize>,
}

impl Binder<'_> {
    fn inputs(&mut self) -> Vec<Input> {
        let call = &self.calls[self.at];
        let Some(row) = call.row() else { return Vec::new() };
        let takes_source = crate::params::takes_source(row);
        if let Some(source) = &self.wiring.source
            && !takes_source
            && source.value != "close"
        {
            self.out.push(report::no_source(call, source));
        }
        self.check_uses();
        row.inputs
            .iter()
            .map(|input| match *input {
                stdlib::Input::Bar(field) => Input::Field(field),
                stdlib::Input::Source => self.source(),
                stdlib::Input::Feature { param } => self.feature(param),
                stdlib::Input::Uses { structure, output, optional } => {
                    self.structure(structure, output, optional)
                }
            })
            .collect()
    }

    fn source(&mut self) -> Input {
        let Some(source) = &self.wiring.source else { return Input::Field(Field::Close) };
        if let Some(field) = Field::by_name(&source.value) {
            return Input::Field(field);
        }
        self.same_timeframe(source, true)
    }

    /// The output that `name` means, which must be on this call's timeframe.
    fn same_timeframe(&mut self, name: &Name, or_column: bool) -> Input {
        let call = &self.calls[self.at];
        match lookup(self.calls, &name.value) {
            Lookup::Found(found) => {
                let other = &self.calls[found.call.0];
                if other.tf == call.tf {
                    return Input::Output(found);
                }
                self.out.push(report::other_timeframe(call, name, other));
            }
            Lookup::Broken => {}
            Lookup::NoCall if !or_column => self.out.push(report::unknown_feature(self.calls, call, name)),
            Lookup::NoCall => {
                self.out.push(report::unknown_source(self.calls, call, name, Names::ambient(&name.value)))
            }
            Lookup::NoOutput(id, field) => {
                self.out.push(crate::report::unknown_output(&self.calls[id.0], field, name.span));
            }
            Lookup::Ambiguous(id) => {
                self.out.push(crate::report::missing_output(&self.calls[id.0], name.span))
            }
        }
        Input::Absent
    }

    fn feature(&mut self, param: &str) -> Input {
        let call = &self.calls[self.at];
        let Some(index) = call.row().and_then(|row| row.param_index(param)) else { return Input::Absent };
        if let Some((_, name)) = self.wiring.features.iter().find(|(at, _)| *at == index) {
            return self.same_timeframe(name, false);
        }
        let declared = call.row().map(|row| row.params[index]);
        let required = declared.is_some_and(|p| p.default == stdlib::Default::Required);
        debug_assert!(
            declared.is_none_or(|p| p.ty == ParamType::Feature),
            "Invariant: features come from feature parameters"
        );
        if !required {
            return Input::Absent;
        }
        let near: Vec<CallId> = self.average_true_ranges();
        let by_name = near.iter().find(|id| self.calls[id.0].id.value == "atr");
        match by_name.or(near.first()) {
            Some(&id) => {
                if by_name.is_none() {
                    self.out.push(report::implied_feature(call, param, &self.calls[id.0]));
                }
                self.implied.push(index);
                Input::Output(OutputRef { call: id, index: 0 })
            }
            None => {
                self.out.push(report::missing_feature(call, param));
                Input::Absent
            }
        }
    }

    /// ATR features on this timeframe: what every feature parameter so far wants.
    fn average_true_ranges(&self) -> Vec<CallId> {
        let tf = self.calls[self.at].tf;
        let is = |c: &Call| {
            c.tf == tf && c.row().is_some_and(|row| row.name == "atr" && row.kind == Kind::Indicator)
        };
        self.calls.iter().enumerate().filter(|(_, c)| is(c)).map(|(at, _)| CallId(at)).collect()
    }

    fn check_uses(&mut self) {
        let call = &self.calls[self.at];
        for name in &self.wiring.uses {
            match self.used(name).map(|at| &self.calls[at]) {
                Some(other) if other.builtin.is_none() => {}
                Some(other) if other.kind == Kind::Structure && other.tf == call.tf => {}
                Some(other) => self.out.push(report::unusable(call, name, other)),
                None => self.out.push(report::unknown_dependency(self.calls, call, name)),
            }
        }
    }

    /// What a name in `uses` means: a structure, or else whatever has that id.
    fn used(&self, name: &Name) -> Option<usize> {
        let is = |c: &Call| c.id.value == name.value;
        let structure = self.calls.iter().position(|c| is(c) && c.kind == Kind::Structure);
        structure.or_else(|| self.calls.iter().position(is))
    }

    fn structure(&mut self, kind: &str, output: &str, optional: bool) -> Input {
        let call = &self.calls[self.at];
        let is = |c: &Call| {
            c.tf == call.tf && c.kind == Kind::Structure && c.row().is_some_and(|r| r.name == kind)
        };
        let used: Vec<Option<usize>> = self.wiring.uses.iter().map(|name| self.used(name)).collect();
        let found = used.iter().flatten().copied().find(|&at| is(&self.calls[at]));
        // An anchored indicator without `uses` follows the first such structure of its timeframe.
        let implied = call.kind == Kind::Indicator && used.is_empty();
        let found = found.or_else(|| implied.then(|| self.calls.iter().position(is)).flatten());
        if let Some(at) = found {
            let index = self.calls[at].output(output);
            return index.map_or(Input::Absent, |index| Input::Output(OutputRef { call: CallId(at), index }));
        }
        // A wrong name in `uses`, or a structure of unknown type, may have been meant; that has been
        // reported.
        let doubtful = used.iter().any(|at| {
            at.is_none_or(|at| {
                let other = &self.calls[at];
                other.builtin.is_none() || other.kind != Kind::Structure || other.tf != call.tf
            })
        });
        let told = self.out.iter().any(|d| d.span() == call.id.span && d.code == diagnostics::Code::E0311);
        if !optional && !doubtful && !told {
            self.out.push(report::missing_dependency(self.calls, call, kind));
        }
        Input::Absent
    }
}

/// Reports every circle once and cuts it, so that later phases may follow inputs without end.
fn break_cycles(calls: &mut [Call], out: &mut Vec<Diagnostic>) {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; calls.len()];
    for start in 0..calls.len() {
        // (call, next input to look at), without recursion: a Play may chain as long as it likes.
        let mut path = vec![(start, 0)];
        if marks[start] != Mark::New {
            continue;
        }
        marks[start] = Mark::Open;
        while let Some((at, next)) = path.last_mut() {
            let at = *at;
            let Some(input) = calls[at].inputs.get(*next) else {
                marks[at] = Mark::Done;
                path.pop();
                continue;
            };
            let slot = *next;
            *next += 1;
            let Input::Output(read) = *input else { continue };
            match marks[read.call.0] {
                Mark::New => {
                    marks[read.call.0] = Mark::Open;
                    path.push((read.call.0, 0));
                }
                Mark::Open => {
                    let from = path.iter().position(|(c, _)| *c == read.call.0).unwrap_or(0);
                    let circle: Vec<&Call> = path[from..].iter().map(|(c, _)| &calls[*c]).collect();
                    out.push(report::cycle(&circle));
                    calls[at].inputs[slot] = Input::Absent;
                }
                Mark::Done => {}
            }
        }
    }
}
