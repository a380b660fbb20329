//! Random account, risk, orders and sides of a Play.

use std::fmt::Write;

use super::Dice;

#[derive(Clone, Copy, PartialEq)]
pub enum Exits {
    Signal,
    FirstHit,
    /// Exit actions are refused.
    StopTargetOnly,
}

#[derive(Clone, Copy, PartialEq)]
enum Stop {
    None,
    /// `value` is of the margin, or of the price.
    Percent,
    Atr,
    Points,
    Structure,
    TrailingPct,
    TrailingAtr,
}

/// What other parts of the Play have to fit.
pub struct Policy {
    /// Signals alone open and close positions, at the market: what a quick sweep settles by itself.
    pub is_plain: bool,
    pub mode: &'static str,
    pub exits: Exits,
    leverage: f64,
    stop: Stop,
    /// A block of the library says how much is risked.
    block: Option<&'static str>,
}

const BLOCKS: [&str; 3] = ["atr_risk_v1", "swing_risk_v1", "trailing_risk_v1"];

impl Policy {
    pub fn random(dice: &mut Dice) -> Policy {
        let is_plain = dice.chance(12);
        let stops = [Stop::None, Stop::Percent, Stop::Atr, Stop::Points, Stop::Structure];
        let stop = match dice.below(8) {
            _ if is_plain => Stop::None,
            6 => Stop::TrailingPct,
            7 => Stop::TrailingAtr,
            _ => dice.pick(&stops),
        };
        let block = if !is_plain && dice.chance(8) { Some(dice.pick(&BLOCKS)) } else { None };
        let protected = stop != Stop::None || block.is_some();
        let exits = match dice.below(6) {
            _ if !protected => Exits::Signal,
            0 => Exits::StopTargetOnly,
            1 | 2 => Exits::Signal,
            _ => Exits::FirstHit,
        };
        Policy {
            is_plain,
            mode: dice.pick(&["long_only", "short_only", "long_short", "long_short"]),
            exits,
            leverage: dice.pick(&[1.0, 1.0, 1.0, 3.0, 20.0]),
            stop,
            block,
        }
    }

    pub fn wants_structures(&self) -> bool {
        self.stop == Stop::Structure
    }

    /// `account` and `backtest`.
    pub fn account(&self, dice: &mut Dice) -> String {
        let drawdown = if self.is_plain {
            ""
        } else {
            dice.pick(&["", "", ", max_drawdown_pct: 4", ", max_drawdown_pct: 25"])
        };
        let beyond = dice.pick(&[
            "",
            ", on_sl_beyond_liq: adjust",
            ", on_sl_beyond_liq: warn",
            ", on_sl_beyond_liq: reject",
        ]);
        let margin = dice.pick(&["", "", ", maintenance_margin_rate: 0.01, mm_deduction: 1"]);
        let fees = dice.pick(&["", ", fee_model: {taker_bps: 6, maker_bps: -1}"]);
        let tolerance = dice.pick(&["1", "0.01"]);
        let end = dice.pick(&["close", "mark"]);
        let steps = dice.pick(&[
            "",
            ", instrument: none",
            ", instrument: exchange",
            ", instrument: {tick_size: 0.5, qty_step: 0.001, min_qty: 0.002, min_notional: 50}",
        ]);
        format!(
            "account: {{starting_equity_usdt: 10000, max_leverage: {}, \
             slippage_bps: {}{drawdown}{beyond}{margin}{fees}}}\n\
             backtest: {{warmup_tolerance: {tolerance}, end_of_data: {end}{steps}}}\n",
            self.leverage,
            dice.pick(&["0", "2"]),
        )
    }

    /// `position_policy`, `risk_model` and `entry`.
    pub fn rules(&self, dice: &mut Dice) -> String {
        let exits = match self.exits {
            Exits::Signal => "signal",
            Exits::FirstHit => "first_hit",
            Exits::StopTargetOnly => "sl_tp_only",
        };
        let flip = !self.is_plain && self.mode == "long_short" && dice.chance(40);
        let mut text =
            format!("position_policy: {{mode: {}, exit_mode: {exits}, allow_flip: {flip}}}\n", self.mode);
        if self.is_plain {
            let _ = writeln!(text, "risk_model: {{sizing: {}}}", self.sizing(dice));
            return text;
        }
        if let Some(block) = self.block {
            let _ = writeln!(text, "risk: {{use: {block}}}");
        } else {
            text += &self.risk(dice);
        }
        if dice.chance(35) {
            let force = dice.pick(&["GTC", "IOC", "FOK", "PostOnly"]);
            let offset = dice.pick(&["0", "0.05", "0.2"]);
            let _ = writeln!(
                text,
                "entry: {{order_type: LIMIT, limit_offset_pct: {offset}, time_in_force: {force}, \
                 expire_after_bars: {}}}",
                dice.below(4)
            );
        }
        text
    }

