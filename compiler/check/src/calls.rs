//! Built-ins as values, the types of their outputs, and the names they are exported by.

use ir::{Named, Op, Ty, ValueId};
use resolve::resolved::{CallId, Input, OutputRef, SetupId};
use stdlib::{Field, Range, Type, Unit};

use crate::Checker;

impl Checker<'_> {
    /// Every output of every feature and structure, and every setup, by name.
    pub(crate) fn named(&mut self) -> Option<Vec<Named>> {
        (0..self.play.calls.len()).for_each(|at| self.build_with_inputs(CallId(at)));
        let mut named = Vec::new();
        let mut complete = true;
        for (at, call) in self.play.calls.iter().enumerate() {
            for (index, output) in call.outputs.iter().enumerate() {
                let value = self.output(OutputRef { call: CallId(at), index });
                let name = match output.name.as_ref() {
                    "value" if call.outputs.len() == 1 => call.id.value.clone(),
                    field => format!("{}.{field}", call.id.value),
                };
                complete &= value.is_some();
                named.extend(value.map(|value| Named { name, value }));
            }
        }
        for (at, setup) in self.play.setups.iter().enumerate() {
            let scope = self.setup_reads[at].block(self.play.exec);
            let value = self.setup(SetupId(at), scope);
            complete &= value.is_some();
            named.extend(value.map(|value| Named { name: format!("setup:{}", setup.id.value), value }));
        }
        complete.then_some(named)
    }

    /// One output of a feature or structure, on its own clock.
    pub(crate) fn output(&mut self, output: OutputRef) -> Option<ValueId> {
        if let Some(&id) = self.arena.outputs.get(&output) {
            return Some(id);
        }
        let call = self.arena.calls[output.call.0]??;
        let declared = &self.play.calls[output.call.0];
        let ty = self.output_type(output);
        let op = Op::Output { call, index: u16::try_from(output.index).ok()? };
        let id = self.arena.derive(op, Ty::Number(ty), declared.id.span);
        self.arena.outputs.insert(output, id);
        Some(id)
    }

    /// Builds a call after those that it reads; without recursion, since a Play may chain as long as it
    /// likes.
    fn build_with_inputs(&mut self, id: CallId) {
        let mut waiting = vec![id];
        while let Some(&at) = waiting.last() {
            let missing = self.play.calls[at.0].inputs.iter().find_map(|input| match input {
                Input::Output(read) if self.arena.calls[read.call.0].is_none() => Some(read.call),
                _ => None,
            });
            match missing {
                Some(first) => waiting.push(first),
                None => {
                    waiting.pop();
                    if self.arena.calls[at.0].is_none() {
                        self.arena.calls[at.0] = Some(self.build(at));
                    }
                }
            }
        }
    }

    fn build(&mut self, id: CallId) -> Option<ValueId> {
        let declared = &self.play.calls[id.0];
        let builtin = declared.builtin?;
        let mut inputs = Vec::with_capacity(declared.inputs.len());
        for input in &declared.inputs {
            inputs.push(match *input {
                Input::Field(field) => {
                    let ty = Ty::Number(field_type(field));
                    Some(self.arena.add(Op::Field(field), ty, Some(declared.tf), declared.id.span))
                }
                Input::Output(output) => Some(self.output(output)?),
                Input::Absent => None,
            });
        }
        let op = Op::Call { builtin, params: declared.params.clone(), inputs };
        Some(self.arena.add(op, Ty::Call, Some(declared.tf), declared.id.span))
    }

    /// As the row says; but rows speak of prices, and an average of volumes is a volume.
    fn output_type(&self, output: OutputRef) -> Type {
        let call = &self.play.calls[output.call.0];
        let ty = call.outputs[output.index].ty;
        let at = call.row().and_then(|row| row.inputs.iter().position(|i| *i == stdlib::Input::Source));
        let unit = match at.and_then(|at| call.inputs.get(at)) {
            Some(Input::Field(field)) => field.unit(),
            Some(Input::Output(source)) => match self.arena.outputs.get(source) {
                Some(&id) => self.arena.number_type(id).unit(),
                None => return ty,
            },
            Some(Input::Absent) | None => return ty,
        };
        match ty {
            Type::Float { unit: Unit::Price | Unit::PriceDelta, range } if unit != Unit::Price => {
                // Volumes are not negative, as prices are not; anything else may be.
                let range = if unit == Unit::Volume { range } else { Range::ANY };
                Type::Float { unit, range }
            }
            other => other,
        }
    }
}

pub fn field_type(field: Field) -> Type {
    Type::Float { unit: field.unit(), range: Range::NON_NEGATIVE }
}
