//! Names and conditions: each gets its scope, and blocks in them become setups and features.

use diagnostics::Span;
use stdlib::{Kind, ParamType};
use syntax::ast::{Expr, ExprKind, Feature, Name, Param, Path, Segment, Structure, Value};
use syntax::scope as scoped;

use crate::expander::Expander;
use crate::report;
use crate::scope::{Aliased, Place, Scope};

impl Expander<'_> {
    /// Depth is that of the expression, which the parser bounds.
    pub fn expr(&mut self, expr: &mut Expr, scope: &mut Scope, place: Place) {
        match &mut expr.kind {
            ExprKind::Use(block) => {
                let setup = self.condition(block, place);
                expr.kind = setup.map_or(ExprKind::Error, ExprKind::Setup);
            }
            ExprKind::Setup(name) => {
                let name = name.clone();
                match self.named_condition(&name, scope, place) {
                    Some(kind) => expr.kind = kind,
                    None if scope.prefix.is_empty() => self.refuse_scoped(&name),
                    None => {
                        let id = scoped::join(&scope.prefix, &name.value);
                        expr.kind = ExprKind::Setup(Name::new(id, name.span));
                    }
                }
            }
            ExprKind::Path(path) => {
                let alone = path.segments.is_empty() && path.offset.is_none();
                let base = path.base.clone();
                if let Some(kind) = alone.then(|| self.named_condition(&base, scope, place)).flatten() {
                    expr.kind = kind;
                } else if !self.path(path, scope) {
                    expr.kind = ExprKind::Error;
                }
            }
            _ => {
                for child in expr.children_mut() {
                    self.expr(child, scope, place);
                }
            }
        }
    }

    /// What a name of `requires.blocks` stands for.
    fn named_condition(&mut self, name: &Name, scope: &mut Scope, place: Place) -> Option<ExprKind> {
        let alias = scope.alias(&name.value)?;
        let Aliased::Condition(block) = &alias.what else { return None };
        alias.is_used = true;
        let mut block = block.clone();
        // inside the block the place of the name is what leads on
        block.span = name.span;
        let setup = self.condition(&block, place);
        Some(setup.map_or(ExprKind::Error, |setup| ExprKind::Setup(Name::new(setup.value, name.span))))
    }

    /// `false`: the path leads nowhere, which has been reported.
    fn path(&mut self, path: &mut Path, scope: &mut Scope) -> bool {
        let Some(alias) = scope.alias(&path.base.value) else {
            path.base.value = own(&scope.prefix, &path.base.value);
            return true;
        };
        alias.is_used = true;
        let set = match &alias.what {
            Aliased::Set(set) => *set,
            Aliased::Condition(_) => {
                self.report(report::condition_as_value(&path.base));
                return false;
            }
        };
        let Some(set) = set else { return false };
        let member = match path.segments.first() {
            Some(Segment::Field(member)) => Some(member.clone()),
            _ => None,
        };
        let Some(id) = self.member(&path.base, member.as_ref(), set) else { return false };
        let member_span = member.map_or(path.base.span, |m| m.span);
        path.base = Name::new(id, path.base.span.to(member_span));
        path.segments.remove(0);
        true
    }

    /// The full name of what a feature set calls `member`.
    fn member(&mut self, alias: &Name, member: Option<&Name>, set: usize) -> Option<String> {
        let scope = &self.instances[set].scope;
        let report = match member {
            Some(member) if scope.names.contains(&member.value) => {
                return Some(scoped::join(&scope.prefix, &member.value));
            }
            Some(member) => report::unknown_member(alias, member, &scope.names),
            None => report::which_member(alias, &scope.names),
        };
        self.report(report);
        None
    }

    /// A name outside of expressions: `rsi`, `macd.signal`, `momentum.macd.signal`. `false` as in `path`.
    pub fn name(&mut self, name: &mut Name, scope: &mut Scope) -> bool {
        let (first, rest) =
            name.value.split_once('.').map_or((name.value.as_str(), None), |(a, b)| (a, Some(b)));
        let Some(alias) = scope.alias(first) else {
            if scope.prefix.is_empty() {
                self.refuse_scoped(name);
            } else {
                name.value = own(&scope.prefix, &name.value);
            }
            return true;
        };
        alias.is_used = true;
        let Aliased::Set(set) = alias.what else {
            self.report(report::condition_as_value(name));
            return false;
        };
        let Some(set) = set else { return false };
        let (member, output) =
            match rest.map(|rest| rest.split_once('.').map_or((rest, None), |(a, b)| (a, Some(b)))) {
                Some((member, output)) => (Some(Name::new(member.to_owned(), name.span)), output),
                None => (None, None),
            };
        let alias = Name::new(first.to_owned(), name.span);
        let Some(id) = self.member(&alias, member.as_ref(), set) else { return false };
        name.value = output.map_or_else(|| id.clone(), |output| format!("{id}.{output}"));
        true
    }

    /// The inside of a block has no name in the Play.
    fn refuse_scoped(&mut self, name: &Name) {
        if name.value.contains(scoped::SEPARATOR) {
            self.report(report::inside_of_a_block(name));
        }
    }

    pub fn feature(&mut self, feature: &mut Feature, scope: &mut Scope) {
        feature.id.value = scoped::join(&scope.prefix, &feature.id.value);
        self.optional(&mut feature.source, scope);
        feature.uses.retain_mut(|name| self.name(name, scope));
        let row = feature.indicator.as_ref().and_then(|name| stdlib::lookup(Kind::Indicator, &name.value));
        self.params(&mut feature.params, row, scope);
    }

    pub fn structure(&mut self, structure: &mut Structure, scope: &mut Scope) {
        if let Some(key) = &mut structure.key {
            key.value = scoped::join(&scope.prefix, &key.value);
        }
        self.optional(&mut structure.source, scope);
        structure.uses.retain_mut(|name| self.name(name, scope));
        let row = structure.kind.as_ref().and_then(|name| stdlib::lookup(Kind::Structure, &name.value));
        self.params(&mut structure.params, row, scope);
    }

    /// A name that cannot be followed is taken out: it has been reported.
    pub fn optional(&mut self, name: &mut Option<Name>, scope: &mut Scope) {
        if name.as_mut().is_some_and(|name| !self.name(name, scope)) {
            *name = None;
        }
    }

    /// Parameters that name features.
    fn params(&mut self, params: &mut [Param], row: Option<stdlib::BuiltinId>, scope: &mut Scope) {
        let Some(row) = row.map(stdlib::builtin) else { return };
        for param in params {
            let names_feature = match row.param_index(&param.name.value) {
                Some(at) => row.params[at].ty == ParamType::Feature,
                // the older place of `source`
                None => param.name.value == "source",
            };
            let span: Span = param.value.span;
            if let Value::Text(text) = &param.value.value
                && names_feature
            {
                let mut name = Name::new(text.clone(), span);
                let follows = self.name(&mut name, scope);
                param.value.value = if follows { Value::Text(name.value) } else { Value::Error };
            }
        }
    }
}

/// The columns of a bar: no declaration may take their names, so they are the same everywhere.
const COLUMNS: [&str; 5] = ["open", "high", "low", "close", "volume"];

/// A name as it is meant in a scope.
fn own(prefix: &str, name: &str) -> String {
    if COLUMNS.contains(&name) { name.to_owned() } else { scoped::join(prefix, name) }
}
