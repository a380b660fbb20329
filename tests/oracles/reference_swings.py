"""The reference's swing, trend, market_structure and fibonacci; see `reference_structures.py`."""

from hashlib import blake2b

NAN = float("nan")


def known(x):
    return x == x


def changed(column, t):
    before = column[t - 1] if t else 0
    return column[t] != before


def rows(n, step):
    """Columns from a function of the bar that returns a dict."""
    columns = {}
    for t in range(n):
        for name, value in step(t).items():
            columns.setdefault(name, []).append(value)
    return columns


# --- swing -------------------------------------------------------------------------------------------------------


def swing(bars, uses, p, on):
    h, l, atr = bars["high"], bars["low"], bars["atr_14"]
    left, right = p["left"], p["right"]
    s = {
        "high_level": NAN, "high_idx": NAN, "low_level": NAN, "low_idx": NAN,
        "version": 0, "high_version": 0, "low_version": 0,
        "last_confirmed_pivot_idx": NAN, "last_confirmed_pivot_type": "",
        "high_significance": NAN, "low_significance": NAN, "high_is_major": 0, "low_is_major": 0,
        "high_accepted": 0, "low_accepted": 0, "high_replaced_pending": 0, "low_replaced_pending": 0,
        "pair_high_level": NAN, "pair_high_idx": NAN, "pair_low_level": NAN, "pair_low_idx": NAN,
        "pair_direction": "", "pair_version": 0, "pair_anchor_hash": "",
    }
    alternation = {"type": None, "level": NAN}
    pending = [None]

    def complete(first, second):
        points = {first[0]: first, second[0]: second}
        direction = "bullish" if second[0] == "high" else "bearish"
        (_, hl, hi), (_, ll, li) = points["high"], points["low"]
        text = f"{hi}|{hl:.8f}|{li}|{ll:.8f}|{direction}"
        s.update(pair_high_level=hl, pair_high_idx=hi, pair_low_level=ll, pair_low_idx=li, pair_direction=direction)
        s["pair_version"] += 1
        s["pair_anchor_hash"] = blake2b(text.encode(), digest_size=8).hexdigest()

    def pair(point):
        waiting = pending[0]
        if waiting is None:
            pending[0] = point
        elif waiting[0] != point[0]:
            pending[0] = point
            complete(waiting, point)
        else:
            less_extreme = point[1] < waiting[1] if point[0] == "high" else point[1] > waiting[1]
            if less_extreme and 51 not in on:
                return
            pending[0] = point
            if 52 not in on and s["pair_version"]:
                other = "low" if point[0] == "high" else "high"
                complete((other, s[f"pair_{other}_level"], s[f"pair_{other}_idx"]), point)

    def accept(side, level, idx, a):
        before = s[f"{side}_level"]
        if known(before):
            move = abs(level - before)
            pct = p.get("min_pct_move")
            if pct is not None and before != 0 and 100 * move / before < pct:
                return False
        replaced = False
        if p.get("strict_alternation"):
            if alternation["type"] == side:
                beyond = level > alternation["level"] if side == "high" else level < alternation["level"]
                if not beyond:
                    return False
                replaced = True
            alternation.update(type=side, level=level)
        significance = abs(level - before) / a if known(before) and known(a) else NAN
        s[f"{side}_significance"] = significance
        s[f"{side}_is_major"] = int(significance >= 1.5)
        s[f"{side}_level"], s[f"{side}_idx"] = level, idx
        s["version"] += 1
        s[f"{side}_version"] += 1
        s["last_confirmed_pivot_idx"], s["last_confirmed_pivot_type"] = idx, side
        s[f"{side}_accepted"], s[f"{side}_replaced_pending"] = 1, int(replaced)
        return True

    def step(t):
        for side in ("high", "low"):
            s[f"{side}_accepted"] = s[f"{side}_replaced_pending"] = 0
        at = t - right
        if at >= left:
            for side, x, best in (("high", h, max), ("low", l, min)):
                window = x[at - left:t + 1]
                if x[at] == best(window) and window.count(x[at]) == 1:
                    if accept(side, x[at], at, atr[t]):
                        pair((side, x[at], at))
        return dict(s)

    return rows(len(h), step)


