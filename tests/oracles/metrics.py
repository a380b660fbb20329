"""Return-based metrics of daily equity curves by quantstats and empyrical, as JSON on standard output.

usage: metrics.py CURVES.csv START_EQUITY
CURVES.csv has the columns curve,ts,equity (ts: a UTC day's start in ms; equity at that day's end). The first day's return is from START_EQUITY.
What a library answers with NaN or infinity is null.
"""
import json
import math
import sys
import warnings

import empyrical
import pandas as pd
import quantstats.stats as qs

PERIODS = 365

warnings.filterwarnings("ignore")


def or_nan(ratio):
    try:
        return ratio()
    except ZeroDivisionError:
        return math.nan


def metrics(returns):
    drawdowns = qs.to_drawdown_series(returns)
    # quantstats.ulcer_index guesses whether it was given prices or returns; its formula on its own drawdowns leaves no guess.
    ulcer = math.sqrt((drawdowns**2).sum() / (len(returns) - 1))
    return {
        "quantstats": {
            "sharpe": qs.sharpe(returns, periods=PERIODS),
            "sortino": qs.sortino(returns, periods=PERIODS),
            "calmar": or_nan(lambda: qs.calmar(returns, periods=PERIODS)),
            "cagr": qs.cagr(returns, periods=PERIODS),
            "volatility": qs.volatility(returns, periods=PERIODS),
            "max_drawdown": qs.max_drawdown(returns),
            "omega": qs.omega(returns, periods=PERIODS),
            "skewness": qs.skew(returns),
            "kurtosis": qs.kurtosis(returns),
            "ulcer_index": qs.ulcer_index(returns),
            "ulcer_formula": ulcer,
            "best_day": qs.best(returns),
            "worst_day": qs.worst(returns),
        },
        "empyrical": {
            "sharpe": empyrical.sharpe_ratio(returns, annualization=PERIODS),
            "sortino": empyrical.sortino_ratio(returns, annualization=PERIODS),
            "calmar": empyrical.calmar_ratio(returns, annualization=PERIODS),
            "cagr": empyrical.annual_return(returns, annualization=PERIODS),
            "volatility": empyrical.annual_volatility(returns, annualization=PERIODS),
            "max_drawdown": empyrical.max_drawdown(returns),
            "omega": empyrical.omega_ratio(returns, annualization=PERIODS),
            "value_at_risk": empyrical.value_at_risk(returns),
            "conditional_value_at_risk": empyrical.conditional_value_at_risk(returns),
        },
    }


def plain(value):
    value = float(value)
    return value if math.isfinite(value) else None


def main():
    path, start = sys.argv[1], float(sys.argv[2])
    table = pd.read_csv(path, float_precision="round_trip")
    answer = {}
    for name, curve in table.groupby("curve", sort=False):
        days = pd.to_datetime(curve["ts"], unit="ms")
        equity = pd.Series(curve["equity"].to_numpy(), index=days)
        before = equity.shift(1)
        before.iloc[0] = start
        found = metrics(equity / before - 1.0)
        answer[name] = {library: {k: plain(v) for k, v in of.items()} for library, of in found.items()}
    json.dump(answer, sys.stdout, indent=1)


main()
