"""Writes the reference's structure columns, and what each of its faults does to them, for `structures_oracle.rs`.

    structure_columns.py SHARED OUT

OUT/instances.txt   key, type, uses (comma), parameters (name=value, semicolon), tab-separated
OUT/columns.txt     number of bars, then one line a column: key, output, stage
OUT/columns.f64     the columns, one after the other, little-endian f64; missing = NaN, words by their index

Stages of an output: `bar` (the inputs), `oracle` (what the reference wrote), `0` (our model of it with all faults
on), then, where it changes anything, the number of each fault in rising order: the same with that fault off too.
"""

import json
import struct
import sys
from array import array
from pathlib import Path

import pyarrow.parquet as pq

from reference_structures import DETECTORS, NAN

WORDS = {
    "last_confirmed_pivot_type": ["high", "low"],
    "pair_direction": ["bullish", "bearish"],
    "anchor_direction": ["bullish", "bearish"],
    "last_wave_direction": ["none", "bullish", "bearish"],
    "bos_direction": ["none", "bullish", "bearish"],
    "choch_direction": ["none", "bullish", "bearish"],
    "state": ["none", "active", "broken"],
    "zone": ["none", "premium", "discount", "equilibrium"],
}
# Where the reference writes -1 (or 0, infinity) for "there is none", the value is missing.
NONE = {"idx": -1, "age_bars": -1, "last_touch_age": -1, "instance_id": 0, "wick_ratio": float("inf")}


def number(name, value):
    if value is None or value == "":
        return NAN
    if name.endswith("hash"):
        return float(int(value[:12], 16))
    for ending, none in NONE.items():
        if name.endswith(ending) and value == none:
            return NAN
    if isinstance(value, str):
        return float(WORDS[name.split("_")[-1] if name.startswith("zone") and name != "zone" else name].index(value))
    return float(value)


def numbers(name, column):
    return array("d", (number(name, value) for value in column))


def bits(column):
    return struct.pack(f"<{len(column)}d", *(NAN if x != x else x for x in column))


def stages(instances, bars, faults):
    """The columns of every instance with the faults `on`; runs again only what those faults can change."""
    done = {}

    def run(on):
        columns = {}
        identity = {}
        for item in instances:
            detector, knows = DETECTORS[item["type"]]
            uses = item["uses"]
            mine = (item["key"], frozenset(knows & on), tuple(identity[k] for k in uses))
            if mine not in done:
                types = {i["key"]: i["type"] for i in instances}
                done[mine] = detector(bars, {types[k]: columns[k] for k in uses}, item["params"], on)
            identity[item["key"]] = mine
            columns[item["key"]] = done[mine]
        return columns

    on = set(faults)
    yield 0, run(on)
    for fault in faults:
        on = on - {fault}
        yield fault, run(on)


def check_bars(shared, oracle):
    """The oracle's bars are the 1-minute file's, fifteen to one."""
    minutes = pq.read_table(shared / "data/btc-perp-1m-2022-01.parquet").to_pydict()
    start = {ts: k for k, ts in enumerate(minutes["ts"])}
    for t, ts in enumerate(oracle["ts"]):
        part = [k for k in (start.get(ts + 60_000 * m) for m in range(15)) if k is not None]
        low, high = min(minutes["low"][k] for k in part), max(minutes["high"][k] for k in part)
        if (low, high, minutes["close"][part[-1]]) != (oracle["low"][t], oracle["high"][t], oracle["close"][t]):
            sys.exit(f"bar {t} of the oracle is not the 1-minute data's")


def main(shared, out):
    folder = shared / "oracle"
    instances = json.loads((folder / "structures-btc-15m.json").read_text())
    oracle = pq.read_table(folder / "structures-btc-15m.parquet").to_pydict()
    check_bars(shared, oracle)
    bars = {
        name: [NAN if x is None else x for x in oracle[name]]
        for name in ("open", "high", "low", "close", "volume", "atr_14")
    }
    order = {item["key"]: k for k, item in enumerate(instances)}
    instances.sort(key=lambda item: (bool(item["uses"]), order[item["key"]]))
    faults = sorted(set().union(*(knows for _, knows in DETECTORS.values())))

    names, data = [], []

    def add(key, output, stage, column):
        names.append(f"{key}\t{output}\t{stage}")
        data.append(bits(column))

    for name, column in bars.items():
        add("", name, "bar", column)
    before = {}
    for name in oracle:
        if "." in name:
            key, output = name.split(".", 1)
            add(key, output, "oracle", numbers(output, oracle[name]))
    for fault, columns in stages(instances, bars, faults):
        for key, outputs in columns.items():
            for output, column in outputs.items():
                column = bits(numbers(output, column))
                if before.get((key, output)) != column:
                    before[key, output] = column
                    names.append(f"{key}\t{output}\t{fault}")
                    data.append(column)
    out.mkdir(parents=True, exist_ok=True)
    lines = []
    for item in instances:
        text = ";".join(f"{k}={json.dumps(v)}" for k, v in item["params"].items())
        lines.append("\t".join([item["key"], item["type"], ",".join(item["uses"]), text]))
    (out / "instances.txt").write_text("\n".join(lines) + "\n")
    (out / "columns.txt").write_text("\n".join([str(len(bars["close"])), *names]) + "\n")
    (out / "columns.f64").write_bytes(b"".join(data))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
