//! The standard blocks: the files of `blocks/` at the top of the tree. A test compares the two.

/// Name and text of each.
pub const FILES: &[(&str, &str)] =
    &[("trend_filter_v1", include_str!("../../../blocks/trend_filter_v1.yml"))];
