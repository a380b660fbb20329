"""Runs TA-Lib on many bar series and writes bars and columns for `stdlib/tests/talib.rs`.

    python talib_columns.py OUT_DIR [SHARED_DIR]

To add a function: append a row to CASES. A row is
    (built-in and the parameters that differ from its defaults, {its output: the TA-Lib column}, excuses)
where the column is a function of the bars `b` (b.open, b.high, b.low, b.close, b.volume: arrays without missing
values). `source=volume` feeds the source from another column of the bars; a feature parameter takes a column, too
(`with=high`). Excuses map a series (or "*") to the reason why the column differs there; an excuse that is not needed
fails the test, just as a difference without excuse does.

OUT_DIR gets manifest.txt and one file a series: little-endian doubles, first the columns ts, open, high, low, close,
volume, then each column in the order of the manifest.
"""

import os
import sys
from types import SimpleNamespace

import numpy as np
import talib

FIELDS = ["open", "high", "low", "close", "volume"]


def one(column):
    return {"value": column}


def parts(names, run):
    """Several outputs of one TA-Lib function."""
    return {name: (lambda b, k=k: run(b)[k]) for k, name in enumerate(names)}


SMA, EMA, WMA, DEMA, TEMA, TRIMA = 0, 1, 2, 3, 4, 5

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
    ("ppo ma_type=wma", {"ppo": lambda b: talib.PPO(b.close, 12, 26, WMA)}, {}),
    ("ppo ma_type=dema", {"ppo": lambda b: talib.PPO(b.close, 12, 26, DEMA)}, {}),
    ("ppo ma_type=tema", {"ppo": lambda b: talib.PPO(b.close, 12, 26, TEMA)}, {}),
    ("ppo ma_type=trima", {"ppo": lambda b: talib.PPO(b.close, 12, 26, TRIMA)}, {}),
    ("cmo length=14", one(lambda b: talib.CMO(b.close, 14)), {}),
    ("cmou length=14", one(lambda b: talib.CMOU(b.close, 14)), {}),
]
# fmt: on


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
    yield "small moves at a high level", {k: (v * 1e-3 + 1e5 if k in FIELDS[:4] else v) for k, v in walk(6, 2000).items()}
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
    lines = [f"talib {talib.__version__}"]
    for case, outputs, excuses in CASES:
        lines.append(f"case {case}")
        lines += [f"excuse {series}|{reason}" for series, reason in excuses.items()]
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


main()
