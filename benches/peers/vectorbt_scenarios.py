"""Scenarios S1, S2, S4 in vectorbt with its Rust engine, averages from TA-Lib. One line of JSON a scenario.

usage: vectorbt_scenarios.py BARS.parquet [REPEAT]

Times are processor time from columns in memory to the number of trades and the final return, after one run for
compilation and caches. Signals are shifted by a bar and fill at the open. vectorbt's stops are live from the bar after
the entry bar. Cash is scaled up, because fees take S1 below what vectorbt rounds to nothing; all is linear in it.
"""
import json
import resource
import statistics
import sys
import time

import pandas
import pyarrow.parquet as parquet
import vectorbt as vbt

CASH = 10_000.0 * 2.0**70
vbt.settings["engine"] = "rust"

table = parquet.read_table(sys.argv[1])
repeat = int(sys.argv[2]) if len(sys.argv) > 2 else 3
times = pandas.to_datetime(table["ts"].to_numpy(), unit="ms")
opens, high, low, close = (pandas.Series(table[n].to_numpy(), index=times) for n in ("open", "high", "low", "close"))


def of(name, *inputs, **params):
    return vbt.talib(name).run(*inputs, **params)


def trade(entries, exits, **stops):
    def next_bar(signal):
        return False if signal is None else signal.shift(1, fill_value=False)

    run = vbt.Portfolio.from_signals(
        close, next_bar(entries), next_bar(exits), price=opens, size=0.95, size_type="percent", fees=5.5e-4,
        init_cash=CASH, freq="1min", **stops,
    )
    return int(run.trades.count()), float(run.total_return())


def s1():
    fast, slow = of("EMA", close, timeperiod=9).real, of("EMA", close, timeperiod=21).real
    return trade(fast.vbt.crossed_above(slow), fast.vbt.crossed_below(slow))


def s2():
    fast, slow = of("EMA", close, timeperiod=9).real, of("EMA", close, timeperiod=21).real
    calm = of("RSI", close, timeperiod=14).real < 70
    levels = dict(open=opens, high=high, low=low, sl_stop=0.02, tp_stop=0.04, stop_entry_price="fillprice")
    return trade(fast.vbt.crossed_above(slow) & calm, None, **levels)


def s4():
    bands = of("BBANDS", close, timeperiod=20, nbdevup=2.0, nbdevdn=2.0)
    entries = (
        (close < bands.lowerband)
        & (of("RSI", close, timeperiod=14).real < 35)
        & (close > of("EMA", close, timeperiod=200).real)
        & (of("ADX", high, low, close, timeperiod=14).real > 15)
        & (of("ATR", high, low, close, timeperiod=14).real > 0.0005 * close)
    )
    return trade(entries, close > bands.middleband)


for name, scenario in [("s1", s1), ("s2", s2), ("s4", s4)]:
    scenario()
    runs = []
    for _ in range(repeat):
        start = time.process_time()
        trades, total = scenario()
        runs.append(time.process_time() - start)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = {"peer": "vectorbt", "scenario": name, "bars": len(close), "seconds": statistics.median(runs)}
    line |= {"seconds_min": min(runs), "trades": trades, "return": total, "memory_mib": memory}
    print(json.dumps(line), flush=True)
