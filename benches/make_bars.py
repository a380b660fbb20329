"""Makes 1-minute bars whose market changes its character: ts (ms UTC, opening time), open, high, low, close, volume.

usage: make_bars.py OUT.parquet DAYS [SEED]

Every 6 to 96 hours another kind of market begins: rising, falling, quiet and mean-reverting, wild. Volatility
clusters, returns have fat tails, prices lie on a grid of 0.1.
"""
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

# drift and volatility a day, pull back to the price at the start a minute
MARKETS = [(0.03, 0.03, 0.0), (-0.03, 0.03, 0.0), (0.0, 0.015, 0.004), (0.0, 0.05, 0.001)]
MINUTES = 1440


def log_prices(rng, bars, start):
    prices = np.empty(bars)
    price, done, unrest = start, 0, 0.0
    while done < bars:
        drift, volatility, pull = MARKETS[rng.integers(len(MARKETS))]
        length = min(int(rng.integers(360, 5760)), bars - done)
        anchor = price
        shocks, tails = rng.standard_normal(length), rng.standard_t(4, length)
        for bar in range(length):
            unrest = 0.97 * unrest + 0.2 * shocks[bar]
            scale = volatility / MINUTES**0.5 * np.exp(0.5 * min(max(unrest, -3.0), 3.0))
            price += drift / MINUTES - pull * (price - anchor) + 0.7 * scale * tails[bar]
            prices[done + bar] = price
        done += length
    return prices


def main():
    out, days, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 11
    rng = np.random.default_rng(seed)
    bars = days * MINUTES
    close = np.exp(log_prices(rng, bars, np.log(40_000.0)))
    opens = np.concatenate([[40_000.0], close[:-1]])
    body = np.abs(close / opens - 1.0)
    wicks = np.abs(rng.normal(0.0, 0.6, (2, bars))) * np.maximum(body, 2e-4)
    high = np.maximum(opens, close) * (1.0 + wicks[0])
    low = np.minimum(opens, close) * (1.0 - wicks[1])
    volume = np.round(rng.lognormal(2.0, 0.8, bars) * (1.0 + 8000.0 * body), 3)
    opens, high, low, close = (np.round(np.round(column, 1), 8) for column in (opens, high, low, close))
    high, low = np.maximum.reduce([high, opens, close]), np.minimum.reduce([low, opens, close])
    times = 1_704_067_200_000 + 60_000 * np.arange(bars, dtype=np.int64)
    names = ["ts", "open", "high", "low", "close", "volume"]
    parquet.write_table(pa.table([times, opens, high, low, close, volume], names=names), out)


main()
