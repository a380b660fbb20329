//! Rows as read from files, before anything is known about their order or their truth.

use std::collections::BTreeMap;

/// Columns of equal length, in the order of the files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub time_ms: Vec<i64>,
    /// open, high, low, close.
    pub prices: [Vec<f64>; 4],
    /// NaN where unknown.
    pub volume: Vec<f64>,
    pub series: BTreeMap<String, Vec<f64>>,
    /// Name and number of rows of each file.
    pub files: Vec<(String, usize)>,
}

impl Table {
    pub(crate) fn rows(&self) -> usize {
        self.time_ms.len()
    }

    /// Puts the rows of another file behind these; a series that only one of them has is missing in the other.
    pub(crate) fn append(&mut self, other: Table) {
        let (before, added) = (self.rows(), other.rows());
        self.time_ms.extend(other.time_ms);
        for (mine, theirs) in self.prices.iter_mut().zip(other.prices) {
            mine.extend(theirs);
        }
        self.volume.extend(other.volume);
        for (name, values) in other.series {
            self.series.entry(name).or_insert_with(|| vec![f64::NAN; before]).extend(values);
        }
        for values in self.series.values_mut() {
            values.resize(before + added, f64::NAN);
        }
        self.files.extend(other.files);
    }

    /// `jan.csv row 17`, counting data rows from 1.
    pub(crate) fn place(&self, row: usize) -> String {
        let mut first = 0;
        for (name, rows) in &self.files {
            if row < first + rows {
                return format!("{name} row {}", row - first + 1);
            }
            first += rows;
        }
        format!("row {}", row + 1)
    }

    /// The rows with these numbers, in this order.
    pub(crate) fn pick(&mut self, rows: &[usize]) {
        self.time_ms = rows.iter().map(|&r| self.time_ms[r]).collect();
        self.each_column(|column| *column = rows.iter().map(|&r| column[r]).collect());
    }

    pub(crate) fn reverse(&mut self) {
        self.time_ms.reverse();
        self.each_column(|column| column.reverse());
    }

    pub(crate) fn each_column(&mut self, mut f: impl FnMut(&mut Vec<f64>)) {
        let columns = self.prices.iter_mut().chain([&mut self.volume]).chain(self.series.values_mut());
        columns.for_each(&mut f);
    }

    /// Whether two rows say the same: equal values, or both missing.
    pub(crate) fn same(&self, a: usize, b: usize) -> bool {
        let equal = |column: &Vec<f64>| column[a] == column[b] || (column[a].is_nan() && column[b].is_nan());
        self.prices.iter().chain([&self.volume]).chain(self.series.values()).all(equal)
    }
}
