//! Indicators that TA-Lib lacks, against their definitions written out for each bar over all bars before it.

use stdlib::{Builtin, Field, Input, Kind, ParamType, Params, Value, builtin, lookup};

const DAY_MS: f64 = 86_400_000.0;
const PERIOD_MS: f64 = 900_000.0;

struct Bars {
    open: Vec<f64>,
    high: Vec<f64>,
    low: Vec<f64>,
    close: Vec<f64>,
    volume: Vec<f64>,
    time: Vec<f64>,
}

/// A walk on a grid of tenths, with volume that is sometimes 0, beginning within a day.
fn bars(count: usize) -> Bars {
    let mut seed = 7_u64;
    let mut next = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as f64 / f64::from(1_u32 << 31)
    };
    let mut bars =
        Bars { open: vec![], high: vec![], low: vec![], close: vec![], volume: vec![], time: vec![] };
    let mut price = 100.0;
    for t in 0..count {
        let open = price;
        price = ((price + (next() - 0.5) * 2.0).max(5.0) * 10.0).round() / 10.0;
        bars.open.push(open);
        bars.close.push(price);
        bars.high.push(open.max(price) + (next() * 5.0).floor() / 10.0);
        bars.low.push(open.min(price) - (next() * 5.0).floor() / 10.0);
        bars.volume.push((next() * 12.0).floor());
        bars.time.push(1_600_000_200_000.0 + t as f64 * PERIOD_MS);
    }
    bars
}

impl Bars {
    fn typical(&self, t: usize) -> f64 {
        (self.high[t] + self.low[t] + self.close[t]) / 3.0
    }

    fn field(&self, field: Field) -> Vec<f64> {
        match field {
            Field::Open => self.open.clone(),
            Field::High => self.high.clone(),
            Field::Low => self.low.clone(),
            Field::Close => self.close.clone(),
            Field::Volume => self.volume.clone(),
            Field::Time => self.time.clone(),
            Field::Hlc3 => (0..self.time.len()).map(|t| self.typical(t)).collect(),
            other => panic!("{other:?} is not used here"),
        }
    }

    fn highest(&self, from: usize, to: usize) -> f64 {
        self.high[from..=to].iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }

    fn lowest(&self, from: usize, to: usize) -> f64 {
        self.low[from..=to].iter().copied().fold(f64::INFINITY, f64::min)
    }

    fn true_range(&self, t: usize) -> f64 {
        let range = self.high[t] - self.low[t];
        if t == 0 {
            return range;
        }
        let close = self.close[t - 1];
        range.max((self.high[t] - close).abs()).max((self.low[t] - close).abs())
    }

    /// Mean and deviation of the typical price from one bar to another, weighted by volume.
    fn weighted(&self, from: usize, to: usize) -> Option<(f64, f64)> {
        let weight: f64 = self.volume[from..=to].iter().sum();
        let mean = (from..=to).map(|i| self.typical(i) * self.volume[i]).sum::<f64>() / weight;
        let square = |i: usize| self.volume[i] * (self.typical(i) - mean) * (self.typical(i) - mean);
        let variance = (from..=to).map(square).sum::<f64>() / weight;
        (weight > 0.0).then_some((mean, variance.sqrt()))
    }

    fn local_day(&self, t: usize, offset_minutes: f64) -> f64 {
        ((self.time[t] + offset_minutes * 60_000.0) / DAY_MS).floor()
    }

    fn local_minute(&self, t: usize, offset_minutes: f64) -> f64 {
        (self.time[t] / 60_000.0 + offset_minutes).rem_euclid(1_440.0)
    }

    fn day_start(&self, t: usize, offset_minutes: f64) -> usize {
        let day = self.local_day(t, offset_minutes);
        (0..=t).find(|&i| self.local_day(i, offset_minutes) == day).expect("the bar itself is of that day")
    }
}

/// All outputs of a built-in; `uses` are the columns of the structure it reads.
fn run(name: &str, settings: &[(&str, &str)], bars: &Bars, uses: &[Vec<f64>]) -> Vec<(String, Vec<f64>)> {
    let row: &Builtin = builtin(lookup(Kind::Indicator, name).expect("a built-in"));
    let mut params = Params::defaults(row.params);
    for (key, value) in settings {
        let index = row.param_index(key).expect("a parameter");
        params.0[index] = match row.params[index].ty {
            ParamType::Int { .. } => Value::Int(value.parse().expect("a whole number")),
            ParamType::Choice(words) => {
                Value::Choice(words.iter().position(|w| w == value).expect("one of the words") as u16)
            }
            other => panic!("{other:?} is not used here"),
        };
    }
    let mut uses = uses.iter();
    let column = |input: &Input| match input {
        Input::Bar(field) => bars.field(*field),
        Input::Uses { .. } => uses.next().expect("a column for each use").clone(),
        other => panic!("{other:?} is not used here"),
    };
    let inputs: Vec<Vec<f64>> = row.inputs.iter().map(column).collect();
    let inputs: Vec<&[f64]> = inputs.iter().map(Vec::as_slice).collect();
    let outputs = row.outputs(&params);
    let mut columns = vec![vec![0.0; bars.time.len()]; outputs.len()];
    let mut slots: Vec<&mut [f64]> = columns.iter_mut().map(Vec::as_mut_slice).collect();
    (row.make)(&params).run(&inputs, &mut slots);
    outputs.iter().map(|o| o.name.to_string()).zip(columns).collect()
}

