//! What is said to the author of a Play.
//!
//! Takes spans and words from the phases. Gives rendered text or JSON.
//! Never decides anything about a Play; uses nothing above itself.

pub mod codes;
pub mod diagnostic;
pub mod explain;
pub mod render;
pub mod source;
pub mod suggest;

pub use codes::{Code, Severity};
pub use diagnostic::{Applicability, Diagnostic, Edit, Fix, Label};
pub use source::{Position, Source, SourceId, SourceMap, Span, Spanned};