    fn risk(&self, dice: &mut Dice) -> String {
        let stop = self.stop_loss(dice);
        let trails = matches!(self.stop, Stop::TrailingPct | Stop::TrailingAtr);
        let mut text = String::from("risk_model:\n");
        if !stop.is_empty() {
            let _ = writeln!(text, "  stop_loss: {stop}");
        }
        if dice.chance(70) {
            let _ = writeln!(text, "  take_profit: {}", self.target(dice));
        }
        let _ = writeln!(text, "  sizing: {}", self.sizing(dice));
        if !trails && self.stop != Stop::None && dice.chance(30) {
            text += dice.pick(&[
                "  trailing: {atr_multiplier: 2, atr_feature_id: atr_x, activation_pct: 0.5}\n",
                "  trailing: {trail_pct: 0.8}\n",
            ]);
        }
        if dice.chance(30) {
            text += "  break_even: {activation_pct: 0.4, offset_pct: 0.1}\n";
        }
        text += dice.pick(&["", "", "  tp_order_type: Limit\n"]);
        text += dice.pick(&["", "", "", "  sl_order_type: Limit\n"]);
        text
    }

    fn stop_loss(&self, dice: &mut Dice) -> String {
        // a stop beyond the liquidation is refused where it can be proven
        let most = 50.0 / self.leverage;
        let percent = (dice.between(0.3, most.min(4.0)) * 100.0).round() / 100.0;
        let value = dice.number(percent);
        match self.stop {
            Stop::None => String::new(),
            Stop::Percent if dice.chance(50) => format!("{{type: percent, value: {value}, basis: price}}"),
            Stop::Percent => format!("{{type: percent, value: {value}}}"),
            Stop::Atr => {
                format!("{{type: atr_multiple, value: {value}, atr_feature_id: atr_x, buffer_pct: 0.1}}")
            }
            Stop::Points => format!("{{type: fixed_points, value: {}}}", dice.below(900) + 20),
            Stop::Structure => dice
                .pick(&[
                    "{type: structure, level_long: swing_x.low_level, level_short: swing_x.high_level, \
                     buffer_pct: 0.1}",
                    "{type: structure, level: \"close - atr_x * 2\"}",
                ])
                .to_owned(),
            Stop::TrailingPct => format!("{{type: trailing_pct, trail_pct: {value}}}"),
            Stop::TrailingAtr => {
                format!(
                    "{{type: trailing_atr, atr_multiplier: {value}, atr_feature_id: atr_x, activation_pct: 0.3}}"
                )
            }
        }
    }

    fn has_distance(&self) -> bool {
        !matches!(self.stop, Stop::None | Stop::TrailingPct | Stop::TrailingAtr)
    }

    fn target(&self, dice: &mut Dice) -> String {
        match dice.below(5) {
            0 => format!("{{type: percent, value: {:.2}}}", dice.between(0.5, 8.0)),
            1 => format!("{{type: percent, value: {:.2}, basis: price}}", dice.between(0.3, 3.0)),
            2 if self.has_distance() => format!("{{type: rr_ratio, value: {:.1}}}", dice.between(1.0, 4.0)),
            3 => format!("{{type: fixed_points, value: {}}}", dice.below(900) + 20),
            _ => {
                format!("{{type: atr_multiple, value: {:.1}, atr_feature_id: atr_x}}", dice.between(2.0, 8.0))
            }
        }
    }

    fn sizing(&self, dice: &mut Dice) -> String {
        let leverage = self.leverage;
        let model = match dice.below(3) {
            0 if self.has_distance() => "model: risk_based, value: 1".to_owned(),
            1 => format!("model: fixed_usdt, value: {}", dice.pick(&["500", "20"])),
            _ => format!("model: percent_equity, value: {}", dice.pick(&["10", "40", "95"])),
        };
        let cap = dice.pick(&["", ", max_position_pct: 30"]);
        let fees = dice.pick(&["", ", include_fees: true"]);
        format!("{{{model}, max_leverage: {leverage}{cap}{fees}}}")
    }
}
