//! What each slot of an outline may hold.

use stdlib::Builtin;
use syntax::shape::{BLOCK, Form, Key, OPERATORS, PLAY, SIDED_FILTERS, SIDED_LOGIC, Shape, USE};

use crate::Kind;
use crate::outline::{Outline, SlotId};

/// The shape of every slot, in their order.
#[derive(Clone, Debug)]
pub struct Shapes(Vec<Shape>);

impl Shapes {
    #[must_use]
    pub fn new(outline: &Outline, text: &str, kind: Kind) -> Shapes {
        let mut shapes = Vec::with_capacity(outline.slots.len());
        shapes.push(if kind == Kind::Block { BLOCK } else { PLAY });
        for id in 1..outline.slots.len() {
            let parent = outline.slot(id).parent;
            // parents come first
            shapes.push(below(outline, text, shapes[parent], id));
        }
        Shapes(shapes)
    }

    #[must_use]
    pub fn get(&self, slot: SlotId) -> Shape {
        self.0.get(slot).copied().unwrap_or(Shape::Any)
    }
}

fn below(outline: &Outline, text: &str, around: Shape, id: SlotId) -> Shape {
    let Some(key) = outline.key(text, id) else { return item(outline, text, around, id) };
    let parent = outline.slot(id).parent;
    match around.value_of(key) {
        shape if !sides(outline, text, id).is_empty() => sided(outline, text, id, shape),
        // what belongs to `use` stands beside it
        Shape::Any => {
            let beside = USE.iter().find(|k| k.name == key && outline.child(text, parent, "use").is_some());
            beside.map_or(Shape::Any, |k| k.shape)
        }
        shape => shape,
    }
}

/// The keys that a map in this place may have in place of those of a condition: one for each side.
#[must_use]
pub fn sides(outline: &Outline, text: &str, id: SlotId) -> &'static [Key] {
    match outline.key(text, id) {
        Some("logic") if outline.slot(id).parent == 0 => SIDED_LOGIC,
        Some("filters") if outline.slot(id).parent == 0 => SIDED_FILTERS,
        _ => &[],
    }
}

/// One condition, or one for each side; in a block of the type `risk` its rules.
fn sided(outline: &Outline, text: &str, id: SlotId, shape: Shape) -> Shape {
    if matches!(shape, Shape::Any) {
        // no key of this kind of file
        return shape;
    }
    if outline.key(text, id) == Some("logic") && outline.word(text, 0, "type") == Some("risk") {
        return PLAY.value_of("risk_model");
    }
    let sides = sides(outline, text, id);
    let is_sided = sides.iter().any(|side| outline.child(text, id, side.name).is_some());
    if is_sided { Shape::Map(sides) } else { shape }
}

/// Left side, operator, right side; or one of several conditions.
fn item(outline: &Outline, text: &str, around: Shape, id: SlotId) -> Shape {
    let shape = around.item();
    if !matches!(shape, Shape::Condition | Shape::Operand) {
        return shape;
    }
    let items = &outline.slot(outline.slot(id).parent).children;
    let first = items.first().and_then(|&i| outline.scalar(text, i));
    if first.is_some_and(|word| matches!(word, "then" | "at_least" | "score")) {
        return Shape::Step;
    }
    let is_one = items.get(1).and_then(|&i| outline.scalar(text, i)).is_some_and(is_operator);
    match items.iter().position(|&i| i == id) {
        Some(1) if is_one => Shape::Operator,
        Some(_) if is_one => Shape::Operand,
        _ => shape,
    }
}

/// Whether the text is an operator of lists, in some spelling.
#[must_use]
pub fn is_operator(text: &str) -> bool {
    OPERATORS.iter().any(|(o, _)| *o == text)
        || matches!(text, "+" | "-" | "*" | "/" | "%")
        || matches!(text, "crosses_above" | "crosses_below" | "crosses above" | "crosses below")
        || syntax::expr::operator_alias(text).is_some()
}

/// Whether the text of a scalar in this place is an expression, or a name as expressions have them.
#[must_use]
pub fn is_expression(shape: Shape) -> bool {
    matches!(shape.of_form(Form::Scalar), Shape::Condition | Shape::Step | Shape::Operand)
}

/// The built-in whose parameters stand in this slot, or which the slot declares.
#[must_use]
pub fn builtin(outline: &Outline, text: &str, declaration: SlotId) -> Option<&'static Builtin> {
    let (kind, name) = match outline.word(text, declaration, "indicator") {
        Some(name) => (stdlib::Kind::Indicator, name),
        None => (stdlib::Kind::Structure, outline.word(text, declaration, "type")?),
    };
    stdlib::lookup(kind, name.trim()).map(stdlib::builtin)
}
