//! `variables:` as they were declared; `crate::variables` has put their values in already.

use crate::ast::Variable;
use crate::read::{Cx, check_id, shape_error, spanned, value};
use crate::variables::Declared;
use crate::yaml::{Entry, Kind};

pub fn read(cx: &mut Cx, declared: &[Declared]) -> Vec<Variable> {
    let mut out = Vec::with_capacity(declared.len());
    for variable in declared {
        check_id(cx, "variable", &variable.key);
        let value = value(cx, &variable.key.text, &variable.value);
        out.push(Variable { name: spanned(&variable.key), value, used: variable.used });
    }
    out
}

pub fn check_shape(cx: &mut Cx, entry: &Entry) {
    if !matches!(entry.value.kind, Kind::Map(_) | Kind::Error) {
        cx.report(
            shape_error(&entry.value, "variables", "a map").note("as in `variables: {fast: 9, slow: 21}`"),
        );
    }
}
