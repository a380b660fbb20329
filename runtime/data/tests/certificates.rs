//! What is found in data, and what each policy does about it.

#![allow(clippy::disallowed_methods, reason = "tests write and read files, and need no equal bits")]

use data::certificate::{DefectKind, Gap, Order};
use data::{DataError, Kind, LoadOptions, Loaded, Policy};
use proptest::prelude::*;

const START: i64 = 1_640_995_200_000;
const MINUTE: i64 = 60_000;

fn load(rows: &[String], policy: Policy) -> Result<Loaded, DataError> {
    let text = format!("ts,open,high,low,close,volume\n{}\n", rows.join("\n"));
    data::load::load_csv(text.as_bytes(), "x.csv", &LoadOptions { policy, ..LoadOptions::default() })
}

fn row(minute: i64) -> String {
    format!("{},100,101.5,99.5,100.5,7", START + minute * MINUTE)
}

fn rows(minutes: impl IntoIterator<Item = i64>) -> Vec<String> {
    minutes.into_iter().map(row).collect()
}

#[test]
fn gaps_are_reported_filled_or_refused() {
    let rows = rows((0..5).chain(8..10).chain(20..22));
    let found = load(&rows, Policy::Report).expect("gaps are allowed").certificate;
    assert_eq!((found.gaps.count, found.gaps.bars_missing, found.rows), (2, 13, 9));
    let largest = Gap { from_ms: START + 10 * MINUTE, to_ms: START + 20 * MINUTE, bars: 10 };
    assert_eq!(found.gaps.largest[0], largest);
    assert_eq!(load(&rows, Policy::Reject).expect_err("a gap").kind, Kind::Refused);
    let flat = load(&rows, Policy::Flat).expect("filled");
    assert_eq!((flat.bars.len(), flat.certificate.bars_filled, flat.certificate.gaps.count), (22, 13, 2));
    assert!(flat.bars.open_time.windows(2).all(|t| t[1] - t[0] == MINUTE));
    let bar = |i: usize| {
        let b = &flat.bars;
        (b.open[i], b.high[i], b.low[i], b.close[i], b.volume[i])
    };
    assert_eq!(bar(6), (100.5, 100.5, 100.5, 100.5, 0.0));
    assert_eq!(bar(8), (100.0, 101.5, 99.5, 100.5, 7.0));
    assert_ne!(flat.certificate.content_hash, found.content_hash);
}

#[test]
fn a_made_file_remembers_what_was_done_to_its_bars() {
    let mut rows = rows((0..5).chain(8..10).chain([9]));
    rows.push(format!("{},100,99,98,100,1", START + 10 * MINUTE));
    let skipped = load(&rows, Policy::Skip).expect("left out");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("made.arrow");
    let notes = data::write::origin_notes(&skipped.certificate);
    data::write::write_noted(&path, &skipped.bars, &notes).expect("written");
    let made = data::load(&path, &LoadOptions::default()).expect("mapped");
    assert!(made.bars.close.is_mapped());
    assert_eq!(made.certificate.content_hash, skipped.certificate.content_hash);
    let expected = [
        "made from x.csv (9 rows, 1m)",
        "1 bad rows left out on the way",
        "1 repeated rows left out on the way",
    ];
    assert_eq!(made.certificate.notes, expected);
    // The certificate is not believed against the policy: gaps are refused or filled as in any file.
    let with = |policy| data::load(&path, &LoadOptions { policy, ..LoadOptions::default() });
    assert_eq!(with(Policy::Reject).expect_err("a gap").kind, Kind::Refused);
    assert_eq!(with(Policy::Flat).expect("filled").bars.len(), 10);
}

#[test]
fn order_and_repeated_rows() {
    let sorted = load(&rows(0..6), Policy::Reject).expect("faultless").certificate;
    assert_eq!((sorted.order, sorted.duplicates_identical), (Order::Sorted, 0));
    for (minutes, order, repeated) in [
        (vec![5, 4, 3, 2, 1, 0], Order::Reversed, 0),
        (vec![0, 3, 1, 5, 2, 4], Order::Unsorted, 0),
        (vec![0, 1, 2, 2, 3, 4, 5, 5], Order::Sorted, 2),
        (vec![3, 4, 5, 0, 1, 2, 3], Order::Unsorted, 1),
        (vec![5, 4, 3, 3, 2, 1, 0], Order::Reversed, 1),
    ] {
        let found = load(&rows(minutes.clone()), Policy::Report).expect("explained").certificate;
        assert_eq!(
            (found.order, found.duplicates_identical, found.rows),
            (order, repeated, 6),
            "{minutes:?}"
        );
        assert_eq!(found.content_hash, sorted.content_hash);
        assert_eq!(load(&rows(minutes), Policy::Reject).expect_err("a finding").kind, Kind::Refused);
    }
}

