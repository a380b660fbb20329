//! Any bytes as a CSV file of bars: loading ends, and what is loaded is in order, aligned and of one length.
#![no_main]

use data::{LoadOptions, load_csv};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match load_csv(bytes, "fuzz.csv", &LoadOptions::default()) {
        Ok(loaded) => {
            let bars = &loaded.bars;
            let times = &bars.open_time;
            assert!(times.is_sorted_by(|a, b| a < b), "times are not strictly increasing");
            assert!(times.iter().all(|&t| bars.timeframe.open_of(t) == t), "a bar is not aligned");
            for column in [&bars.open, &bars.high, &bars.low, &bars.close, &bars.volume] {
                assert_eq!(column.len(), times.len());
                assert!(column.iter().all(|value| !value.is_infinite()), "an infinite value");
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
