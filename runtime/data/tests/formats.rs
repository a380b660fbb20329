//! Every format read and written, and what each kind of broken file is told.

#![allow(clippy::disallowed_methods, reason = "tests write and read files, and need no equal bits")]

use std::io::Write;
use std::path::{Path, PathBuf};

use bars::{Bars, Column, Series, Timeframe};
use data::certificate::Order;
use data::columns::{ColumnData, write_csv, write_parquet};
use data::write::write_bars;
use data::{Kind, LoadOptions, Loaded, Verify, load, load_files};
use tempfile::TempDir;

const START: i64 = 1_640_995_200_000;
const MINUTE: i64 = 60_000;

fn some_bars(rows: usize) -> Bars {
    let price = |row: usize| 50_000.0 + (row * 7919 % 1000) as f64 / 10.0;
    let column = |f: &dyn Fn(usize) -> f64| -> Column<f64> { (0..rows).map(f).collect::<Vec<_>>().into() };
    Bars {
        timeframe: Timeframe::M1,
        open_time: (0..rows).map(|row| START + row as i64 * MINUTE).collect::<Vec<_>>().into(),
        open: column(&price),
        high: column(&|row| price(row) + 100.1),
        low: column(&|row| price(row) - 0.1),
        close: column(&|row| price(row + 1).clamp(price(row) - 0.1, price(row) + 100.1)),
        volume: column(&|row| row as f64 / 3.0),
        series: vec![Series {
            name: "mark_price".into(),
            values: column(&|row| if row % 5 == 0 { f64::NAN } else { price(row) + 0.05 }),
        }],
    }
}

fn bits(bars: &Bars) -> Vec<Vec<u64>> {
    let columns = [&bars.open, &bars.high, &bars.low, &bars.close, &bars.volume];
    let all = columns.into_iter().chain(bars.series.iter().map(|s| &s.values));
    let mut bits: Vec<Vec<u64>> = all.map(|c| c.iter().map(|v| v.to_bits()).collect()).collect();
    bits.push(bars.open_time.iter().map(|&t| t as u64).collect());
    bits
}

fn file(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::File::create(&path).and_then(|mut f| f.write_all(bytes)).expect("a temporary file");
    path
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn read(path: &Path) -> Loaded {
    load(path, &LoadOptions::default()).unwrap_or_else(|e| panic!("{e}"))
}

fn csv(text: &str) -> Result<Loaded, data::DataError> {
    data::load::load_csv(text.as_bytes(), "x.csv", &LoadOptions::default())
}

#[test]
fn bars_come_back_to_the_bit_from_every_format() {
    let (folder, bars) = (folder(), some_bars(2_500));
    let mut hashes = Vec::new();
    for name in ["a.csv", "a.parquet", "a.arrow"] {
        let path = folder.path().join(name);
        write_bars(&path, &bars).expect("written");
        let loaded = read(&path);
        assert_eq!(bits(&loaded.bars), bits(&bars), "{name}");
        assert_eq!(loaded.bars.series[0].name, "mark_price");
        assert_eq!(loaded.bars.close.is_mapped(), name == "a.arrow");
        hashes.push(loaded.certificate.content_hash);
    }
    assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]), "one content, one hash: {hashes:?}");
    let extension = write_bars(&folder.path().join("a.xlsx"), &bars).expect_err("not a format");
    assert_eq!(extension.kind, Kind::Usage);
}

#[test]
fn a_mapped_file_that_was_changed_is_refused() {
    let (folder, bars) = (folder(), some_bars(5_000));
    let path = folder.path().join("a.arrow");
    write_bars(&path, &bars).expect("written");
    let full = LoadOptions { verify: Verify::Full, ..LoadOptions::default() };
    assert_eq!(load(&path, &full).expect("whole").bars.len(), 5_000);
    let mut bytes = std::fs::read(&path).expect("read");
    // The first opening price is among the spots.
    let at = bytes.windows(8).position(|w| w == bars.open[0].to_le_bytes()).expect("the price is there");
    bytes[at + 2] ^= 1;
    let changed = file(&folder, "b.arrow", &bytes);
    for options in [LoadOptions::default(), full] {
        let error = load(&changed, &options).expect_err("changed");
        assert_eq!(error.kind, Kind::Refused, "{error}");
    }
}

