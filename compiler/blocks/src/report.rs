//! The words: what is said about blocks.

pub mod params;

use std::collections::BTreeSet;

use diagnostics::suggest::nearest;
use diagnostics::{Code, Diagnostic, Span, Spanned};
use syntax::ast::{BlockHead, BlockKind, Name, Side, Use};

use crate::registry::name_and_version;

/// `a`, `b` and `c`; long lists are cut.
fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<&str> = items.into_iter().collect();
    let shown = items.len().min(24);
    let mut text = items[..shown].iter().map(|i| format!("`{i}`")).collect::<Vec<_>>().join(", ");
    if shown < items.len() {
        text.push_str(", ...");
    }
    text
}

// ---------------------------------------------------------------- finding the file

pub fn unknown(block: &Use, names: &[&str]) -> Diagnostic {
    let name = &block.name;
    let d = Diagnostic::new(
        Code::E0314,
        format!("there is no block `{}`", name.value),
        name.span,
        "no file of this name",
    );
    let file = name_and_version(&name.value).0;
    let d = d.note(format!(
        "a block lies in `blocks/{file}.yml` or `blocks/{file}_v1.yml` beside the Play or above it, in a folder of \
         `--blocks` or PLAY_BLOCKS, or comes with the compiler"
    ));
    match near_name(&name.value, names) {
        Some(near) => d.fix(format!("write `{near}`"), name.span, near),
        None => d.note(format!("there are {}", list(names.iter().copied()))),
    }
}

/// By the whole name, or by the name without its version.
fn near_name<'n>(name: &str, names: &[&'n str]) -> Option<&'n str> {
    let base = |name: &'n str| name_and_version(name).0;
    nearest(name, names.iter().copied()).or_else(|| {
        let near = nearest(name_and_version(name).0, names.iter().map(|n| base(n)))?;
        names.iter().copied().find(|n| base(n) == near)
    })
}

fn versions(versions: &[u32]) -> String {
    versions.iter().map(|v| format!("v{v}")).collect::<Vec<_>>().join(", ")
}

pub fn no_such_version(block: &Use, base: &str, wanted: u32, all: &[u32]) -> Diagnostic {
    let at = block.version.as_ref().map_or(block.name.span, |v| v.span);
    let d = Diagnostic::new(
        Code::E0315,
        format!("block `{base}` has no version {wanted}"),
        at,
        "no file of this version",
    )
    .note(format!("there is {}", versions(all)));
    match (all, &block.version) {
        ([only], Some(version)) => d.fix(format!("write {only}"), version.span, only.to_string()),
        ([only], None) => d.fix(format!("write `{base}_v{only}`"), at, format!("{base}_v{only}")),
        _ => d,
    }
}

pub fn several_versions(block: &Use, base: &str, all: &[u32]) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0315,
        format!("block `{base}` has several versions"),
        block.name.span,
        "which of them?",
    )
    .note(format!(
        "there are {}; a new one must not change a Play that works with an old one",
        versions(all)
    ));
    match all.last() {
        Some(newest) => {
            let name = format!("{base}_v{newest}");
            d.maybe(format!("write `{name}`"), block.name.span, name)
        }
        None => d,
    }
}

pub fn two_versions(block: &Use, in_name: u32, version: &Spanned<u32>) -> Diagnostic {
    Diagnostic::new(
        Code::E0315,
        format!("`{}` is not version {}", block.name.value, version.value),
        version.span,
        format!("another version than v{in_name}"),
    )
    .label(block.name.span, "the name says its version")
    .note("write the version in the name or under `version:`, not both")
}

pub fn claimed_twice(name: &str, second: Span, first: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0315,
        format!("two files of one folder are the block `{name}`"),
        first,
        "this one, and another",
    )
    .label(second, "the other one")
    .note("give one of them another version")
}

/// The id, the version and the name of a file contradict each other.
pub fn head_mismatch(head: &BlockHead, stem: &str) -> Option<Diagnostic> {
    let (base, in_stem) = name_and_version(stem);
    let id = head.id.as_ref()?;
    let (name, in_id) = name_and_version(&id.value);
    if name != base {
        let d = Diagnostic::new(
            Code::E0315,
            format!("the file `{stem}` holds the block `{}`", id.value),
            id.span,
            "another name than that of the file",
        );
        return Some(d.note(format!("blocks are found by the names of their files: name it `{name}.yml`")));
    }
    let version = head.version.as_ref()?;
    let other = in_id.or(in_stem).filter(|v| *v != version.value)?;
    let where_ = if in_id.is_some() { "id" } else { "name of the file" };
    let d = Diagnostic::new(
        Code::E0315,
        format!("the block is version {} and version {other}", version.value),
        version.span,
        format!("the {where_} says v{other}"),
    );
    Some(d.fix(format!("write {other}"), version.span, other.to_string()))
}

pub fn hidden(name: &str, here: Span, other: &str) -> Diagnostic {
    Diagnostic::new(
        Code::W0810,
        format!("this `{name}` hides another one"),
        here,
        "taken, since it is nearer to the Play",
    )
    .note(format!("the other one is {other}, and says something else"))
    .note("give yours another name or version, so that a Play means the same everywhere")
}

// ---------------------------------------------------------------- what leads nowhere

