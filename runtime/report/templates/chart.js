// The price chart: candles, indicators and trades on a canvas; zoom with the wheel, move by dragging.
// Positions along x are candle numbers: candle i covers i to i + 1, so that gaps in the data take no room.
"use strict";
const chart = (() => {
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const canvas = document.getElementById("canvas");
  const overview = document.getElementById("overview");
  const count = data.open.length;
  const AXIS = 74, PRICE_HEIGHT = 400, PANE_HEIGHT = 110, GAP = 8, TIME_HEIGHT = 24, FEWEST = 12;
  const COLOURS = ["#3b82d6", "#d98a1f", "#9b5fd0", "#2aa198", "#d0568f", "#7a8a1f", "#5f7fae", "#b5651d"];

  const times = [data.start];
  for (const step of data.steps) times.push(times[times.length - 1] + step * data.period);
  const trades = data.trades.map(([id, side, entryTime, entry, exitTime, exit, reason, qty, net, pct, fees, bars,
    stop, stopFinal, target, exits]) => ({
    id, side, entryTime, entry, exitTime, exit, reason: data.reasons[reason], qty, net, pct, fees, bars, stop,
    stopFinal, target, exits, from: position(entryTime), to: position(exitTime),
  }));

  // Number of the last candle that opens at or before the time.
  function candleAt(time) {
    let low = 0, high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] <= time) low = middle + 1; else high = middle;
    }
    return low - 1;
  }
  function position(time) {
    const candle = Math.max(0, candleAt(time));
    return candle + Math.min(1, Math.max(0, (time - times[candle]) / data.period));
  }

  // Panes: the price first, then one for each group of indicators that are no prices.
  const overlays = data.overlays.map((o, i) => ({ ...o, colour: COLOURS[i % COLOURS.length], shown: true }));
  const paneNames = [...new Set(overlays.filter((o) => o.pane).map((o) => o.pane))];
  overlays.filter((o) => !o.pane).slice(8).forEach((o) => { o.shown = false; });
  overlays.filter((o) => paneNames.indexOf(o.pane) >= 3).forEach((o) => { o.shown = false; });

  const view = { from: 0, to: Math.max(1, count) };
  const first = Math.max(0, candleAt(data.from));
  let chosen = -1, pointer = null, colours = {}, panes = [], width = 0, scheduled = false;

  function readColours() {
    const style = getComputedStyle(document.documentElement);
    for (const name of ["ink", "soft", "line", "card", "accent", "up", "down", "stop", "target"]) {
      colours[name] = style.getPropertyValue("--" + name).trim();
    }
  }

  function layout() {
    width = canvas.clientWidth;
    panes = [{ name: "", top: 0, height: PRICE_HEIGHT }];
    let top = PRICE_HEIGHT + GAP;
    for (const name of paneNames) {
      if (!overlays.some((o) => o.pane === name && o.shown)) continue;
      panes.push({ name, top, height: PANE_HEIGHT });
      top += PANE_HEIGHT + GAP;
    }
    size(canvas, width, top - GAP + TIME_HEIGHT);
    size(overview, width, 44);
  }
  function size(element, wide, high) {
    const ratio = window.devicePixelRatio || 1;
    element.style.height = high + "px";
    element.width = Math.round(wide * ratio);
    element.height = Math.round(high * ratio);
    element.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  const plotWidth = () => width - AXIS;
  const xOf = (at) => (at - view.from) / (view.to - view.from) * plotWidth();
  const atOf = (x) => view.from + x / plotWidth() * (view.to - view.from);
  const visible = () => [Math.max(0, Math.floor(view.from)), Math.min(count, Math.ceil(view.to))];
  const price = (value) => value === null ? "-" : value.toLocaleString("en-US",
    { minimumFractionDigits: data.digits, maximumFractionDigits: data.digits });
  const short = (value) => value === null || value === undefined ? "-"
    : Math.abs(value) >= 1e5 ? value.toLocaleString("en-US", { maximumFractionDigits: 0 }) : String(+value.toPrecision(6));
  const clock = (time) => new Date(time).toISOString().replace("T", " ").slice(0, 16);

  function draw() {
    scheduled = false;
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, width, canvas.clientHeight);
    pen.font = "11.5px system-ui, sans-serif";
    if (count === 0) {
      pen.fillStyle = colours.soft;
      pen.fillText("There are no bars.", 12, 24);
      return;
    }
    for (const pane of panes) {
      range(pane);
      frame(pen, pane);
      pen.save();
      pen.beginPath();
      pen.rect(0, pane.top, plotWidth(), pane.height);
      pen.clip();
      if (pane.name === "") { candles(pen, pane); }
      for (const overlay of overlays) if (overlay.shown && overlay.pane === pane.name) line(pen, pane, overlay);
      if (pane.name === "") drawTrades(pen, pane);
      pen.restore();
    }
    timeAxis(pen);
    readout(pen);
    drawOverview();
  }
  function redraw() {
    if (!scheduled) { scheduled = true; requestAnimationFrame(draw); }
  }

  // The lowest and highest value of what a pane shows.
  function range(pane) {
    const [from, to] = visible();
    let low = Infinity, high = -Infinity;
    const take = (values) => {
      for (let i = from; i < to; i++) {
        const value = values[i];
        if (value !== null) { if (value < low) low = value; if (value > high) high = value; }
      }
    };
    if (pane.name === "") { take(data.low); take(data.high); }
    // A level far from the price does not squeeze the candles.
    const room = pane.name === "" ? (high - low) * 0.6 : Infinity;
    const [floor, ceiling] = [low - room, high + room];
    for (const overlay of overlays) {
      if (!overlay.shown || overlay.pane !== pane.name) continue;
      if (pane.name !== "") { take(overlay.values); continue; }
      for (let i = from; i < to; i++) {
        const value = overlay.values[i];
        if (value !== null && value > floor && value < ceiling) { low = Math.min(low, value); high = Math.max(high, value); }
      }
    }
    const trade = pane.name === "" && trades[chosen];
    if (trade && trade.to > view.from && trade.from < view.to) {
      for (const level of [trade.stop, trade.stopFinal, trade.target]) {
        if (level !== null) { low = Math.min(low, level); high = Math.max(high, level); }
      }
    }
    if (!(low <= high)) [low, high] = [0, 1];
    const margin = (high - low) * 0.06 || Math.abs(high) * 0.01 || 1;
    pane.low = low - margin;
    pane.high = high + margin;
  }
  const yOf = (pane, value) => pane.top + (pane.high - value) / (pane.high - pane.low) * pane.height;

  function roundStep(rough) {
    const power = 10 ** Math.floor(Math.log10(rough));
    return [1, 2, 2.5, 5, 10].find((s) => s * power >= rough * 0.999) * power;
  }

  function frame(pen, pane) {
    const step = roundStep((pane.high - pane.low) / (pane.height / 55));
    pen.strokeStyle = colours.line;
    pen.fillStyle = colours.soft;
    pen.lineWidth = 1;
    pen.textAlign = "left";
    pen.beginPath();
    for (let tick = Math.ceil(pane.low / step) * step; tick <= pane.high; tick += step) {
      const y = Math.round(yOf(pane, tick)) + 0.5;
      pen.moveTo(0, y);
      pen.lineTo(plotWidth(), y);
      if (y > pane.top + 6 && y < pane.top + pane.height - 4) {
        pen.fillText(pane.name === "" ? price(tick) : short(+tick.toPrecision(12)), plotWidth() + 6, y + 4);
      }
    }
    pen.rect(0.5, pane.top + 0.5, plotWidth() - 1, pane.height - 1);
    pen.stroke();
  }

  function candles(pen, pane) {
    const [from, to] = visible();
    const each = plotWidth() / (view.to - view.from);
    const start = xOf(first);
    if (start > 0) {
      pen.fillStyle = colours.line;
      pen.globalAlpha = 0.45;
      pen.fillRect(0, pane.top, start, pane.height);
      pen.globalAlpha = 1;
      pen.fillStyle = colours.soft;
      pen.textAlign = "left";
      if (start > 70) pen.fillText("warm-up", 8, pane.top + pane.height - 8);
    }
    if (each < 2.5) return columns(pen, pane, from, to);
    const body = Math.max(1, Math.min(14, each * 0.7));
    for (let i = from; i < to; i++) {
      const x = xOf(i + 0.5), up = data.close[i] >= data.open[i];
      pen.strokeStyle = pen.fillStyle = up ? colours.up : colours.down;
      pen.beginPath();
      pen.moveTo(x, yOf(pane, data.high[i]));
      pen.lineTo(x, yOf(pane, data.low[i]));
      pen.stroke();
      const top = yOf(pane, Math.max(data.open[i], data.close[i]));
      const bottom = yOf(pane, Math.min(data.open[i], data.close[i]));
      pen.fillRect(x - body / 2, top, body, Math.max(1, bottom - top));
    }
  }

  // More candles than pixels: for each column of pixels the whole range, so that no extreme is lost.
  function columns(pen, pane, from, to) {
    pen.strokeStyle = colours.soft;
    pen.beginPath();
    for (let i = from; i < to;) {
      const x = Math.floor(xOf(i + 0.5));
      let low = Infinity, high = -Infinity;
      for (; i < to && Math.floor(xOf(i + 0.5)) === x; i++) {
        low = Math.min(low, data.low[i]);
        high = Math.max(high, data.high[i]);
      }
      pen.moveTo(x + 0.5, yOf(pane, high));
      pen.lineTo(x + 0.5, Math.max(yOf(pane, low), yOf(pane, high) + 1));
    }
    pen.stroke();
  }

  function line(pen, pane, overlay) {
    const [from, to] = visible();
    const values = overlay.values;
    const each = plotWidth() / (view.to - view.from);
    pen.strokeStyle = overlay.colour;
    pen.lineWidth = 1.3;
    pen.beginPath();
    let open = false, before = 0;
    for (let i = Math.max(0, from - 1); i < Math.min(count, to + 1);) {
      if (values[i] === null) { open = false; i++; continue; }
      const x = xOf(i + 0.5);
      if (each < 0.5) {
        // As with candles: the range of each column of pixels.
        let low = values[i], high = values[i], last = values[i];
        const column = Math.floor(x);
        for (i++; i < to && values[i] !== null && Math.floor(xOf(i + 0.5)) === column; i++) {
          last = values[i];
          low = Math.min(low, last);
          high = Math.max(high, last);
        }
        if (open) pen.lineTo(x, yOf(pane, low)); else pen.moveTo(x, yOf(pane, low));
        pen.lineTo(x, yOf(pane, high));
        pen.lineTo(x, yOf(pane, last));
      } else {
        if (!open) pen.moveTo(x, yOf(pane, values[i]));
        else if (overlay.step) { pen.lineTo(x, yOf(pane, before)); pen.lineTo(x, yOf(pane, values[i])); }
        else pen.lineTo(x, yOf(pane, values[i]));
        before = values[i];
        i++;
      }
      open = true;
    }
    pen.stroke();
    pen.lineWidth = 1;
  }

  function drawTrades(pen, pane) {
    trades.forEach((trade, i) => {
      if (trade.to < view.from || trade.from > view.to) return;
      const left = xOf(trade.from), right = Math.max(xOf(trade.to), left + 1);
      const colour = trade.net >= 0 ? colours.up : colours.down;
      if (i === chosen) {
        pen.fillStyle = colour;
        pen.globalAlpha = 0.12;
        pen.fillRect(left, pane.top, right - left, pane.height);
        pen.globalAlpha = 1;
      }
      if (right - left >= 3 || i === chosen) levels(pen, pane, trade, left, right);
      pen.strokeStyle = colour;
      pen.lineWidth = i === chosen ? 2 : 1.2;
      pen.setLineDash([3, 2]);
      stroke(pen, left, yOf(pane, trade.entry), right, yOf(pane, trade.exit));
      pen.setLineDash([]);
      arrow(pen, left, yOf(pane, trade.entry), trade.side, trade.side > 0 ? colours.up : colours.down);
      const exits = trade.exits.length ? trade.exits : [[trade.exitTime, trade.exit]];
      if (trade.reason !== "open") for (const [time, at] of exits) cross(pen, xOf(position(time)), yOf(pane, at));
      pen.lineWidth = 1;
    });
  }
  function levels(pen, pane, trade, left, right) {
    pen.globalAlpha = 0.8;
    pen.strokeStyle = colours.stop;
    if (trade.stop !== null) stroke(pen, left, yOf(pane, trade.stop), right, yOf(pane, trade.stop));
    if (trade.stopFinal !== null && trade.stopFinal !== trade.stop) {
      stroke(pen, Math.max(left, right - 8), yOf(pane, trade.stopFinal), right + 4, yOf(pane, trade.stopFinal));
    }
    pen.strokeStyle = colours.target;
    if (trade.target !== null) stroke(pen, left, yOf(pane, trade.target), right, yOf(pane, trade.target));
    pen.globalAlpha = 1;
  }
  function stroke(pen, x1, y1, x2, y2) {
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.lineTo(x2, y2);
    pen.stroke();
  }
  function arrow(pen, x, y, side, colour) {
    pen.fillStyle = colour;
    pen.strokeStyle = colours.card;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(x - 5, y + 9 * side);
    pen.lineTo(x + 5, y + 9 * side);
    pen.closePath();
    pen.fill();
    pen.stroke();
  }
  function cross(pen, x, y) {
    pen.strokeStyle = colours.ink;
    pen.lineWidth = 1.6;
    stroke(pen, x - 3.5, y - 3.5, x + 3.5, y + 3.5);
    stroke(pen, x - 3.5, y + 3.5, x + 3.5, y - 3.5);
  }

  function timeAxis(pen) {
    const bottom = panes[panes.length - 1].top + panes[panes.length - 1].height;
    const every = Math.max(1, Math.ceil((view.to - view.from) / (plotWidth() / 110)));
    const days = every * data.period >= 86400000;
    pen.fillStyle = colours.soft;
    pen.textAlign = "center";
    for (let i = Math.ceil(view.from / every) * every; i < Math.min(view.to, count); i += every) {
      const label = days ? clock(times[i]).slice(0, 10) : clock(times[i]).slice(5);
      const x = xOf(i);
      if (x > 40 && x < plotWidth() - 40) pen.fillText(label, x, bottom + 17);
    }
  }

  // Cross hairs and the values under the pointer, or those of the last candle.
  function readout(pen) {
    const inside = pointer && pointer.x < plotWidth();
    const candle = Math.min(count - 1, Math.max(0, Math.floor(inside ? atOf(pointer.x) : Math.min(view.to, count) - 1)));
    if (inside) {
      pen.strokeStyle = colours.soft;
      pen.setLineDash([2, 3]);
      const x = xOf(candle + 0.5), bottom = panes[panes.length - 1].top + panes[panes.length - 1].height;
      stroke(pen, x, 0, x, bottom);
      stroke(pen, 0, pointer.y, plotWidth(), pointer.y);
      pen.setLineDash([]);
      const pane = panes.find((p) => pointer.y >= p.top && pointer.y <= p.top + p.height);
      if (pane) {
        const value = pane.high - (pointer.y - pane.top) / pane.height * (pane.high - pane.low);
        tag(pen, pane.name === "" ? price(value) : short(value), pointer.y);
      }
    }
    pen.textAlign = "left";
    const head = `${clock(times[candle])}   O ${price(data.open[candle])}   H ${price(data.high[candle])}   ` +
      `L ${price(data.low[candle])}   C ${price(data.close[candle])}`;
    caption(pen, head, 8, 17, colours.ink);
    for (const pane of panes) {
      let x = 8, y = pane.top + (pane.name === "" ? 34 : 17);
      for (const overlay of overlays) {
        if (!overlay.shown || overlay.pane !== pane.name) continue;
        const text = `${overlay.name} ${short(overlay.values[candle])}`;
        const wide = pen.measureText(text).width + 16;
        if (x > 8 && x + wide > plotWidth()) { x = 8; y += 16; }
        caption(pen, text, x, y, overlay.colour);
        x += wide;
      }
    }
  }
  function caption(pen, text, x, y, colour) {
    pen.fillStyle = colours.card;
    pen.globalAlpha = 0.75;
    pen.fillRect(x - 3, y - 12, pen.measureText(text).width + 6, 16);
    pen.globalAlpha = 1;
    pen.fillStyle = colour;
    pen.fillText(text, x, y);
  }
  function tag(pen, text, y) {
    pen.fillStyle = colours.ink;
    pen.fillRect(plotWidth(), y - 9, AXIS, 18);
    pen.fillStyle = colours.card;
    pen.textAlign = "left";
    pen.fillText(text, plotWidth() + 6, y + 4);
  }

  function drawOverview() {
    const pen = overview.getContext("2d"), high = 44, wide = plotWidth();
    pen.clearRect(0, 0, width, high);
    const low = data.low.reduce((a, b) => Math.min(a, b), Infinity);
    const top = data.high.reduce((a, b) => Math.max(a, b), -Infinity);
    const y = (value) => 3 + (top - value) / (top - low || 1) * (high - 6);
    pen.strokeStyle = colours.soft;
    pen.beginPath();
    data.close.forEach((close, i) => pen.lineTo((i + 0.5) / count * wide, y(close)));
    pen.stroke();
    const left = view.from / count * wide, right = view.to / count * wide;
    pen.fillStyle = pen.strokeStyle = colours.accent;
    pen.globalAlpha = 0.16;
    pen.fillRect(left, 0, Math.max(3, right - left), high);
    pen.globalAlpha = 1;
    pen.strokeRect(left + 0.5, 0.5, Math.max(3, right - left) - 1, high - 1);
  }

  function show(from, to) {
    const span = Math.min(count, Math.max(Math.min(FEWEST, count), to - from));
    const middle = (from + to) / 2;
    view.from = Math.min(Math.max(0, middle - span / 2), count - span);
    view.to = view.from + Math.max(1, span);
    redraw();
  }
  function zoom(by, at) {
    const share = (at - view.from) / (view.to - view.from);
    const span = Math.min(count, Math.max(FEWEST, (view.to - view.from) * by));
    show(at - share * span, at + (1 - share) * span);
  }
  const move = (by) => show(view.from + by, view.to + by);

  function select(i) {
    if (i < 0 || i >= trades.length) return;
    chosen = i;
    const trade = trades[i], held = trade.to - trade.from;
    const around = Math.max(40, held * 0.6);
    show(trade.from - around, trade.to + around);
    document.dispatchEvent(new CustomEvent("trade-chosen", { detail: i }));
  }

  function listen() {
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) return move(event.deltaX / plotWidth() * (view.to - view.from));
      zoom(Math.exp(Math.max(-120, Math.min(120, event.deltaY)) * 0.0025), atOf(Math.min(event.offsetX, plotWidth())));
    }, { passive: false });
    let grip = null;
    canvas.addEventListener("pointerdown", (event) => {
      grip = { x: event.offsetX, from: view.from, to: view.to };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      pointer = { x: event.offsetX, y: event.offsetY };
      if (!grip) return redraw();
      const by = (grip.x - event.offsetX) / plotWidth() * (grip.to - grip.from);
      show(grip.from + by, grip.to + by);
    });
    canvas.addEventListener("pointerup", () => { grip = null; });
    canvas.addEventListener("pointercancel", () => { grip = null; });
    canvas.addEventListener("pointerleave", () => { pointer = null; redraw(); });
    canvas.addEventListener("dblclick", () => show(0, count));
    canvas.addEventListener("keydown", (event) => {
      const tenth = (view.to - view.from) / 10, middle = (view.from + view.to) / 2;
      const keys = {
        ArrowLeft: () => move(-tenth), ArrowRight: () => move(tenth),
        "+": () => zoom(0.7, middle), "-": () => zoom(1.4, middle),
      };
      if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
    });
    const jump = (event) => {
      const at = event.offsetX / plotWidth() * count, half = (view.to - view.from) / 2;
      show(at - half, at + half);
    };
    overview.addEventListener("pointerdown", (event) => { overview.setPointerCapture(event.pointerId); jump(event); });
    overview.addEventListener("pointermove", (event) => { if (event.buttons) jump(event); });
    const actions = {
      all: () => show(0, count),
      in: () => zoom(0.6, (view.from + view.to) / 2),
      out: () => zoom(1.7, (view.from + view.to) / 2),
      previous: () => select(chosen < 0 ? trades.length - 1 : Math.max(0, chosen - 1)),
      next: () => select(Math.min(trades.length - 1, chosen + 1)),
    };
    for (const button of document.querySelectorAll("[data-do]")) {
      button.addEventListener("click", actions[button.dataset.do]);
      if (trades.length === 0 && ["previous", "next"].includes(button.dataset.do)) button.disabled = true;
    }
    const resized = () => { readColours(); layout(); redraw(); };
    window.addEventListener("resize", resized);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", resized);
    // Paper is white, whatever the screen: the canvas must be drawn again in its colours.
    const paper = (on) => { document.documentElement.classList.toggle("print", on); readColours(); layout(); draw(); };
    window.addEventListener("beforeprint", () => paper(true));
    window.addEventListener("afterprint", () => paper(false));
  }

  function legend() {
    const place = document.getElementById("legend");
    for (const overlay of overlays) {
      const button = document.createElement("button");
      const mark = document.createElement("i");
      button.type = "button";
      mark.style.background = overlay.colour;
      button.append(mark, overlay.name);
      button.setAttribute("aria-pressed", overlay.shown);
      button.addEventListener("click", () => {
        overlay.shown = !overlay.shown;
        button.setAttribute("aria-pressed", overlay.shown);
        layout();
        redraw();
      });
      place.append(button);
    }
  }

  // At first the last part of the run, at a size at which candles can be told apart.
  function start() {
    readColours();
    legend();
    layout();
    listen();
    const span = Math.min(count, Math.max(120, Math.floor(plotWidth() / 5)));
    const last = trades.length ? Math.min(count, trades[trades.length - 1].to + span * 0.1) : count;
    show(last - span, last);
  }
  start();
  return { trades, select, price, clock };
})();
