// Files of orders: chosen or dropped, sent with their hash, and what became of them.

import { ask, newKey } from "./api.js";
import { refresh } from "./orders.js";
import { count, el, notice, say, TAKES } from "./text.js";

const MOST = 4_500_000;
const SHOWN = 100;
const HINTS = { ...TAKES, unit_price: "A whole number of minor units (cents of EUR) from 0 to 100,000,000." };
const PATIENCE = 120_000;

const drop = document.getElementById("drop");
const input = document.getElementById("file");
const list = document.getElementById("uploads");

export function start() {
  input.addEventListener("change", () => {
    take([...input.files]);
    // The same file again is a change again.
    input.value = "";
  });
  let over = 0;
  const mark = () => drop.classList.toggle("over", over > 0);
  drop.addEventListener("dragenter", () => { over += 1; mark(); });
  drop.addEventListener("dragleave", () => { over -= 1; mark(); });
  drop.addEventListener("drop", (event) => {
    over = 0;
    mark();
    take([...event.dataTransfer.files]);
  });
  // A file that misses the zone would replace the page.
  for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault());
}

function take(files) {
  for (const file of files) send(file);
}

async function send(file) {
  const body = el("div", { class: "upload-body" });
  const entry = el("li", { class: "upload" }, el("div", { class: "upload-head" },
    el("strong", {}, file.name), el("span", { class: "muted small" }, size(file.size))), body);
  list.prepend(entry);
  if (file.size > MOST) return fail(body, file, `It has ${size(file.size)}, and ${size(MOST)} is the most. Cut it into several files, each with the first line.`);
  if (!file.size) return fail(body, file, "It is empty.");
  return attempt(file, newKey(), body);
}

async function attempt(file, key, body) {
  busy(body, "Sending…");
  try {
    const content = await file.arrayBuffer();
    const headers = {
      // As bytes: what a function URL takes for text may arrive as other text.
      "content-type": "application/octet-stream",
      "idempotency-key": key,
    };
    const { value } = await ask("POST", `/uploads?${new URLSearchParams({ name: file.name })}`, { body: content, headers });
    await follow(file, value.id, body);
  } catch (error) {
    // By the same key it is kept at the same place, so that each row is one order.
    fail(body, file, error.message, error.passes && (() => attempt(file, key, body)));
  }
}

async function follow(file, id, body) {
  const until = Date.now() + PATIENCE;
  busy(body, "Importing…");
  for (let pause = 500; Date.now() < until; pause = Math.min(5000, pause * 1.5)) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      const { status, value, wait } = await ask("GET", `/uploads/${encodeURIComponent(id)}`);
      if (status === 200 && value.summary.status !== "incomplete") return report(file, value, body);
      pause = Math.max(pause, wait * 500);
    } catch (error) {
      if (!error.passes) throw error;
    }
  }
  const again = el("button", { class: "quiet small", type: "button", onclick: () => follow(file, id, body) }, "Look again");
  body.replaceChildren(notice("plain", el("p", {}, "It was sent, and there is no report on it yet."), again));
  say(`There is no report on ${file.name} yet.`);
}

function report(file, { summary, refused }, body) {
  if (summary.status === "rejected") return fail(body, file, summary.reason);
  const imported = `${count(summary.orders, "order")} imported`;
  const text = summary.refused ? `${imported}, ${count(summary.refused, "row")} refused.` : `${imported}.`;
  body.replaceChildren(notice(summary.refused ? "plain" : "good", el("p", {}, text)));
  if (refused.length) body.append(rowsOf(file, summary, refused.slice(0, SHOWN)));
  say(`${file.name}: ${text}`);
  refresh();
}

function rowsOf(file, summary, refused) {
  const rows = refused.flatMap(({ line, reference, problems }) => problems.map(({ column, detail }, index) => {
    // What was expected is said in the terms of the code that reads it.
    const words = detail.startsWith("Expected `") ? (HINTS[column] ?? detail) : detail;
    const why = el("td", { title: detail }, column ? el("code", {}, column) : "", column ? " " : "", words);
    if (index) return el("tr", {}, why);
    const rowspan = problems.length;
    return el("tr", {}, el("th", { scope: "row", rowspan }, String(line)), el("td", { rowspan }, reference || "–"), why);
  }));
  const left = summary.refused - refused.length;
  return el("div", {},
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Refused rows of ${file.name}` },
      el("table", { class: "refused" },
        el("thead", {}, el("tr", {}, ...["Line", "Reference", "Why"].map((name) => el("th", { scope: "col" }, name)))),
        el("tbody", {}, ...rows))),
    left > 0 ? el("p", { class: "muted small" }, `And ${count(left, "more row")}, which the report in the bucket has.`) : null);
}

function busy(body, text) {
  body.replaceChildren(el("p", { class: "busy muted" }, text));
}

function fail(body, file, why, again) {
  const button = again && el("button", { class: "quiet small", type: "button", onclick: again }, "Try again");
  body.replaceChildren(notice("bad", el("p", {}, why), button || null));
  say(`${file.name}: ${why}`);
}

function size(bytes) {
  if (bytes < 1000) return count(bytes, "byte");
  const [unit, of] = bytes < 1_000_000 ? ["kB", 1000] : ["MB", 1_000_000];
  return `${(bytes / of).toLocaleString(undefined, { maximumFractionDigits: 1 })} ${unit}`;
}
