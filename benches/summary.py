"""Writes what `scripts/bench` measured into docs/performance.md, between its markers.

usage: summary.py WORK_DIR PERFORMANCE.md
"""
import datetime
import json
import os
import statistics
import subprocess
import sys
from collections import defaultdict

SCENARIOS = {"s1": "S1 cross", "s2": "S2 cross, RSI, bracket", "s4": "S4 band reversion"}
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
SLOWER = 1.1


def spread(values, digits=2):
    """Median, and least to most in brackets."""
    low, high = min(values), max(values)
    return f"{statistics.median(values):.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def ratios(a, b):
    """Round by round: what a busy machine slows down, it slows down on both sides."""
    return [x / y for x, y in zip(a, b)]


def table(head, rows):
    align = ["---"] + ["---:"] * (len(head) - 1)
    return ["| " + " | ".join(row) + " |" for row in [head, align, *rows]] + [""]


def read(work):
    with open(os.path.join(work, "results.jsonl")) as lines:
        return [json.loads(line) for line in lines]


def machine():
    model = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "unknown")
    memory = next(int(l.split()[1]) for l in open("/proc/meminfo") if l.startswith("MemTotal")) / 2**20
    rustc = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip()
    load = " ".join(f"{x:.1f}" for x in os.getloadavg())
    return [
        f"{datetime.date.today()}, {os.cpu_count()} cores of {model}, {memory:.0f} GiB, {rustc}. "
        f"Load average at the end (1, 5, 15 minutes): {load}.",
        "",
    ]


def scenarios(results):
    times, facts = defaultdict(list), {}
    for line in results:
        if "scenario" in line:
            key = (line["bars"], line["scenario"], line["peer"])
            times[key].append(line["seconds"] * 1e9 / line["bars"])
            facts[key] = line
    sizes = sorted({bars for bars, _, _ in times})
    out = ["### Scenarios", "", "ns of processor time per bar: median of the rounds (least–most). Ratios round by round.", ""]
    for bars in sizes:
        rows = []
        for scenario, title in SCENARIOS.items():
            ours, limit, vbt = (times[bars, scenario, peer] for peer in ("play", "limit", "vectorbt"))
            rows.append([title, spread(ours), spread(limit), spread(ratios(ours, limit)), spread(vbt, 1), spread(ratios(vbt, ours), 1)])
        out += [f"{bars:,} bars:", ""]
        out += table(["scenario", "ours", "hand-written limit", "ours / limit", "vectorbt", "vectorbt / ours"], rows)
    out += ["Where ours goes, in ns per bar (medians), and memory at most:", ""]
    rows = []
    for (bars, scenario, peer), line in sorted(facts.items()):
        if peer == "play":
            parts = [f"{line[part] * 1e9 / bars:.2f}" for part in ("columns_seconds", "host_seconds", "metrics_seconds")]
            vbt = facts[bars, scenario, "vectorbt"]["memory_mib"]
            rows.append([SCENARIOS[scenario], f"{bars:,}", *parts, f"{line['memory_mib']:.0f} MiB", f"{vbt:.0f} MiB"])
    out += table(["scenario", "bars", "columns", "host", "metrics", "memory", "vectorbt's"], rows)
    out += ["Growth: cost per bar on the long file over that on the short one, 1 is linear:", ""]
    growth = [f"{SCENARIOS[s]} {spread(ratios(times[sizes[-1], s, 'play'], times[sizes[0], s, 'play']))}" for s in SCENARIOS]
    out += ["; ".join(growth) + ".", "", "All did the same work:", ""]
    rows = []
    for bars in sizes:
        for scenario, title in SCENARIOS.items():
            found = [facts[bars, scenario, peer] for peer in ("play", "limit", "vectorbt")]
            rows.append([title, f"{bars:,}", *[f"{f['trades']:,} trades, {f['return']:.8f}" for f in found]])
    return out + table(["scenario", "bars", "ours", "limit", "vectorbt"], rows)


def kernel_times(results):
    """For each kernel and peer, the least of all rounds."""
    least = defaultdict(dict)
    for line in results:
        if "kernel" in line:
            of = least[line["kernel"]]
            of[line["peer"]] = min(line["ns_per_bar"], of.get(line["peer"], line["ns_per_bar"]))
    return least


