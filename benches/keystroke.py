"""From a key to its diagnostics, as an editor meets it: `playc lsp` gets one character, and its answer is awaited.

usage: keystroke.py PLAYC LINES KEYS

Prints one JSON line: wall time in milliseconds, median, the 99th of 100, and the worst.
"""
import json
import statistics
import subprocess
import sys
import time

URI = "file:///long.play.yml"
HEAD = """\
version: "3.0.0"
name: long
symbol: BTCUSDT
timeframes: {low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: low_tf}
account: {starting_equity_usdt: 10000, max_leverage: 4}
position_policy: {mode: long_only, exit_mode: first_hit}
risk: {stop_loss_pct: 8.0, take_profit_pct: 12.0, max_position_pct: 20.0}
"""
TYPED = "ema_1 crosses below ema_2 or "


def play(lines):
    """A third features, a third setups, a third conditions."""
    third = lines // 3
    text = HEAD + "features:\n"
    text += "".join(f"  ema_{n}: {{indicator: ema, params: {{length: {n + 2}}}}}\n" for n in range(third))
    text += "setups:\n"
    text += "".join(f'  setup_{n}: "ema_{n} > ema_{n - 1} and close < ema_0 * 1.5"\n' for n in range(1, third))
    text += "actions:\n  entry_long:\n    any:\n"
    text += "".join(f"      - {{setup: setup_{n}}}\n" for n in range(1, third))
    return text + '  exit_long: "ema_1 < ema_2"\n'


def main():
    playc, lines, keys = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    server = subprocess.Popen([playc, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(**message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        server.stdin.flush()

    def diagnostics_of(version):
        while True:
            length = 0
            while line := server.stdout.readline().strip():
                length = int(line.split(b":")[1]) if line.lower().startswith(b"content-length") else length
            told = json.loads(server.stdout.read(length))
            if told.get("method") == "textDocument/publishDiagnostics" and told["params"]["version"] == version:
                return

    text = play(lines)
    send(id=1, method="initialize", params={"processId": None, "rootUri": None, "capabilities": {}})
    send(method="initialized", params={})
    send(method="textDocument/didOpen", params={"textDocument": {"uri": URI, "languageId": "play", "version": 0, "text": text}})
    diagnostics_of(0)
    line = text.count("\n") - 1
    start = len('  exit_long: "')
    times = []
    for key in range(keys):
        at = key % len(TYPED)
        place = {"line": line, "character": start + at}
        if at == 0 and key > 0:
            # the line as it was before: not timed
            span = {"start": {"line": line, "character": start}, "end": {"line": line, "character": start + len(TYPED)}}
            change = {"range": span, "text": ""}
            send(method="textDocument/didChange", params={"textDocument": {"uri": URI, "version": -key}, "contentChanges": [change]})
            diagnostics_of(-key)
        change = {"range": {"start": place, "end": place}, "text": TYPED[at]}
        began = time.perf_counter()
        send(method="textDocument/didChange", params={"textDocument": {"uri": URI, "version": key + 1}, "contentChanges": [change]})
        diagnostics_of(key + 1)
        times.append((time.perf_counter() - began) * 1e3)
    send(id=2, method="shutdown", params=None)
    send(method="exit", params=None)
    server.wait()
    times.sort()
    p99 = times[min(len(times) - 1, len(times) * 99 // 100)]
    print(json.dumps({"keystroke": text.count("\n"), "keys": keys, "median_ms": statistics.median(times), "p99_ms": p99, "max_ms": times[-1]}))


main()