#[test]
fn usual_csv_dumps_are_understood() {
    let rows = |time: fn(i64) -> String, extra: &str, sep: &str| -> String {
        (0..3)
            .map(|row| {
                let fields = [&time(START + row * MINUTE), "1.5", "3", "1", "2", "10"];
                format!("{}{extra}\n", fields.join(sep))
            })
            .collect()
    };
    let ms: fn(i64) -> String = |t| t.to_string();
    let micro: fn(i64) -> String = |t| (t * 1000).to_string();
    let nano: fn(i64) -> String = |t| (t * 1_000_000).to_string();
    let second: fn(i64) -> String = |t| (t / 1000).to_string();
    let minute: fn(i64) -> String = |t| format!("2022-01-01 00:{:02}", (t - START) / MINUTE);
    let dotted: fn(i64) -> String = |t| format!("2022.01.01 00:{:02}", (t - START) / MINUTE);
    let split: fn(i64) -> String = |t| format!("2022.01.01,00:{:02}", (t - START) / MINUTE);
    let binance = ",1640995259999,100.5,7,5,50,0";
    let cases = [
        format!("ts,open,high,low,close,volume\n{}", rows(ms, "", ",")),
        format!("\u{feff}time;open;high;low;close;Volume\n{}", rows(second, "", ";").replace('.', ",")),
        format!("Date\tOpen\tHigh\tLow\tClose\tVol\n{}", rows(minute, "", "\t")),
        rows(ms, binance, ","),
        rows(micro, binance, ","),
        format!(
            "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n{}",
            rows(ms, binance, ",")
        ),
        rows(dotted, "", ","),
        rows(split, "", ","),
        format!("<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<TICKVOL>\n{}", rows(split, "", ",")),
        format!("ts,open,high,low,close,volume\r\n{}", rows(nano, "", ",").replace('\n', "\r\n")),
        format!(
            "https://www.example.com\nts,open,high,low,close,volume\n{0}ts,open,high,low,close,volume\n\n",
            rows(ms, "", ",")
        ),
    ];
    let hashes: Vec<_> = cases
        .iter()
        .map(|text| csv(text).unwrap_or_else(|e| panic!("{e}\n{text}")).certificate.content_hash)
        .collect();
    assert!(hashes.iter().all(|h| *h == hashes[0]), "{hashes:?}");
    // Bybit: seconds, newest first, symbol and period in the way, turnover behind.
    let bybit = "start_at,symbol,period,open,high,low,close,volume,turnover\n\
        1640995320,BTCUSDT,1,1.5,3,1,2,10,1\n1640995260,BTCUSDT,1,1.5,3,1,2,10,1\n1640995200,BTCUSDT,1,1.5,3,1,2,10,1\n";
    let loaded = csv(bybit).expect("bybit");
    assert_eq!(loaded.certificate.order, Order::Reversed);
    assert_eq!(loaded.certificate.content_hash, hashes[0]);
}

#[test]
fn gzip_folders_and_lists_of_files() {
    let folder = folder();
    let month = |first: i64| -> String {
        (first..first + 3).map(|row| format!("{},1,3,1,2,10\n", START + row * MINUTE)).collect()
    };
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(month(3).as_bytes()).expect("compressed");
    let two = file(&folder, "b.csv.gz", &gzip.finish().expect("compressed"));
    let one = file(&folder, "a.csv", month(0).as_bytes());
    file(&folder, "readme.md", b"not bars");
    let all = read(folder.path());
    assert_eq!((all.bars.len(), all.certificate.gaps.count), (6, 0));
    assert_eq!(all.certificate.files, ["a.csv", "b.csv.gz"]);
    let listed = load_files(&[two.clone(), one], &LoadOptions::default()).expect("in any order");
    assert_eq!(listed.certificate.content_hash, all.certificate.content_hash);
    assert_eq!(listed.certificate.order, Order::Unsorted);
    let whole = std::fs::read(&two).expect("read");
    let cut = file(&folder, "cut.csv.gz", &whole[..whole.len() - 9]);
    assert_eq!(load(&cut, &LoadOptions::default()).expect_err("cut off").kind, Kind::Malformed);
}