def kernels(results):
    rows, fresh, reused = [], {}, {}
    for name, of in kernel_times(results).items():
        fresh[name], reused[name] = (of[peer] / of["play"] for peer in ("talib", "talib_reused"))
        cells = [f"{of[peer]:.2f}" for peer in ("play", "talib", "talib_reused")]
        rows.append((fresh[name], [f"`{name}`", *cells, f"{fresh[name]:.2f}", f"{reused[name]:.2f}"]))
    rows.sort(key=lambda row: row[0])
    out = ["### Kernels beside TA-Lib", ""]
    for title, ratio in [("as the wheel is used", fresh), ("with memory used again", reused)]:
        slow = sorted((n for n in ratio if ratio[n] < 1 / SLOWER), key=ratio.get)
        out += [
            f"TA-Lib {title}: of {len(ratio)} rows {len(slow)} are slower than {SLOWER} times TA-Lib"
            + (f" ({', '.join(f'`{n}` {1 / ratio[n]:.2f}' for n in slow)})" if slow else "")
            + f"; on the median row TA-Lib takes {statistics.median(ratio.values()):.2f} times our time.",
            "",
        ]
    head = ["built-in", "ours, ns/bar", "TA-Lib", "TA-Lib, memory used again", "TA-Lib / ours", "the same, memory used again"]
    return out + table(head, [row for _, row in rows])


ENGINES = ("interpreter", "jit", "auto")
PARTS = {"columns_ns_per_bar": "columns, ns/bar", "position_ns_per_step": "position code, ns/close", "whole_ns_per_bar": "columns and host, ns/bar"}


def engine_ratios(results):
    """For each Play, number of bars and part: the rounds of each engine."""
    times = defaultdict(lambda: defaultdict(list))
    for line in results:
        if "engine" in line:
            for part in PARTS:
                times[line["play"], line["bars"], part][line["engine"]].append(line[part])
    return times


def engines(results):
    times = engine_ratios(results)
    sizes = {line["play"]: line["ops_without_calls"] for line in results if "engine" in line}
    out = ["### Interpreter and machine code", "", "Least of a round's runs; median of the rounds (least–most). Compiling is part of the columns and of the whole.", ""]
    rows = []
    for (play, bars, part), of in sorted(times.items()):
        if part == "position_ns_per_step" and play != "position":
            continue
        cells = [spread(of[engine]) for engine in ENGINES]
        gain, lost = ratios(of["interpreter"], of["jit"]), [a / min(i, j) for i, j, a in zip(*(of[e] for e in ENGINES))]
        rows.append([f"`{play}` ({sizes[play]} ops beside its calls)", f"{bars:,}", PARTS[part], *cells, spread(gain), spread(lost)])
    head = ["Play", "bars", "part", *ENGINES, "interpreter / jit", "auto / better of both"]
    return out + table(head, rows)


def live(results):
    lines = [line for line in results if "live" in line]
    out = ["### One live bar", "", "From the closed bar to all values, in wall time; least of the rounds.", ""]
    rows = []
    for play in sorted({line["live"] for line in lines}):
        of = [line for line in lines if line["live"] == play]
        least = lambda key: f"{min(line[key] for line in of) / 1e3:.2f} µs"
        rows.append([f"`{play}`", str(of[0]["features"]), str(of[0]["ops"]), least("median_ns"), least("p99_ns"), least("most_ns")])
    return out + table(["Play", "built-ins", "ops", "median", "p99", "slowest"], rows)


def sweep_lines(results):
    """By sweep and number of bars, the rounds."""
    found = defaultdict(list)
    for line in results:
        if "sweep" in line:
            found[line["sweep"] + (" --quick" if line["quick"] else ""), line["bars"]].append(line)
    return found


def sweeps(results):
    found = sweep_lines(results)
    rows = []
    for (play, bars), lines in sorted(found.items()):
        variants, last = lines[0]["variants"], lines[-1]
        per_variant = [line["seconds"] / variants for line in lines]
        single = [line["single_seconds"] for line in lines]
        rows.append([
            f"`{play}`", f"{bars:,}", f"{variants:,}", spread([t * 1e9 / bars for t in per_variant]),
            spread([t * 1e3 for t in per_variant]), spread([t * 1e3 for t in single]),
            spread(ratios(single, per_variant), 1), f"{last['memory_mib']:.0f} MiB", f"{last['trades']:,.0f}", f"{last['return']:.8f}",
        ])
    head = ["Play", "bars", "variants", "ns per bar and variant", "ms a variant", "ms a single run", "single / sweep", "memory", "trades of all", "best return"]
    out = [
        "### Sweeps", "",
        "One thread, from the Play's text and mapped columns to the figures of each variant. A single run is one variant from the same: "
        "compiled, its columns, its trades, its figures.", "",
        *table(head, rows),
    ]
    return out + sweep_peers(results, found) + sweep_memory(results)