# --- trend -------------------------------------------------------------------------------------------------------


def classify_pair(a, b):
    up, down = (a, b) if a["up"] else (b, a)
    hh, lh, hl, ll = up["more"] is True, up["less"] is True, down["more"] is True, down["less"] is True
    for holds, direction in (
        (hh and hl, 1), (lh and ll, -1), (hh and not ll, 1), (lh and not hl, -1), (hl and not lh, 1),
        (ll and not hh, -1),
    ):
        if holds:
            return direction
    return 0


def trend(bars, uses, p, on):
    sw = uses["swing"]
    size = p.get("wave_history_size", 4)
    s = {"direction": 0, "strength": 0, "bars_in_trend": 0, "wave_count": 0, "last_wave_direction": "none",
         "last_hh": 0, "last_hl": 0, "last_lh": 0, "last_ll": 0, "version": 0}
    state = {"pending": None, "prev": {"high": NAN, "low": NAN}, "changed_at": 0}
    waves = []

    def measure(wave, reference):
        if known(reference):
            wave["more"], wave["less"] = wave["end"] > reference, wave["end"] < reference
            if wave["up"]:
                s["last_hh"], s["last_lh"] = int(wave["more"]), int(wave["less"])
            else:
                s["last_hl"], s["last_ll"] = int(wave["more"]), int(wave["less"])

    def event(side, level, t):
        pending = state["pending"]
        state["pending"] = (side, level)
        if pending is None:
            return
        if pending[0] == side:
            less_extreme = level < pending[1] if side == "high" else level > pending[1]
            if less_extreme:
                state["pending"] = pending
                return
            if 55 in on or not waves:
                return
            waves[-1]["end"] = level
        else:
            waves.append({"up": side == "high", "start": pending[1], "end": level, "more": None, "less": None})
            del waves[:-size]
        last = waves[-1]
        s["last_wave_direction"] = "bullish" if last["up"] else "bearish"
        if 55 in on:
            measure(last, state["prev"][side])
        elif len(waves) > 1:
            measure(last, waves[-2]["start"])
        classify(t)

    def classify(t):
        m = len(waves)
        if m == 1:
            direction, count, strength = (1 if waves[0]["up"] else -1), 1, 0
        else:
            direction = classify_pair(waves[-1], waves[-2])
            count = 1 if direction else 0
            newest = m - 2 if 56 in on else m - 3
            while direction and newest >= 1 and classify_pair(waves[newest], waves[newest - 1]) == direction:
                count += 1
                newest -= 2
            strength = 0 if not direction else 2 if count >= 2 else 1
        if direction != s["direction"]:
            s["direction"], s["bars_in_trend"] = direction, 0
            s["version"] += 1
            state["changed_at"] = t
        else:
            s["bars_in_trend"] += 1
        s["wave_count"], s["strength"] = count, strength

    def step(t):
        events = [
            (sw[f"{side}_idx"][t], order, side, sw[f"{side}_level"][t])
            for order, side in enumerate(("high", "low")) if changed(sw[f"{side}_version"], t)
        ]
        if not events:
            s["bars_in_trend"] += 1
        for _, _, side, level in sorted(events):
            event(side, level, t)
        for _, _, side, level in events:
            state["prev"][side] = level
        out = dict(s)
        if 57 not in on:
            out["bars_in_trend"] = t - state["changed_at"]
        return out

    return rows(len(bars["close"]), step)


# --- market structure --------------------------------------------------------------------------------------------


