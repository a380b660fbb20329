//! Which file a name means: by the names of the files, then by what they say about themselves.

use std::collections::BTreeMap;

use diagnostics::{Diagnostic, Source, SourceId, Span};
use syntax::ast::Use;
use syntax::block;

use crate::library::{File, Library};
use crate::report;

/// Folder and file, both counted from 0.
pub type FileId = (usize, usize);

pub struct Registry<'l> {
    library: &'l Library,
    play: SourceId,
    /// What was read, in the order of its numbers.
    pub sources: Vec<Source>,
    read: BTreeMap<FileId, Read>,
}

/// A file as it was first read.
pub struct Read {
    pub file: block::File,
    /// Said when the block is used for the first time.
    pub diagnostics: Vec<Diagnostic>,
    pub source: SourceId,
}

/// A block that was found.
pub struct Found {
    pub id: FileId,
    /// With its version: `trend_filter_v1`.
    pub name: String,
}

impl<'l> Registry<'l> {
    pub fn new(library: &'l Library, play: SourceId) -> Registry<'l> {
        Registry { library, play, sources: Vec::new(), read: BTreeMap::new() }
    }

    /// The file; nearer folders come first.
    pub fn text(&self, id: FileId) -> &'l File {
        &self.library.folders[id.0][id.1]
    }

    pub fn get(&mut self, id: FileId) -> &mut Read {
        if !self.read.contains_key(&id) {
            let source = self.add(id);
            let (file, diagnostics) = block::read(source, &self.text(id).text);
            self.read.insert(id, Read { file, diagnostics, source });
        }
        self.read.get_mut(&id).expect("it was put in just now")
    }

    /// One more reading of a file, with a number of its own.
    pub fn add(&mut self, id: FileId) -> SourceId {
        let file = self.text(id);
        self.sources.push(Source::new(file.name.as_str(), file.text.clone()));
        SourceId(self.play.0 + self.sources.len() as u32)
    }

    /// The first use of a reading is what led to it.
    pub fn set_used_at(&mut self, source: SourceId, at: Span) {
        let used_at = &mut self.sources[(source.0 - self.play.0 - 1) as usize].used_at;
        *used_at = used_at.or(Some(at));
    }

    /// The block that `use` names. What is wrong with its version is among the findings, also when there is a block.
    pub fn find(&mut self, block: &Use, out: &mut Vec<Diagnostic>) -> Option<Found> {
        let (base, mut wanted) = name_and_version(&block.name.value);
        if let (Some(in_name), Some(version)) = (wanted, &block.version)
            && in_name != version.value
        {
            out.push(report::two_versions(block, in_name, version));
            return None;
        }
        wanted = wanted.or(block.version.as_ref().map(|v| v.value));
        let mut candidates: Vec<(u32, FileId)> = Vec::new();
        let mut is_broken = false;
        for id in self.files_of(base) {
            let stem = self.text(id).stem();
            let read = self.get(id);
            match version_of(read, stem) {
                Some(version) => candidates.push((version, id)),
                // a broken file of another version is of no interest here
                None if wanted.is_some() && name_and_version(stem).1.is_some_and(|v| Some(v) != wanted) => {}
                None => {
                    // what is wrong with its head has been said, or is said now
                    is_broken = true;
                    out.append(&mut read.diagnostics);
                    let source = read.source;
                    let mismatch = report::head_mismatch(&read.file.head, stem);
                    out.extend(mismatch);
                    self.set_used_at(source, block.name.span);
                }
            }
        }
        let all: Vec<u32> = sorted(candidates.iter().map(|c| c.0));
        if let Some(wanted) = wanted {
            candidates.retain(|c| c.0 == wanted);
        }
        let versions = sorted(candidates.iter().map(|c| c.0));
        match versions.as_slice() {
            [] if is_broken => None,
            [] if all.is_empty() => {
                out.push(report::unknown(block, &self.names()));
                None
            }
            [] => {
                out.push(report::no_such_version(block, base, wanted.unwrap_or(0), &all));
                None
            }
            [version] => self.nearest(block, base, *version, &candidates, out),
            several => {
                out.push(report::several_versions(block, base, several));
                None
            }
        }
    }

    /// Of several files with one version the nearest; two in one folder contradict each other.
    fn nearest(
        &mut self,
        block: &Use,
        base: &str,
        version: u32,
        candidates: &[(u32, FileId)],
        out: &mut Vec<Diagnostic>,
    ) -> Option<Found> {
        let id = candidates.iter().map(|c| c.1).min()?;
        let name = format!("{base}_v{version}");
        let others = candidates.iter().map(|c| c.1).filter(|other| *other != id);
        for other in others {
            if self.text(other).text == self.text(id).text {
                continue;
            }
            let (here, there) = (self.head_span(id), self.head_span(other));
            let source = self.get(id).source;
            self.set_used_at(source, block.name.span);
            if other.0 == id.0 {
                out.push(report::claimed_twice(&name, there, here));
                return None;
            }
            out.push(report::hidden(&name, here, &self.text(other).name));
        }
        Some(Found { id, name })
    }

    fn head_span(&mut self, id: FileId) -> Span {
        let head = &self.get(id).file.head;
        head.id.as_ref().map_or(head.span, |id| id.span)
    }

    /// The files that may hold a block of this name: `base.yml`, `base_v3.yml`.
    fn files_of(&self, base: &str) -> Vec<FileId> {
        let mut found = Vec::new();
        for (folder, files) in self.library.folders.iter().enumerate() {
            for (at, file) in files.iter().enumerate() {
                if name_and_version(file.stem()).0 == base {
                    found.push((folder, at));
                }
            }
        }
        found
    }

    /// All that could have been meant.
    fn names(&self) -> Vec<&'l str> {
        let mut names: Vec<&str> = self.library.folders.iter().flatten().map(File::stem).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// `trend_filter_v1` is version 1 of `trend_filter`.
pub fn name_and_version(name: &str) -> (&str, Option<u32>) {
    let split = name.rsplit_once("_v").and_then(|(base, digits)| {
        let version = digits.parse::<u32>().ok().filter(|v| *v > 0 && !digits.starts_with('0'))?;
        (!base.is_empty()).then_some((base, Some(version)))
    });
    split.unwrap_or((name, None))
}

/// The version of a file, when its name, its id and its version agree.
fn version_of(read: &Read, stem: &str) -> Option<u32> {
    let head = &read.file.head;
    let (base, in_stem) = name_and_version(stem);
    let (id, in_id) = name_and_version(&head.id.as_ref()?.value);
    let version = head.version.as_ref()?.value;
    let agrees = |other: Option<u32>| other.is_none_or(|v| v == version);
    (id == base && agrees(in_id) && agrees(in_stem)).then_some(version)
}

fn sorted(versions: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut versions: Vec<u32> = versions.collect();
    versions.sort_unstable();
    versions.dedup();
    versions
}
