//! THE catalogue: one row a built-in. Compiler, VM, editor, schema and docs read these rows and no other list.

use std::sync::LazyLock;

use crate::indicators as i;
use crate::signature::{Builtin, Kind};
use crate::structures as s;

/// The position of a row in [`BUILTINS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BuiltinId(pub u16);

/// Every built-in, sorted by kind and name.
pub static BUILTINS: &[&Builtin] = &[
    &i::ac::AC,
    &i::ad::AD,
    &i::adosc::ADOSC,
    &i::adx::ADX,
    &i::alma::ALMA,
    &i::anchored_volume_profile::ANCHORED_VOLUME_PROFILE,
    &i::anchored_vwap::ANCHORED_VWAP,
    &i::ao::AO,
    &i::aroon::AROON,
    &i::atr::ATR,
    &i::bbands::BBANDS,
    &i::beta::BETA,
    &i::bop::BOP,
    &i::candles::CANDLE,
    &i::cci::CCI,
    &i::chandelier_exit::CHANDELIER_EXIT,
    &i::chop::CHOP,
    &i::cmf::CMF,
    &i::cmo::CMO,
    &i::cmou::CMOU,
    &i::coppock::COPPOCK,
    &i::correl::CORREL,
    &i::dema::DEMA,
    &i::dm::DM,
    &i::donchian::DONCHIAN,
    &i::dpo::DPO,
    &i::efficiency_ratio::EFFICIENCY_RATIO,
    &i::elder_ray::ELDER_RAY,
    &i::ema::EMA,
    &i::fisher::FISHER,
    &i::force_index::FORCE_INDEX,
    &i::heikin_ashi::HEIKIN_ASHI,
    &i::hma::HMA,
    &i::hurst::HURST,
    &i::ichimoku::ICHIMOKU,
    &i::kama::KAMA,
    &i::kc::KC,
    &i::kill_zones::KILL_ZONES,
    &i::kst::KST,
    &i::kvo::KVO,
    &i::linreg::LINREG,
    &i::linreg_angle::LINREG_ANGLE,
    &i::linreg_channel::LINREG_CHANNEL,
    &i::linreg_r2::LINREG_R2,
    &i::linreg_slope::LINREG_SLOPE,
    &i::macd::MACD,
    &i::mass_index::MASS_INDEX,
    &i::mfi::MFI,
    &i::midprice::MIDPRICE,
    &i::mom::MOM,
    &i::natr::NATR,
    &i::obv::OBV,
    &i::ohlc4::OHLC4,
    &i::opening_range::OPENING_RANGE,
    &i::percentile::PERCENTILE,
    &i::percentrank::PERCENTRANK,
    &i::pivot_points::PIVOT_POINTS,
    &i::ppo::PPO,
    &i::previous_levels::PREVIOUS_LEVELS,
    &i::psar::PSAR,
    &i::pvo::PVO,
    &i::relative_volume::RELATIVE_VOLUME,
    &i::relative_volume_at_time::RELATIVE_VOLUME_AT_TIME,
    &i::rma::RMA,
    &i::roc::ROC,
    &i::rsi::RSI,
    &i::session_levels::SESSION_LEVELS,
    &i::sma::SMA,
    &i::squeeze::SQUEEZE,
    &i::stdev::STDEV,
    &i::stoch::STOCH,
    &i::stochrsi::STOCHRSI,
    &i::supertrend::SUPERTREND,
    &i::t3::T3,
    &i::tema::TEMA,
    &i::trima::TRIMA,
    &i::trix::TRIX,
    &i::tsi::TSI,
    &i::uo::UO,
    &i::variance::VARIANCE,
    &i::volume_profile::VOLUME_PROFILE,
    &i::vortex::VORTEX,
    &i::vwap::VWAP,
    &i::vwap_bands::VWAP_BANDS,
    &i::vwma::VWMA,
    &i::willr::WILLR,
    &i::wma::WMA,
    &i::zlma::ZLMA,
    &i::zscore::ZSCORE,
    // structures (kept sorted)
    &s::breaker_block::BREAKER_BLOCK,
    &s::derived_zone::DERIVED_ZONE,
    &s::displacement::DISPLACEMENT,
    &s::divergence::DIVERGENCE,
    &s::fair_value_gap::FAIR_VALUE_GAP,
    &s::fibonacci::FIBONACCI,
    &s::liquidity_zones::LIQUIDITY_ZONES,
    &s::market_structure::MARKET_STRUCTURE,
    &s::order_block::ORDER_BLOCK,
    &s::premium_discount::PREMIUM_DISCOUNT,
    &s::rolling_window::ROLLING_WINDOW,
    &s::swing::SWING,
    &s::trend::TREND,
    &s::zone::ZONE,
];

#[must_use]
pub fn builtin(id: BuiltinId) -> &'static Builtin {
    BUILTINS[usize::from(id.0)]
}

/// The built-in of this kind and name (names are lower case; lookup ignores case).
#[must_use]
pub fn lookup(kind: Kind, name: &str) -> Option<BuiltinId> {
    let found = BUILTINS.iter().position(|b| b.kind == kind && b.name.eq_ignore_ascii_case(name))?;
    Some(BuiltinId(u16::try_from(found).expect("the catalogue has fewer than 65,536 rows")))
}

/// A hash of every signature: programs compiled against another catalogue are refused.
#[must_use]
pub fn catalogue_hash() -> [u8; 32] {
    // Printing every signature takes longer than compiling a Play.
    static HASH: LazyLock<[u8; 32]> = LazyLock::new(|| {
        let mut hasher = blake3::Hasher::new();
        for row in BUILTINS {
            let outputs = row.outputs(&crate::params::Params::defaults(row.params));
            let head = format!("{}|{:?}|{:?}|{:?}", row.name, row.kind, row.inputs, row.params);
            hasher.update(head.as_bytes());
            hasher.update(format!("{outputs:?}").as_bytes());
        }
        *hasher.finalize().as_bytes()
    });
    *HASH
}
