"""Scenario S3 in vectorbt with its Rust engine: the EMA cross for fast 5 to 24 and slow 30 to 79. One line of JSON.

usage: vectorbt_sweep.py BARS.parquet

One run, in processor time, from columns in memory to the number of trades of all variants and the best return; the few
variants that are run before are for compilation and caches. Each average is computed once. Variants are simulated some
at a time, because each has columns of its own in memory; results are not cached, and garbage is collected before each
part, because portfolios are cyclic and would pile up.
"""
import gc
import json
import resource
import sys
import time

import numpy
import pandas
import pyarrow.parquet as parquet
import vectorbt as vbt

CASH = 10_000.0 * 2.0**70
FASTS, SLOWS = list(range(5, 25)), list(range(30, 80))
AT_ONCE = 50
vbt.settings["engine"] = "rust"
vbt.settings.caching["enabled"] = False

table = parquet.read_table(sys.argv[1])
times = pandas.to_datetime(table["ts"].to_numpy(), unit="ms")
opens, close = (pandas.Series(table[n].to_numpy(), index=times) for n in ("open", "close"))


def averages(lengths):
    return vbt.talib("EMA").run(close, lengths).real.to_numpy()


def sweep(pairs):
    fasts, slows = averages(FASTS), averages(SLOWS)
    trades, best = 0, -1.0
    for first in range(0, len(pairs), AT_ONCE):
        gc.collect()
        part = numpy.array(pairs[first : first + AT_ONCE])
        wrap = lambda values: close.vbt.wrapper.wrap(values, columns=numpy.arange(len(part)))
        fast, slow = wrap(fasts[:, part[:, 0]]), wrap(slows[:, part[:, 1]])
        entries, exits = (s.shift(1, fill_value=False) for s in (fast.vbt.crossed_above(slow), fast.vbt.crossed_below(slow)))
        run = vbt.Portfolio.from_signals(
            close, entries, exits, price=opens, size=0.95, size_type="percent", fees=5.5e-4, init_cash=CASH, freq="1min"
        )
        trades += int(run.trades.count().sum())
        best = max(best, float(run.total_return().max()))
    return trades, best


pairs = [(fast, slow) for fast in range(len(FASTS)) for slow in range(len(SLOWS))]
sweep(pairs[:2])
start = time.process_time()
trades, best = sweep(pairs)
seconds = time.process_time() - start
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
line = {"peer": "vectorbt", "variants_of": "s3", "bars": len(close), "variants": len(pairs), "seconds": seconds}
print(json.dumps(line | {"trades": trades, "return": best, "memory_mib": memory}))
