//! Scalars that are no expressions: words, timeframes, built-ins, ids, parameters' values.

use driver::reference::output_type;
use stdlib::{BUILTINS, Kind, ParamType};
use syntax::shape::{Form, PLAY, Shape};

use super::{CompletionKind, Cx};
use crate::declarations::{Declaration, DeclarationKind};
use crate::facts::usual_outputs;
use crate::hover::param_page;
use crate::outline::SlotId;
use crate::words;

impl Cx<'_> {
    /// The value of `slot`, or an item of the list there.
    pub(super) fn scalar(&mut self, slot: SlotId, shape: Shape) {
        match shape.of_form(Form::Scalar) {
            Shape::Words(words) => {
                for (word, doc) in words {
                    self.push(word, CompletionKind::Word, "", *doc, 0);
                }
            }
            Shape::Flag => self.flags(),
            Shape::Timeframe => self.timeframes(),
            Shape::Role => self.roles(),
            Shape::Clock => {
                self.roles();
                self.timeframes();
            }
            Shape::Indicator => self.builtins(Kind::Indicator),
            Shape::StructureType => self.builtins(Kind::Structure),
            Shape::Structure => self.names(|k| k == DeclarationKind::Structure),
            Shape::Setup => self.names(|k| k == DeclarationKind::Setup),
            Shape::Feature => {
                self.names(DeclarationKind::is_call);
                self.outputs_of_all();
            }
            Shape::Source => {
                for name in words::ambient().filter(|a| a.kind == "column") {
                    self.push(name.name, CompletionKind::Series, name.kind, name.doc, 1);
                }
                self.names(|k| k == DeclarationKind::Feature);
                self.outputs_of_all();
            }
            Shape::Action => {
                for key in PLAY.value_of("actions").keys() {
                    self.push(key.name, CompletionKind::Word, "action", key.doc, 0);
                }
            }
            Shape::Operator => self.operators(),
            Shape::Block => self.block_names(slot),
            it @ (Shape::Condition | Shape::Step | Shape::Operand) => self.operands(it),
            _ if self.is_argument(slot) => self.argument_value(slot),
            Shape::Number if self.outline.key(self.prefix, slot) == Some("version") => self.versions(slot),
            _ => self.param_value(slot),
        }
    }

    pub(super) fn flags(&mut self) {
        self.push("true", CompletionKind::Word, "", "", 0);
        self.push("false", CompletionKind::Word, "", "", 0);
    }

    pub(super) fn timeframes(&mut self) {
        for (at, tf) in words::TIMEFRAMES.iter().enumerate() {
            self.push(tf, CompletionKind::Word, "timeframe", "", 1 + at as u8);
        }
    }

    fn roles(&mut self) {
        for role in words::ROLES {
            let tf = self.analysis.role(role).unwrap_or("").to_owned();
            self.push(role, CompletionKind::Word, &tf, "", 0);
        }
    }

    fn builtins(&mut self, kind: Kind) {
        for row in BUILTINS.iter().filter(|b| b.kind == kind) {
            let documentation = format!("{}.\n\n```text\n{}\n```", row.summary, row.formula.trim());
            self.push(row.name, CompletionKind::Indicator, row.category, documentation, 0);
        }
    }

    pub(super) fn names(&mut self, wanted: impl Fn(DeclarationKind) -> bool) {
        for d in self.declared(wanted) {
            let kind = match d.kind {
                DeclarationKind::Structure => CompletionKind::Structure,
                DeclarationKind::Block => CompletionKind::Block,
                DeclarationKind::Setup => CompletionKind::Setup,
                _ => CompletionKind::Feature,
            };
            let mut detail = d.builtin.map_or(d.kind.noun(), |b| b.name).to_owned();
            if let Some(call) = self.analysis.call(d).filter(|_| self.analysis.kind == crate::Kind::Play) {
                detail = format!("{detail}, {}", call.tf);
            }
            let documentation = d.builtin.map_or_else(String::new, |b| format!("{}.", b.summary));
            self.push(&d.name, kind, &detail, documentation, 0);
        }
    }

    /// Those of one output are named by their id alone.
    pub(super) fn outputs_of_all(&mut self) {
        for d in self.declared(|kind| kind == DeclarationKind::Block) {
            self.members(d, &format!("{}.", d.name));
        }
        for d in self.declared(DeclarationKind::is_call) {
            let outputs = self.analysis.outputs(d);
            if outputs.len() < 2 {
                continue;
            }
            for output in &outputs {
                let label = format!("{}.{}", d.name, output.name);
                let facts = self.analysis.output_facts(d, output);
                self.push(&label, CompletionKind::Output, &facts, output.doc.to_string(), 3);
            }
        }
    }

    /// What a set of features holds: `rsi`, and `macd.signal` of those with several outputs.
    pub(super) fn members(&mut self, set: &Declaration, prefix: &str) {
        for member in self.analysis.block_of(set.slot).into_iter().flat_map(|block| block.members()) {
            let summary = member.builtin.map_or("", |row| row.summary);
            let label = format!("{prefix}{}", member.name);
            self.push(&label, CompletionKind::Output, member.builtin.map_or("", |b| b.name), summary, 3);
            let outputs = usual_outputs(&member);
            for output in outputs.iter().filter(|_| outputs.len() > 1) {
                let label = format!("{label}.{}", output.name);
                self.push(&label, CompletionKind::Output, &output_type(output), output.doc.to_string(), 3);
            }
        }
    }

    fn param_value(&mut self, slot: SlotId) {
        let Some((row, param)) = self.analysis_param(slot) else { return };
        let doc = param_page(param);
        match param.ty {
            ParamType::Choice(choices) => {
                for word in choices {
                    self.push(word, CompletionKind::Word, row, doc.clone(), 0);
                }
            }
            ParamType::Bool => self.flags(),
            ParamType::Feature => self.names(|k| k == DeclarationKind::Feature),
            ParamType::Int { .. } | ParamType::Float { .. } | ParamType::List { .. } => {
                let default = driver::reference::param_default(param).replace('`', "");
                if !matches!(param.default, stdlib::Default::Required | stdlib::Default::Absent) {
                    let detail = format!("default; {}", driver::reference::param_type(param));
                    self.push(&default, CompletionKind::Word, &detail, doc, 0);
                }
            }
        }
    }

    fn analysis_param(&self, slot: SlotId) -> Option<(&'static str, &'static stdlib::Param)> {
        let params = self.outline.slot(slot).parent;
        if !matches!(self.shapes.get(params), Shape::Params) {
            return None;
        }
        let declaration = self.outline.slot(params).parent;
        let row = crate::shapes::builtin(&self.outline, self.prefix, declaration)?;
        let name = self.outline.key(self.prefix, slot)?;
        Some((row.name, row.params.iter().find(|p| p.name == name)?))
    }
}