/// Every value of an output equals the definition, missing in the same places.
fn agrees(columns: &[(String, Vec<f64>)], output: &str, definition: impl Fn(usize) -> Option<f64>) {
    let (_, column) = columns.iter().find(|(name, _)| name == output).expect("an output");
    for (t, &value) in column.iter().enumerate() {
        match definition(t) {
            Some(want) => assert!((value - want).abs() < 1e-9, "{output} at {t}: {value}, not {want}"),
            None => assert!(value.is_nan(), "{output} at {t}: {value}, not missing"),
        }
    }
}

#[test]
fn ichimoku() {
    let b = bars(300);
    let mid =
        |n: usize, t: usize| (t + 1 >= n).then(|| (b.highest(t + 1 - n, t) + b.lowest(t + 1 - n, t)) / 2.0);
    let lead_a = |t: usize| Some((mid(9, t)? + mid(26, t)?) / 2.0);
    let columns = run("ichimoku", &[], &b, &[]);
    agrees(&columns, "conversion", |t| mid(9, t));
    agrees(&columns, "base", |t| mid(26, t));
    agrees(&columns, "lead_a", lead_a);
    agrees(&columns, "lead_b", |t| mid(52, t));
    agrees(&columns, "span_a", |t| lead_a(t.checked_sub(26)?));
    agrees(&columns, "span_b", |t| mid(52, t.checked_sub(26)?));
    agrees(&columns, "past_close", |t| Some(b.close[t.checked_sub(26)?]));
}

#[test]
fn choppiness_and_chandelier() {
    let b = bars(300);
    agrees(&run("chop", &[("length", "10")], &b, &[]), "value", |t| {
        let from = (t + 1).checked_sub(10)?;
        let path: f64 = (from..=t).map(|i| b.true_range(i)).sum();
        Some(100.0 * libm::log10(path / (b.highest(from, t) - b.lowest(from, t))))
    });
    let mut atr = vec![None; 300];
    for t in 22..300 {
        atr[t] = Some(match atr[t - 1] {
            None => (1..=22).map(|i| b.true_range(i)).sum::<f64>() / 22.0,
            Some(before) => (21.0 * before + b.true_range(t)) / 22.0,
        });
    }
    let columns = run("chandelier_exit", &[], &b, &[]);
    agrees(&columns, "long", |t| Some(b.highest(t - t.min(21), t) - 3.0 * atr[t]?));
    agrees(&columns, "short", |t| Some(b.lowest(t - t.min(21), t) + 3.0 * atr[t]?));
}

#[test]
fn averages_of_the_day() {
    let b = bars(700);
    for offset in [0, -300, 330] {
        let start = |t: usize| b.day_start(t, f64::from(offset));
        let text = offset.to_string();
        let settings = [("utc_offset_minutes", text.as_str())];
        agrees(&run("vwap", &settings, &b, &[]), "value", |t| Some(b.weighted(start(t), t)?.0));
        let columns = run("vwap_bands", &settings, &b, &[]);
        agrees(&columns, "stdev", |t| Some(b.weighted(start(t), t)?.1));
        agrees(&columns, "upper", |t| b.weighted(start(t), t).map(|(mean, deviation)| mean + deviation));
    }
}

#[test]
fn levels_of_the_previous_day() {
    let b = bars(700);
    let previous = |t: usize| {
        let end = b.day_start(t, 0.0).checked_sub(1)?;
        let start = b.day_start(end, 0.0);
        // The first day of the data is there in part.
        (start > 0).then_some((start, end))
    };
    let columns = run("previous_levels", &[], &b, &[]);
    agrees(&columns, "open", |t| previous(t).map(|(start, _)| b.open[start]));
    agrees(&columns, "high", |t| previous(t).map(|(start, end)| b.highest(start, end)));
    agrees(&columns, "low", |t| previous(t).map(|(start, end)| b.lowest(start, end)));
    agrees(&columns, "close", |t| previous(t).map(|(_, end)| b.close[end]));
    agrees(&columns, "current_open", |t| Some(b.open[b.day_start(t, 0.0)]));
    let columns = run("session_levels", &[], &b, &[]);
    agrees(&columns, "prev_day_high", |t| previous(t).map(|(start, end)| b.highest(start, end)));
    agrees(&columns, "prev_day_low", |t| previous(t).map(|(start, end)| b.lowest(start, end)));
    agrees(&columns, "current_day_high", |t| Some(b.highest(b.day_start(t, 0.0), t)));
    agrees(&columns, "current_day_low", |t| Some(b.lowest(b.day_start(t, 0.0), t)));
    let pivots = run("pivot_points", &[], &b, &[]);
    agrees(&pivots, "pivot", |t| {
        previous(t).map(|(start, end)| (b.highest(start, end) + b.lowest(start, end) + b.close[end]) / 3.0)
    });
}

