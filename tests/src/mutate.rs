//! Plays with a few mistakes, as people make them: a line gone, doubled or moved, a word or number of elsewhere, a
//! key misspelt, an indentation that is off.

/// Splitmix: one number names a whole case.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end.max(1) as u64) as usize
    }
}

/// The same for the same text and number.
#[must_use]
pub fn mutated(text: &str, seed: u64) -> String {
    let mut dice = Dice(seed);
    let mut text = text.to_owned();
    for _ in 0..1 + dice.below(3) {
        text = match dice.below(4) {
            0 => with_other_lines(&text, &mut dice),
            1 => with_another_word(&text, &mut dice),
            2 => with_another_letter(&text, &mut dice),
            _ => with_another_number(&text, &mut dice),
        };
    }
    text
}

fn with_other_lines(text: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    if lines.len() < 2 {
        return text.to_owned();
    }
    let (at, to) = (dice.below(lines.len()), dice.below(lines.len()));
    match dice.below(5) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(to, lines[at].clone()),
        2 => lines.swap(at, to),
        3 => lines[at].insert_str(0, "  "),
        _ => lines[at] = lines[at].strip_prefix("  ").map_or_else(|| lines[at].clone(), str::to_owned),
    }
    lines.concat()
}

/// Runs of these characters are words.
fn spans(text: &str, is_part: fn(char) -> bool) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), '\n')]) {
        match (start, is_part(c)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                found.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// A word of elsewhere in its place, or none.
fn with_another_word(text: &str, dice: &mut Dice) -> String {
    let words = spans(text, |c| c.is_alphanumeric() || c == '_');
    let (Some(gone), Some(other)) = (words.get(dice.below(words.len())), words.get(dice.below(words.len())))
    else {
        return text.to_owned();
    };
    let new = if dice.below(5) == 0 { "" } else { &text[other.clone()] };
    format!("{}{new}{}", &text[..gone.start], &text[gone.end..])
}

/// A letter doubled, gone, or another one in its place.
fn with_another_letter(text: &str, dice: &mut Dice) -> String {
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let Some(&(at, c)) = letters.get(dice.below(letters.len())) else { return text.to_owned() };
    let other = b"aeox_19.-:[]{}\"',#$%<>=& "[dice.below(25)] as char;
    let new = match dice.below(4) {
        0 => String::new(),
        1 => format!("{c}{c}"),
        2 => format!("{c}{other}"),
        _ => other.to_string(),
    };
    format!("{}{new}{}", &text[..at], &text[at + c.len_utf8()..])
}

fn with_another_number(text: &str, dice: &mut Dice) -> String {
    let numbers = spans(text, |c| c.is_ascii_digit());
    let Some(gone) = numbers.get(dice.below(numbers.len())) else { return text.to_owned() };
    let new =
        ["0", "1", "-3", "2.5", "1e9", "999999", "\"7\"", "yes", "{min: 1, max: 9, step: 2}"][dice.below(9)];
    format!("{}{new}{}", &text[..gone.start], &text[gone.end..])
}
