//! Rows survive whatever ends the process, and the result is the same file as without an interruption.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

use std::path::Path;

use sweep::{Axis, FIGURES, Outcome, Row, Space, Store, StoreError};

const IDENTITY: [u8; 32] = [7; 32];

fn space() -> Space {
    Space::new(vec![Axis { name: "a.b".into(), values: (0..100).map(f64::from).collect() }]).expect("few")
}

fn row(variant: u64) -> Row {
    let outcome = match variant % 10 {
        3 => Outcome::Refused(format!("no {variant}")),
        _ => Outcome::Ran {
            figures: (0..FIGURES.len())
                .map(|n| if n == 3 { f64::NAN } else { variant as f64 / (n + 1) as f64 })
                .collect(),
            trades_hash: Some([variant as u8; 32]),
            stopped: Some(variant.is_multiple_of(7)),
        },
    };
    Row { variant, values: space().values(variant), outcome }
}

fn open(folder: &Path, resume: bool) -> Result<(Store, Vec<u64>), StoreError> {
    let mut seen = Vec::new();
    let store = Store::open(folder, IDENTITY, resume, &mut |row| seen.push(row.variant))?;
    Ok((store, seen))
}

fn append(store: &mut Store, variants: std::ops::Range<u64>) {
    let rows: Vec<Row> = variants.map(row).collect();
    store.append(&rows).expect("the disk has room");
}

fn uninterrupted() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, seen) = open(folder.path(), false).expect("new");
    assert!(seen.is_empty());
    append(&mut store, 0..100);
    std::fs::read(store.finish(&space()).expect("it is written")).expect("it is there")
}

#[test]
fn an_interrupted_sweep_goes_on_to_the_same_file() {
    let whole = uninterrupted();
    let folder = tempfile::tempdir().expect("a folder");
    let part = folder.path().join("sweep.part");
    let (mut store, _) = open(folder.path(), false).expect("new");
    append(&mut store, 0..20);
    append(&mut store, 20..50);
    drop(store);
    let sound = std::fs::read(&part).expect("it is there");
    let (mut store, seen) = open(folder.path(), true).expect("it goes on");
    assert_eq!((seen, store.rows()), ((0..50).collect(), 50));
    append(&mut store, 50..100);
    let finished = std::fs::read(store.finish(&space()).expect("it is written")).expect("it is there");
    assert!(finished == whole, "the files differ");
    assert!(!part.exists(), "the rows on the way are gone");

    // Cut anywhere, or with a damaged byte anywhere behind the head: whole blocks are kept, the rest is done again.
    for (cut, flipped) in (40..sound.len()).step_by(97).flat_map(|at| [(at, None), (sound.len(), Some(at))]) {
        let mut bytes = sound[..cut].to_vec();
        if let Some(at) = flipped {
            bytes[at] ^= 0x40;
        }
        std::fs::write(&part, &bytes).expect("the disk has room");
        let (mut store, seen) = open(folder.path(), true).expect("it goes on");
        assert!([0, 20, 50].contains(&seen.len()), "{} rows of a file cut at {cut}", seen.len());
        append(&mut store, seen.len() as u64..100);
        let again = std::fs::read(store.finish(&space()).expect("it is written")).expect("it is there");
        assert!(again == whole, "cut at {cut}, flipped at {flipped:?}");
    }
}

#[test]
fn nothing_of_another_is_touched() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, _) = open(folder.path(), false).expect("new");
    append(&mut store, 0..5);
    drop(store);
    assert!(matches!(open(folder.path(), false), Err(StoreError::Unfinished { .. })));
    let other = Store::open(folder.path(), [8; 32], true, &mut |_| {});
    assert!(matches!(other, Err(StoreError::Other { .. })));
    let foreign = folder.path().join("sweep.part");
    std::fs::write(&foreign, [1; 100]).expect("the disk has room");
    assert!(matches!(open(folder.path(), true), Err(StoreError::Foreign { .. })));
    assert_eq!(std::fs::read(&foreign).expect("still there"), [1; 100]);
}
