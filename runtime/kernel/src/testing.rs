//! Policies, blocks and positions for the tests of this room.

use bytecode::{
    Account, Action, Block, BoolReg, Case, ClockId, Condition, ConditionKind, EndOfData, Entry, ExitMode,
    Instrument, Intent, Mode, OrderType, Place, Policy, Sizing, SizingModel, StopBeyondLiquidation,
};

use crate::event::Fired;
use crate::position::{Position, Side, StopKind};
use crate::rules::Rules;

pub fn account() -> Account {
    Account {
        equity_usdt: 10_000.0,
        max_leverage: 1.0,
        max_drawdown_pct: 100.0,
        taker_bps: 5.5,
        maker_bps: 2.0,
        slippage_bps: 0.0,
        min_notional_usdt: 0.0,
        maintenance_margin_rate: None,
        maintenance_deduction_usdt: 0.0,
        stop_beyond_liquidation: StopBeyondLiquidation::Reject,
    }
}

/// Half the equity at 1x, at market, on a contract without steps.
pub fn policy() -> Policy {
    Policy {
        account: account(),
        mode: Mode::LongShort,
        exit_mode: ExitMode::FirstHit,
        allow_flip: false,
        sizing: Sizing {
            model: SizingModel::PercentEquity(50.0),
            leverage: 1.0,
            max_position_pct: 100.0,
            include_fees: false,
        },
        stop: None,
        target: None,
        trailing: None,
        break_even: None,
        entry: Entry::Market,
        target_order: OrderType::Market,
        stop_order: OrderType::Market,
        end_of_data: EndOfData::Close,
        instrument: Instrument::NoSteps,
    }
}

pub fn rules(policy: &Policy) -> Rules {
    Rules::new(policy, "TESTUSDT")
}

pub fn intent(action: Action) -> Intent {
    Intent { action, percent: 100.0, metadata: Vec::new() }
}

pub fn block(cases: Vec<Vec<Intent>>, otherwise: Vec<Intent>) -> Block {
    let reg = BoolReg(0);
    let condition = || Condition {
        kind: ConditionKind::Leaf { left: None, right: None },
        reg,
        text: String::new(),
        place: Place::default(),
        children: Vec::new(),
    };
    let cases =
        cases.into_iter().map(|emit| Case { when: reg, guard: reg, emit, condition: condition() }).collect();
    Block { id: String::new(), clock: ClockId(0), cases, otherwise, place: Place::default() }
}

/// Ten contracts without levels.
pub fn position(side: Side, price: f64) -> Position {
    Position {
        id: 0,
        side,
        qty: 10.0,
        entry_qty: 10.0,
        entry_price: price,
        entered_ms: 0,
        entered_exec_bar: 0,
        signal_ms: 0,
        signal: Fired { block: 0, case: 0 },
        leverage: 1.0,
        margin: price * 10.0,
        entry_margin: price * 10.0,
        liquidation: f64::NAN,
        entry_liquidation: f64::NAN,
        stop: f64::NAN,
        stop_kind: StopKind::Initial,
        entry_stop: f64::NAN,
        target: f64::NAN,
        entry_target: f64::NAN,
        best_close: price,
        trailing_active: false,
        break_even_done: false,
        stop_triggered: false,
        gross_pnl: 0.0,
        fees: 0.0,
        funding: 0.0,
        exit_value: 0.0,
        exit_qty: 0.0,
        fills: 1,
    }
}
