//! Random Plays as text: everything that the language has, in any of its spellings, with values that are allowed.
//!
//! `coverage.rs` holds them to it: an op, a policy or an intent that no random Play has fails there.

mod actions;
mod conditions;
mod numbers;
mod parts;
mod policy;

use std::fmt::Write;

use stdlib::Type;

use actions::Actions;
use conditions::Conditions;
use parts::Parts;
use policy::Policy;

/// Numbers of a Play that are written as a range: few, as a sweep tries all their combinations.
const OPEN_MAX: usize = 3;

/// A small generator, so that one number names a whole case.
pub struct Dice {
    state: u64,
    /// How many numbers may still be written as a range.
    open: usize,
}

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice { state: seed ^ 0x9E37_79B9_7F4A_7C15, open: OPEN_MAX }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0, less than `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.below(1_000) as f64 / 999.0)
    }

    /// The number as it is, or as one that a sweep may vary.
    pub fn number(&mut self, value: f64) -> String {
        if self.open == 0 || !self.chance(12) {
            return value.to_string();
        }
        self.open -= 1;
        let other = ((value * 1.5 + 1.0) * 1000.0).round() / 1000.0;
        let step = ((other - value) * 1000.0).round() / 1000.0;
        if self.chance(50) && step > 0.0 {
            format!("{{min: {value}, max: {other}, step: {step}, default: {value}}}")
        } else {
            format!("{{choices: [{value}, {other}]}}")
        }
    }
}

/// A column that a condition may name.
#[derive(Clone, Debug)]
pub struct Operand {
    pub text: String,
    pub ty: Type,
    /// Computed from a feature or the volume, it has the unit of that, and goes with nothing else.
    pub is_alone: bool,
}

impl Operand {
    fn new(text: impl Into<String>, ty: Type) -> Operand {
        Operand { text: text.into(), ty, is_alone: false }
    }
}

/// The text of a Play that compiles.
pub fn random_play(dice: &mut Dice) -> String {
    let policy = Policy::random(dice);
    let exec = if policy.is_plain { dice.pick(&["1m", "1m", "5m"]) } else { dice.pick(&["5m", "5m", "15m"]) };
    let parts = Parts::random(dice, policy.wants_structures());
    let mut conditions = Conditions::new(parts.operands(dice));
    let actions = Actions::random(dice, &mut conditions, &policy);
    let mut text = format!(
        "version: \"3.0.0\"\nname: random\nsymbol: BTCUSDT\n\
         timeframes: {{low_tf: {exec}, med_tf: 1h, high_tf: 4h, exec: low_tf}}\n"
    );
    let share = format!("{:.2}", dice.between(0.2, 4.0));
    let _ = writeln!(text, "variables: {{share: {share}}}");
    text += &policy.account(dice);
    text += &parts.sections();
    text += &conditions.setups();
    text += &actions.filters;
    text += &actions.actions;
    text += &policy.rules(dice);
    text
}
