//! `risk:` and `risk_model:` in one form, with the features and levels they read.

use diagnostics::{Diagnostic, Spanned};
use syntax::ast::{self, Name};

use crate::inputs::{self, Lookup};
use crate::names::Names;
use crate::resolved::{Expr, ExprKind, Read, Risk, Source, Stop, StopKind, Target, TargetKind, Trailing};
use crate::{exprs, report};

const STOPS: [(&str, StopKind); 6] = [
    ("percent", StopKind::Percent),
    ("atr_multiple", StopKind::Atr),
    ("fixed_points", StopKind::Points),
    ("structure", StopKind::Structure),
    ("trailing_atr", StopKind::TrailingAtr),
    ("trailing_pct", StopKind::TrailingPct),
];

const TARGETS: [(&str, TargetKind); 4] = [
    ("percent", TargetKind::Percent),
    ("rr_ratio", TargetKind::RiskReward),
    ("atr_multiple", TargetKind::Atr),
    ("fixed_points", TargetKind::Points),
];

/// The full form wins where both are given; the order types of `risk:` count in both.
pub fn resolve(play: &ast::Play, names: &mut Names<'_>, out: &mut Vec<Diagnostic>) -> Option<Risk> {
    let short = play.risk.as_ref();
    match (&play.risk_model, short) {
        (Some(full), short) => {
            if let Some(short) = short
                && model_of(short)
            {
                out.push(report::risk_ignored(short.span, full.span));
            }
            Some(full_form(full, short, names, out))
        }
        (None, Some(short)) => Some(shorthand(short, names, out)),
        (None, None) => None,
    }
}

/// Whether the shorthand says more than order types.
fn model_of(risk: &ast::Risk) -> bool {
    risk.stop_loss_pct.is_some()
        || risk.stop_loss.is_some()
        || risk.take_profit_pct.is_some()
        || risk.take_profit.is_some()
        || risk.max_position_pct.is_some()
        || risk.sizing.is_some()
}

fn full_form(
    full: &ast::RiskModel,
    short: Option<&ast::Risk>,
    names: &mut Names<'_>,
    out: &mut Vec<Diagnostic>,
) -> Risk {
    let order =
        |own: &Option<Name>, other: Option<&Option<Name>>| own.clone().or_else(|| other.cloned().flatten());
    Risk {
        full: true,
        stop: full.stop_loss.as_ref().map(|s| stop(s, names, out)),
        target: full.take_profit.as_ref().map(|t| target(t, names, out)),
        sizing: full.sizing.clone(),
        trailing: full.trailing.as_ref().map(|t| trailing(t, names, out)),
        break_even: full.break_even.clone(),
        max_position_pct: None,
        risk_per_trade_pct: None,
        target_order: order(&full.tp_order_type, short.map(|s| &s.tp_order_type)),
        stop_order: order(&full.sl_order_type, short.map(|s| &s.sl_order_type)),
        span: full.span,
    }
}

fn shorthand(short: &ast::Risk, names: &mut Names<'_>, out: &mut Vec<Diagnostic>) -> Risk {
    let stop_pct = short.stop_loss_pct.as_ref().map(|value| Stop {
        kind: Some(Spanned::new(StopKind::Percent, value.span)),
        value: Some(value.clone()),
        value_key: "stop_loss_pct",
        basis: None,
        atr: None,
        long: None,
        short: None,
        buffer_pct: None,
        atr_multiplier: None,
        trail_pct: None,
        activation_pct: None,
        span: value.span,
    });
    let target_pct = short.take_profit_pct.as_ref().map(|value| Target {
        kind: Some(Spanned::new(TargetKind::Percent, value.span)),
        value: Some(value.clone()),
        value_key: "take_profit_pct",
        basis: None,
        atr: None,
        span: value.span,
    });
    Risk {
        full: false,
        stop: short.stop_loss.as_ref().map(|s| stop(s, names, out)).or(stop_pct),
        target: short.take_profit.as_ref().map(|t| target(t, names, out)).or(target_pct),
        sizing: short.sizing.clone(),
        trailing: short.trailing.as_ref().map(|t| trailing(t, names, out)),
        break_even: short.break_even.clone(),
        max_position_pct: short.max_position_pct.clone(),
        risk_per_trade_pct: short.risk_per_trade_pct.clone(),
        target_order: short.tp_order_type.clone(),
        stop_order: short.sl_order_type.clone(),
        span: short.span,
    }
}

