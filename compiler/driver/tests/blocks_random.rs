//! Random blocks with random parameters, in random places: the Play does what it does with their pieces written out,
//! although block, other block and Play call different things by the same names.

mod common;

use std::fmt::Write;

use bytecode::{Condition, ConditionKind, Program};
use common::options;
use driver::{Options, compile, meaning};

/// Splitmix: one number names a whole case.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    fn pick<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.below(items.len())]
    }
}

/// What blocks and Play alike call their features.
const NAMES: [&str; 3] = ["fast", "slow", "osc"];

struct Feature {
    name: &'static str,
    indicator: &'static str,
    /// Of which parameter, or as a number.
    length: Result<&'static str, usize>,
    is_slow: bool,
}

struct Block {
    features: Vec<Feature>,
    /// Name, default, what the Play gives.
    params: Vec<(&'static str, String, Option<String>)>,
    /// With `${name}` of parameters; one for both sides, or one for each.
    logic: Vec<String>,
}

impl Block {
    fn random(dice: &mut Dice) -> Block {
        let mut params = Vec::new();
        for (name, low) in [("length", 2), ("border", 20)] {
            let value = |dice: &mut Dice| (low + dice.below(40)).to_string();
            let default = value(dice);
            let given = (dice.below(2) == 0).then(|| value(dice));
            params.push((name, default, given));
        }
        let tf = (dice.below(2) == 0).then(|| dice.pick(&["1h", "med_tf", "high_tf"]).to_owned());
        params.push(("tf", "exec".to_owned(), tf));
        let features = NAMES.map(|name| Feature {
            name,
            indicator: if name == "osc" { "rsi" } else { ["ema", "sma", "wma"][dice.below(3)] },
            length: if dice.below(2) == 0 { Ok("length") } else { Err(2 + dice.below(30)) },
            is_slow: dice.below(3) == 0,
        });
        let sides = 1 + dice.below(2);
        let logic = (0..sides).map(|_| condition(dice, true)).collect();
        Block { features: features.into(), params, logic }
    }

    fn value(&self, name: &str) -> &str {
        let (_, default, given) = self.params.iter().find(|p| p.0 == name).expect("it is declared");
        given.as_ref().unwrap_or(default)
    }

    fn file(&self, id: &str, kind: &str) -> String {
        let ty = |name: &str| if name == "tf" { "timeframe" } else { "int" };
        let mut text = format!("id: {id}\nversion: 1\ntype: {kind}\nparams:\n");
        for (name, default, _) in &self.params {
            let _ = writeln!(text, "  {name}: {{type: {}, default: {default}}}", ty(name));
        }
        text += "requires:\n  features:\n";
        for feature in &self.features {
            let length = feature.length.map_or_else(|n| n.to_string(), |name| format!("\"${{{name}}}\""));
            let tf = if feature.is_slow { "tf: \"${tf}\", " } else { "" };
            let _ = writeln!(
                text,
                "    {}: {{indicator: {}, {tf}params: {{length: {length}}}}}",
                feature.name, feature.indicator
            );
        }
        match self.logic.as_slice() {
            [both] => text + &format!("logic: \"{both}\"\n"),
            sides => text + &format!("logic: {{long: \"{}\", short: \"{}\"}}\n", sides[0], sides[1]),
        }
    }

    fn used(&self, id: &str) -> String {
        let given =
            self.params.iter().filter_map(|(name, _, given)| Some(format!("{name}: {}", given.as_ref()?)));
        format!("{{use: {id}, with: {{{}}}}}", given.collect::<Vec<_>>().join(", "))
    }

    /// The features under names of their own.
    fn features_by_hand(&self, prefix: &str) -> String {
        let mut text = String::new();
        for feature in &self.features {
            let length = feature.length.map_or_else(|n| n.to_string(), |name| self.value(name).to_owned());
            let tf = if feature.is_slow { format!("tf: {}, ", self.value("tf")) } else { String::new() };
            let _ = writeln!(
                text,
                "  {prefix}_{}: {{indicator: {}, {tf}params: {{length: {length}}}}}",
                feature.name, feature.indicator
            );
        }
        text
    }