#[test]
fn opening_range_and_kill_zones() {
    let b = bars(700);
    // From 9:30 New York winter time, for 90 minutes.
    let offset = -300.0 - 570.0;
    let settings = [("minutes", "90"), ("start_minute", "570"), ("utc_offset_minutes", "-300")];
    let range = |t: usize| {
        let start = b.day_start(t, offset);
        let last = (start..=t).take_while(|&i| b.local_minute(i, offset) < 90.0).last()?;
        (b.local_minute(start, offset) == 0.0).then_some((start, last))
    };
    let columns = run("opening_range", &settings, &b, &[]);
    agrees(&columns, "high", |t| range(t).map(|(start, last)| b.highest(start, last)));
    agrees(&columns, "low", |t| range(t).map(|(start, last)| b.lowest(start, last)));
    agrees(&columns, "complete", |t| Some(f64::from(u8::from(b.local_minute(t, offset) >= 90.0))));
    let zones = run("kill_zones", &[], &b, &[]);
    let between = |t: usize, from: f64, to: f64| {
        let hour = b.local_minute(t, -300.0) / 60.0;
        Some(f64::from(u8::from(hour >= from && hour < to)))
    };
    agrees(&zones, "asia", |t| between(t, 20.0, 24.0));
    agrees(&zones, "london", |t| between(t, 2.0, 5.0));
    agrees(&zones, "new_york", |t| between(t, 7.0, 10.0));
    agrees(&zones, "afternoon", |t| between(t, 13.5, 16.0));
}

#[test]
fn volume_at_this_time_of_day() {
    let b = bars(1_000);
    agrees(&run("relative_volume_at_time", &[("length", "3")], &b, &[]), "value", |t| {
        let usual = (1..=3).map(|d| Some(b.volume[t.checked_sub(96 * d)?])).sum::<Option<f64>>()? / 3.0;
        (usual > 0.0).then(|| b.volume[t] / usual)
    });
}

#[test]
fn klinger() {
    let b = bars(400);
    let signed: Vec<f64> =
        (1..400).map(|t| if b.typical(t) >= b.typical(t - 1) { b.volume[t] } else { -b.volume[t] }).collect();
    let ema = |xs: &[f64], n: usize| {
        let mut y = xs[..n].iter().sum::<f64>() / n as f64;
        for x in &xs[n..] {
            y += 2.0 / (n as f64 + 1.0) * (x - y);
        }
        y
    };
    let kvo = |t: usize| (t >= 55).then(|| ema(&signed[..t], 34) - ema(&signed[..t], 55));
    let columns = run("kvo", &[], &b, &[]);
    agrees(&columns, "kvo", kvo);
    agrees(&columns, "signal", |t| {
        let line: Vec<f64> = (55..=t).filter_map(kvo).collect();
        (line.len() >= 13).then(|| ema(&line, 13))
    });
}

/// Highs become known five bars after every 40th bar, lows five bars after every 40th bar from the 20th on.
#[test]
fn averages_from_a_pivot() {
    let b = bars(400);
    let last = |t: usize, first: usize| {
        let known = (t.checked_sub(first + 5)?) / 40 * 40 + first;
        Some(known)
    };
    let column = |first: usize| -> Vec<f64> {
        (0..400).map(|t| last(t, first).map_or(f64::NAN, |pivot| pivot as f64)).collect()
    };
    let uses = [column(7), column(27), column(7), column(27)];
    let (high, low) = (|t: usize| last(t, 7), |t: usize| last(t, 27));
    let latest = |t: usize| high(t).max(low(t));
    let columns = run("anchored_vwap", &[], &b, &uses);
    agrees(&columns, "value", |t| Some(b.weighted(latest(t)?, t)?.0));
    agrees(&columns, "bars_since_anchor", |t| Some((t - latest(t)? + 1) as f64));
    let columns = run("anchored_vwap", &[("anchor_source", "pair_low")], &b, &uses);
    agrees(&columns, "value", |t| Some(b.weighted(low(t)?, t)?.0));
    let settings = [("anchor_source", "swing_high"), ("anchor_at", "confirmation")];
    let columns = run("anchored_vwap", &settings, &b, &uses);
    agrees(&columns, "value", |t| Some(b.weighted(high(t)? + 5, t)?.0));
    let columns = run("anchored_volume_profile", &[], &b, &uses);
    agrees(&columns, "bars_since_anchor", |t| Some((t - latest(t)? + 1) as f64));
}
