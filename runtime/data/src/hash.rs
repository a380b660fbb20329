//! The content hash of bars: the same for the same bars, whatever file they came from.

use bars::Bars;

/// Values are hashed in pieces of this many, so that each is normalised in the cache.
const PIECE: usize = 4096;
/// A spot check looks at this many stretches of [`SPOT_ROWS`] rows, evenly over the file.
const SPOTS: usize = 32;
const SPOT_ROWS: usize = 64;

/// BLAKE3 over timeframe, number of rows, and the columns in a fixed order, little-endian, every missing value the
/// same bits.
pub(crate) fn content(bars: &Bars) -> String {
    let mut hasher = begin(bars);
    for values in numbers(bars) {
        update(&mut hasher, values, |v| if v.is_nan() { f64::NAN.to_le_bytes() } else { v.to_le_bytes() });
    }
    hasher.finalize().to_hex().to_string()
}

/// A hash over a few thousand rows only: cheap enough for every load of a mapped file, and told from the whole
/// content by everything but a change between the spots.
pub(crate) fn spots(bars: &Bars) -> String {
    let rows = bars.len();
    if rows <= SPOTS * SPOT_ROWS {
        return content(bars);
    }
    let mut hasher = blake3::Hasher::new();
    for spot in 0..SPOTS {
        let first = (rows - SPOT_ROWS) * spot / (SPOTS - 1);
        hasher.update(content(&bars.slice(first..first + SPOT_ROWS)).as_bytes());
    }
    hasher.update(&(rows as u64).to_le_bytes());
    hasher.finalize().to_hex().to_string()
}

fn begin(bars: &Bars) -> blake3::Hasher {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"bars 1\n");
    hasher.update(&bars.timeframe.ms().to_le_bytes());
    hasher.update(&(bars.len() as u64).to_le_bytes());
    for series in &bars.series {
        hasher.update(&(series.name.len() as u64).to_le_bytes());
        hasher.update(series.name.as_bytes());
    }
    update(&mut hasher, &bars.open_time, |t| t.to_le_bytes());
    hasher
}

fn numbers(bars: &Bars) -> impl Iterator<Item = &[f64]> {
    let columns = [&bars.open, &bars.high, &bars.low, &bars.close, &bars.volume];
    columns.into_iter().chain(bars.series.iter().map(|s| &s.values)).map(|column| &column[..])
}

fn update<T: Copy>(hasher: &mut blake3::Hasher, values: &[T], bytes: impl Fn(T) -> [u8; 8]) {
    let mut piece = [[0_u8; 8]; PIECE];
    for values in values.chunks(PIECE) {
        for (to, &from) in piece.iter_mut().zip(values) {
            *to = bytes(from);
        }
        hasher.update(piece[..values.len()].as_flattened());
    }
}
