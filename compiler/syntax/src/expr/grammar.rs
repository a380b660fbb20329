//! The parser that LALRPOP makes from `grammar/expr.lalrpop`.
#![allow(clippy::all, clippy::pedantic, clippy::unwrap_used, unused, missing_docs, reason = "generated")]

lalrpop_util::lalrpop_mod!(generated, "/expr.rs");

pub use generated::ExpressionParser;
