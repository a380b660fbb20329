//! The shapes that editors read are those that the readers take: same keys, same words, everywhere.

use diagnostics::{Code, Diagnostic, SourceId};
use syntax::shape::{BLOCK, Form, Key, PLAY, Shape};

fn diagnostics(text: &str) -> Vec<Diagnostic> {
    syntax::parse(SourceId(0), text).1
}

/// Of a block file, with what it requires and its logic.
fn of_block(text: &str) -> Vec<Diagnostic> {
    let (file, mut all) = syntax::block::read(SourceId(0), text);
    all.extend(file.body(text, &[]).1);
    all
}

/// A Play in flow style with `inner` at `path`; `#` is an item of a list, `*` a key that the author chooses.
fn wrapped(path: &[&str], inner: &str) -> String {
    path.iter().rev().fold(inner.to_owned(), |text, step| match *step {
        "#" => format!("[{text}]"),
        "*" => format!("{{mine: {text}}}"),
        key => format!("{{{key}: {text}}}"),
    })
}

fn words_of(listed: &str) -> impl Iterator<Item = &str> {
    listed.split(", ").map(|word| word.trim_matches('`'))
}

struct Walk {
    read: fn(&str) -> Vec<Diagnostic>,
    path: Vec<&'static str>,
    maps: usize,
}

impl Walk {
    fn shape(&mut self, shape: Shape) {
        if self.path.len() > 9 {
            return;
        }
        match shape {
            Shape::Map(keys) => self.map(keys),
            Shape::Named(value) => self.below("*", *value),
            Shape::List(item) => self.below("#", *item),
            Shape::Either(shapes) => shapes.iter().for_each(|s| self.shape(*s)),
            Shape::Words(words) => self.words(words),
            Shape::Condition => {
                // conditions hold conditions: once is enough
                let nested = self
                    .path
                    .iter()
                    .filter(|p| ["all", "any", "not", "expr", "of", "when"].contains(p))
                    .count();
                if nested == 0 && ["entry_long", "when"].contains(self.path.last().unwrap_or(&"")) {
                    self.map(shape.keys());
                }
            }
            _ => {}
        }
    }

    fn below(&mut self, step: &'static str, shape: Shape) {
        self.path.push(step);
        self.shape(shape);
        self.path.pop();
    }

    /// An unknown key is answered by the list of the known ones.
    fn map(&mut self, keys: &'static [Key]) {
        self.maps += 1;
        for key in keys {
            let text = wrapped(&self.path, &format!("{{{}: 1}}", key.name));
            let unknown = (self.read)(&text).into_iter().find(|d| {
                [Code::E0104, Code::W0801, Code::E0601].contains(&d.code)
                    && text.get(d.span().range()) == Some(key.name)
            });
            assert!(unknown.is_none(), "the reader does not take {text}: {unknown:?}");
        }
        let wrong = wrapped(&self.path, "{qqqqqqqqqq: 1}");
        let answers = (self.read)(&wrong);
        let listed = answers.iter().find_map(|d| d.notes.iter().find_map(|n| n.strip_prefix("its keys: ")));
        if let Some(listed) = listed {
            for known in words_of(listed) {
                assert!(keys.iter().any(|k| k.name == known), "{wrong}: the shape lacks `{known}`");
            }
        } else {
            // at the top level, of features, actions, notes and weights, no list is given
            let told = self.path.is_empty()
                || self.path == ["actions"]
                || self.path.ends_with(&["features", "*"])
                || self.path == ["requires", "blocks", "*"]
                || self.path.contains(&"metadata")
                || self.path.contains(&"score");
            assert!(told, "no answer to {wrong}: {answers:?}");
        }
        for key in keys {
            self.below(key.name, key.shape);
        }
    }

    fn words(&self, words: &[(&str, &str)]) {
        for (word, _) in words {
            let text = wrapped(&self.path, word);
            let refused = (self.read)(&text).into_iter().find(|d| d.code == Code::E0107);
            assert!(refused.is_none(), "the reader does not take {text}: {refused:?}");
        }
        let wrong = wrapped(&self.path, "qqqqqqqqqq");
        let answers = (self.read)(&wrong);
        let listed = answers.iter().find_map(|d| d.notes.iter().find_map(|n| n.strip_prefix("its values: ")));
        let listed = listed.unwrap_or_else(|| panic!("no answer to {wrong}: {answers:?}"));
        for known in words_of(listed) {
            assert!(words.iter().any(|(w, _)| *w == known), "{wrong}: the shape lacks `{known}`");
        }
    }
}

#[test]
fn shapes_are_what_the_readers_take() {
    let mut walk = Walk { read: diagnostics, path: Vec::new(), maps: 0 };
    walk.shape(PLAY);
    for action in PLAY.value_of("actions").of_form(Form::Map).keys() {
        assert!(syntax::actions().contains(&action.name), "{}", action.name);
    }
    assert!(walk.maps > 25, "only {} maps were tried", walk.maps);
}

#[test]
fn shapes_of_blocks_are_what_the_reader_takes() {
    let mut walk = Walk { read: of_block, path: Vec::new(), maps: 0 };
    walk.shape(BLOCK);
    assert!(walk.maps > 5, "only {} maps were tried", walk.maps);
}

#[test]
fn operators_are_those_of_lists() {
    let text = "{actions: {entry_long: [close, \"crosss_above\", 1]}}";
    let answers = diagnostics(text);
    let listed = answers.iter().find_map(|d| d.notes.iter().find_map(|n| n.strip_prefix("the operators: ")));
    let listed: Vec<&str> = listed.expect("the operators are listed").split(", ").collect();
    let ours: Vec<String> = syntax::shape::OPERATORS.iter().map(|(o, _)| format!("`{o}`")).collect();
    assert_eq!(listed, ours);
}
