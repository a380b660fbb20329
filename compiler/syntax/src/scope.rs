//! Names of what blocks brought along: `block::name`. No author can write one, so none can meet one by chance.

/// Between a block's scope and a name in it.
pub const SEPARATOR: &str = "::";

/// `name` as it is known outside of the scope.
#[must_use]
pub fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{scope}{SEPARATOR}{name}") }
}

/// Scope and name; the scope of the Play itself is empty.
#[must_use]
pub fn split(name: &str) -> (&str, &str) {
    name.rsplit_once(SEPARATOR).unwrap_or(("", name))
}

/// The scope of a name.
#[must_use]
pub fn of(name: &str) -> &str {
    split(name).0
}

/// The name as its author wrote it.
#[must_use]
pub fn bare(name: &str) -> &str {
    split(name).1
}