def sweep_peers(results, found):
    limits = defaultdict(list)
    for line in results:
        if line.get("scenario") == "s3":
            limits[line["bars"]].append(line)
    vectorbt = {line["bars"]: line for line in results if "variants_of" in line}
    rows = []
    for bars, limit in sorted(limits.items()):
        ours, vbt = found["s3 --quick", bars], vectorbt.get(bars)
        times = [[line["seconds"] for line in lines] for lines in (ours, limit)]
        did = lambda line: f"{line['trades']:,.0f} trades, {line['return']:.8f}"
        rows.append([
            f"{bars:,}", spread([t * 1e3 for t in times[0]], 1), spread([t * 1e3 for t in times[1]], 1), spread(ratios(*times)),
            f"{vbt['seconds']:.1f} s" if vbt else "–", f"{vbt['seconds'] / statistics.median(times[0]):.0f}" if vbt else "–",
            did(ours[-1]), did(limit[-1]), did(vbt) if vbt else "–",
        ])
    head = ["bars", "ours, ms", "hand-written limit, ms", "ours / limit", "vectorbt", "vectorbt / ours", "ours did", "limit", "vectorbt"]
    return ["S3, all 1,000 variants (vectorbt once, on the short file):", "", *table(head, rows)]


def sweep_memory(results):
    rows = []
    for line in (line for line in results if "sweep_memory" in line):
        note = "the same file, to the byte" if line.get("same_file") else ""
        cells = [f"{line['wall']:.1f} s", f"{line['cpu']:.1f} s", f"{line['memory_mib']:.0f} MiB", note]
        rows.append([line["sweep_memory"], line["bars"], f"{line['variants']:,}", *cells])
    head = ["`playvm sweep`", "bars", "variants", "wall", "processor", "memory at most", ""]
    return ["Whole commands on all cores with `--memory 1024`, the mapped bars included:", "", *table(head, rows)]


def commands(work):
    with open(os.path.join(work, "commands.json")) as file:
        found = {r["command"]: r for r in json.load(file)["results"]}
    plays = json.load(open(os.path.join(work, "plays.json")))["plays"]
    what = {
        "check one": "`playc check` of one Play",
        "check all": f"`playc check` of {plays} Plays at once",
        "run, 1 day": "`playvm run` on a mapped file of 1,440 bars: start-up and all",
        "run, 730 days": "`playvm run` on a mapped file of 1,051,200 bars, with funnel and report",
    }
    rows = []
    for name, title in what.items():
        r = found[name]
        rows.append([title, *[f"{x * 1e3:.1f}" for x in (r["user"] + r["system"], r["median"], r["min"], r["max"])]])
    out = ["### Whole commands", "", "Milliseconds, hyperfine, 40 runs: processor time (mean), and wall time.", ""]
    return out + table(["command", "processor", "median", "least", "most"], rows)


