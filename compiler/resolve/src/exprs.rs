//! Expressions: every path bound, every word typed by what it is compared with.

use bars::Timeframe;
use diagnostics::{Diagnostic, Span, Spanned};
use stdlib::Type;
use syntax::ast::{self, Candidates, CompareOp, Path};
use syntax::scope;

use crate::names::Names;
use crate::report;
use crate::resolved::{Expr, ExprKind, Function, Position, Read, Score, Sequence, Source, Window};

/// What stands around an expression, as far as words and bare setup names depend on it.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Condition,
    Number,
}

/// A condition: a bare name may also be a setup.
pub fn condition(expr: &ast::Expr, names: &mut Names<'_>, out: &mut Vec<Diagnostic>) -> Expr {
    Resolver { names, out }.expr(expr, Place::Condition)
}

pub fn number(expr: &ast::Expr, names: &mut Names<'_>, out: &mut Vec<Diagnostic>) -> Expr {
    Resolver { names, out }.expr(expr, Place::Number)
}

struct Resolver<'r, 'p> {
    names: &'r mut Names<'p>,
    out: &'r mut Vec<Diagnostic>,
}

/// The values that a word on the other side of `==` may name.
enum Words {
    Enum(&'static [&'static str]),
    /// `position_side`: words for 1, -1 and 0.
    Sides,
    None,
}

impl Resolver<'_, '_> {
    fn expr(&mut self, expr: &ast::Expr, place: Place) -> Expr {
        let kind = match &expr.kind {
            ast::ExprKind::Error => {
                self.names.note_unread();
                ExprKind::Error
            }
            ast::ExprKind::Use(block) => {
                self.out.push(report::block_in_the_way(&block.name));
                ExprKind::Error
            }
            ast::ExprKind::Number { value, is_int, is_percent } => {
                ExprKind::Number { value: *value, is_int: *is_int, is_percent: *is_percent }
            }
            ast::ExprKind::Bool(value) => ExprKind::Bool(*value),
            ast::ExprKind::Search(search) => first_candidate(search),
            ast::ExprKind::Text(text) => self.text(text, expr.span),
            ast::ExprKind::Path(path) => self.path(path, place),
            ast::ExprKind::Setup(name) => self.setup(name),
            ast::ExprKind::Negate(a) => ExprKind::Negate(self.boxed(a, Place::Number)),
            ast::ExprKind::Arithmetic { op, left, right } => ExprKind::Arithmetic {
                op: *op,
                left: self.boxed(left, Place::Number),
                right: self.boxed(right, Place::Number),
            },
            ast::ExprKind::Function { name, args } => self.function(name, args),
            ast::ExprKind::Compare { op, op_span, left, right } => self.compare(*op, *op_span, left, right),
            ast::ExprKind::Between { value, low, high } => ExprKind::Between {
                value: Box::new(self.subject(value, Place::Number)),
                low: self.boxed(low, Place::Number),
                high: self.boxed(high, Place::Number),
            },
            ast::ExprKind::In { value, items } => self.membership(value, items),
            ast::ExprKind::Near { kind, left, right, tolerance } => ExprKind::Near {
                kind: *kind,
                left: Box::new(self.subject(left, Place::Number)),
                right: self.boxed(right, Place::Number),
                tolerance: self.boxed(tolerance, Place::Number),
            },
            ast::ExprKind::Cross { direction, left, right } => ExprKind::Cross {
                direction: *direction,
                left: Box::new(self.subject(left, Place::Number)),
                right: self.boxed(right, Place::Number),
            },
            ast::ExprKind::All(items) => ExprKind::All(self.conditions(items)),
            ast::ExprKind::Any(items) => ExprKind::Any(self.conditions(items)),
            ast::ExprKind::Not(a) => ExprKind::Not(self.boxed(a, Place::Condition)),
            ast::ExprKind::Window(window) => self.window(window),
            ast::ExprKind::Sequence(sequence) => self.sequence(sequence),
            ast::ExprKind::Score(score) => {
                let part = |part: &ast::ScorePart| {
                    let weight = part.weight.as_ref().map_or(1.0, |weight| weight.value);
                    (self.expr(&part.when, Place::Condition), weight)
                };
                let parts = score.parts.iter().map(part).collect();
                ExprKind::Score(Box::new(Score { parts, min: score.min.clone() }))
            }
        };
        Expr { kind, span: expr.span }
    }

