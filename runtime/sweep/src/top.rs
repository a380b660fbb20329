//! The best rows by one figure.

use std::cmp::Ordering;

use crate::row::{FIGURES, Row};

/// The best so many rows that were offered; of equals the earlier variant. Undefined figures come last.
#[derive(Clone, Debug)]
pub struct Top {
    figure: usize,
    count: usize,
    rows: Vec<Row>,
}

impl Top {
    /// By [`FIGURES`]' number of the figure.
    #[must_use]
    pub fn new(figure: usize, count: usize) -> Top {
        Top { figure, count, rows: Vec::new() }
    }

    pub fn offer(&mut self, row: &Row) {
        let at = self.rows.partition_point(|known| self.order(known, row) != Ordering::Greater);
        if at < self.count {
            self.rows.insert(at, row.clone());
            self.rows.truncate(self.count);
        }
    }

    /// The best first.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    fn order(&self, a: &Row, b: &Row) -> Ordering {
        let (x, y) = (a.figure(self.figure), b.figure(self.figure));
        let by_figure = match (x.is_nan(), y.is_nan()) {
            (false, false) if FIGURES[self.figure].more_is_better => y.total_cmp(&x),
            (false, false) => x.total_cmp(&y),
            (x_is_nan, y_is_nan) => x_is_nan.cmp(&y_is_nan),
        };
        by_figure.then(a.variant.cmp(&b.variant))
    }
}

#[cfg(test)]
mod tests {
    use super::Top;
    use crate::row::{FIGURES, Outcome, Row, find_figure};

    #[test]
    fn the_best_of_a_list_are_those_of_the_sorted_list() {
        for (name, best) in [("sharpe", [4, 1, 5]), ("volatility_pct", [0, 2, 1])] {
            let figure = find_figure(name).expect("a figure");
            let mut top = Top::new(figure, 3);
            for (variant, value) in (0..).zip([1.0, 3.0, 2.0, f64::NAN, 9.0, 3.0]) {
                let mut figures = vec![0.0; FIGURES.len()];
                figures[figure] = value;
                let outcome = Outcome::Ran { figures, trades_hash: None, stopped: None };
                top.offer(&Row { variant, values: Vec::new(), outcome });
            }
            assert_eq!(top.rows().iter().map(|r| r.variant).collect::<Vec<_>>(), best, "{name}");
        }
    }
}
