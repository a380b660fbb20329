//! Kept bars are those of the files, whatever happens to either.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

use std::path::{Path, PathBuf};

use data::sample::{SampleOptions, generate};
use data::write::write_bars;
use data::{Cache, LoadOptions, Loaded, Policy, load};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().expect("a folder"))
    }

    /// Sample bars that differ by seed, of one size.
    fn bars(&self, name: &str, seed: u64) -> PathBuf {
        let options = SampleOptions { seed, ..SampleOptions::new("trending") };
        let path = self.0.path().join(name);
        write_bars(&path, &generate(&options).expect("a pattern")).expect("the disk has room");
        self.settle(&path);
        path
    }

    /// As if it had been there for an hour.
    fn settle(&self, path: &Path) {
        let hour_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
        let file = std::fs::File::options().write(true).open(path).expect("it is there");
        file.set_modified(hour_ago).expect("its times can be set");
    }

    fn cache(&self) -> Cache {
        Cache::new(self.0.path().join("cache")).of_every_size()
    }
}

fn same(a: &Loaded, b: &Loaded) {
    assert_eq!(a.certificate, b.certificate);
    assert_eq!(a.funding, b.funding);
    assert_eq!(a.bars.timeframe, b.bars.timeframe);
    assert_eq!(a.bars.open_time[..], b.bars.open_time[..]);
    let bits = |column: &[f64]| column.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    for (x, y) in [
        (&a.bars.open, &b.bars.open),
        (&a.bars.high, &b.bars.high),
        (&a.bars.low, &b.bars.low),
        (&a.bars.close, &b.bars.close),
        (&a.bars.volume, &b.bars.volume),
    ] {
        assert_eq!(bits(x), bits(y));
    }
}

#[test]
fn the_second_load_is_mapped_and_the_same() {
    let folder = Folder::new();
    for name in ["bars.csv", "bars.parquet"] {
        let path = folder.bars(name, 1);
        for policy in [Policy::Report, Policy::Flat, Policy::Skip] {
            let options = LoadOptions { policy, ..LoadOptions::default() };
            let plain = load(&path, &options).expect("sound");
            let first = folder.cache().load(std::slice::from_ref(&path), &options).expect("sound");
            let second = folder.cache().load(std::slice::from_ref(&path), &options).expect("sound");
            same(&plain, &first);
            same(&plain, &second);
            assert!(second.bars.close.is_mapped() && !first.bars.close.is_mapped(), "{name}");
        }
    }
    assert_eq!(folder.cache().list().len(), 6);
    assert!(folder.cache().list().iter().all(|kept| kept.certificate.is_some()));
    assert_eq!(folder.cache().clear().expect("they go"), 6);
    assert!(folder.cache().list().is_empty());
}

#[test]
fn a_file_that_changes_gives_its_new_bars() {
    let folder = Folder::new();
    let options = LoadOptions::default();
    let path = folder.bars("bars.csv", 1);
    let before = folder.cache().load(std::slice::from_ref(&path), &options).expect("sound");
    // the same size and the same time of change, as far as anyone can set it
    let modified = std::fs::metadata(&path).expect("there").modified().expect("a time");
    let text = std::fs::read_to_string(&path).expect("text");
    let last = text.trim_end().rfind(',').expect("a column");
    let (head, tail) = text.split_at(last + 1);
    let digit = if tail.starts_with('9') { "8" } else { "9" };
    std::fs::write(&path, format!("{head}{digit}{}", &tail[1..])).expect("the disk has room");
    std::fs::File::options().write(true).open(&path).expect("there").set_modified(modified).expect("set");
    let after = folder.cache().load(std::slice::from_ref(&path), &options).expect("sound");
    same(&after, &load(&path, &options).expect("sound"));
    assert_ne!(after.certificate.content_hash, before.certificate.content_hash);

    // another file in its place, and back
    folder.bars("bars.csv", 2);
    same(
        &folder.cache().load(std::slice::from_ref(&path), &options).expect("sound"),
        &load(&path, &options).expect("sound"),
    );
}

#[test]
fn damaged_and_foreign_files_are_made_anew() {
    let folder = Folder::new();
    let options = LoadOptions::default();
    let path = folder.bars("bars.parquet", 1);
    let plain = load(&path, &options).expect("sound");
    let cache = folder.cache();
    cache.load(std::slice::from_ref(&path), &options).expect("sound");
    let kept = cache.list()[0].path.clone();
    let sound = std::fs::read(&kept).expect("it is there");
    let other = folder.bars("other.arrow", 5);
    for at in (0..sound.len()).step_by(sound.len() / 40) {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x10;
        std::fs::write(&kept, &bytes).expect("the disk has room");
        same(&plain, &cache.load(std::slice::from_ref(&path), &options).expect("sound"));
        assert!(cache.load(std::slice::from_ref(&path), &options).expect("sound").bars.close.is_mapped());
    }
    for bytes in [Vec::new(), b"ARROW1".to_vec(), sound[..sound.len() / 2].to_vec(), vec![0; 5000]] {
        std::fs::write(&kept, bytes).expect("the disk has room");
        same(&plain, &cache.load(std::slice::from_ref(&path), &options).expect("sound"));
    }
    std::fs::copy(&other, &kept).expect("the disk has room");
    let again = cache.load(std::slice::from_ref(&path), &options).expect("sound");
    assert_eq!(again.certificate.content_hash, plain.certificate.content_hash, "another file's bars");
    for note in std::fs::read_dir(cache.folder()).expect("there").flatten().map(|e| e.path()) {
        if note.extension().is_some_and(|e| e == "json") {
            std::fs::write(note, "{").expect("the disk has room");
        }
    }
    same(&plain, &cache.load(std::slice::from_ref(&path), &options).expect("sound"));
}

#[test]
fn without_a_place_to_keep_them_bars_are_read() {
    let folder = Folder::new();
    let path = folder.bars("bars.csv", 1);
    let options = LoadOptions::default();
    let in_the_way = folder.0.path().join("file");
    std::fs::write(&in_the_way, "x").expect("the disk has room");
    let cache = Cache::new(in_the_way.join("cache")).of_every_size();
    same(
        &load(&path, &options).expect("sound"),
        &cache.load(std::slice::from_ref(&path), &options).expect("sound"),
    );
    assert!(cache.list().is_empty());
    let missing = folder.0.path().join("missing.csv");
    assert!(cache.load(&[missing], &options).is_err());
    let arrow = folder.bars("bars.arrow", 1);
    folder.cache().load(&[arrow], &options).expect("sound");
    assert!(folder.cache().list().is_empty(), "Arrow files need no copy");
}
