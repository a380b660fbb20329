"""The reference's structure detectors with its faults as switches, written from its description.

Each detector takes the bars, the columns of the structures that it uses and the set of faults that are on
(numbers of the reference's fault list). With every fault on it must give the reference's columns; with every
fault off, ours. Turning them off one by one tells for every cell which fault explains it.
"""

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


def zone(bars, uses, p, on):
    sw, side = uses["swing"], "low" if p["zone_type"] == "demand" else "high"
    s = {"state": "none", "upper": NAN, "lower": NAN, "anchor_idx": NAN, "version": 0}
    used = [NAN]

    def step(t):
        a, c = bars["atr_14"][t], bars["close"][t]
        idx, level = sw[f"{side}_idx"][t], sw[f"{side}_level"][t]
        fresh = known(idx) and idx != used[0]
        if fresh and known(a):
            used[0] = idx
            outward = side == "high" if 64 in on else side == "low"
            other = level + a * p["width_atr"] if outward else level - a * p["width_atr"]
            s.update(upper=max(level, other), lower=min(level, other), state="active", anchor_idx=idx)
            s["version"] += 1
        elif fresh and 63 in on:
            return dict(s)
        if s["state"] == "active" and (c < s["lower"] if side == "low" else c > s["upper"]):
            s["state"] = "broken"
            s["version"] += 1
        return dict(s)

    return rows(len(bars["close"]), step)


def derived_zone(bars, uses, p, on):
    sw, slots = uses["swing"], p["max_active"]
    width, tolerance = p["width_pct"], p.get("break_tolerance_pct", 0.001)
    zones, source = [], [0]

    def make(t):
        high, low = sw["pair_high_level"][t], sw["pair_low_level"][t]
        if not high > low:
            return
        made = []
        for order, q in enumerate(p["levels"]):
            middle = high - q * (high - low)
            ids = f"{source[0]}|{sw['pair_high_idx'][t]}|{sw['pair_low_idx'][t]}|{round(q * 1e6)}|retracement"
            digest = blake2b(f"derived_zone|{ids}".encode(), digest_size=4).digest()
            made.append({
                "lower": middle - middle * width / 2, "upper": middle + middle * width / 2, "state": "active",
                "made": t, "order": order, "touched": 0, "touches": 0, "last": None, "inside": 0,
                "id": int.from_bytes(digest, "big"), "support": middle <= bars["close"][t],
            })
        if 66 in on:
            zones[:] = made[::-1] + zones
        else:
            zones[:] = made + zones
        del zones[slots:]

    def step(t):
        c = bars["close"][t]
        if sw["pair_version"][t] != source[0]:
            source[0] = sw["pair_version"][t]
            make(t)
        for z in zones:
            z["touched"] = 0
            before, z["inside"] = z["inside"], 0
            if z["state"] != "active":
                continue
            z["inside"] = int(z["lower"] <= c <= z["upper"])
            if z["inside"] and (68 in on or not before):
                z["touched"], z["last"] = 1, t
                z["touches"] += 1
            below, above = c < z["lower"] * (1 - tolerance), c > z["upper"] * (1 + tolerance)
            if 65 in on:
                out = below or above
            else:
                out = below if z["support"] else above
            if t > z["made"] and out:
                z["state"] = "broken"
        if 66 not in on:
            zones.sort(key=lambda z: (z["state"] == "broken", -z["made"], z["order"]))
        out = {}
        for k in range(slots):
            z = zones[k] if k < len(zones) else None
            out.update({
                f"zone{k}_lower": z["lower"] if z else NAN, f"zone{k}_upper": z["upper"] if z else NAN,
                f"zone{k}_state": z["state"] if z else "none", f"zone{k}_anchor_idx": z["made"] if z else NAN,
                f"zone{k}_age_bars": t - z["made"] if z else NAN,
                f"zone{k}_touched_this_bar": z["touched"] if z else 0,
                f"zone{k}_touch_count": z["touches"] if z else 0,
                f"zone{k}_last_touch_age": t - z["last"] if z and z["last"] is not None else NAN,
                f"zone{k}_inside": z["inside"] if z else 0, f"zone{k}_instance_id": z["id"] if z else NAN,
            })
        active = [(k, z) for k, z in enumerate(zones) if z["state"] == "active"]
        first = active[0] if active else None
        newest = NAN if not active else first[0] if 67 in on else max(z["made"] for _, z in active)
        out.update({
            "active_count": len(active), "any_active": int(bool(active)),
            "any_touched": int(any(z["touched"] for _, z in active)),
            "any_inside": int(any(z["inside"] for _, z in active)),
            "first_active_lower": first[1]["lower"] if first else NAN,
            "first_active_upper": first[1]["upper"] if first else NAN,
            "first_active_idx": first[0] if first else NAN, "newest_active_idx": newest, "source_version": source[0],
        })
        return out

    return rows(len(bars["close"]), step)


