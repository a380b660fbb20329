//! The parser that LALRPOP makes from `grammar/expr.lalrpop`.
#![allow(clippy::all, clippy::pedantic, unused, missing_docs, reason = "generated")]

lalrpop_util::lalrpop_mod!(generated, "/expr.rs");

pub use generated::ExpressionParser;