def editor(results):
    lines = [line for line in results if "keystroke" in line]
    if not lines:
        return []
    out = ["### In the editor", "", "From a key to its diagnostics over `playc lsp`, wall time in milliseconds: the middle round.", ""]
    rows = []
    for size in sorted({line["keystroke"] for line in lines}):
        of = sorted((line for line in lines if line["keystroke"] == size), key=lambda line: line["median_ms"])
        middle = of[len(of) // 2]
        rows.append([f"{size:,}", f"{middle['keys']}", *[f"{middle[k]:.1f}" for k in ("median_ms", "p99_ms", "max_ms")]])
    return out + table(["lines of the Play", "keys", "median", "99 of 100 below", "most"], rows)


def goals(results, work):
    """Long file; kernels beside the wheel as it is used."""
    per_bar = defaultdict(list)
    longest = max(line["bars"] for line in results if "scenario" in line)
    for line in results:
        if "scenario" in line and line["bars"] == longest:
            per_bar[line["scenario"], line["peer"]].append(line["seconds"])
    middle = lambda a, b: statistics.median(ratios(a, b))
    rows = []

    def goal(what, value, reached, unit=""):
        rows.append([what, f"{value:.2f}{unit}", "reached" if reached else "not reached"])

    for s in SCENARIOS:
        faster, slower = (middle(per_bar[s, a], per_bar[s, b]) for a, b in [("vectorbt", "play"), ("play", "limit")])
        goal(f"{s.upper()}: at least 5 times faster than vectorbt", faster, faster >= 5)
        goal(f"{s.upper()}: at most 4 times the limit (at last 2)", slower, slower <= 4)
    with open(os.path.join(work, "commands.json")) as file:
        times = {r["command"]: r["median"] * 1e3 for r in json.load(file)["results"]}
    for name, what, most in [
        ("check one", "`playc check` of one Play below 15 ms", 15),
        ("check all", "`playc check` of all Plays below 1 s", 1000),
        ("run, 1 day", "`playvm run` ready to work in less than 20 ms (the whole of a small run)", 20),
    ]:
        goal(what, times[name], times[name] < most, " ms")
    keystrokes = [line for line in results if line.get("keystroke") and line["keystroke"] <= 400]
    if keystrokes:
        slowest = max(line["p99_ms"] for line in keystrokes)
        goal("diagnostics within 50 ms of a key in a Play of 300 lines: 99 of 100 keys", slowest, slowest < 50, " ms")
    ratio = [of["talib"] / of["play"] for of in kernel_times(results).values()]
    goal(f"no kernel slower than {SLOWER} times TA-Lib: the slowest", 1 / min(ratio), 1 / min(ratio) <= SLOWER)
    goal("TA-Lib takes at least 1.5 times our time on the median kernel", statistics.median(ratio), statistics.median(ratio) >= 1.5)
    for (play, bars, part), of in sorted(engine_ratios(results).items()):
        gain, lost = middle(of["interpreter"], of["jit"]), max(a / min(i, j) for i, j, a in zip(*(of[e] for e in ENGINES)))
        if part == "columns_ns_per_bar" and play == "elementwise" and bars == longest:
            goal("machine code over interpreter on a Play of 30 or more elementwise ops: at least 1.5", gain, gain >= 1.5)
        if part == "position_ns_per_step" and play == "position" and bars == longest:
            goal("machine code over interpreter on position code: at least 3", gain, gain >= 3)
        if part == "whole_ns_per_bar":
            goal(f"`auto` over the better of both, `{play}`, {bars:,} bars: at most 1.1", lost, lost <= 1.1)
    lines = sweep_lines(results)
    for bars in sorted({line["bars"] for line in results if line.get("scenario") == "s3"}):
        limit = [line["seconds"] for line in results if line.get("scenario") == "s3" and line["bars"] == bars]
        over = middle([line["seconds"] for line in lines["s3 --quick", bars]], limit)
        goal(f"S3, {bars:,} bars: at most 3 times the limit", over, over <= 3)
    for line in (line for line in results if "variants_of" in line):
        faster = line["seconds"] / statistics.median(ours["seconds"] for ours in lines["s3 --quick", line["bars"]])
        goal("S3: at least 300 times faster than vectorbt", faster, faster >= 300)
    for (play, bars), rounds in sorted(lines.items()):
        if play == "bracket":
            cheaper = middle([r["single_seconds"] for r in rounds], [r["seconds"] / r["variants"] for r in rounds])
            goal(f"a variant of `bracket`, {bars:,} bars: at least 10 times cheaper than a single run", cheaper, cheaper >= 10)
    for line in (line for line in results if "sweep_memory" in line):
        goal(f"{line['sweep_memory']}, {line['bars']}: below 2 GiB", line["memory_mib"], line["memory_mib"] < 2048, " MiB")
    for line in (line for line in results if "live" in line):
        goal(f"one live bar of {line['features']} built-ins: median below 5 µs", line["median_ns"] / 1e3, line["median_ns"] < 5000, " µs")
        goal("the same: 99 of 100 below 20 µs", line["p99_ns"] / 1e3, line["p99_ns"] < 20000, " µs")
    return ["### Beside the goals", "", *table(["goal", "measured", ""], rows)]


def main():
    work, page = sys.argv[1:]
    results = read(work)
    text = open(page).read()
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    measured = machine() + goals(results, work) + scenarios(results) + sweeps(results) + engines(results) + live(results) + commands(work) + editor(results) + kernels(results)
    with open(page, "w") as out:
        out.write(head + BEGIN + "\n\n" + "\n".join(measured) + END + tail)


main()