    fn boxed(&mut self, expr: &ast::Expr, place: Place) -> Box<Expr> {
        Box::new(self.expr(expr, place))
    }

    /// What a condition is about. A bare id of several outputs must say there which one it means; anywhere
    /// else it is the primary one, as it is in the reference.
    fn subject(&mut self, expr: &ast::Expr, place: Place) -> Expr {
        if let ast::ExprKind::Path(path) = &expr.kind
            && path.segments.is_empty()
            && let Some(id) = self.names.call(&path.base.value)
        {
            let call = self.names.get(id);
            if call.outputs.len() > 1 && call.output("value").is_none() {
                self.out.push(report::missing_output(call, path.base.span));
                return Expr { kind: ExprKind::Error, span: expr.span };
            }
        }
        self.expr(expr, place)
    }

    fn conditions(&mut self, items: &[ast::Expr]) -> Vec<Expr> {
        items.iter().map(|item| self.expr(item, Place::Condition)).collect()
    }

    fn path(&mut self, path: &Path, place: Place) -> ExprKind {
        if place == Place::Condition
            && path.segments.is_empty()
            && path.offset.is_none()
            && self.names.call(&path.base.value).is_none()
            && let Some(id) = self.names.setup(&path.base.value)
        {
            return ExprKind::Setup(id);
        }
        match self.names.path(path) {
            Ok(read) => ExprKind::Read(read),
            Err(diagnostic) => {
                self.out.extend(diagnostic);
                ExprKind::Error
            }
        }
    }

    fn setup(&mut self, name: &ast::Name) -> ExprKind {
        match self.names.setup(&name.value) {
            Some(id) => ExprKind::Setup(id),
            None => {
                self.out.push(report::unknown_setup(self.names, name));
                ExprKind::Error
            }
        }
    }

    fn text(&mut self, text: &str, span: Span) -> ExprKind {
        self.out.push(report::stray_word(text, span));
        ExprKind::Error
    }

    fn function(&mut self, name: &ast::Name, args: &[ast::Expr]) -> ExprKind {
        let args: Vec<Expr> = args.iter().map(|a| self.expr(a, Place::Number)).collect();
        let Some(function) = Function::ALL.into_iter().find(|f| f.name().eq_ignore_ascii_case(&name.value))
        else {
            self.out.push(report::unknown_function(self.names, name));
            return ExprKind::Error;
        };
        let variadic = matches!(function, Function::Min | Function::Max);
        if args.len() == function.arity() || (variadic && args.len() > 2) {
            return ExprKind::Function { function, args };
        }
        self.out.push(report::wrong_arity(function, name, args.len()));
        ExprKind::Error
    }

    fn compare(&mut self, op: CompareOp, op_span: Span, left: &ast::Expr, right: &ast::Expr) -> ExprKind {
        let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        let place = if equality { Place::Condition } else { Place::Number };
        let (left, right) = match (equality, word_of(left), word_of(right)) {
            (true, _, Some(word)) => {
                let left = self.subject(left, place);
                let right = self.word(&word, right, &left);
                (left, right)
            }
            (true, Some(word), None) => {
                let right = self.expr(right, place);
                let left = self.word(&word, left, &right);
                (left, right)
            }
            _ => (self.subject(left, place), self.expr(right, place)),
        };
        ExprKind::Compare { op, op_span, left: Box::new(left), right: Box::new(right) }
    }

    fn membership(&mut self, value: &ast::Expr, items: &[ast::Expr]) -> ExprKind {
        let value = self.subject(value, Place::Number);
        let items = items
            .iter()
            .map(|item| match word_of(item) {
                Some(word) => self.word(&word, item, &value),
                None => self.expr(item, Place::Number),
            })
            .collect();
        ExprKind::In { value: Box::new(value), items }
    }

