//! A block file alone: used by a Play that does nothing else.

use std::fmt::Write;
use std::sync::Arc;

use diagnostics::{Code, SourceId};
use syntax::ast::{BlockHead, BlockKind, BlockParam, BlockParamType};

use crate::{Compilation, File, Options, phases};

/// The Play around a block. Its own findings are of no interest to anyone.
const AROUND: &str = "\
version: \"3.0.0\"
name: block
symbol: BTCUSDT
timeframes: {low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: low_tf}
account: {starting_equity_usdt: 10000, max_leverage: 1}
";

/// Whether the keys of a file are those of a block.
#[must_use]
pub fn is_block(text: &str) -> bool {
    let (document, _) = syntax::yaml::load(SourceId::default(), text);
    let Some(syntax::yaml::Node { kind: syntax::yaml::Kind::Map(entries), .. }) = &document.root else {
        return false;
    };
    syntax::block::is_block(entries.iter().map(|entry| entry.key.text.as_str())).unwrap_or(false)
}

/// Checks a block with its defaults. A parameter without one gets the least that it takes. The findings are those in
/// the block and in the blocks that it uses; `name` is the file's, which says what the block is called.
#[must_use]
pub fn check_block(name: &str, text: &str, options: &Options) -> Compilation {
    let (file, _) = syntax::block::read(SourceId::default(), text);
    let it = File { name: name.to_owned(), text: Arc::from(text) };
    let play = around(it.stem(), &file.head, &file);
    let mut options = options.clone();
    // its own file is as it is here, and hides no other text of itself
    options.blocks = options.blocks.with_text(name, text).with_nearest(vec![it]);
    let mut compilation = phases("the Play around the block", &play, &options, &[]);
    let own = compilation.source;
    // a feature set is there for others to read
    let is_set = file.head.kind.as_ref().is_some_and(|kind| kind.value == BlockKind::FeatureSet);
    compilation.diagnostics.retain(|d| d.span().source != own && !(is_set && d.code == Code::W0802));
    for diagnostic in &mut compilation.diagnostics {
        diagnostic.labels.retain(|label| label.span.source != own);
    }
    compilation
}

fn around(name: &str, head: &BlockHead, file: &syntax::block::File) -> String {
    let with: String = head.params.iter().filter(|p| p.default.is_none()).filter_map(argument).collect();
    let block = format!("{{use: \"{name}\", with: {{{with}}}}}");
    let mut play = AROUND.to_owned();
    let kind = head.kind.as_ref().map_or(BlockKind::Filter, |kind| kind.value);
    let plain = |play: &mut String| play.push_str("actions: {entry_long: \"close > open\"}\n");
    let stop = "risk: {stop_loss_pct: 2, take_profit_pct: 4}\n";
    let sides = file.sides();
    let actions = |play: &mut String, long: &str, short: &str, rest: &str| {
        let side = |on: bool, action: &str| if on { format!("  {action}: {block}\n") } else { String::new() };
        let _ = write!(play, "actions:\n{rest}{}{}", side(sides.0, long), side(sides.1, short));
    };
    match kind {
        BlockKind::Filter | BlockKind::Entry => {
            actions(&mut play, "entry_long", "entry_short", "");
            play.push_str(stop);
        }
        BlockKind::Exit => {
            actions(&mut play, "exit_long", "exit_short", "  entry_long: \"close > open\"\n");
            play.push_str(stop);
        }
        BlockKind::FeatureSet => {
            let _ = writeln!(play, "features:\n  set: {block}");
            plain(&mut play);
            play.push_str(stop);
        }
        BlockKind::Risk => {
            plain(&mut play);
            let _ = writeln!(play, "risk: {block}");
        }
    }
    play
}

/// `length: 2, ` for a parameter without a default.
fn argument(param: &BlockParam) -> Option<String> {
    let number = |min: &Option<f64>, max: &Option<f64>| min.or(*max).unwrap_or(1.0).to_string();
    let value = match param.ty.as_ref()? {
        BlockParamType::Int { min, max } | BlockParamType::Number { min, max } => number(min, max),
        BlockParamType::Bool => "true".into(),
        BlockParamType::Choice(words) => format!("{:?}", words.first()?),
        BlockParamType::Timeframe => "exec".into(),
    };
    Some(format!("{}: {value}, ", param.name.value))
}