    /// One for both sides, or one for each.
    fn setups_by_hand(&self, name: &str, prefix: &str) -> String {
        let logic = |logic: &String| {
            let logic =
                logic.replace("${border}", self.value("border")).replace("${length}", self.value("length"));
            NAMES.iter().fold(logic, |logic, name| logic.replace(name, &format!("{prefix}_{name}")))
        };
        let lines = self.logic.iter().map(logic).enumerate();
        lines.map(|(side, logic)| format!("  {name}{side}: \"{logic}\"\n")).collect()
    }
}

fn condition(dice: &mut Dice, in_block: bool) -> String {
    let op = |dice: &mut Dice| dice.pick(&[">", "<", "crosses above", "crosses below"]).to_owned();
    let leaf = |dice: &mut Dice| match dice.below(4) {
        0 => format!("fast {} slow", op(dice)),
        1 => format!("close {} slow", op(dice)),
        2 if in_block => format!("osc {} ${{border}}", op(dice)),
        2 => format!("osc {} 45", op(dice)),
        _ => format!("fast[{}] {} slow * 1.01", 1 + dice.below(3), op(dice)),
    };
    match dice.below(4) {
        0 => leaf(dice),
        1 => format!("{} and {}", leaf(dice), leaf(dice)),
        2 => format!("{} or {}", leaf(dice), leaf(dice)),
        _ if in_block => format!("occurred_within(${{length}}, {})", leaf(dice)),
        _ => format!("holds_for(3, {})", leaf(dice)),
    }
}

const HEAD: &str = "version: \"3.0.0\"\nname: random\nsymbol: BTCUSDT\n\
    timeframes: {low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: low_tf}\n\
    account: {starting_equity_usdt: 10000, max_leverage: 1}\n\
    position_policy: {mode: long_short, exit_mode: first_hit}\n\
    risk: {stop_loss_pct: 2, take_profit_pct: 4}\n";

/// What it does, whatever its parts are called.
fn bare(program: Program) -> Program {
    fn nameless(condition: &mut Condition) {
        if let ConditionKind::Setup(name) = &mut condition.kind {
            name.clear();
        }
        condition.children.iter_mut().for_each(nameless);
    }
    let mut program = meaning::of(program);
    let cases = program.actions.iter_mut().flat_map(|block| &mut block.cases);
    cases.for_each(|case| nameless(&mut case.condition));
    program.exports.iter_mut().for_each(|export| export.name.clear());
    program
}

fn program(text: &str, options: &Options) -> Program {
    let c = compile("play.yml", text, options);
    let errors: Vec<_> = c.diagnostics.iter().filter(|d| d.is_error()).collect();
    bare(c.program.unwrap_or_else(|| panic!("{text}\n{errors:#?}")))
}

#[test]
fn blocks_are_their_pieces_written_out() {
    for seed in 0..400 {
        let mut dice = Dice(seed);
        let (first, second) = (Block::random(&mut dice), Block::random(&mut dice));
        let (long, short) = (condition(&mut dice, false), condition(&mut dice, false));
        let features = "features:\n  fast: {indicator: ema, params: {length: 7}}\n  \
                        slow: {indicator: ema, params: {length: 33}}\n  osc: {indicator: rsi}\n";
        let join = dice.pick(&["all", "any"]);
        let (exit_long, exit_short) = ("close < slow", "close > slow");
        let files = [("a_v1.yml", first.file("a", "filter")), ("b_v1.yml", second.file("b", "exit"))];
        let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
        let (a, b) = (first.used("a"), second.used("b"));
        let with_blocks = format!(
            "{HEAD}{features}actions:\n  entry_long: {{{join}: [{a}, \"{long}\"]}}\n  \
             entry_short: {{{join}: [{a}, \"{short}\"]}}\n  exit_long: {{any: [{b}, \"{exit_long}\"]}}\n  \
             exit_short: {{any: [{b}, \"{exit_short}\"]}}\n"
        );
        let (a, b) = (first.setups_by_hand("a", "p"), second.setups_by_hand("b", "q"));
        let short_of = |block: &Block| block.logic.len() - 1;
        let by_hand = format!(
            "{HEAD}{features}{}{}setups:\n{a}{b}actions:\n  entry_long: {{{join}: [{{setup: a0}}, \"{long}\"]}}\n  \
             entry_short: {{{join}: [{{setup: a{}}}, \"{short}\"]}}\n  exit_long: {{any: [{{setup: b0}}, \
             \"{exit_long}\"]}}\n  exit_short: {{any: [{{setup: b{}}}, \"{exit_short}\"]}}\n",
            first.features_by_hand("p"),
            second.features_by_hand("q"),
            short_of(&first),
            short_of(&second),
        );
        let made = program(&with_blocks, &options(&[&files]));
        let written = program(&by_hand, &Options::default());
        assert_eq!(made, written, "seed {seed}\n{with_blocks}\n--- by hand\n{by_hand}");
    }
}