fn stop(rule: &ast::StopRule, names: &mut Names<'_>, out: &mut Vec<Diagnostic>) -> Stop {
    let level = rule.level.as_ref().map(|e| exprs::number(e, names, out));
    let long = rule.level_long.as_ref().map(|e| exprs::number(e, names, out));
    let short = rule.level_short.as_ref().map(|e| exprs::number(e, names, out));
    let kind = kind_of(rule.kind.as_ref(), &STOPS, "stop", out);
    let wants_level = kind.as_ref().is_some_and(|k| k.value == StopKind::Structure);
    let missing = wants_level && level.is_none() && (long.is_none() || short.is_none());
    let (swing_low, swing_high) = if missing { default_levels(rule, names, out) } else { (None, None) };
    Stop {
        kind,
        value: rule.value.clone(),
        value_key: "value",
        basis: rule.basis.clone(),
        atr: rule.atr_feature_id.as_ref().map(|name| feature(name, names, out)),
        long: long.or_else(|| level.clone()).or(swing_low),
        short: short.or(level).or(swing_high),
        buffer_pct: rule.buffer_pct.clone(),
        atr_multiplier: rule.atr_multiplier.clone(),
        trail_pct: rule.trail_pct.clone(),
        activation_pct: rule.activation_pct.clone(),
        span: rule.span,
    }
}

/// The last swing low and high of the exec timeframe's first swing.
fn default_levels(
    rule: &ast::StopRule,
    names: &mut Names<'_>,
    out: &mut Vec<Diagnostic>,
) -> (Option<Expr>, Option<Expr>) {
    let swing = names.beside("").find(|c| c.tf == names.exec && c.row().is_some_and(|r| r.name == "swing"));
    let Some(id) = swing.map(|c| c.id.value.clone()) else {
        out.push(report::structure_stop_without_level(rule.span));
        let error = Expr { kind: ExprKind::Error, span: rule.span };
        return (Some(error.clone()), Some(error));
    };
    let call = names.call(&id);
    let level = |output: &str| {
        let call = call?;
        let index = names.get(call).output(output)?;
        let source = Source::Output(crate::resolved::OutputRef { call, index });
        Some(Expr { kind: ExprKind::Read(Read { source, ago: 0 }), span: rule.span })
    };
    (level("low_level"), level("high_level"))
}

fn target(rule: &ast::TargetRule, names: &mut Names<'_>, out: &mut Vec<Diagnostic>) -> Target {
    Target {
        kind: kind_of(rule.kind.as_ref(), &TARGETS, "target", out),
        value: rule.value.clone(),
        value_key: "value",
        basis: rule.basis.clone(),
        atr: rule.atr_feature_id.as_ref().map(|name| feature(name, names, out)),
        span: rule.span,
    }
}

fn trailing(rule: &ast::Trailing, names: &mut Names<'_>, out: &mut Vec<Diagnostic>) -> Trailing {
    Trailing {
        atr: rule.atr_feature_id.as_ref().map(|name| feature(name, names, out)),
        atr_multiplier: rule.atr_multiplier.clone(),
        trail_pct: rule.trail_pct.clone(),
        activation_pct: rule.activation_pct.clone(),
        span: rule.span,
    }
}

/// A rule without a type is in percent, as in the reference.
fn kind_of<K: Copy>(
    name: Option<&Name>,
    kinds: &[(&'static str, K)],
    what: &str,
    out: &mut Vec<Diagnostic>,
) -> Option<Spanned<K>> {
    let Some(name) = name else {
        return Some(Spanned::new(kinds[0].1, diagnostics::Span::default()));
    };
    let found = kinds.iter().find(|(text, _)| *text == name.value).map(|(_, k)| Spanned::new(*k, name.span));
    if found.is_none() {
        let known: Vec<&str> = kinds.iter().map(|(text, _)| *text).collect();
        out.push(report::unknown_rule(name, what, &known));
    }
    found
}

/// `atr_feature_id`: a feature, one of its outputs, or the reference's expanded column name.
fn feature(name: &Name, names: &mut Names<'_>, out: &mut Vec<Diagnostic>) -> Expr {
    let kind = match inputs::lookup(names.calls, &name.value) {
        Lookup::Found(output) => {
            let id = names.get(output.call).id.value.clone();
            names.call(&id);
            ExprKind::Read(Read { source: Source::Output(output), ago: 0 })
        }
        Lookup::Broken => ExprKind::Error,
        Lookup::NoCall => {
            out.push(report::unknown_feature(names, name));
            ExprKind::Error
        }
        Lookup::NoOutput(id, field) => {
            out.push(report::unknown_output(names.get(id), field, name.span));
            ExprKind::Error
        }
        Lookup::Ambiguous(id) => {
            out.push(report::missing_output(names.get(id), name.span));
            ExprKind::Error
        }
    };
    Expr { kind, span: name.span }
}