#[test]
fn bad_rows_are_refused_with_their_place_or_left_out() {
    let at = START + 3 * MINUTE;
    let cases = [
        (format!("{at},100,99,98,100,1"), DefectKind::OhlcViolation),
        (format!("{at},100,101,100.5,101,1"), DefectKind::OhlcViolation),
        (format!("{at},100,101,0,101,1"), DefectKind::NotPositive),
        (format!("{at},100,101,-5,101,1"), DefectKind::NotPositive),
        (format!("{at},100,,99,101,1"), DefectKind::NotFinite),
        (format!("{at},100,inf,99,101,1"), DefectKind::NotFinite),
        (format!("{at},100,101,99,NaN,1"), DefectKind::NotFinite),
        (format!("{at},100,101,99,100,-1"), DefectKind::NegativeVolume),
        (format!("{},100,101,99,100,1", at + 500), DefectKind::Misaligned),
    ];
    for (bad, kind) in cases {
        let mut rows = rows((0..3).chain(4..10));
        rows.insert(3, bad.clone());
        for policy in [Policy::Report, Policy::Flat, Policy::Reject] {
            let error = load(&rows, policy).expect_err(&bad);
            assert_eq!(error.kind, Kind::Refused, "{error}");
            assert!(error.to_string().contains("x.csv row 4"), "{error}");
            let found = error.certificate.expect("a certificate");
            assert_eq!(found.defect(kind).map(|d| d.rows), Some(1), "{bad}");
        }
        let skipped = load(&rows, Policy::Skip).expect("left out");
        assert_eq!((skipped.bars.len(), skipped.certificate.rows_dropped), (9, 1), "{bad}");
        assert_eq!(skipped.certificate.gaps.bars_missing, 1);
    }
}

#[test]
fn of_rows_that_contradict_each_other_none_is_believed() {
    let mut rows = rows(0..6);
    rows.push(format!("{},100,102,99.5,100.5,7", START + 2 * MINUTE));
    let error = load(&rows, Policy::Report).expect_err("two truths");
    assert!(error.to_string().contains("x.csv row 3") && error.to_string().contains("row 7"), "{error}");
    let skipped = load(&rows, Policy::Skip).expect("left out");
    assert_eq!((skipped.bars.len(), skipped.certificate.rows_dropped), (5, 2));
    assert!(!skipped.bars.open_time.contains(&(START + 2 * MINUTE)));
}

#[test]
fn closing_times_are_recognised() {
    let rows: Vec<_> = (1..9).map(|m| format!("{},100,101,99,100,1", START + m * MINUTE - 1)).collect();
    let error = load(&rows, Policy::Report).expect_err("closing times");
    assert!(error.to_string().contains("these are closing times"), "{error}");
    let days: Vec<_> =
        (1..9).map(|d| format!("{},100,101,99,100,1", START + d * 86_400_000 - 7_200_000)).collect();
    let error = load(&days, Policy::Report).expect_err("another zone");
    assert!(error.to_string().contains("export the data in UTC"), "{error}");
}

#[test]
fn jumps_volume_and_tick() {
    let mut rows = Vec::new();
    let mut price = 1000;
    for minute in 0..200 {
        let before = price;
        price += if minute == 120 { -300 } else { [3, -2, 1, -2][minute as usize % 4] };
        let (high, low) = (before.max(price), before.min(price));
        let volume = if minute % 4 == 0 { 0 } else { 5 };
        let cents = |p: i32| f64::from(p * 5) / 100.0;
        let at = START + minute * MINUTE;
        rows.push(format!("{at},{},{},{},{},{volume}", cents(before), cents(high), cents(low), cents(price)));
    }
    let found = load(&rows, Policy::Report).expect("sound").certificate;
    assert_eq!((found.jumps.count, found.jumps.largest[0].open_ms), (1, START + 120 * MINUTE));
    assert!((found.jumps.largest[0].change_pct + 30.0).abs() < 0.5, "{:?}", found.jumps);
    assert_eq!((found.zero_volume_share, found.tick_size), (0.25, Some(0.05)));
    let text = found.to_string();
    assert!(text.contains("jumps         1 beyond") && text.contains("tick size     0.05"), "{text}");
    let json = serde_json::to_string(&found).expect("JSON");
    assert_eq!(serde_json::from_str::<data::Certificate>(&json).expect("read back"), found);
}

