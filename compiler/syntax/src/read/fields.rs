//! The keys of one map: which exist, which are required, and typed access to their values.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Span, Spanned, suggest};

use crate::ast;
use crate::read::{Cx, flag, listed, name, number, word};
use crate::yaml::{Entry, Kind, Node, Scalar};

/// A map whose keys have been checked.
pub struct Fields<'n> {
    /// As messages name it: a key in backquotes, or `a case`.
    pub what: String,
    pub key_span: Span,
    pub span: Span,
    entries: &'n [Entry],
}

impl<'n> Fields<'n> {
    /// The map at `key`. Unknown keys and other shapes are reported; `None` when it is no map.
    pub fn open(cx: &mut Cx, key: &Scalar, node: &'n Node, known: &[&str]) -> Option<Fields<'n>> {
        Fields::open_as(cx, &format!("`{}`", key.text), key.span, node, known)
    }

    pub fn open_as(
        cx: &mut Cx,
        what: &str,
        key_span: Span,
        node: &'n Node,
        known: &[&str],
    ) -> Option<Fields<'n>> {
        let fields = Fields::open_quiet(cx, what, key_span, node, known)?;
        for entry in fields.entries.iter().filter(|e| !known.contains(&e.key.text.as_str())) {
            if !is_free(&entry.key) {
                let report = unknown_key(&entry.key, what, known, fields.entries);
                cx.report(report);
            }
        }
        Some(fields)
    }

    /// Like `open_as`, for callers that report unknown keys themselves.
    pub fn open_quiet(
        cx: &mut Cx,
        what: &str,
        key_span: Span,
        node: &'n Node,
        known: &[&str],
    ) -> Option<Fields<'n>> {
        let entries = match &node.kind {
            Kind::Map(entries) => entries.as_slice(),
            Kind::Error => return None,
            _ => {
                let report =
                    super::shape_error_of(node, what, "a map").note(format!("its keys: {}", listed(known)));
                cx.report(report);
                return None;
            }
        };
        Some(Fields { what: what.to_owned(), key_span, span: key_span.to(node.span), entries })
    }

    /// The entry of `key`. A key without a value is reported as having no effect.
    pub fn get(&self, cx: &mut Cx, key: &str) -> Option<&'n Entry> {
        let entry = self.entries.iter().find(|e| e.key.text == key)?;
        match entry.value.kind {
            Kind::Null => {
                let message = format!("`{key}` has no value");
                cx.report(
                    Diagnostic::new(Code::W0806, message, entry.key.span, "nothing is given here")
                        .note("it is read as if the key were not there"),
                );
                None
            }
            _ => Some(entry),
        }
    }

    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|e| e.key.text == key)
    }

    pub fn number(&self, cx: &mut Cx, key: &str) -> Option<ast::Number> {
        let entry = self.get(cx, key)?;
        number(cx, key, &entry.value)
    }

    pub fn name(&self, cx: &mut Cx, key: &str) -> Option<ast::Name> {
        let entry = self.get(cx, key)?;
        name(cx, key, &entry.value)
    }

    /// One of a closed set of words; another word is reported and left out.
    pub fn word(&self, cx: &mut Cx, key: &str, words: &[&str]) -> Option<ast::Name> {
        let entry = self.get(cx, key)?;
        word(cx, key, &entry.value, words)
    }

    pub fn flag(&self, cx: &mut Cx, key: &str) -> Option<Spanned<bool>> {
        let entry = self.get(cx, key)?;
        flag(cx, key, &entry.value)
    }

    /// A number that must satisfy `holds`; `rule` says so in words, as in "must be above 0".
    pub fn number_where(
        &self,
        cx: &mut Cx,
        key: &str,
        rule: &str,
        holds: impl Fn(f64) -> bool,
    ) -> Option<ast::Number> {
        let number = self.number(cx, key)?;
        if !holds(number.value) {
            cx.wrong_value(format!("`{key}` {rule}"), number.span, format!("{} {rule}", number.value));
            return None;
        }
        Some(number)
    }

    /// Reports each of `keys` that is not there, nor as a slip of the pen, nor possibly behind a merge key.
    pub fn require(&self, cx: &mut Cx, keys: &[&str]) {
        let is_slip = |key: &str| self.entries.iter().any(|e| suggest::nearest(&e.key.text, [key]).is_some());
        if self.has("<<") {
            return;
        }
        for key in keys.iter().filter(|key| !is_slip(key)) {
            cx.report(self.missing(key));
        }
    }

    pub fn missing(&self, key: &str) -> Diagnostic {
        let message = format!("{} needs the key `{key}`", self.what);
        Diagnostic::new(Code::E0105, message, self.key_span, format!("`{key}` is missing here"))
    }
}

/// A note of the author's, or a merge key that is reported already.
pub fn is_free(key: &Scalar) -> bool {
    key.text.starts_with("x-") || key.text == "<<"
}

pub fn unknown_key(key: &Scalar, what: &str, known: &[&str], siblings: &[Entry]) -> Diagnostic {
    let message = format!("{what} has no key `{}`", key.text);
    let report = Diagnostic::new(Code::E0104, message, key.span, "unknown key");
    let free = known.iter().copied().filter(|k| siblings.iter().all(|e| e.key.text != *k));
    // `stop_loss_pct` is no slip of `stop_loss`: the one takes a number, the other a map
    let has_more =
        |long: &str, short: &str| long.strip_prefix(short).is_some_and(|more| more.starts_with('_'));
    let report = match suggest::nearest(&key.text, free) {
        Some(near) if has_more(&key.text, near) || has_more(near, &key.text) => {
            report.maybe(format!("write `{near}`"), key.span, near)
        }
        Some(near) => report.fix(format!("write `{near}`"), key.span, near),
        None => report,
    };
    report.note(format!("its keys: {}", listed(known)))
}

/// The items of the list at `key`.
pub fn expect_list<'n>(cx: &mut Cx, key: &str, node: &'n Node) -> Option<&'n [Node]> {
    match &node.kind {
        Kind::List(items) => Some(items),
        Kind::Error => None,
        Kind::Scalar(_) | Kind::Map(_) | Kind::Null => {
            let report = super::shape_error(node, key, "a list");
            let written = cx.text.get(node.span.range()).unwrap_or("");
            let one_line = matches!(node.kind, Kind::Scalar(_)) && !written.contains('\n');
            cx.report(if one_line {
                report.fix("make it a list of one", node.span, format!("[{written}]"))
            } else {
                report
            });
            None
        }
    }
}
