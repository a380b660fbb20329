//! Properties of resampling and joining, against definitions written the slow and obvious way.

use std::collections::BTreeMap;

use bars::{Bars, Bitmap, Series, Timeframe, as_of, closed_as_of, resample};
use proptest::prelude::*;

/// Whether it exists, open, two steps up, volume.
type Minute = (bool, u32, u32, u32, u32);

/// Minute bars from 2022-01-01 00:00 UTC plus an offset, some of them missing.
fn minutes() -> impl Strategy<Value = Bars> {
    let row = (any::<bool>(), 1_u32..2_000, 0_u32..20, 0_u32..20, 0_u32..900);
    (0_i64..400, prop::collection::vec(row, 0..600)).prop_map(|(offset, rows)| {
        let begin = 1_640_995_200_000 + offset * 60_000;
        let kept: Vec<_> = rows.iter().enumerate().filter(|(_, row)| row.0).collect();
        let column = |f: &dyn Fn(&Minute) -> f64| -> bars::Column<f64> {
            kept.iter().map(|(_, row)| f(row)).collect::<Vec<_>>().into()
        };
        Bars {
            timeframe: Timeframe::M1,
            open_time: kept.iter().map(|(i, _)| begin + *i as i64 * 60_000).collect::<Vec<_>>().into(),
            open: column(&|r| f64::from(r.1)),
            high: column(&|r| f64::from(r.1 + r.2 + r.3)),
            low: column(&|r| f64::from(r.1) - 0.5),
            close: column(&|r| f64::from(r.1 + r.2)),
            volume: column(&|r| f64::from(r.4)),
            series: vec![Series { name: "mark_price".into(), values: column(&|r| f64::from(r.1 + 1)) }],
        }
    })
}

fn timeframe() -> impl Strategy<Value = Timeframe> {
    prop::sample::select(vec!["1m", "3m", "5m", "15m", "1h", "4h", "D"])
        .prop_map(|text| Timeframe::parse(text).expect("a timeframe"))
}

type Row = (i64, f64, f64, f64, f64, f64, f64);

fn rows(bars: &Bars) -> Vec<Row> {
    (0..bars.len())
        .map(|i| {
            let mark = bars.series("mark_price").expect("the series")[i];
            (bars.open_time[i], bars.open[i], bars.high[i], bars.low[i], bars.close[i], bars.volume[i], mark)
        })
        .collect()
}

/// Puts every minute in a map by the opening time of its slower bar; leaves out those cut by the data's ends.
fn resampled_slowly(bars: &Bars, to: Timeframe) -> Vec<Row> {
    let mut slow: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for i in 0..bars.len() {
        slow.entry(bars.open_time[i].div_euclid(to.ms()) * to.ms()).or_default().push(i);
    }
    let first = bars.open_time.first().copied().unwrap_or(0);
    let end = bars.open_time.last().map_or(0, |t| t + bars.timeframe.ms());
    slow.retain(|open, _| *open >= first && open + to.ms() <= end);
    slow.into_iter()
        .map(|(open, at)| {
            let (a, z) = (at[0], at[at.len() - 1]);
            let (mut high, mut low, mut volume) = (f64::MIN, f64::MAX, 0.0);
            for i in at {
                high = if bars.high[i] > high { bars.high[i] } else { high };
                low = if bars.low[i] < low { bars.low[i] } else { low };
                volume += bars.volume[i];
            }
            (open, bars.open[a], high, low, bars.close[z], volume, bars.series[0].values[z])
        })
        .collect()
}

