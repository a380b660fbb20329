//! Settings that mean nothing, because another one counts or because what they belong to is missing.

use diagnostics::Diagnostic;
use syntax::ast::Play;

use crate::report;

pub fn report(play: &Play, out: &mut Vec<Diagnostic>) {
    if let (Some(account), Some(backtest)) = (&play.account, &play.backtest) {
        let pairs = [
            (
                "account.starting_equity_usdt",
                &account.starting_equity_usdt,
                "backtest.equity",
                &backtest.equity,
            ),
            ("account.slippage_bps", &account.slippage_bps, "backtest.slippage_bps", &backtest.slippage_bps),
        ];
        for (name, void, counts, value) in pairs {
            if let (Some(void), Some(value)) = (void, value)
                && void.value != value.value
            {
                out.push(report::outvoted((name, void.span), (counts, value.span)));
            }
        }
    }
    if let Some(validation) = &play.validation
        && validation.pattern.is_none()
    {
        out.push(report::no_pattern(validation.span));
    }
}