    /// A bare word beside `==`: a value of the other side's set, else a name.
    fn word(&mut self, word: &Spanned<String>, written: &ast::Expr, other: &Expr) -> Expr {
        let known = self.names.call(&word.value).is_some() || Names::ambient(&word.value).is_some();
        let quoted = matches!(written.kind, ast::ExprKind::Text(_));
        let word = &Spanned::new(scope::bare(&word.value).to_owned(), word.span);
        let kind = match self.words(other) {
            Words::Enum(words) => match words.iter().position(|w| w.eq_ignore_ascii_case(&word.value)) {
                Some(at) => ExprKind::Word { code: at as u16, word: words[at] },
                None if known && !quoted => return self.expr(written, Place::Number),
                None => {
                    self.out.push(report::unknown_word(self.names, other, words, word));
                    ExprKind::Error
                }
            },
            Words::Sides => match ["flat", "long", "short"]
                .iter()
                .position(|w| w.eq_ignore_ascii_case(&word.value))
            {
                Some(at) => number_of([0.0, 1.0, -1.0][at]),
                None if known && !quoted => return self.expr(written, Place::Number),
                None => {
                    self.out.push(report::unknown_word(self.names, other, &["long", "short", "flat"], word));
                    ExprKind::Error
                }
            },
            Words::None if other.kind == ExprKind::Error && !known => ExprKind::Error,
            Words::None if known && !quoted => return self.expr(written, Place::Condition),
            Words::None => {
                self.out.push(report::word_beside_number(self.names, other, word));
                ExprKind::Error
            }
        };
        Expr { kind, span: written.span }
    }

    fn words(&self, expr: &Expr) -> Words {
        match expr.kind {
            ExprKind::Read(Read { source: Source::Position(Position::Side), .. }) => Words::Sides,
            ExprKind::Read(Read { source: Source::Output(output), .. }) => {
                match self.names.get(output.call).outputs.get(output.index).map(|o| o.ty) {
                    Some(Type::Enum(words)) => Words::Enum(words),
                    _ => Words::None,
                }
            }
            _ => Words::None,
        }
    }

    fn window(&mut self, window: &ast::Window) -> ExprKind {
        let expr = self.expr(&window.expr, Place::Condition);
        let Some(anchor) = self.anchor(window.anchor_tf.as_ref()) else { return ExprKind::Error };
        ExprKind::Window(Box::new(Window {
            kind: window.kind,
            extent: window.extent.clone(),
            min_true: window.min_true.clone(),
            anchor,
            expr,
            span: window.span,
        }))
    }

    /// `None` when there is one that is no timeframe.
    fn anchor(&mut self, written: Option<&ast::Name>) -> Option<Option<Spanned<Timeframe>>> {
        let Some(name) = written else { return Some(None) };
        let tf = Timeframe::parse(&name.value);
        if tf.is_none() {
            self.out.push(report::bad_timeframe(name));
        }
        tf.map(|tf| Some(Spanned::new(tf, name.span)))
    }

    fn sequence(&mut self, sequence: &ast::Sequence) -> ExprKind {
        let steps = self.conditions(&sequence.steps);
        let Some(anchor) = self.anchor(sequence.anchor_tf.as_ref()) else { return ExprKind::Error };
        let (within, total) = (sequence.within.clone(), sequence.total.clone());
        ExprKind::Sequence(Box::new(Sequence { steps, within, total, anchor }))
    }
}

/// A lone name or quoted word.
fn word_of(expr: &ast::Expr) -> Option<Spanned<String>> {
    match &expr.kind {
        ast::ExprKind::Text(text) => Some(Spanned::new(text.clone(), expr.span)),
        ast::ExprKind::Path(path) if path.segments.is_empty() && path.offset.is_none() => {
            Some(path.base.clone())
        }
        _ => None,
    }
}

fn number_of(value: f64) -> ExprKind {
    ExprKind::Number { value, is_int: value.fract() == 0.0, is_percent: false }
}

/// A run that does not search takes the default, else the first candidate.
fn first_candidate(search: &ast::Search) -> ExprKind {
    let first = match &search.candidates {
        Candidates::Steps { min, .. } => Some(*min),
        Candidates::Choices(values) => values.first().copied(),
    };
    search.default.or(first).map_or(ExprKind::Error, number_of)
}
