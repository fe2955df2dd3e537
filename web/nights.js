// The nightly dashboard: a bar a day, by what became of its orders; the same as a table.

import { ask } from "./api.js";
import { STATUSES } from "./orders.js";
import { count, dayName, el, money, notice, svg } from "./text.js";

const HEIGHT = 200;
const LEFT = 32;
const BOTTOM = 24;
const TOP = 8;
const MAX_BAR = 44;
// From the axis up; "open" is whatever is not final.
/** Pixels of a label of the axis. */
const LABEL = 64;
const PARTS = { fulfilled: "Fulfilled", open: "Still open", failed: "Failed", cancelled: "Cancelled" };

const body = document.getElementById("nights-body");
const span = document.getElementById("nights-span");

export async function load() {
  body.setAttribute("aria-busy", "true");
  try {
    const { value } = await ask("GET", "/dashboard");
    show(value.days);
  } catch (error) {
    const again = el("button", { class: "quiet small", type: "button", onclick: load }, "Try again");
    body.replaceChildren(notice("bad", el("p", {}, error.message), again));
  } finally {
    body.setAttribute("aria-busy", "false");
  }
}

function show(days) {
  if (!days.length) {
    span.textContent = "";
    body.replaceChildren(el("div", { class: "nothing" },
      el("p", {}, el("strong", {}, "No night has been counted yet.")),
      el("p", { class: "muted" }, "Each night the orders of the day before are counted; the first count appears here.")));
    return;
  }
  const counted = days.map((day) => ({ ...day, parts: partsOf(day.by_status) }));
  const [first, last] = [days[0].day, days.at(-1).day];
  span.textContent = first === last ? dayName(last) : `${dayName(first)} – ${dayName(last)}`;
  const orders = days.reduce((sum, day) => sum + day.placed, 0);
  const drawn = el("div", { class: "chart" });
  body.replaceChildren(tiles(counted, orders), drawn, legend(counted), table(counted));
  // Drawn to measure, so that its text is as large on a phone.
  let width = 0;
  new ResizeObserver(([{ contentRect }]) => {
    const now = Math.round(contentRect.width);
    if (now === width || now < LABEL * 2) return;
    width = now;
    drawn.replaceChildren(chart(counted, orders, width));
  }).observe(drawn);
}

function partsOf(byStatus) {
  const parts = { fulfilled: 0, open: 0, failed: 0, cancelled: 0 };
  for (const [status, number] of Object.entries(byStatus)) parts[status in parts ? status : "open"] += number;
  return parts;
}

function tiles(days, orders) {
  const revenue = new Map();
  for (const day of days) {
    for (const [currency, sum] of Object.entries(day.revenue_by_currency)) {
      revenue.set(currency, (revenue.get(currency) ?? 0) + sum);
    }
  }
  const earned = [...revenue].sort().map(([currency, sum]) => el("span", {}, money(sum, currency)));
  const fulfilled = days.reduce((sum, day) => sum + day.parts.fulfilled, 0);
  const percent = orders ? `${Math.round((100 * fulfilled) / orders)} %` : "–";
  const tile = (label, ...value) => el("div", {}, el("dt", {}, label), el("dd", {}, ...value));
  return el("dl", { class: "tiles" },
    tile("Placed", orders.toLocaleString()),
    tile("Fulfilled", percent),
    tile("Revenue", ...(earned.length ? earned : ["–"])));
}

/** The next round number of orders above: 1, 2, 5, 10, 20 ... times four steps. */
function stepOf(most) {
  for (let size = 1; ; size *= 10) for (const step of [size, 2 * size, 5 * size]) if (step * 4 >= most) return step;
}

function chart(days, orders, whole) {
  const most = Math.max(1, ...days.map((day) => day.placed));
  const step = stepOf(most);
  const top = step * Math.ceil(most / step);
  const height = HEIGHT - BOTTOM - TOP;
  const y = (number) => TOP + height - (height * number) / top;
  const slot = (whole - LEFT) / days.length;
  const width = Math.min(MAX_BAR, slot * 0.72);
  const drawn = svg("svg", {
    viewBox: `0 0 ${whole} ${HEIGHT}`, width: whole, height: HEIGHT, role: "img",
    "aria-label": `Bar chart of ${count(orders, "order")} on ${count(days.length, "day")}; the table below has the numbers.`,
  });
  for (let number = 0; number <= top; number += step) {
    drawn.append(
      svg("line", { x1: LEFT, x2: whole, y1: y(number), y2: y(number), class: number ? "grid" : "axis" }),
      svg("text", { x: LEFT - 8, y: y(number) + 4, class: "tick end" }, number.toLocaleString()));
  }
  const every = Math.ceil(LABEL / slot);
  days.forEach((day, index) => {
    const x = LEFT + slot * index + (slot - width) / 2;
    const bar = svg("g", {}, svg("title", {}, `${dayName(day.day)}: ${told(day)}`));
    let sum = 0;
    for (const [part, number] of Object.entries(day.parts)) {
      if (!number) continue;
      bar.append(svg("rect", { x, width, y: y(sum + number), height: y(sum) - y(sum + number), class: `part ${part}` }));
      sum += number;
    }
    drawn.append(bar);
    if ((days.length - 1 - index) % every === 0) {
      drawn.append(svg("text", { x: Math.min(x + width / 2, whole - 22), y: HEIGHT - 6, class: "tick middle" }, dayName(day.day)));
    }
  });
  return drawn;
}

function told(day) {
  const parts = Object.entries(day.parts).filter(([, number]) => number);
  return `${count(day.placed, "order")}${parts.length ? ": " : ""}${parts.map(([part, n]) => `${n} ${PARTS[part].toLowerCase()}`).join(", ")}`;
}

function legend(days) {
  const there = Object.keys(PARTS).filter((part) => days.some((day) => day.parts[part]));
  return el("ul", { class: "legend", "aria-hidden": "true" },
    ...there.map((part) => el("li", { class: part }, PARTS[part])));
}

function table(days) {
  const head = ["Day", "Placed", ...Object.values(STATUSES), "Revenue"];
  // "Placed" is the first count and a status as well.
  head[2] = "Not begun";
  const rows = days.toReversed().map((day) => el("tr", {},
    el("th", { scope: "row" }, el("time", { datetime: day.day }, dayName(day.day))),
    el("td", {}, day.placed.toLocaleString()),
    ...Object.keys(STATUSES).map((status) => el("td", {}, (day.by_status[status] ?? 0).toLocaleString())),
    el("td", {}, Object.entries(day.revenue_by_currency).map(([currency, sum]) => money(sum, currency)).join(", ") || "–")));
  return el("details", { class: "as-table" },
    el("summary", {}, "Show as a table"),
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Orders by day" },
      el("table", {},
        el("caption", { class: "unseen" }, "Orders by day and status, the newest day first"),
        el("thead", {}, el("tr", {}, ...head.map((name) => el("th", { scope: "col" }, name)))),
        el("tbody", {}, ...rows))));
}
