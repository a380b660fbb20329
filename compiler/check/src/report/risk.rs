//! The words: what is said about risk, exits and orders.

use diagnostics::{Code, Diagnostic, Span};
use resolve::resolved::{Name, Number, Play};

pub fn out_of_range(key: &str, number: &Number, min: f64, max: f64) -> Diagnostic {
    let label = if max.is_finite() {
        format!("must be over {min} and at most {max}")
    } else {
        format!("must be over {min}")
    };
    Diagnostic::new(Code::E0604, format!("`{key}` is {}", number.value), number.span, label)
}

pub fn negative(key: &str, number: &Number) -> Diagnostic {
    Diagnostic::new(Code::E0604, format!("`{key}` is {}", number.value), number.span, "must not be negative")
}

pub fn break_even(activation: f64, offset: f64, span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0604,
        format!("a break-even stop at {offset} % that begins at {activation} %"),
        span,
        "the stop would lie beyond the price that moves it",
    )
    .note("`offset_pct` must be below `activation_pct`: both are price percent from the entry")
}

pub fn risk_per_trade(number: &Number) -> Diagnostic {
    Diagnostic::new(Code::W0806, "`risk_per_trade_pct` has no effect here", number.span, "not used").note(
        format!(
            "to lose {0} % of equity when the stop is hit, write `sizing: {{model: risk_based, value: {0}}}`",
            number.value
        ),
    )
}

pub fn leverage_capped(written: &Number, limit: &Number) -> Diagnostic {
    Diagnostic::new(
        Code::W0806,
        format!("a leverage of {} is not allowed by the account", written.value),
        written.span,
        format!("{} is used", limit.value),
    )
    .label(limit.span, "the account's limit")
}

pub fn bad_percent(number: &Number) -> Diagnostic {
    Diagnostic::new(
        Code::E0604,
        format!("an exit of {} percent", number.value),
        number.span,
        "must be over 0 and at most 100",
    )
    .note("`percent` is the part of the position that an exit closes")
}

pub fn percent_of_entry(span: Span) -> Diagnostic {
    Diagnostic::new(Code::W0806, "`percent` has no effect on an entry", span, "only exits close a part")
        .note("the size of a position comes from `risk` or `risk_model`")
}

pub fn metadata_override(key: &Name) -> Diagnostic {
    Diagnostic::new(
        Code::W0806,
        format!("`{}` is only noted with the trade", key.value),
        key.span,
        "does not change the order",
    )
    .note("other engines let metadata override the order; here stops and targets come from `risk` alone")
}

pub fn ratio_without_stop(span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0603,
        "`rr_ratio` needs a stop loss",
        span,
        "a multiple of a distance that does not exist",
    )
    .note("the target lies at this multiple of the stop's distance; add `stop_loss:` of a fixed type")
}

pub fn no_atr(play: &Play, what: &str, rule: Span) -> Diagnostic {
    let atr = play.calls.iter().find(|c| c.row().is_some_and(|row| row.name == "atr"));
    let d = Diagnostic::new(
        Code::E0105,
        format!("the {what} does not say which ATR"),
        rule,
        "`atr_feature_id` is missing",
    );
    let d = match atr {
        Some(atr) => {
            d.label(atr.id.span, "this one?").note(format!("write `atr_feature_id: {}`", atr.id.value))
        }
        None => d.note("declare a feature with `indicator: atr` and name it in `atr_feature_id`"),
    };
    match what {
        "trailing stop" => d.note("or write `trail_pct`, a distance in percent of the price"),
        _ => d,
    }
}

pub fn position_in_rule(span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0409,
        "a level cannot depend on the position",
        span,
        "known only once the position is open",
    )
    .note("stops and targets are set when the entry is filled, from values of the signal bar")
}

pub fn side_never_taken(action: &str, span: Span, mode: Option<&Name>) -> Diagnostic {
    let d = Diagnostic::new(
        Code::W0706,
        format!("`{action}` is never taken"),
        span,
        "the position policy forbids this side",
    );
    match mode {
        Some(mode) => d.label(mode.span, format!("mode is {}", mode.value)).maybe(
            "write `long_short`",
            mode.span,
            "long_short",
        ),
        None => d.note("`position_policy.mode` is long_only unless it says otherwise"),
    }
}

pub fn exits_disabled(exit: Span) -> Diagnostic {
    Diagnostic::new(Code::W0708, "exit actions are disabled", exit, "never carried out")
        .note(
            "`position_policy.exit_mode` is sl_tp_only unless it says otherwise: only stop and target close",
        )
        .note("write `exit_mode: first_hit` for stop, target or signal, whichever comes first")
}