def premium_discount(bars, uses, p, on):
    sw = uses["swing"]
    s = {"zone": "none", "version": 0}
    upper, lower = (0.75, 0.25) if 80 in on else (0.5, 0.5)

    def step(t):
        high, low, c = sw["pair_high_level"][t], sw["pair_low_level"][t], bars["close"][t]
        if not known(high):
            return {"equilibrium": NAN, "premium_level": NAN, "discount_level": NAN, "zone": "none",
                    "depth_pct": NAN, "version": s["version"]}
        span = high - low
        if span <= 0:
            middle, premium, discount, depth, where = high, high, low, 0.5, "equilibrium"
        else:
            middle, premium, discount = low + 0.5 * span, low + upper * span, low + lower * span
            where = "premium" if c >= premium else "discount" if c <= discount else "equilibrium"
            if c == premium == discount:
                where = "equilibrium"
            depth = min(1.0, max(0.0, (c - low) / span))
        if where != s["zone"]:
            s["zone"] = where
            s["version"] += 1
        return {"equilibrium": middle, "premium_level": premium, "discount_level": discount, "zone": where,
                "depth_pct": depth, "version": s["version"]}

    return rows(len(bars["close"]), step)


# --- bars alone --------------------------------------------------------------------------------------------------


def rolling_window(bars, uses, p, on):
    x, size, best = bars[p["source"]], p["size"], max if p["mode"] == "max" else min

    def step(t):
        if t + 1 < size and 82 not in on:
            return {"value": NAN}
        return {"value": best(x[max(0, t + 1 - size):t + 1])}

    return rows(len(x), step)


def impulse(bars, t, body_atr_min, wick_ratio_max):
    o, h, l, c, a = (bars[k][t] for k in ("open", "high", "low", "close", "atr_14"))
    if not known(a):
        return 0, NAN, NAN
    body = abs(c - o)
    if body == 0:
        return 0, 0.0, NAN
    wicks = ((h - max(o, c)) + (min(o, c) - l)) / body
    big = body / a >= body_atr_min and wicks <= wick_ratio_max
    return (0 if not big else 1 if c > o else -1), body / a, wicks


def displacement(bars, uses, p, on):
    s = {"last_idx": NAN, "last_direction": 0, "version": 0}

    def step(t):
        direction, body, wicks = impulse(bars, t, p["body_atr_min"], p["wick_ratio_max"])
        if direction:
            s.update(last_idx=t, last_direction=direction, version=s["version"] + 1)
        return {"is_displacement": int(direction != 0), "direction": direction, "body_atr_ratio": body,
                "wick_ratio": wicks, **s}

    return rows(len(bars["close"]), step)


class Slots:
    """Gaps, blocks or breakers, newest first."""

    def __init__(self, on, keep=5):
        self.on, self.keep, self.all, self.version = on, keep, [], 0

    def add(self, direction, upper, lower, t):
        slot = {"dir": direction, "upper": upper, "lower": lower, "made": t, "state": "active", "fill": 0.0}
        self.all.insert(0, slot)
        self.version += 1
        return {"new_this_bar": 1, "new_direction": direction, "new_upper": upper, "new_lower": lower}

    def prune(self):
        if 70 in self.on:
            del self.all[self.keep:]
            return
        self.all = [z for z in self.all if z["state"] != "invalidated"]
        for state in ("active", "mitigated"):
            for z in [z for z in self.all if z["state"] == state][self.keep:]:
                self.all.remove(z)

    def summary(self, c, with_fill=False):
        out = {"version": self.version}
        for direction, word in ((1, "bull"), (-1, "bear")):
            live = [z for z in self.all if z["state"] == "active" and z["dir"] == direction]
            best = min(live, key=lambda z: abs(c - (z["upper"] + z["lower"]) / 2)) if live else None
            out[f"active_{word}_count"] = len(live)
            for bound in ("upper", "lower"):
                out[f"nearest_{word}_{bound}"] = best[bound] if best else NAN
            if with_fill:
                out[f"nearest_{word}_fill_pct"] = best["fill"] if best else NAN
        return out


