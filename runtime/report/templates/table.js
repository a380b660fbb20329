// The table of trades: sorted by a click on a column's head, in pages; a click on a row shows the trade on the chart.
"use strict";
(() => {
  const table = document.getElementById("table");
  if (!table) return;
  const PAGE = 100;
  const fixed = (digits) => (value) => value.toLocaleString("en-US",
    { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const signed = (value) => (value > 0 ? "up" : value < 0 ? "down" : "");
  // Head, value to sort by, text, class.
  const columns = [
    ["#", (t) => t.id, String],
    ["side", (t) => t.side, (side) => (side > 0 ? "long" : "short")],
    ["entry (UTC)", (t) => t.entryTime, chart.clock],
    ["price", (t) => t.entry, chart.price, "n"],
    ["exit (UTC)", (t) => t.exitTime, chart.clock],
    ["price", (t) => t.exit, chart.price, "n"],
    ["reason", (t) => t.reason, String],
    ["quantity", (t) => t.qty, (qty) => String(+qty.toPrecision(6)), "n"],
    ["bars", (t) => t.bars, String, "n"],
    ["fees", (t) => t.fees, fixed(2), "n"],
    ["net USDT", (t) => t.net, fixed(2), "n", signed],
    ["net %", (t) => t.pct, fixed(2), "n", signed],
  ];
  const order = chart.trades.map((_, i) => i);
  let sorted = 0, rising = true, page = 0, chosen = -1;

  const head = table.createTHead().insertRow();
  columns.forEach(([name, , , kind], number) => {
    const cell = document.createElement("th");
    cell.textContent = name;
    cell.className = kind || "";
    cell.tabIndex = 0;
    cell.addEventListener("click", () => sort(number));
    cell.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(number); });
    head.append(cell);
  });
  const body = table.createTBody();
  const pager = document.getElementById("pager");
  const [back, on] = ["\u2039", "\u203a"].map((text, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => { page += i ? 1 : -1; fill(); });
    return button;
  });
  const where = document.createElement("small");
  pager.append(back, on, where);

  function sort(number) {
    rising = number === sorted ? !rising : true;
    sorted = number;
    const value = columns[number][1];
    order.sort((a, b) => {
      const [left, right] = [value(chart.trades[a]), value(chart.trades[b])];
      const by = left < right ? -1 : left > right ? 1 : 0;
      return (rising ? by : -by) || a - b;
    });
    page = 0;
    fill();
  }

  function fill() {
    const from = page * PAGE, end = Math.min(order.length, from + PAGE);
    body.replaceChildren(...order.slice(from, end).map(row));
    [...head.cells].forEach((cell, number) => {
      if (number === sorted) cell.setAttribute("aria-sort", rising ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    });
    where.textContent = `${from + 1} to ${end} of ${order.length}`;
    back.disabled = page === 0;
    on.disabled = end === order.length;
    back.hidden = on.hidden = order.length <= PAGE;
  }

  function row(i) {
    const trade = chart.trades[i], line = document.createElement("tr");
    for (const [, value, text, kind, colour] of columns) {
      const cell = line.insertCell();
      cell.textContent = text(value(trade));
      cell.className = [kind, colour && colour(value(trade))].filter(Boolean).join(" ");
    }
    line.classList.toggle("chosen", i === chosen);
    line.addEventListener("click", () => {
      chart.select(i);
      document.getElementById("chart").scrollIntoView();
    });
    return line;
  }

  document.addEventListener("trade-chosen", (event) => {
    chosen = event.detail;
    const place = order.indexOf(chosen);
    if (place >= 0) page = Math.floor(place / PAGE);
    fill();
  });
  fill();
})();