pub fn exits_conflict(exit: Span, exit_mode: Option<&Name>, closes: bool) -> Diagnostic {
    let message = if closes {
        "exit actions in a Play whose exit_mode disables them"
    } else {
        "positions could never be closed: exits are disabled, and there is no stop or target"
    };
    let d = Diagnostic::new(Code::E0602, message, exit, "never carried out");
    match exit_mode {
        Some(mode) => d
            .label(mode.span, "only stop and target close a position")
            .note("`first_hit`: stop, target or signal, whichever comes first")
            .maybe("write `first_hit`", mode.span, "first_hit"),
        None => d.note("`exit_mode` is sl_tp_only unless it says otherwise; write `first_hit` or `signal`"),
    }
}

/// Positions of a side that no signal closes.
pub struct LeftOpen {
    pub entry: Span,
    /// The action that would.
    pub exit: &'static str,
    /// One that the Play has, and whose condition is never true.
    pub dead_exit: Option<Span>,
}

impl LeftOpen {
    fn show_dead_exit(&self, d: Diagnostic) -> Diagnostic {
        match self.dead_exit {
            Some(dead) => d.label(dead, "this exit is never given: its condition can never be true"),
            None => d,
        }
    }
}

pub fn never_closed(open: &LeftOpen, exit_mode: Option<&Name>) -> Diagnostic {
    let d = Diagnostic::new(
        Code::E0603,
        "nothing ever closes this position",
        open.entry,
        "no stop, no target, no exit for this side",
    )
    .note("add a stop, a target or an exit; as it is, only liquidation or the end of the data ends it");
    let d = match exit_mode {
        Some(mode) => d.label(mode.span, format!("exit_mode is {}", mode.value)),
        None => d,
    };
    open.show_dead_exit(d)
}

/// Stop and target close it all the same, which `signal` keeps for emergencies.
pub fn no_signal(open: &LeftOpen, exit_mode: Option<&Name>, has_exits: bool) -> Diagnostic {
    let span = exit_mode.map_or(open.entry, |mode| mode.span);
    let d = Diagnostic::new(
        Code::W0713,
        format!("no signal closes this position: there is no `{}` that could", open.exit),
        span,
        "waits for an exit, and keeps stop and target for emergencies",
    )
    .label(open.entry, "opened here; only stop and target end it");
    let d = open.show_dead_exit(d);
    if has_exits {
        return d.note(format!("add an `{}`, or an `exit_all`", open.exit));
    }
    // beside exits this would be an error
    d.note(format!("add an `{}`; or write `sl_tp_only`, if stop and target alone are meant", open.exit))
        .maybe("write `sl_tp_only`", span, "sl_tp_only")
}

pub fn no_stop(entry: Span, risk: Option<Span>) -> Diagnostic {
    let d = Diagnostic::new(Code::W0709, "positions have no stop loss", entry, "opened without a stop")
        .note("a loss is limited only by exits, by liquidation and by `account.max_drawdown_pct`");
    match risk {
        Some(span) => d.label(span, "no stop here"),
        None => d,
    }
}

pub fn roi_stop(percent: f64, leverage: f64, price_pct: f64, span: Span, at: Option<Span>) -> Diagnostic {
    let shown = (price_pct * 1e6).round() / 1e6;
    let d = Diagnostic::new(
        Code::W0704,
        format!("a stop at {percent} % of the margin is {shown} % of the price"),
        span,
        format!("{percent} % / {leverage} = {shown} %"),
    )
    .note("percent stops are in percent of the margin; `basis: price` in `stop_loss:` says otherwise");
    match at {
        Some(at) => d.label(at, "the leverage"),
        None => d,
    }
}

pub fn beyond_liquidation(price_pct: f64, liquidation_pct: f64, leverage: f64, span: Span) -> Diagnostic {
    let round = |v: f64| (v * 1e4).round() / 1e4;
    Diagnostic::new(
        Code::E0605,
        format!("the stop is {} % away, liquidation at most {} %", round(price_pct), round(liquidation_pct)),
        span,
        format!("never reached at a leverage of {leverage}"),
    )
    .note("the exchange closes the position first; use a nearer stop or a smaller `max_leverage`")
    .note("`account.on_sl_beyond_liq: adjust` moves such a stop just inside the liquidation price")
}

/// `needed` and `most` are times the equity.
pub fn exposure(
    risk_pct: f64,
    stop_pct: f64,
    needed: f64,
    most: f64,
    at_most_pct: f64,
    span: Span,
) -> Diagnostic {
    let round = |v: f64| (v * 100.0).round() / 100.0;
    Diagnostic::new(
        Code::W0711,
        format!("a loss of {risk_pct} % of the equity at this stop takes {} times the equity", round(needed)),
        span,
        format!("a position is at most {} times the equity", round(most)),
    )
    .note(format!(
        "the stop is {} % away: positions are cut down, and lose about {} % of the equity at the stop",
        round(stop_pct),
        round(at_most_pct)
    ))
    .note("risk less, put the stop farther away, or raise `max_leverage`")
}
