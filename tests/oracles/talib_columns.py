"""Runs TA-Lib on many bar series and writes bars and columns for `stdlib/tests/talib.rs`.

    python talib_columns.py OUT_DIR [SHARED_DIR]

To add a function: append a row to CASES. A row is
    (built-in and the parameters that differ from its defaults, {its output: the TA-Lib column}, excuses)
where the column is a function of the bars `b` (b.open, b.high, b.low, b.close, b.volume: arrays without missing
values). `source=volume` feeds the source from another column of the bars; a feature parameter takes a column, too
(`with=high`). Excuses map a series to the number of bars on which a column differs there, at most, and the reason; an
excuse that is not needed fails the test, just as a difference without excuse does. Every function of TA-Lib is in a row
or in NOT_OURS.

OUT_DIR gets manifest.txt and one file a series: little-endian doubles, first the columns ts, open, high, low, close,
volume, then each column in the order of the manifest.
"""

import os
import re
import sys
from types import SimpleNamespace

import numpy as np
import talib
import talib.abstract

FIELDS = ["open", "high", "low", "close", "volume"]


def one(column):
    return {"value": column}


def parts(names, run):
    """Several outputs of one TA-Lib function."""
    return {name: (lambda b, k=k: run(b)[k]) for k, name in enumerate(names)}


def candle(name):
    """TA-Lib writes 0 where a pattern is not yet defined."""
    function = talib.abstract.Function("CDL" + name)

    def run(b):
        column = getattr(talib, "CDL" + name)(b.open, b.high, b.low, b.close).astype(float)
        column[: function.lookback] = np.nan
        return column

    return (f"candle pattern={name.lower()}", one(run), {})


def supertrend(length, multiplier):
    def direction(b):
        line, trend = talib.SUPERTREND(b.high, b.low, b.close, length, multiplier)
        return np.where(np.isnan(line), np.nan, trend)

    return {"trend": lambda b: talib.SUPERTREND(b.high, b.low, b.close, length, multiplier)[0], "direction": direction}


def after(average, column, *args):
    """A TA-Lib function over the defined part of another's result."""
    there = ~np.isnan(column)
    result = np.full(len(column), np.nan)
    result[there] = average(column[there], *args)
    return result


def bar_numbers_correlation(close, length):
    return talib.CORREL(np.arange(len(close), dtype=float), close, length)


def windows(x, length):
    return np.lib.stride_tricks.sliding_window_view(x, length)


def padded(values, bars):
    """Aligned to the last bar."""
    return np.concatenate([np.full(max(bars - len(values), 0), np.nan), values[:bars]])


def over_windows(x, length, reduce):
    return padded(reduce(windows(x, length)), len(x)) if len(x) >= length else np.full(len(x), np.nan)


def alma(x, length, sigma, offset, floor):
    peak = offset * (length - 1)
    peak = np.floor(peak) if floor else peak
    weights = np.exp(-((np.arange(length) - peak) ** 2) / (2 * (length / sigma) ** 2))
    return over_windows(x, length, lambda w: w @ (weights / weights.sum()))


def zscore(x, length, ddof):
    def score(w):
        deviation = w.std(axis=1, ddof=ddof)
        flat = np.ptp(w, axis=1) == 0
        return np.where(flat, 0.0, (w[:, -1] - w.mean(axis=1)) / np.where(flat, 1.0, deviation))

    return over_windows(x, length, score)


def line_deviation(x, length):
    """Around the least-squares line."""

    def deviation(w):
        k = np.arange(length) - (length - 1) / 2
        w = w - w.mean(axis=1, keepdims=True)
        slope = w @ k / (k @ k)
        return np.sqrt(np.mean((w - slope[:, None] * k) ** 2, axis=1))

    return over_windows(x, length, deviation)


