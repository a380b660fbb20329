//! Who uses a block: the documents that are open, and the files in the folders that the editor has open.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ide::{Analysis, Outward};

use crate::documents::{Document, Documents};
use crate::positions::Lines;

/// A document, and places in it.
#[derive(Debug)]
pub struct Found {
    pub uri: String,
    /// None of a file that is not open.
    pub version: Option<i64>,
    pub text: Arc<str>,
    pub lines: Lines,
    pub ranges: Vec<Range<usize>>,
}

impl Documents {
    /// Where others write a name of the block in this document.
    pub fn users(&self, block: &Document, outward: &Outward) -> Vec<Found> {
        let file = block.name();
        let others = || self.all().filter(|d| d.uri != block.uri);
        let mut found: Vec<Found> = others()
            .map(|d| Found {
                uri: d.uri.clone(),
                version: Some(d.version),
                text: Arc::from(d.text.as_str()),
                lines: d.lines.clone(),
                ranges: d.analysis().uses(&file, outward),
            })
            .collect();
        let open: Vec<(PathBuf, Arc<str>)> =
            self.all().filter_map(|d| Some((d.path.clone()?, Arc::from(d.text.as_str())))).collect();
        let is_open = |path: &Path| open.iter().any(|(p, _)| p == path);
        for other in self.blocks.files_of_roots() {
            let path = Path::new(&other.name);
            // most files use no block at all
            if is_open(path) || !other.text.contains("use") || !other.text.contains(&outward.name) {
                continue;
            }
            let options = self.blocks.seen(&self.blocks.folders(Some(path)), &open);
            let ranges = Analysis::new(&other.name, &other.text, &options).uses(&file, outward);
            let lines = Lines::new(&other.text, self.encoding);
            found.push(Found { uri: crate::uri::of(path), version: None, text: other.text, lines, ranges });
        }
        found.retain(|f| !f.ranges.is_empty());
        found
    }
}
