//! A column of conditions: for each bar whether it is known, and whether it is true.

/// Kleene truth of n bars, 64 a word, bar 0 in the lowest bit of word 0.
/// Invariants: `truth` is a subset of `known`; bits beyond `len` are 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bitmap {
    pub known: Vec<u64>,
    pub truth: Vec<u64>,
    len: usize,
}

impl Bitmap {
    /// All unknown.
    #[must_use]
    pub fn unknown(len: usize) -> Bitmap {
        let words = len.div_ceil(64);
        Bitmap { known: vec![0; words], truth: vec![0; words], len }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// `None` is unknown.
    #[must_use]
    pub fn get(&self, bar: usize) -> Option<bool> {
        let (word, bit) = (bar / 64, 1 << (bar % 64));
        (self.known[word] & bit != 0).then(|| self.truth[word] & bit != 0)
    }

    #[must_use]
    pub fn is_true(&self, bar: usize) -> bool {
        self.truth[bar / 64] & (1 << (bar % 64)) != 0
    }

    pub fn set(&mut self, bar: usize, value: Option<bool>) {
        assert!(bar < self.len, "bar {bar} of a bitmap of {}", self.len);
        let (word, bit) = (bar / 64, 1 << (bar % 64));
        self.known[word] &= !bit;
        self.truth[word] &= !bit;
        if let Some(value) = value {
            self.known[word] |= bit;
            if value {
                self.truth[word] |= bit;
            }
        }
    }

    #[must_use]
    pub fn count_true(&self) -> usize {
        self.truth.iter().map(|w| w.count_ones() as usize).sum()
    }

    #[must_use]
    pub fn count_known(&self) -> usize {
        self.known.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// The first true bar at or after `from`.
    #[must_use]
    pub fn next_true(&self, from: usize) -> Option<usize> {
        if from >= self.len {
            return None;
        }
        let mut word = from / 64;
        let mut bits = self.truth[word] & (u64::MAX << (from % 64));
        while bits == 0 {
            word += 1;
            bits = *self.truth.get(word)?;
        }
        Some(word * 64 + bits.trailing_zeros() as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::Bitmap;

    #[test]
    fn finds_true_bars_across_words() {
        let mut map = Bitmap::unknown(200);
        for bar in [0, 63, 64, 199] {
            map.set(bar, Some(true));
        }
        map.set(5, Some(false));
        assert_eq!(map.next_true(0), Some(0));
        assert_eq!(map.next_true(1), Some(63));
        assert_eq!(map.next_true(64), Some(64));
        assert_eq!(map.next_true(65), Some(199));
        assert_eq!(map.next_true(200), None);
        assert_eq!((map.count_true(), map.count_known()), (4, 5));
        assert_eq!((map.get(5), map.get(6)), (Some(false), None));
    }
}
