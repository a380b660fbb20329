"""The reference's zones, gaps, blocks and single bars; see `reference_structures.py`."""

from hashlib import blake2b

from reference_swings import NAN, known, rows


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
