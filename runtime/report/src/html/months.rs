//! Returns by month and year (UTC).

use super::scale::date;

/// One row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Year {
    pub year: i16,
    /// January to December; `None` outside the run.
    pub months: [Option<Cell>; 12],
    pub total: Cell,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    pub return_pct: f64,
    /// Of the colour, 0 to 100.
    pub heat: u8,
}

impl Cell {
    #[must_use]
    pub fn text(&self) -> String {
        crate::words::number(self.return_pct, 2)
    }

    #[must_use]
    pub fn class(&self) -> &'static str {
        if self.return_pct < 0.0 { "loss" } else { "win" }
    }
}

/// From the last equity of each UTC day (the day's start in ms, equity).
#[must_use]
pub fn table(initial: f64, days: &[(i64, f64)]) -> Vec<Year> {
    let mut ends: Vec<(i16, usize, f64)> = Vec::new();
    for &(time_ms, equity) in days {
        let day = date(time_ms);
        let (year, month) = (day.year(), usize::from(day.month().unsigned_abs()) - 1);
        match ends.last_mut() {
            Some(last) if (last.0, last.1) == (year, month) => last.2 = equity,
            _ => ends.push((year, month, equity)),
        }
    }
    let change = |from: f64, to: f64| if from > 0.0 { (to / from - 1.0) * 100.0 } else { 0.0 };
    let cell = |return_pct: f64| Cell { return_pct, heat: 0 };
    let (mut years, mut before, mut year_start): (Vec<Year>, f64, f64) = (Vec::new(), initial, initial);
    for (year, month, equity) in ends {
        if years.last().is_none_or(|y| y.year != year) {
            year_start = before;
            years.push(Year { year, months: [const { None }; 12], total: cell(0.0) });
        }
        if let Some(row) = years.last_mut() {
            row.months[month] = Some(cell(change(before, equity)));
            row.total = cell(change(year_start, equity));
        }
        before = equity;
    }
    heat(&mut years);
    years
}

/// The strongest month gets the full colour.
fn heat(years: &mut [Year]) {
    let months = || years.iter().flat_map(|y| y.months.iter().flatten());
    let strongest = months().map(|c| c.return_pct.abs()).fold(0.0, f64::max);
    if strongest > 0.0 {
        let cells = years.iter_mut().flat_map(|y| y.months.iter_mut().flatten());
        cells.for_each(|c| c.heat = (c.return_pct.abs() / strongest * 100.0).round() as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::table;

    const DAY: i64 = 86_400_000;
    /// 2024-12-30.
    const START: i64 = 1_735_516_800_000;

    #[test]
    fn months_and_years_compound() {
        let days: Vec<(i64, f64)> = [110.0, 120.0, 60.0, 90.0]
            .iter()
            .enumerate()
            .map(|(i, e)| (START + i as i64 * DAY, *e))
            .collect();
        let years = table(100.0, &days);
        assert_eq!(years.iter().map(|y| y.year).collect::<Vec<_>>(), [2024, 2025]);
        let december = years[0].months[11].as_ref().unwrap();
        assert!((december.return_pct - 20.0).abs() < 1e-9 && december.heat == 80);
        let january = years[1].months[0].as_ref().unwrap();
        assert!((january.return_pct + 25.0).abs() < 1e-9 && january.heat == 100);
        assert!((years[1].total.return_pct + 25.0).abs() < 1e-9);
        assert!(years[1].months[1].is_none());
        assert!(table(100.0, &[]).is_empty());
    }
}
