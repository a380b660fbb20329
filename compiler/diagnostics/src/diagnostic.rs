//! One finding: code, message, places, notes, fixes.

use crate::codes::{Code, Severity};
use crate::source::Span;
use crate::suggest;

#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    pub code: Code,
    /// As the table says, unless the phase had a reason to differ.
    pub severity: Severity,
    /// A sentence without full stop.
    pub message: String,
    /// The primary label comes first.
    pub labels: Vec<Label>,
    /// What teaches: why it is so, what to write instead.
    pub notes: Vec<String>,
    pub fixes: Vec<Fix>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    pub span: Span,
    pub message: String,
    pub primary: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// In the imperative: "write `ema_21`".
    pub title: String,
    pub applicability: Applicability,
    pub edits: Vec<Edit>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applicability {
    /// Surely what the author meant; tools may apply it unasked.
    Machine,
    /// Probably; a person should look.
    Maybe,
}

/// Replace the bytes of `span` by `text`.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

impl Diagnostic {
    /// With the severity of the table and one primary label.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>, span: Span, label: impl Into<String>) -> Diagnostic {
        let primary = Label { span, message: label.into(), primary: true };
        Diagnostic {
            code,
            severity: code.severity(),
            message: message.into(),
            labels: vec![primary],
            notes: Vec::new(),
            fixes: Vec::new(),
        }
    }

    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, message: message.into(), primary: false });
        self
    }

    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Diagnostic {
        self.notes.push(note.into());
        self
    }

    /// A fix that replaces one span.
    #[must_use]
    pub fn fix(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Diagnostic {
        self.with_fix(title, Applicability::Machine, vec![Edit { span, text: text.into() }])
    }

    /// `near` in the place of what is written; surely meant, unless it has other numbers.
    #[must_use]
    pub fn near(self, written: &str, span: Span, near: &str) -> Diagnostic {
        let title = format!("write `{near}`");
        if suggest::is_slip(written, near) {
            self.fix(title, span, near)
        } else {
            self.maybe(title, span, near)
        }
    }

    #[must_use]
    pub fn maybe(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Diagnostic {
        self.with_fix(title, Applicability::Maybe, vec![Edit { span, text: text.into() }])
    }

    #[must_use]
    pub fn with_fix(mut self, title: impl Into<String>, how: Applicability, edits: Vec<Edit>) -> Diagnostic {
        self.fixes.push(Fix { title: title.into(), applicability: how, edits });
        self
    }

    #[must_use]
    pub fn span(&self) -> Span {
        self.labels.first().map_or_else(Span::default, |l| l.span)
    }

    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