def fails(z, c):
    return c < z["lower"] if z["dir"] == 1 else c > z["upper"]


def reached(z, h, l):
    return l <= z["upper"] if z["dir"] == 1 else h >= z["lower"]


NOTHING_NEW = {"new_this_bar": 0, "new_direction": 0, "new_upper": NAN, "new_lower": NAN}


def fair_value_gap(bars, uses, p, on):
    slots, h, l = Slots(on), bars["high"], bars["low"]

    def step(t):
        a, c = bars["atr_14"][t], bars["close"][t]
        out = dict(NOTHING_NEW)
        gap = None
        if t >= 2 and l[t] > h[t - 2]:
            gap = (1, l[t], h[t - 2])
        elif t >= 2 and h[t] < l[t - 2]:
            gap = (-1, l[t - 2], h[t])
        if gap and known(a) and gap[1] - gap[2] >= p["min_gap_atr"] * a:
            out.update(slots.add(*gap, t))
        mitigated = 0
        for z in slots.all:
            if z["state"] == "invalidated" or (z["state"] == "mitigated" and 71 in on):
                continue
            failed = z["made"] < t and fails(z, c)
            if z["state"] == "active" and reached(z, h[t], l[t]):
                depth = z["upper"] - l[t] if z["dir"] == 1 else h[t] - z["lower"]
                z["fill"] = max(z["fill"], min(1.0, depth / (z["upper"] - z["lower"])))
                if z["fill"] >= 0.5:
                    z["state"] = "mitigated"
                    mitigated |= int(71 in on or not failed)
            if failed:
                z["state"] = "invalidated"
        slots.prune()
        return {**out, "any_mitigated_this_bar": mitigated, **slots.summary(c, with_fill=True)}

    return rows(len(h), step)


def order_block(bars, uses, p, on):
    slots = Slots(on)
    o, h, l, c = (bars[k] for k in ("open", "high", "low", "close"))
    disp = uses["displacement"]
    last = {"last_invalidated_direction": 0, "last_invalidated_upper": NAN, "last_invalidated_lower": NAN}
    nothing = dict(last)

    def step(t):
        out = dict(NOTHING_NEW)
        direction = disp["direction"][t]
        if direction:
            back = 3 + (2 if 73 in on else 0)
            for k in range(t - 1, max(-1, t - 1 - back), -1):
                if (c[k] - o[k]) * direction < 0:
                    out.update(slots.add(direction, max(o[k], c[k]), min(o[k], c[k]), t))
                    break
        if 74 in on:
            last.update(nothing)
        mitigated = invalidated = 0
        for z in slots.all:
            follow = z["state"] == "active" or (z["state"] == "mitigated" and 75 not in on)
            if z["made"] == t or not follow:
                continue
            if fails(z, c[t]):
                z["state"] = "invalidated"
                if 74 in on or not invalidated:
                    last.update(last_invalidated_direction=z["dir"], last_invalidated_upper=z["upper"],
                                last_invalidated_lower=z["lower"])
                invalidated = 1
            elif z["state"] == "active" and reached(z, h[t], l[t]):
                z["state"] = "mitigated"
                mitigated = 1
        slots.prune()
        return {**out, "any_mitigated_this_bar": mitigated, "any_invalidated_this_bar": invalidated, **last,
                **slots.summary(c[t])}

    return rows(len(c), step)


def breaker_block(bars, uses, p, on):
    slots, ob, ms = Slots(on), uses["order_block"], uses["market_structure"]
    h, l, c = (bars[k] for k in ("high", "low", "close"))
    failures, turn = {}, {}

    def step(t):
        out = dict(NOTHING_NEW)
        failed = ob["any_invalidated_this_bar"][t]
        direction = -ob["last_invalidated_direction"][t]
        bounds = ob["last_invalidated_upper"][t], ob["last_invalidated_lower"][t]
        if 76 in on:
            if failed and ms["choch_this_bar"][t] and bounds[0] > bounds[1]:
                out.update(slots.add(direction, *bounds, t))
        else:
            if failed:
                failures[direction] = (t, *bounds)
            if ms["choch_this_bar"][t]:
                turn.clear()
                turn[ms["bias"][t]] = t
            for way in (-1, 1):
                if way in failures and way in turn and abs(failures[way][0] - turn[way]) <= 10:
                    _, upper, lower = failures.pop(way)
                    if not fails({"dir": way, "upper": upper, "lower": lower}, c[t]):
                        out.update(slots.add(way, upper, lower, t))
        mitigated = 0
        for z in slots.all:
            follow = z["state"] == "active" or (z["state"] == "mitigated" and 75 not in on)
            if z["made"] == t or not follow:
                continue
            if fails(z, c[t]):
                z["state"] = "invalidated"
            elif z["state"] == "active" and reached(z, h[t], l[t]):
                z["state"] = "mitigated"
                mitigated = 1
        slots.prune()
        return {**out, "any_mitigated_this_bar": mitigated, **slots.summary(c[t])}

    return rows(len(c), step)


