//! The words: what is said about sources and dependencies.

use diagnostics::{Code, Diagnostic, Severity};
use stdlib::{Field, Kind};
use syntax::ast::Name;
use syntax::scope;

use super::list;
use crate::resolved::{Call, Source};
use crate::words;

pub fn no_source(call: &Call, source: &Name) -> Diagnostic {
    let kind = call.row().map_or("", |row| row.name);
    Diagnostic::new(Code::E0506, format!("`{kind}` takes no source"), source.span, "has no effect")
        .note(format!("`{kind}` reads fixed columns of the bar; remove `source`"))
}

/// `ambient`: what the name would mean in a condition.
pub fn unknown_source(calls: &[Call], call: &Call, source: &Name, ambient: Option<Source>) -> Diagnostic {
    let no_feature = "features are computed from bars alone; conditions may read this value";
    match ambient {
        Some(Source::Position(_)) => {
            return Diagnostic::new(
                Code::E0409,
                format!("`{}` depends on the position", source.value),
                source.span,
                "no source of a feature",
            )
            .note(no_feature);
        }
        Some(Source::Series(_)) => {
            return Diagnostic::new(
                Code::E0408,
                format!("`{}` is a series beside the bars", source.value),
                source.span,
                "no source of a feature",
            )
            .note(no_feature);
        }
        _ => {}
    }
    let d = Diagnostic::new(
        Code::E0506,
        format!("`{}` is neither a column nor a feature", scope::bare(&source.value)),
        source.span,
        "nothing of this name",
    );
    let mut candidates = others(calls, call, |_| true);
    Field::ALL.iter().for_each(|f| candidates.push(f.name()));
    let d = d.note(format!(
        "columns are {}; a feature on {} may also be named",
        list(Field::ALL.map(Field::name)),
        call.tf
    ));
    match words::suggest(scope::bare(&source.value), candidates) {
        Some(near) => d.fix(format!("write `{near}`"), source.span, near),
        None => d,
    }
}

/// A feature parameter that names nothing.
pub fn unknown_feature(calls: &[Call], call: &Call, name: &Name) -> Diagnostic {
    let same = others(calls, call, |_| true);
    let d = Diagnostic::new(
        Code::E0301,
        format!("`{}` is not declared", scope::bare(&name.value)),
        name.span,
        format!("no feature of this id on {}", call.tf),
    );
    match words::suggest(scope::bare(&name.value), same) {
        Some(near) => d.fix(format!("write `{near}`"), name.span, near),
        None => d,
    }
}

pub fn other_timeframe(call: &Call, name: &Name, other: &Call) -> Diagnostic {
    Diagnostic::new(
        Code::E0506,
        format!("`{}` runs on {}, `{}` on {}", call.id.value, call.tf, other.id.value, other.tf),
        name.span,
        format!("must be on {}", call.tf),
    )
    .label(other.id.span, format!("on {}", other.tf))
    .note("a built-in is fed once a bar of its own timeframe, so everything it reads must be on it")
}

pub fn missing_feature(call: &Call, param: &str) -> Diagnostic {
    let kind = call.row().map_or("", |row| row.name);
    Diagnostic::new(
        Code::E0504,
        format!("{} `{}` needs `{param}`", call.noun(), call.id.value),
        call.id.span,
        format!("`{kind}` without `{param}`"),
    )
    .note(format!("declare a feature with `indicator: atr` on {} and name it: `{param}: atr_14`", call.tf))
}

/// The reference looked for a feature called `atr` and, when there was none, never did anything.
pub fn implied_feature(call: &Call, param: &str, found: &Call) -> Diagnostic {
    let mut d = Diagnostic::new(
        Code::E0504,
        format!("{} `{}` does not say its `{param}`", call.noun(), call.id.value),
        call.id.span,
        format!("`{}` is taken", found.id.value),
    )
    .label(found.id.span, format!("the first ATR on {}", found.tf))
    .note(format!("write `{param}: {}` among its params", found.id.value));
    d.severity = Severity::Warning;
    d
}

