//! Did you mean ...?

/// The candidate nearest to `name` (edit distance with transpositions), when it is near enough to be a slip.
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let lower = name.to_lowercase();
    let limit = (name.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|c| (strsim::damerau_levenshtein(&lower, &c.to_lowercase()), c))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, c)| (*distance, c.len()))
        .map(|(_, c)| c)
}

/// Whether the two have the same digits, in whatever order: `ema_12` may be a slip of `ema_21`; `ema_50` is no slip of
/// `ema_9`, though it may be near to it.
#[must_use]
pub fn is_slip(written: &str, meant: &str) -> bool {
    let digits = |text: &str| {
        let mut digits: Vec<char> = text.chars().filter(|c| ('1'..='9').contains(c)).collect();
        digits.sort_unstable();
        digits
    };
    digits(written) == digits(meant)
}

#[cfg(test)]
mod tests {
    use super::is_slip;

    #[test]
    fn other_numbers_are_no_slip() {
        assert!(
            is_slip("ema_12", "ema_21") && is_slip("emma_9", "ema_9") && is_slip("level_61.8", "level_0.618")
        );
        assert!(!is_slip("ema_50", "ema_9") && !is_slip("level_0.7", "level_0.382"));
    }
}