def market_structure(bars, uses, p, on):
    sw, close = uses["swing"], p["confirmation_close"]
    s = {"bias": 0, "bos_this_bar": 0, "choch_this_bar": 0, "bos_direction": "none", "choch_direction": "none",
         "last_bos_idx": NAN, "last_bos_level": NAN, "last_choch_idx": NAN, "last_choch_level": NAN,
         "break_level_high": NAN, "break_level_low": NAN, "version": 0}
    swings = {"high": (NAN, -1), "low": (NAN, -1)}
    broken = {"high": -1, "low": -1}
    armed_idx = {"high": -1, "low": -1}
    anchor = [NAN, -1]

    def beyond(side, price, level):
        return known(level) and (price > level if side == "high" else price < level)

    def bos(side, t):
        other = "low" if side == "high" else "high"
        word = "bullish" if side == "high" else "bearish"
        s.update(bos_this_bar=1, bos_direction=word, last_bos_idx=t, last_bos_level=s[f"break_level_{side}"])
        s["version"] += 1
        s["bias"] = 1 if side == "high" else -1
        broken[side] = swings[side][1]
        s[f"break_level_{side}"] = NAN
        if known(swings[other][0]):
            anchor[:] = swings[other]

    def choch(side, t, prices):
        other = "low" if side == "high" else "high"
        word = "bullish" if side == "high" else "bearish"
        s.update(choch_this_bar=1, choch_direction=word, last_choch_idx=t, last_choch_level=anchor[0])
        s["version"] += 1
        s["bias"] = 1 if side == "high" else -1
        if 58 in on:
            broken[side] = anchor[1]
            s[f"break_level_{side}"] = NAN
            anchor[:] = [NAN, -1]
            return
        level = s[f"break_level_{side}"]
        newer = known(level) and armed_idx[side] > anchor[1]
        broken[side] = max(broken[side], anchor[1])
        if known(level) and not (newer and not beyond(side, prices[side], level)):
            broken[side] = max(anchor[1], armed_idx[side])
            s[f"break_level_{side}"] = NAN
        holds = known(swings[other][0]) and not beyond(other, prices[other], swings[other][0])
        anchor[:] = swings[other] if holds else [NAN, -1]

    def step(t):
        s["bos_this_bar"] = s["choch_this_bar"] = 0
        for side in ("high", "low"):
            if changed(sw[f"{side}_version"], t):
                swings[side] = (sw[f"{side}_level"][t], sw[f"{side}_idx"][t])
                if swings[side][1] > broken[side]:
                    s[f"break_level_{side}"], armed_idx[side] = swings[side]
        c = bars["close"][t]
        prices = {"high": c if close else bars["high"][t], "low": c if close else bars["low"][t]}
        if s["bias"] == 0:
            for side in ("high", "low"):
                if beyond(side, prices[side], s[f"break_level_{side}"]):
                    bos(side, t)
                    break
        else:
            way, against = ("high", "low") if s["bias"] == 1 else ("low", "high")
            if beyond(against, prices[against], anchor[0]):
                choch(against, t, prices)
            elif beyond(way, prices[way], s[f"break_level_{way}"]):
                bos(way, t)
        return dict(s)

    return rows(len(bars["close"]), step)


# --- levels of the pair ------------------------------------------------------------------------------------------


def fibonacci(bars, uses, p, on):
    sw, tr = uses["swing"], uses.get("trend")
    by_trend, mode = p.get("use_trend_anchor"), p.get("mode", "retracement")
    levels = {f"level_{q:g}": q for q in p["levels"]}
    s = {**dict.fromkeys(levels, NAN), "anchor_high": NAN, "anchor_low": NAN, "range": NAN, "anchor_direction": "",
         "anchor_hash": "", "anchor_trend_direction": 0}

    def step(t):
        move = changed(sw["pair_version"], t)
        direction = sw["pair_direction"][t]
        if by_trend:
            move = move or changed(tr["version"], t)
            move = move and tr["direction"][t] != 0
            direction = "bullish" if tr["direction"][t] == 1 else "bearish"
        high, low = sw["pair_high_level"][t], sw["pair_low_level"][t]
        if move and known(high) and (62 in on or high > low):
            r = high - low
            s.update(anchor_high=high, anchor_low=low, range=r, anchor_direction=direction)
            if by_trend:
                s["anchor_trend_direction"] = tr["direction"][t]
            else:
                s["anchor_hash"] = sw["pair_anchor_hash"][t]
            for name, q in levels.items():
                if mode == "retracement":
                    s[name] = high - q * r
                else:
                    s[name] = high + q * r if direction == "bullish" else low - q * r
        return dict(s)

    return rows(len(bars["close"]), step)