def liquidity_zones(bars, uses, p, on):
    sw = uses["swing"]
    tolerance_atr, sweep_atr, reclaim = 0.3, 0.1, 1
    history = {"high": [], "low": []}
    used = {"high": NAN, "low": NAN}
    zones = []
    version = [0]

    def form(side, tolerance):
        prices = history[side]
        cluster = [x for x in reversed(prices) if abs(x - prices[-1]) <= tolerance]
        if len(cluster) < 2:
            return False
        level = sum(cluster) / len(cluster)
        outer = max(cluster) if side == "high" else min(cluster)
        mine = [z for z in zones if z["side"] == side and z["pierced"] is None]
        for z in mine:
            if abs(z["level"] - level) <= tolerance:
                z.update(level=level, touches=len(cluster), outer=outer)
                return False
        zones.append({"side": side, "level": level, "touches": len(cluster), "outer": outer, "pierced": None})
        all_mine = [z for z in zones if z["side"] == side]
        if len(all_mine) > 5:
            zones.remove(all_mine[0])
        return True

    def step(t):
        h, l, c, a = (bars[k][t] for k in ("high", "low", "close", "atr_14"))
        new, swept = 0, []
        if known(a):
            for side in ("high", "low"):
                idx = sw[f"{side}_idx"][t]
                if known(idx) and idx != used[side]:
                    used[side] = idx
                    history[side] = (history[side] + [sw[f"{side}_level"][t]])[-20:]
                    if form(side, tolerance_atr * a):
                        new = 1
                        version[0] += 1
        for z in list(zones):
            sign = 1 if z["side"] == "high" else -1
            extreme = h if sign == 1 else l
            if z["pierced"] is None and known(a) and sign * extreme > sign * z["level"] + sweep_atr * a:
                z["pierced"] = t
            if z["pierced"] is None:
                continue
            if 78 in on or sign * c < sign * z["level"]:
                swept.append((sign, z["level"]))
                version[0] += 1
            elif t - z["pierced"] < reclaim:
                continue
            zones.remove(z)
            if 77 not in on:
                through = max(sign * z["outer"], sign * extreme)
                history[z["side"]] = [x for x in history[z["side"]] if sign * x > through]
        direction, level = 0, NAN
        if swept and 78 in on:
            direction, level = swept[-1]
        elif swept:
            sides = {s for s, _ in swept}
            direction = sum(sides)
            highs = [x for s, x in swept if s == 1]
            level = max(highs) if highs else min(x for _, x in swept)
        out = {"new_zone_this_bar": new, "sweep_this_bar": int(bool(swept)), "sweep_direction": direction,
               "swept_level": level, "version": version[0]}
        for side in ("high", "low"):
            live = [z for z in zones if z["side"] == side and z["pierced"] is None]
            if 79 not in on:
                live = [z for z in live if (z["level"] >= c if side == "high" else z["level"] <= c)]
            best = min(live, key=lambda z: abs(z["level"] - c)) if live else None
            out[f"nearest_{side}_level"] = best["level"] if best else NAN
            out[f"nearest_{side}_touches"] = best["touches"] if best else 0
        return out

    return rows(len(bars["close"]), step)


# Each detector with the faults that it knows; removing others cannot change it.
DETECTORS = {
    "swing": (swing, {51, 52}),
    "trend": (trend, {55, 56, 57}),
    "market_structure": (market_structure, {58}),
    "fibonacci": (fibonacci, {62}),
    "zone": (zone, {63, 64}),
    "derived_zone": (derived_zone, {65, 66, 67, 68}),
    "rolling_window": (rolling_window, {82}),
    "displacement": (displacement, set()),
    "fair_value_gap": (fair_value_gap, {70, 71}),
    "order_block": (order_block, {70, 73, 74, 75}),
    "liquidity_zones": (liquidity_zones, {77, 78, 79}),
    "premium_discount": (premium_discount, {80}),
    "breaker_block": (breaker_block, {70, 75, 76}),
}