pub fn cycle(block: &Use, name: &str, way: &[Span]) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0316,
        format!("block `{name}` uses itself"),
        block.name.span,
        "and so on without end",
    )
    .note("a block is written out where it is used; it cannot be a part of itself");
    way.iter().fold(d, |d, at| d.label(*at, "on the way round"))
}

pub fn too_much(block: &Use, depth: usize, count: usize) -> Diagnostic {
    Diagnostic::new(Code::E0316, "the blocks expand to too much", block.name.span, "too much from here on")
        .note(format!("blocks may lie {depth} deep; {count} of them, or of their variants, may be used"))
}

// ---------------------------------------------------------------- places and sides

fn stands(kind: BlockKind) -> &'static str {
    match kind {
        BlockKind::Filter => "a filter stands in conditions and under `filters`",
        BlockKind::Entry => "an entry stands in conditions",
        BlockKind::Exit => "an exit stands in the conditions of exit actions",
        BlockKind::FeatureSet => {
            "a feature set stands under `features`: `momentum: {use: ..}`, and is read as `momentum.rsi`"
        }
        BlockKind::Risk => "a risk block stands under `risk`: `risk: {use: ..}`",
    }
}

fn misplaced(block: &Use, kind: BlockKind, message: String) -> Diagnostic {
    Diagnostic::new(Code::E0317, message, block.name.span, format!("its type is `{}`", kind.name()))
        .note(stands(kind))
}

pub fn not_a_condition(block: &Use, kind: BlockKind) -> Diagnostic {
    let name = &block.name.value;
    let message = match kind {
        BlockKind::Exit => format!("exit `{name}` is no condition for an entry"),
        _ => format!("block `{name}` is no condition"),
    };
    misplaced(block, kind, message)
}

pub fn not_a_set(block: &Use, kind: BlockKind) -> Diagnostic {
    misplaced(block, kind, format!("block `{}` is no set of features", block.name.value))
}

pub fn not_risk(block: &Use, kind: BlockKind) -> Diagnostic {
    misplaced(block, kind, format!("block `{}` has no risk rules", block.name.value))
}

pub fn no_sides(block: &Use, side: &Spanned<Side>) -> Diagnostic {
    Diagnostic::new(
        Code::E0318,
        format!("block `{}` is the same for both sides", block.name.value),
        side.span,
        "there is no side to choose",
    )
    .note("leave `side` out")
}

pub fn side_missing(block: &Use, side: Side) -> Diagnostic {
    let at = block.side.as_ref().map_or(block.name.span, |s| s.span);
    let side = side.name();
    Diagnostic::new(
        Code::E0318,
        format!("block `{}` has no {side} side", block.name.value),
        at,
        format!("its `logic` has no `{side}`"),
    )
}

pub fn which_side(block: &Use) -> Diagnostic {
    Diagnostic::new(
        Code::E0318,
        format!("block `{}` has two sides", block.name.value),
        block.name.span,
        "which of them?",
    )
    .note("an entry, an exit or a filter of one side says it; elsewhere write `side: long` beside `use`")
}

// ---------------------------------------------------------------- names

pub fn declared_twice(id: &Name, first: Option<&Name>) -> Diagnostic {
    let d =
        Diagnostic::new(Code::E0308, format!("`{}` is declared twice", id.value), id.span, "declared again")
            .note("blocks, features and structures share one list of ids");
    match first {
        Some(first) => d.label(first.span, "first declared here"),
        None => d,
    }
}

pub fn unused(id: &Name) -> Diagnostic {
    Diagnostic::new(Code::W0809, format!("block `{}` is not used", id.value), id.span, "nothing reads it")
}

pub fn unknown_member(alias: &Name, member: &Name, names: &BTreeSet<String>) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0302,
        format!("the feature set `{}` has no `{}`", alias.value, member.value),
        member.span,
        "not in the set",
    )
    .note(format!("it has {}", list(names.iter().map(String::as_str))));
    match nearest(&member.value, names.iter().map(String::as_str)) {
        // a name outside of expressions has one place for both
        Some(near) if alias.span == member.span => d.note(format!("did you mean `{}.{near}`?", alias.value)),
        Some(near) => d.fix(format!("write `{near}`"), member.span, near),
        None => d,
    }
}

pub fn which_member(alias: &Name, names: &BTreeSet<String>) -> Diagnostic {
    Diagnostic::new(
        Code::E0303,
        format!("`{}` is a set of features", alias.value),
        alias.span,
        "which of them?",
    )
    .note(format!("write `{}.` and one of {}", alias.value, list(names.iter().map(String::as_str))))
}

pub fn condition_as_value(name: &Name) -> Diagnostic {
    Diagnostic::new(
        Code::E0407,
        format!("`{}` is a condition of a block, not a value", name.value),
        name.span,
        "a number is needed here",
    )
}

pub fn inside_of_a_block(name: &Name) -> Diagnostic {
    Diagnostic::new(
        Code::E0301,
        format!("`{}` cannot be named here", name.value),
        name.span,
        "the inside of a block",
    )
    .note("a block's features are its own; declare the feature in the Play, or use a feature set")
}

pub fn level_missing(stop: Span) -> Diagnostic {
    Diagnostic::new(Code::E0311, "a structure stop has no level", stop, "a block says its level")
        .note("write `level_long: swing.low_level` and `level_short: swing.high_level`, with a swing under `requires`")
}
