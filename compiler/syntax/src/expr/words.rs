//! Operators by their spellings, and what people write instead.

use crate::ast::CompareOp;

pub fn compare_op(text: &str) -> Option<CompareOp> {
    Some(match text {
        ">" => CompareOp::Gt,
        ">=" => CompareOp::Ge,
        "<" => CompareOp::Lt,
        "<=" => CompareOp::Le,
        "==" => CompareOp::Eq,
        "!=" => CompareOp::Ne,
        _ => return None,
    })
}

/// What a word or sign of another language means here.
pub fn operator_alias(text: &str) -> Option<&'static str> {
    Some(match text.to_lowercase().as_str() {
        "gt" | "greater_than" | "greater" | "is_above" | "above" | "over" => ">",
        "gte" | "ge" | "=>" | "≥" | "greater_equal" | "at_least" => ">=",
        "lt" | "less_than" | "less" | "is_below" | "below" | "under" => "<",
        "lte" | "le" | "=<" | "≤" | "less_equal" | "at_most" => "<=",
        "eq" | "=" | "===" | "equals" | "equal" | "is" => "==",
        "ne" | "neq" | "<>" | "!==" | "≠" | "not_equal" | "is_not" => "!=",
        "crossover" | "cross_over" | "crosses_over" | "crossabove" | "cross_up" | "crosses_up" => {
            "cross_above"
        }
        "crossunder" | "cross_under" | "crosses_under" | "crossbelow" | "cross_down" | "crosses_down" => {
            "cross_below"
        }
        "near_percent" | "nearpct" => "near_pct",
        "nearabs" | "near_absolute" => "near_abs",
        "&&" | "&" => "and",
        "||" | "|" => "or",
        _ => return None,
    })
}