#[test]
fn funding_as_a_file_and_as_a_series() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("funding.csv");
    let hour = 60 * MINUTE;
    let text =
        format!("fundingRateTimestamp,fundingRate\n{},0.0002\n{},-0.0001\n", START + 8 * hour, START + 4);
    std::fs::write(&path, text).expect("written");
    let bars: String = (0..600).map(|m| row(m) + "\n").collect();
    let options = LoadOptions { funding: Some(path.clone()), ..LoadOptions::default() };
    let loaded = data::load::load_csv(bars.as_bytes(), "x.csv", &options).expect("loaded");
    let events: Vec<_> = loaded.funding.iter().map(|f| (f.time_ms, f.rate)).collect();
    assert_eq!(events, [(START, -0.0001), (START + 8 * hour, 0.0002)]);
    let series = loaded.bars.series("funding_rate").expect("joined as of the close");
    assert_eq!((series[0], series[478], series[479]), (-0.0001, -0.0001, 0.0002));
    std::fs::write(&path, "ts,rate\n1640995200000,0.3\n").expect("written");
    let error = data::load::load_csv(bars.as_bytes(), "x.csv", &options).expect_err("in percent");
    assert!(error.to_string().contains("as fractions"), "{error}");

    let mut with_rate = "ts,open,high,low,close,volume,funding_rate\n".to_owned();
    (0..600).for_each(|m| with_rate += &format!("{},0.0003\n", row(m)));
    let loaded =
        data::load::load_csv(with_rate.as_bytes(), "x.csv", &LoadOptions::default()).expect("loaded");
    let events: Vec<_> = loaded.funding.iter().map(|f| (f.time_ms, f.rate)).collect();
    assert_eq!(events, [(START + 8 * hour, 0.0003)]);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for policy in [Policy::Report, Policy::Skip] {
            let options = LoadOptions { policy, ..LoadOptions::default() };
            let _ = data::load::load_csv(&bytes[..], "x.csv", &options);
        }
    }

    #[test]
    fn whatever_is_loaded_is_sound(text in "(ts|time|date)[,;]open[,;]high[,;]low[,;]close[,;]v\n\
        (16409952[0-9]{2}[,;][0-9.]{0,3}[,;][0-9e]{0,3}[,;]-?[0-9]?[,;](nan|1|2|inf)?[,;]\"?[0-9]?\n){0,12}",
        policy in prop::sample::select(vec![Policy::Report, Policy::Flat, Policy::Skip])) {
        let timeframe = bars::Timeframe::parse("1m");
        let options = LoadOptions { policy, timeframe, ..LoadOptions::default() };
        if let Ok(loaded) = data::load::load_csv(text.as_bytes(), "x.csv", &options) {
            let b = loaded.bars;
            prop_assert!(!b.is_empty() && b.open_time.windows(2).all(|t| t[0] < t[1]));
            for i in 0..b.len() {
                prop_assert!(b.high[i] >= b.open[i].max(b.close[i]) && b.low[i] <= b.open[i].min(b.close[i]));
                prop_assert!(b.low[i] > 0.0 && b.high[i].is_finite() && b.open_time[i] % MINUTE == 0);
            }
        }
    }

    #[test]
    fn any_order_and_any_repetition_give_the_same_bars(mut minutes in prop::collection::vec(0_i64..50, 2..80)) {
        let load = |minutes: &[i64]| {
            let text = rows(minutes.iter().copied()).join("\n");
            let options = LoadOptions { timeframe: bars::Timeframe::parse("1m"), ..LoadOptions::default() };
            data::load::load_csv(text.as_bytes(), "x.csv", &options).expect("explained").certificate.content_hash
        };
        let shuffled = load(&minutes);
        minutes.sort_unstable();
        minutes.dedup();
        prop_assert_eq!(shuffled, load(&minutes));
    }
}

#[test]
fn bars_for_minutes_with_trades_alone_are_still_minutes() {
    let sparse = rows([0, 4, 5, 9, 12, 20, 24, 31, 33, 39]);
    assert_eq!(load(&sparse, Policy::Report).expect("sparse").certificate.timeframe, "1m");
    let hours = rows((0..10).map(|hour| hour * 60));
    assert_eq!(load(&hours, Policy::Report).expect("hours").certificate.timeframe, "1h");
}