pub fn unknown_dependency(calls: &[Call], call: &Call, name: &Name) -> Diagnostic {
    let same = others(calls, call, |c| c.kind == Kind::Structure);
    let d = Diagnostic::new(
        Code::E0310,
        format!("`{}` uses `{}`, which is not declared", call.id.value, scope::bare(&name.value)),
        name.span,
        "no structure of this key",
    );
    let d = if same.is_empty() {
        d.note(format!("there are no other structures on {}", call.tf))
    } else {
        d.note(format!("structures on {} are {}", call.tf, list(same.iter().copied())))
    };
    match words::suggest(scope::bare(&name.value), same) {
        Some(near) => d.fix(format!("write `{near}`"), name.span, near),
        None => d,
    }
}

/// What else is declared beside a call, on its timeframe, as one writes it there.
fn others<'c>(calls: &'c [Call], call: &Call, is: impl Fn(&Call) -> bool) -> Vec<&'c str> {
    let beside = |c: &&Call| scope::of(&c.id.value) == scope::of(&call.id.value);
    let near = calls.iter().filter(|c| c.tf == call.tf && c.id != call.id && is(c)).filter(beside);
    near.map(|c| scope::bare(&c.id.value)).collect()
}

/// A name in `uses` that exists but cannot be used.
pub fn unusable(call: &Call, name: &Name, other: &Call) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0310,
        format!("`{}` cannot use `{}`", call.id.value, other.id.value),
        name.span,
        if other.kind == Kind::Structure {
            format!("is on {}, not on {}", other.tf, call.tf)
        } else {
            "is a feature, not a structure".to_owned()
        },
    )
    .label(other.id.span, "declared here");
    if other.kind == Kind::Structure {
        d.note("a structure follows others bar by bar, so they must be on its timeframe; declare one there")
    } else {
        d.note("`uses` names structures; features are named by parameters such as `atr_key`")
    }
}

pub fn missing_dependency(calls: &[Call], call: &Call, kind: &str) -> Diagnostic {
    let of_kind = |c: &&Call| c.kind == Kind::Structure && c.row().is_some_and(|r| r.name == kind);
    let here = calls.iter().find(|c| of_kind(c) && c.tf == call.tf);
    let elsewhere = calls.iter().find(of_kind);
    let own = call.row().map_or("", |row| row.name);
    let d = Diagnostic::new(
        Code::E0311,
        format!("{} `{}` needs a `{kind}`", call.noun(), call.id.value),
        call.id.span,
        format!("a `{own}` follows a `{kind}`"),
    );
    match (here, elsewhere) {
        (Some(found), _) => d
            .label(found.id.span, "this one is on its timeframe")
            .note(format!("add `uses: {}`", found.id.value)),
        (None, Some(found)) => d.label(found.id.span, format!("this one is on {}", found.tf)).note(format!(
            "declare a structure with `type: {kind}` on {} and add `uses:` with its key",
            call.tf
        )),
        (None, None) => d.note(format!(
            "declare a structure with `type: {kind}` on {} and add `uses:` with its key",
            call.tf
        )),
    }
}

pub fn cycle(circle: &[&Call]) -> Diagnostic {
    let way =
        circle.iter().chain(circle.first()).map(|c| c.id.value.as_str()).collect::<Vec<_>>().join(" -> ");
    let Some((first, others)) = circle.split_first() else {
        return Diagnostic::new(Code::E0313, "features in a circle", diagnostics::Span::default(), "");
    };
    let d = Diagnostic::new(
        Code::E0313,
        format!("`{}` is computed from itself", first.id.value),
        first.id.span,
        way,
    )
    .note("follow the sources and `uses`: one of them must start from the bars");
    others.iter().fold(d, |d, c| d.label(c.id.span, "on the way round"))
}