def hurst(x, length):
    lags = [lag for lag in 2 ** np.arange(20) if lag <= length // 4]

    def exponent(w):
        with np.errstate(divide="ignore"):
            logs = np.array([np.log(np.mean((w[:, lag:] - w[:, :-lag]) ** 2, axis=1)) for lag in lags])
        moves = np.isfinite(logs).all(axis=0)
        slopes = np.polyfit(np.log(lags), np.where(moves, logs, 0.0), 1)[0]
        return np.where(moves, np.clip(slopes / 2, 0, 1), 0.5)

    return over_windows(x, length, exponent)


def fisher(high, low, length):
    x = (high + low) / 2
    top, bottom = talib.MAX(x, length), talib.MIN(x, length)
    w = before = 0.0
    result = np.full(len(x), np.nan)
    for t in range(length - 1, len(x)):
        height = top[t] - bottom[t]
        place = 0.0 if height <= 1e-12 * x[t] else (x[t] - bottom[t]) / height - 0.5
        w = 0.66 * place + 0.67 * w
        w = np.sign(w) * 0.999 if abs(w) > 0.99 else w
        result[t] = before = 0.5 * np.log((1 + w) / (1 - w)) + 0.5 * before
    return result


def kst(x):
    parts = [after(talib.SMA, talib.ROC(x, roc), sma) for roc, sma in [(10, 10), (15, 10), (20, 10), (30, 15)]]
    return sum(weight * part for weight, part in zip([1, 2, 3, 4], parts))


def squeeze(high, low, close):
    """The momentum and the three flags of the script."""
    upper, _, lower = talib.BBANDS(close, 20, 2, 2, 0)
    range_ = talib.TRANGE(high, low, close)
    range_[0] = high[0] - low[0]
    basis, reach = talib.SMA(close, 20), 1.5 * talib.SMA(range_, 20)
    middle = (talib.MIDPRICE(high, low, 20) + basis) / 2
    on = (lower > basis - reach) & (upper < basis + reach)
    off = (lower < basis - reach) & (upper > basis + reach)
    known = np.isfinite(upper)
    flags = [np.where(known, flag, np.nan) for flag in (on, off, ~on & ~off)]
    return [after(talib.LINEARREG, close - middle, 20), *flags]


def fractal(left, right):
    """A pivot is known on its flag's bar."""
    names = ["high_accepted", "low_accepted"]
    return {name: (lambda b, k=k: (talib.FRACTAL(b.high, b.low, left, right)[k] != 0).astype(float)) for k, name in enumerate(names)}


SMA, EMA, WMA, DEMA, TEMA, TRIMA = 0, 1, 2, 3, 4, 5

ROUNDING = (
    "TA-Lib adds and takes away whole prices, and of 100,000 what is left is good to 1e-11: exact rational arithmetic"
    " gives our value to 1e-12 of the scale"
)
TOUCH = "on one bar band and channel touch: the last bit of either decides"
NO_VOLUME = "TA-Lib divides by what rounding left of the volumes; without volume there is no average"

# fmt: off
CASES = [
    # averages
    ("ema length=20", one(lambda b: talib.EMA(b.close, 20)), {}),
    ("ema length=1", one(lambda b: talib.EMA(b.close, 1)), {}),
    ("ema length=200 source=high", one(lambda b: talib.EMA(b.high, 200)), {}),
    ("sma length=20", one(lambda b: talib.SMA(b.close, 20)), {}),
    ("sma length=3 source=volume", one(lambda b: talib.SMA(b.volume, 3)), {}),
    ("wma length=20", one(lambda b: talib.WMA(b.close, 20)), {}),
    ("wma length=1", one(lambda b: talib.WMA(b.close, 1)), {}),
    ("dema length=20", one(lambda b: talib.DEMA(b.close, 20)), {}),
    ("tema length=20", one(lambda b: talib.TEMA(b.close, 20)), {}),
    ("trima length=20", one(lambda b: talib.TRIMA(b.close, 20)), {}),
    ("trima length=21", one(lambda b: talib.TRIMA(b.close, 21)), {}),
    ("kama length=10", one(lambda b: talib.KAMA(b.close, 10)), {}),
    ("zlma length=20", one(lambda b: talib.ZLEMA(b.close, 20)), {}),
    ("zlma length=7", one(lambda b: talib.ZLEMA(b.close, 7)), {}),
    ("hma length=20", one(lambda b: talib.HMA(b.close, 20)), {}),
    ("hma length=9", one(lambda b: talib.HMA(b.close, 9)), {}),
    ("rma length=14", one(lambda b: talib.RMA(b.close, 14)), {}),
    ("t3 length=5", one(lambda b: talib.T3(b.close, 5, 0.7)), {}),
    ("t3 length=9 vfactor=0.4", one(lambda b: talib.T3(b.close, 9, 0.4)), {}),
    # momentum
    ("rsi length=14", one(lambda b: talib.RSI(b.close, 14)), {}),
    ("rsi length=2", one(lambda b: talib.RSI(b.close, 2)), {}),
    ("stoch k=14 smooth_k=3 d=3", parts(["k", "d"], lambda b: talib.STOCH(b.high, b.low, b.close, 14, 3, SMA, 3, SMA)), {}),
    ("stoch k=5 smooth_k=3 d=4 ma_type=ema", parts(["k", "d"], lambda b: talib.STOCH(b.high, b.low, b.close, 5, 3, EMA, 4, EMA)), {}),
    ("stochrsi length=14 rsi_length=14 k=1 d=3", parts(["k", "d"], lambda b: talib.STOCHRSI(b.close, 14, 14, 3, SMA)), {}),
    ("willr length=14", one(lambda b: talib.WILLR(b.high, b.low, b.close, 14)), {}),
    ("cci length=14", one(lambda b: talib.CCI(b.high, b.low, b.close, 14)), {}),
    ("cci length=20", one(lambda b: talib.CCI(b.high, b.low, b.close, 20)), {}),
    ("roc length=10", one(lambda b: talib.ROC(b.close, 10)), {}),
    ("mom length=10", one(lambda b: talib.MOM(b.close, 10)), {}),
    ("macd", parts(["macd", "signal", "histogram"], lambda b: talib.MACD(b.close, 12, 26, 9)), {}),
    ("macd fast=3 slow=10 signal=4", parts(["macd", "signal", "histogram"], lambda b: talib.MACD(b.close, 3, 10, 4)), {}),
    ("ppo", {"ppo": lambda b: talib.PPO(b.close, 12, 26, EMA)}, {}),
    ("ppo ma_type=sma", {"ppo": lambda b: talib.PPO(b.close, 12, 26, SMA)}, {}),
    ("ppo ma_type=wma", {"ppo": lambda b: talib.PPO(b.close, 12, 26, WMA)}, {"small moves at a high level": (103, ROUNDING)}),
    ("ppo ma_type=dema", {"ppo": lambda b: talib.PPO(b.close, 12, 26, DEMA)}, {}),
    ("ppo ma_type=tema", {"ppo": lambda b: talib.PPO(b.close, 12, 26, TEMA)}, {}),
    ("ppo ma_type=trima", {"ppo": lambda b: talib.PPO(b.close, 12, 26, TRIMA)}, {"small moves at a high level": (1775, ROUNDING)}),
    ("cmo length=14", one(lambda b: talib.CMO(b.close, 14)), {}),
    ("cmou length=14", one(lambda b: talib.CMOU(b.close, 14)), {}),
    ("trix length=18 signal=9", {"trix": lambda b: talib.TRIX(b.close, 18), "signal": lambda b: after(talib.SMA, talib.TRIX(b.close, 18), 9)}, {}),
    ("tsi", {"tsi": lambda b: talib.TSI(b.close, 25, 13), "signal": lambda b: after(talib.EMA, talib.TSI(b.close, 25, 13), 13)}, {}),
    ("uo", one(lambda b: talib.ULTOSC(b.high, b.low, b.close, 7, 14, 28)), {}),
    ("ao", one(lambda b: talib.AO(b.high, b.low, 5, 34)), {}),
    ("ac", one(lambda b: talib.AC(b.high, b.low, 5, 34, 5)), {}),
    ("coppock", one(lambda b: talib.COPPOCK(b.close, 10, 11, 14)), {}),
    ("dpo length=20", one(lambda b: talib.DPO(b.close, 20)), {}),
    ("dpo length=3", one(lambda b: talib.DPO(b.close, 3)), {}),
    ("pvo", {"pvo": lambda b: talib.PVO(b.volume, 12, 26, EMA)}, {}),
    ("squeeze", {"sqz": lambda b: after(talib.SMA, talib.MOM(b.close, 12), 6)}, {}),
    # transforms and channels
    ("midprice length=14", one(lambda b: talib.MIDPRICE(b.high, b.low, 14)), {}),
    ("bop", one(lambda b: talib.BOP(b.open, b.high, b.low, b.close)), {}),
    ("ohlc4", one(lambda b: talib.AVGPRICE(b.open, b.high, b.low, b.close)), {}),
    ("heikin_ashi", parts(["open", "high", "low", "close"], lambda b: talib.HA(b.open, b.high, b.low, b.close)), {}),
    ("vwma length=20", one(lambda b: talib.VWMA(b.close, b.volume, 20)), {"halted": (41, NO_VOLUME), "zero volume": (81, NO_VOLUME)}),
    # statistics
    ("linreg length=14", one(lambda b: talib.LINEARREG(b.close, 14)), {}),
    ("linreg length=2", one(lambda b: talib.LINEARREG(b.close, 2)), {}),
    ("linreg_slope length=14", one(lambda b: talib.LINEARREG_SLOPE(b.close, 14)), {"small moves at a high level": (247, ROUNDING)}),
    ("linreg_angle length=14", one(lambda b: talib.LINEARREG_ANGLE(b.close, 14)), {"small moves at a high level": (970, ROUNDING)}),
    ("linreg_channel length=14", {"middle": lambda b: talib.LINEARREG(b.close, 14)}, {}),
    ("linreg_r2 length=14", one(lambda b: bar_numbers_correlation(b.close, 14) ** 2), {}),
    ("stdev length=20", one(lambda b: talib.STDDEV(b.close, 20, 1)), {}),
    ("variance length=5", one(lambda b: talib.VAR(b.close, 5, 1)), {}),
    ("percentrank length=100", one(lambda b: talib.PERCENTRANK(b.close, 100)), {}),
    ("percentile length=30", one(lambda b: talib.PERCENTILE(b.close, 30, 50.0)), {}),
    ("percentile length=20 percentile=7.5", one(lambda b: talib.PERCENTILE(b.close, 20, 7.5)), {}),
    ("correl length=30 with=volume", one(lambda b: talib.CORREL(b.close, b.volume, 30)), {}),
    ("correl length=30 source=high with=low", one(lambda b: talib.CORREL(b.high, b.low, 30)), {}),
    ("beta length=5 source=high with=low", one(lambda b: talib.BETA(b.low, b.high, 5)), {}),
    ("beta length=30 with=open", one(lambda b: talib.BETA(b.open, b.close, 30)), {}),
    # not in TA-Lib: written again from the definition, with numpy or from TA-Lib's parts
    ("alma", one(lambda b: alma(b.close, 10, 6.0, 0.85, False)), {}),
    ("alma length=9 sigma=4 offset=0.5 floor=true", one(lambda b: alma(b.close, 9, 4.0, 0.5, True)), {}),
    ("fisher signal=2", {"fisher": lambda b: fisher(b.high, b.low, 9), "signal": lambda b: np.roll(np.append(fisher(b.high, b.low, 9), [np.nan] * 2), 2)[:-2]}, {}),
    ("kst", {"kst": lambda b: kst(b.close), "signal": lambda b: after(talib.SMA, kst(b.close), 9)}, {}),
    ("zscore length=20 ddof=1", one(lambda b: zscore(b.close, 20, 1)), {}),
    ("hurst length=100", one(lambda b: hurst(b.close, 100)), {}),
    ("linreg_channel length=100 multiplier=2.5", {
        "upper": lambda b: talib.LINEARREG(b.close, 100) + 2.5 * line_deviation(b.close, 100),
        "lower": lambda b: talib.LINEARREG(b.close, 100) - 2.5 * line_deviation(b.close, 100),
    }, {}),
    ("squeeze momentum=linreg", parts(["sqz", "on", "off", "no_sqz"], lambda b: squeeze(b.high, b.low, b.close)), {"coarse ticks": (2, TOUCH), "oracle ticks": (1, TOUCH)}),
    ("efficiency_ratio length=10", one(lambda b: talib.ER(b.close, 10)), {}),
    # trend
    ("adx", {"adx": lambda b: talib.ADX(b.high, b.low, b.close, 14), "dmp": lambda b: talib.PLUS_DI(b.high, b.low, b.close, 14), "dmn": lambda b: talib.MINUS_DI(b.high, b.low, b.close, 14), "adxr": lambda b: talib.ADXR(b.high, b.low, b.close, 14)}, {"halted": (523, "after some 450 bars without movement the smoothed range is rounding: we test it relative to the price, TA-Lib against 1e-14")}),
    ("adx length=5", {"adx": lambda b: talib.ADX(b.high, b.low, b.close, 5), "adxr": lambda b: talib.ADXR(b.high, b.low, b.close, 5)}, {}),
    ("aroon", {"down": lambda b: talib.AROON(b.high, b.low, 25)[0], "up": lambda b: talib.AROON(b.high, b.low, 25)[1], "osc": lambda b: talib.AROONOSC(b.high, b.low, 25)}, {}),
    ("aroon length=2", {"osc": lambda b: talib.AROONOSC(b.high, b.low, 2)}, {}),
    ("dm", {"dmp": lambda b: talib.PLUS_DM(b.high, b.low, 14), "dmn": lambda b: talib.MINUS_DM(b.high, b.low, 14)}, {}),
    ("dm length=1", {"dmp": lambda b: talib.PLUS_DM(b.high, b.low, 1), "dmn": lambda b: talib.MINUS_DM(b.high, b.low, 1)}, {}),
    ("vortex", parts(["vip", "vim"], lambda b: talib.VORTEX(b.high, b.low, b.close, 14)), {}),
    # volatility
    ("atr", one(lambda b: talib.ATR(b.high, b.low, b.close, 14)), {}),
    ("atr length=1", one(lambda b: talib.ATR(b.high, b.low, b.close, 1)), {}),
    ("natr", one(lambda b: talib.NATR(b.high, b.low, b.close, 14)), {}),
    ("bbands", parts(["upper", "middle", "lower"], lambda b: talib.BBANDS(b.close, 20, 2, 2, SMA)), {}),
    ("bbands length=5 std=1.5 source=volume", parts(["upper", "middle", "lower"], lambda b: talib.BBANDS(b.volume, 5, 1.5, 1.5, SMA)), {}),
    ("kc", parts(["upper", "basis", "lower"], lambda b: talib.KC(b.high, b.low, b.close, 20, 10, 2)), {}),
    ("kc length=5 atr_length=10 scalar=1.5", parts(["upper", "basis", "lower"], lambda b: talib.KC(b.high, b.low, b.close, 5, 10, 1.5)), {}),
    ("donchian", parts(["upper", "middle", "lower"], lambda b: talib.DONCHIAN(b.high, b.low, 20)), {}),
    ("mass_index", one(lambda b: talib.MASSI(b.high, b.low, 9, 25)), {}),
    # stops
    ("supertrend", supertrend(10, 3.0), {}),
    ("supertrend length=3 multiplier=1.5", supertrend(3, 1.5), {}),
    ("psar", one(lambda b: talib.SAR(b.high, b.low, 0.02, 0.2)), {}),
    ("psar af0=0.05 af=0.05 max_af=0.1", one(lambda b: talib.SAR(b.high, b.low, 0.05, 0.1)), {}),
    ("psar af0=0.03 af=0.01", one(lambda b: np.abs(talib.SAREXT(b.high, b.low, 0, 0, 0.03, 0.01, 0.2, 0.03, 0.01, 0.2))), {}),
    # volume
    ("ad", one(lambda b: talib.AD(b.high, b.low, b.close, b.volume)), {}),
    ("adosc", one(lambda b: talib.ADOSC(b.high, b.low, b.close, b.volume, 3, 10)), {}),
    ("cmf", one(lambda b: talib.CMF(b.high, b.low, b.close, b.volume, 20)), {"zero volume": (81, "TA-Lib divides by what rounding left of a window without volume; here the sums are exactly 0")}),
    ("force_index", one(lambda b: talib.EFI(b.close, b.volume, 13)), {}),
    ("elder_ray", parts(["bull", "bear"], lambda b: talib.ERI(b.high, b.low, b.close, 13)), {}),
    ("mfi", one(lambda b: talib.MFI(b.high, b.low, b.close, b.volume, 14)), {"made 1m": (477, "TA-Lib gives 0 where the flow of the window is below 1, whatever the unit")}),
    ("obv", one(lambda b: talib.OBV(b.close, b.volume)), {}),
    ("relative_volume", one(lambda b: talib.RVOL(b.volume, 20)), {"halted": (41, "TA-Lib divides by what rounding left of a window without volume; here the sum is exactly 0 and the ratio missing"), "zero volume": (81, "TA-Lib divides by what rounding left of a window without volume; here the sum is exactly 0 and the ratio missing")}),
    ("vwap anchor=none", one(lambda b: talib.VWAP(b.high, b.low, b.close, b.volume)), {"flat, no volume": (400, "no volume yet: an average of nothing is missing here, 0 in TA-Lib"), "zero volume": (1, "no volume yet: an average of nothing is missing here, 0 in TA-Lib")}),
    # what TA-Lib derives from prices, as sources
    ("sma length=1 source=hl2", one(lambda b: talib.MEDPRICE(b.high, b.low)), {}),
    ("sma length=1 source=hlc3", one(lambda b: talib.TYPPRICE(b.high, b.low, b.close)), {}),
    ("sma length=1 source=hlcc4", one(lambda b: talib.WCLPRICE(b.high, b.low, b.close)), {}),
    # structures
    ("rolling_window mode=max size=20", one(lambda b: talib.MAX(b.close, 20)), {}),
    ("rolling_window mode=min size=7 source=low", one(lambda b: talib.MIN(b.low, 7)), {}),
    ("swing left=5 right=5", fractal(5, 5), {}),
    ("swing left=2 right=4", fractal(2, 4), {}),
    # candlestick patterns
    *[candle(name[3:]) for name in talib.get_functions() if name.startswith("CDL")],
]
# fmt: on

# Operators and functions of the language, and indicators that the library does not have.
NOT_OURS = set(
    """
    ADD SUB MULT DIV SUM CUMSUM ACOS ASIN ATAN CEIL COS COSH EXP FLOOR LN LOG10 SIN SINH SQRT TAN TANH
    MAXINDEX MININDEX MINMAX MINMAXINDEX MIDPOINT AVGDEV MA MAVP MACDEXT MACDFIX ROCP ROCR ROCR100 STOCHF
    HT_DCPERIOD HT_DCPHASE HT_PHASOR HT_SINE HT_TRENDLINE HT_TRENDMODE MAMA ACCBANDS APO DX FOSC IMI KDJ QSTICK SMI VHF
    WAD LINEARREG_INTERCEPT TSF ADR CVI RVI MARKETFI NVI PVI PVT
    """.split()
)


def check_complete():
    """No function of TA-Lib is forgotten, no excuse is out of date."""
    with open(__file__) as file:
        used = set(re.findall(r"\btalib\.([A-Z][A-Z0-9_]+)", file.read()))
    ours = {name for name in talib.get_functions() if not name.startswith("CDL")}
    forgotten, doubled = ours - used - NOT_OURS, NOT_OURS & used
    assert not forgotten and not doubled, f"neither compared nor in NOT_OURS: {forgotten}; in both: {doubled}"


def bars(open, high, low, close, volume, ts=None):
    n = len(close)
    ts = np.arange(n) * 3_600_000.0 if ts is None else ts
    return {"ts": ts, "open": open, "high": high, "low": low, "close": close, "volume": volume}


def walk(seed, n, start=100.0, tick=None):
    """A random walk with wicks and volume, on a grid of prices when `tick` is given."""
    rng = np.random.default_rng(seed)
    close = start * np.exp(np.cumsum(rng.normal(0, 0.01, n)))
    open_ = np.concatenate([[start], close[:-1]])
    high = np.maximum(open_, close) * (1 + rng.exponential(0.004, n))
    low = np.minimum(open_, close) * (1 - rng.exponential(0.004, n))
    volume = rng.lognormal(3, 1, n)
    columns = [open_, high, low, close]
    if tick:
        columns = [np.round(c / tick) * tick for c in columns]
        volume = np.round(volume)
    return bars(*columns, volume)


def scaled(series, factor):
    return {k: v * factor if k in FIELDS[:4] else v for k, v in series.items()}


def halt(series, start, end, volume=0.0):
    """No trade between two bars: the price stands still."""
    for field in FIELDS[:4]:
        series[field][start:end] = series["close"][start - 1]
    series["volume"][start:end] = volume
    return series


def with_gaps(series):
    rng = np.random.default_rng(7)
    gone = rng.random(len(series["close"])) < 0.03
    gone[100:130] = True
    for field in FIELDS:
        series[field][gone] = np.nan
    return series


def made():
    """Series that need no file."""
    yield "walk", walk(1, 2000)
    yield "coarse ticks", walk(2, 2000, tick=1.0)
    yield "flat", bars(*[np.full(400, 3.3)] * 4, np.full(400, 5.0))
    yield "flat, no volume", bars(*[np.full(400, 0.1)] * 4, np.zeros(400))
    yield "halted", halt(halt(walk(3, 2500), 400, 460), 1000, 2000, 3.0)
    yield "one way up", bars(*[100 + 0.1 * np.arange(600.0) + d for d in (0.0, 0.2, -0.1, 0.1)], np.full(600, 2.0))
    yield "one way down", bars(*[300 - 0.1 * np.arange(600.0) + d for d in (0.0, 0.1, -0.2, -0.1)], np.full(600, 2.0))
    yield "tiny prices", scaled(walk(4, 2000), 1e-9)
    yield "huge prices", scaled(walk(5, 2000), 1e9)
    yield "small moves at a high level", {k: (v + 1e5 if k in FIELDS[:4] else v) for k, v in walk(6, 2000).items()}
    silent = walk(8, 2000)
    silent["volume"][np.random.default_rng(8).random(2000) < 0.5] = 0.0
    silent["volume"][700:800] = 0.0
    yield "zero volume", silent
    yield "missing bars", with_gaps(walk(9, 2000))
    yield "short", walk(10, 40)


def resampled(series, period_ms):
    group = series["ts"] // period_ms
    starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    ends = np.append(starts[1:], len(group)) - 1
    return bars(
        series["open"][starts],
        np.maximum.reduceat(series["high"], starts),
        np.minimum.reduceat(series["low"], starts),
        series["close"][ends],
        np.add.reduceat(series["volume"], starts),
        group[starts] * float(period_ms),
    )


def from_files(shared):
    """Real and made bars, where they are at hand."""
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        return
    for name, path in [
        ("BTC", "data/btc-perp-1m-2022-01.parquet"),
        ("made", "data/regimes-a-1m.parquet"),
        ("oracle walk", "oracle/indicators-rw.parquet"),
        ("oracle ticks", "oracle/indicators-tick.parquet"),
    ]:
        path = os.path.join(shared, path)
        if not os.path.exists(path):
            continue
        table = parquet.read_table(path, columns=["ts"] + FIELDS)
        series = {k: np.array(table[k].to_numpy(), dtype=float) for k in ["ts"] + FIELDS}
        if name.startswith("oracle"):
            yield name, series
            continue
        yield f"{name} 1m", series
        yield f"{name} 15m", resampled(series, 900_000)
        yield f"{name} 1h", resampled(series, 3_600_000)


def column(series, run):
    """TA-Lib on the bars there are; missing where a bar is missing."""
    there = np.all([np.isfinite(series[f]) for f in FIELDS], axis=0)
    given = SimpleNamespace(**{f: np.ascontiguousarray(series[f][there]) for f in ["ts"] + FIELDS})
    result = np.full(len(there), np.nan)
    result[there] = run(given)
    return result


def main():
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    check_complete()
    lines = [f"talib {talib.__version__}"]
    for case, outputs, excuses in CASES:
        lines.append(f"case {case}")
        lines += [f"excuse {series}|{count}|{reason}" for series, (count, reason) in excuses.items()]
        lines += [f"column {name}" for name in outputs]
    all_series = list(made())
    if len(sys.argv) > 2:
        all_series += from_files(sys.argv[2])
    for k, (name, series) in enumerate(all_series):
        lines.append(f"series {k}.f64 {len(series['ts'])} {name}")
        with open(os.path.join(out, f"{k}.f64"), "wb") as file:
            for field in ["ts"] + FIELDS:
                file.write(np.asarray(series[field], dtype="<f8").tobytes())
            for _, outputs, _ in CASES:
                for run in outputs.values():
                    file.write(np.asarray(column(series, run), dtype="<f8").tobytes())
    with open(os.path.join(out, "manifest.txt"), "w") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
