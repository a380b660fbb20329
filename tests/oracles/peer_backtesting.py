"""Trades of backtesting.py for the strategies of tests/hosts/peers/*.yml, as CSV on standard output.

usage: peer_backtesting.py BARS.csv STRATEGY FROM_MS
BARS.csv has the columns ts,open,high,low,close,volume (ts: opening time, ms UTC). Signals before FROM_MS are ignored: that is where the run of
the Play began to evaluate. Indicators come from TA-Lib. Stops and targets are set from the fill price, which here is the next open, known to the
harness and not to the strategy.
"""
import sys
import warnings

import backtesting
import numpy as np
import pandas as pd
import talib
from backtesting import Backtest, Strategy

FEE = 0.00055
CASH = 1e9
SHARE = 0.5

warnings.filterwarnings("ignore")
backtesting.backtesting._tqdm = lambda it, **_: it


def crossed_above(a, b):
    b = np.broadcast_to(b, a.shape)
    return np.r_[False, (a[:-1] <= b[:-1]) & (a[1:] > b[1:])]


def crossed_below(a, b):
    b = np.broadcast_to(b, a.shape)
    return np.r_[False, (a[:-1] >= b[:-1]) & (a[1:] < b[1:])]


def ema_cross(o, h, l, c):
    fast, slow = talib.EMA(c, 9), talib.EMA(c, 21)
    return dict(long=crossed_above(fast, slow), exit_long=crossed_below(fast, slow))


def sma_both_sides(o, h, l, c):
    fast, slow = talib.SMA(c, 10), talib.SMA(c, 30)
    up, down = crossed_above(fast, slow), crossed_below(fast, slow)
    return dict(long=up, exit_long=down, short=down, exit_short=up)


def rsi_bracket(o, h, l, c):
    return dict(long=talib.RSI(c, 14) < 32, stop=0.01, target=0.02)


def donchian_bracket(o, h, l, c):
    upper, lower = talib.MAX(h, 20), talib.MIN(l, 20)
    before = lambda x: np.r_[np.nan, x[:-1]]
    return dict(long=c > before(upper), short=c < before(lower), stop=0.012, target=0.03)


def bollinger_short(o, h, l, c):
    upper, middle, lower = talib.BBANDS(c, 20, 2.0, 2.0)
    return dict(short=c > upper, exit_short=c < middle, stop=0.008, target=0.05)


def macd_trend(o, h, l, c):
    _, _, histogram = talib.MACD(c, 12, 26, 9)
    trend = talib.EMA(c, 100)
    return dict(
        long=crossed_above(histogram, 0.0) & (c > trend),
        exit_long=crossed_below(histogram, 0.0),
        short=crossed_below(histogram, 0.0) & (c < trend),
        exit_short=crossed_above(histogram, 0.0),
        stop=0.015,
        target=0.02,
    )


STRATEGIES = [ema_cross, sma_both_sides, rsi_bracket, donchian_bracket, bollinger_short, macd_trend]


def strategy(signals, next_open):
    none = np.zeros(len(next_open), bool)

    class Signals(Strategy):
        def init(self):
            pass

        def next(self):
            t = len(self.data) - 1
            fires = lambda name: signals.get(name, none)[t]
            if self.position:
                if fires("exit_long" if self.position.is_long else "exit_short"):
                    self.position.close()
                return
            side = 1 if fires("long") else -1 if fires("short") else 0
            price = next_open[t]
            if side == 0 or np.isnan(price):
                return
            stop, target = signals.get("stop"), signals.get("target")
            order = self.buy if side > 0 else self.sell
            order(size=SHARE, sl=stop and price * (1 - side * stop), tp=target and price * (1 + side * target))

    return Signals


def main():
    path, name, start = sys.argv[1], sys.argv[2], int(sys.argv[3])
    bars = pd.read_csv(path, float_precision="round_trip")
    columns = [bars[x].to_numpy(float) for x in ("open", "high", "low", "close")]
    signals = {s.__name__: s for s in STRATEGIES}[name](*columns)
    early = bars["ts"].to_numpy() < start
    for values in signals.values():
        if isinstance(values, np.ndarray):
            values[early] = False
    df = pd.DataFrame(dict(zip(("Open", "High", "Low", "Close"), columns)), index=pd.to_datetime(bars["ts"], unit="ms"))
    next_open = np.r_[columns[0][1:], np.nan]
    run = Backtest(df, strategy(signals, next_open), cash=CASH, commission=FEE, finalize_trades=False)
    trades = run.run()["_trades"]
    print("entry_time,entry_price,qty,exit_time,exit_price,fees,net_pnl")
    for t in trades.itertuples():
        entry_time, exit_time = (bars["ts"].iloc[b] for b in (t.EntryBar, t.ExitBar))
        fees = FEE * abs(t.Size) * (t.EntryPrice + t.ExitPrice)
        net = t.Size * (t.ExitPrice - t.EntryPrice) - fees
        print(entry_time, repr(float(t.EntryPrice)), t.Size, exit_time, repr(float(t.ExitPrice)), repr(fees), repr(net), sep=",")


if __name__ == "__main__":
    main()