#[test]
fn parquet_takes_any_numeric_types() {
    use arrow::array::{
        ArrayRef, Decimal128Array, Float32Array, Int32Array, StringArray, TimestampMicrosecondArray,
    };
    use std::sync::Arc;
    let folder = folder();
    let time =
        TimestampMicrosecondArray::from(vec![START * 1000, (START + MINUTE) * 1000]).with_timezone("UTC");
    let decimal = Decimal128Array::from(vec![150, 160]).with_precision_and_scale(10, 2).expect("decimal");
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("timestamp", Arc::new(time)),
        ("Open", Arc::new(decimal)),
        ("High", Arc::new(Int32Array::from(vec![3, 3]))),
        ("Low", Arc::new(Float32Array::from(vec![1.0, 1.25]))),
        ("Close", Arc::new(StringArray::from(vec!["2", "2.5"]))),
        ("quote_volume", Arc::new(StringArray::from(vec!["never", "read"]))),
        ("open_interest", Arc::new(Int32Array::from(vec![Some(7), None]))),
    ];
    let batch = arrow::array::RecordBatch::try_from_iter(columns).expect("a batch");
    let path = folder.path().join("x.bin");
    let out = std::fs::File::create(&path).expect("created");
    let mut writer = parquet::arrow::ArrowWriter::try_new(out, batch.schema(), None).expect("a writer");
    writer.write(&batch).and_then(|()| writer.close()).expect("written");
    let bars = read(&path).bars;
    assert_eq!(&bars.open_time[..], [START, START + MINUTE]);
    assert_eq!((&bars.open[..], &bars.high[..]), (&[1.5, 1.6][..], &[3.0, 3.0][..]));
    assert_eq!((&bars.low[..], &bars.close[..]), (&[1.0, 1.25][..], &[2.0, 2.5][..]));
    assert!(bars.volume.iter().all(|v| v.is_nan()));
    let interest = bars.series("open_interest").expect("the series");
    assert!(interest[0] == 7.0 && interest[1].is_nan());
}

#[test]
fn an_arrow_file_of_another_layout_is_converted() {
    use arrow::array::{ArrayRef, Float32Array, TimestampSecondArray};
    use std::sync::Arc;
    let folder = folder();
    let prices = || -> ArrayRef { Arc::new(Float32Array::from(vec![2.0, 2.0])) };
    let time = TimestampSecondArray::from(vec![START / 1000, START / 1000 + 60]);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("date", Arc::new(time)),
        ("open", prices()),
        ("high", prices()),
        ("low", prices()),
        ("close", prices()),
    ];
    let batch = arrow::array::RecordBatch::try_from_iter(columns).expect("a batch");
    let path = folder.path().join("x.feather");
    let out = std::fs::File::create(&path).expect("created");
    let options = arrow::ipc::writer::IpcWriteOptions::default()
        .try_with_compression(Some(arrow::ipc::CompressionType::LZ4_FRAME))
        .expect("options");
    let mut writer = arrow::ipc::writer::FileWriter::try_new_with_options(out, &batch.schema(), options)
        .expect("a writer");
    writer.write(&batch).and_then(|()| writer.finish()).expect("written");
    let bars = read(&path).bars;
    assert_eq!((&bars.open_time[..], &bars.close[..]), (&[START, START + MINUTE][..], &[2.0, 2.0][..]));
}

#[test]
fn every_broken_text_gets_its_own_words() {
    let head = "ts,open,high,low,close,volume\n";
    let row = "1640995200000,1,3,1,2,10\n";
    let cases = [
        ("", Kind::Empty, "no rows"),
        ("\n\n", Kind::Empty, "no rows"),
        (head, Kind::Empty, "no rows"),
        (&format!("{head}{row}")[..], Kind::Timeframe, "does not tell the period"),
        ("a,b,x\n1,2,3\n", Kind::Columns, "no column for opening time, open, high, low, close"),
        ("ts,ts,open,high,low,close\n", Kind::Columns, "two columns are named ts"),
        ("1640995200000,1,2\n", Kind::Columns, "no known dump"),
        (
            &format!("{head}{row}1640995260000,1,x3,1,2,10\n"),
            Kind::Value,
            "x.csv:3: 'x3' in high is not a number",
        ),
        (&format!("{head}yesterday,1,3,1,2,10\n"), Kind::Value, "'yesterday' is not a time"),
        (&format!("{head}{row}1640995260000,1,3"), Kind::Value, "ends after 3 fields"),
        (&format!("{head}{row}1641054321000,1,3,1,2,1\n"), Kind::Timeframe, "is not a period"),
    ];
    for (text, kind, words) in cases {
        let error = csv(text).expect_err(text);
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(!error.next.is_empty(), "{error}");
    }
    let huge = "9".repeat(100_000);
    assert_eq!(csv(&huge).expect_err("one endless line").kind, Kind::UnknownFormat);
    let error = csv(&format!("{head}{row}{huge},1,3,1,2,10\n")).expect_err("a huge field");
    assert!(error.kind == Kind::Value && error.to_string().len() < 400, "{error}");
    let one = LoadOptions { timeframe: Some(Timeframe::M1), ..LoadOptions::default() };
    let loaded =
        data::load::load_csv(format!("{head}{row}").as_bytes(), "x.csv", &one).expect("told the period");
    assert_eq!(loaded.bars.len(), 1);
}