proptest! {
    #[test]
    fn resample_is_its_naive_definition(bars in minutes(), to in timeframe()) {
        let slow = resample(&bars, to).expect("a multiple of a minute");
        prop_assert_eq!(slow.timeframe, to);
        if to == bars.timeframe {
            prop_assert_eq!(rows(&slow), rows(&bars));
        } else {
            prop_assert_eq!(rows(&slow), resampled_slowly(&bars, to));
        }
    }

    #[test]
    fn cutting_the_data_changes_no_slower_bar_before(bars in minutes(), to in timeframe(), at in 0.0..1.0_f64) {
        let cut = bars.slice(0..(bars.len() as f64 * at) as usize);
        let (whole, part) = (resample(&bars, to).expect("a multiple"), resample(&cut, to).expect("a multiple"));
        prop_assert!(part.len() <= whole.len());
        prop_assert_eq!(&rows(&whole)[..part.len()], &rows(&part)[..]);
    }

    #[test]
    fn resampling_in_two_steps_is_resampling_in_one(bars in minutes()) {
        // Aligned to a whole slow bar, as otherwise the first step already leaves out the torn ends.
        let hour = Timeframe::parse("1h").expect("an hour");
        let quarter = Timeframe::parse("15m").expect("a quarter");
        let one = resample(&bars, hour).expect("a multiple");
        let two = resample(&resample(&bars, quarter).expect("a multiple"), hour).expect("a multiple");
        for row in rows(&two) {
            prop_assert!(rows(&one).iter().any(|r| (r.0, r.2, r.3, r.5) == (row.0, row.2, row.3, row.5)));
        }
    }

    #[test]
    fn as_of_is_a_search_for_the_last(mut times in prop::collection::vec(0_i64..100, 0..40),
                                      mut at in prop::collection::vec(0_i64..120, 0..40)) {
        times.sort_unstable();
        at.sort_unstable();
        let slowly: Vec<_> = at.iter().map(|a| (0..times.len()).rev().find(|&i| times[i] <= *a)).collect();
        prop_assert_eq!(as_of(&times, &at), slowly);
    }

    #[test]
    fn only_closed_bars_are_seen(bars in minutes(), to in timeframe()) {
        let slow = resample(&bars, to).expect("a multiple");
        for (fast, seen) in closed_as_of(&slow, &bars).into_iter().enumerate() {
            let now = bars.close_time_ms(fast);
            let expected = (0..slow.len()).rev().find(|&i| slow.close_time_ms(i) <= now);
            prop_assert_eq!(seen, expected);
        }
    }

    #[test]
    fn between_takes_exactly_the_bars_that_open_within(bars in minutes(), a in 0_i64..700, b in 0_i64..700) {
        let ms = |minute: i64| 1_640_995_200_000 + minute * 60_000;
        let part = bars.between(ms(a), ms(b));
        let expected: Vec<_> = rows(&bars).into_iter().filter(|r| r.0 >= ms(a) && r.0 < ms(b)).collect();
        prop_assert_eq!(rows(&part), expected);
    }

    #[test]
    fn a_bitmap_is_a_list_of_known_truths(sets in prop::collection::vec((0_usize..300, any::<Option<bool>>()), 0..200),
                                          len in 0_usize..300, from in 0_usize..320) {
        let (mut map, mut list) = (Bitmap::unknown(len), vec![None; len]);
        for (at, value) in sets.into_iter().filter(|(at, _)| *at < len) {
            map.set(at, value);
            list[at] = value;
        }
        prop_assert_eq!((0..len).map(|i| map.get(i)).collect::<Vec<_>>(), list.clone());
        prop_assert!((0..len).all(|i| map.is_true(i) == (list[i] == Some(true))));
        prop_assert_eq!(map.count_true(), list.iter().filter(|v| **v == Some(true)).count());
        prop_assert_eq!(map.count_known(), list.iter().flatten().count());
        prop_assert_eq!(map.next_true(from), (from..len).find(|&i| list[i] == Some(true)));
        prop_assert!(map.truth.iter().zip(&map.known).all(|(truth, known)| truth & !known == 0));
    }

    #[test]
    fn every_instant_lies_in_one_bar(at in -4_000_000_000_000_i64..4_000_000_000_000, of in timeframe()) {
        for timeframe in [of, Timeframe::WEEK] {
            let open = timeframe.open_of(at);
            prop_assert!(open <= at && at < open + timeframe.ms());
            prop_assert_eq!(timeframe.open_of(open), open);
            prop_assert_eq!(timeframe.open_of(open + timeframe.ms() - 1), open);
            prop_assert_eq!(Timeframe::parse(&timeframe.to_string()), Some(timeframe));
        }
    }

    #[test]
    fn no_text_makes_the_timeframe_parser_panic(text in "\\PC{0,12}") {
        let _ = Timeframe::parse(&text);
    }
}