#[test]
fn broken_binary_files_are_errors_and_never_panics() {
    let (folder, bars) = (folder(), some_bars(300));
    for name in ["a.parquet", "a.arrow"] {
        let path = folder.path().join(name);
        write_bars(&path, &bars).expect("written");
        let whole = std::fs::read(&path).expect("read");
        for cut in [8, 40, whole.len() / 2, whole.len() - 1] {
            let error =
                load(&file(&folder, "cut", &whole[..cut]), &LoadOptions::default()).expect_err("cut off");
            assert_eq!(error.kind, Kind::Malformed, "{error}");
        }
        // Any single changed byte: an error, or bars (a changed price can look like one), but no panic.
        for at in (0..whole.len()).step_by(whole.len() / 400) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x41;
            let path = file(&folder, "mutated", &bytes);
            if let Ok(loaded) = load(&path, &LoadOptions::default()) {
                assert!(loaded.bars.len() <= 300);
            }
        }
    }
    for (bytes, kind) in [
        (&b""[..], Kind::Empty),
        (b"\0\0\0\0 binary", Kind::UnknownFormat),
        (b"PK\x03\x04rest", Kind::UnknownFormat),
        (b"\xff\xfet\0s\0", Kind::UnknownFormat),
        (b"ARROW1", Kind::Malformed),
        (b"PAR1", Kind::Malformed),
    ] {
        let error = load(&file(&folder, "x", bytes), &LoadOptions::default()).expect_err("not bars");
        assert_eq!(error.kind, kind, "{error}");
    }
    assert_eq!(
        load(&folder.path().join("none"), &LoadOptions::default()).expect_err("none").kind,
        Kind::NotFound
    );
}

#[test]
fn columns_are_written_with_missing_cells() {
    let folder = folder();
    let columns = [
        ("ts", ColumnData::I64(vec![Some(START), None])),
        ("x", ColumnData::F64(vec![f64::NAN, 0.1])),
        ("ok", ColumnData::Bool(vec![Some(true), None])),
        ("why", ColumnData::Text(vec![Some("a, \"b\"".into()), None])),
    ];
    let path = folder.path().join("x.csv");
    write_csv(&path, &columns).expect("written");
    let text = std::fs::read_to_string(&path).expect("read");
    assert_eq!(text, "ts,x,ok,why\n1640995200000,,1,\"a, \"\"b\"\"\"\n,0.1,,\n");
    let path = folder.path().join("x.parquet");
    write_parquet(&path, &columns).expect("written");
    let file = std::fs::File::open(&path).expect("opened");
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReader::try_new(file, 10).expect("a reader");
    let batch = reader.into_iter().next().expect("a batch").expect("a batch");
    let nulls: Vec<_> = batch.columns().iter().map(|c| (c.is_null(0), c.is_null(1))).collect();
    assert_eq!(nulls, [(false, true), (true, false), (false, true), (false, true)]);
    let uneven = [("a", ColumnData::F64(vec![1.0])), ("b", ColumnData::F64(vec![]))];
    assert_eq!(write_csv(&folder.path().join("y.csv"), &uneven).expect_err("uneven").kind, Kind::Usage);
    assert!(!folder.path().join("y.csv").exists());
}

#[test]
fn a_real_month_is_read_whole() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("PLAY_SHARED").map_or(beside, PathBuf::from);
    let path = shared.join("data/btc-perp-1m-2022-01.parquet");
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return;
    }
    let loaded = read(&path);
    let found = &loaded.certificate;
    assert_eq!((found.rows, found.timeframe.as_str(), found.gaps.count), (44_972, "1m", 0));
    assert_eq!(loaded.bars.open_time[0], START);
    println!("{found}");
}
