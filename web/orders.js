// The list of orders: newest first, by status, kept up to date without hurry.

import { ask, ApiError } from "./api.js";
import { atMoment, count, el, money, notice, say, since } from "./text.js";

export const STATUSES = {
  placed: "Placed",
  fulfilling: "Fulfilling",
  awaiting_approval: "Awaiting approval",
  fulfilled: "Fulfilled",
  failed: "Failed",
  cancelled: "Cancelled",
};
const FINAL = new Set(["fulfilled", "failed", "cancelled"]);
const CANCELLABLE = new Set(["placed", "awaiting_approval"]);
const PAGE = 10;
const MOST = 100;
// While something moves, while nothing does, and at the longest when the API has trouble.
const SOON = 2.5;
const LATER = 15;
const LATEST = 60;

const byId = (id) => document.getElementById(id);
const list = byId("orders-list");
const trouble = byId("orders-trouble");
const empty = byId("orders-empty");
const more = byId("more");
const live = byId("live");
const liveSaid = byId("live-said");

/** Orders by id that are shown, each with its element; in their order. */
let shown = new Map();
/** Orders of this page's own whose way is told as it goes. */
const watched = new Set();
let status = "";
let cursor = null;
let loaded = false;
let failures = 0;
let timer = 0;
let running = null;

export function start() {
  const filter = byId("filter");
  for (const [value, label] of Object.entries({ "": "All", ...STATUSES })) {
    const radio = el("input", { type: "radio", name: "status", value, checked: value === status });
    filter.append(el("label", { class: "chip" }, radio, el("span", {}, label)));
  }
  filter.addEventListener("change", (event) => {
    status = event.target.value;
    shown = new Map();
    cursor = null;
    loaded = false;
    list.replaceChildren();
    refresh();
  });
  more.addEventListener("click", loadMore);
  live.addEventListener("change", () => (live.checked ? refresh() : rest()));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else if (live.checked) refresh();
  });
  addEventListener("online", () => live.checked && refresh());
  setInterval(tellTimes, 20_000);
  refresh();
}

/** Show an order that was placed just now, and tell what becomes of it. */
export function watch(order) {
  watched.add(order.id);
  if (status && status !== order.status) byId("filter").querySelector("input").click();
  else refresh();
}

/** Look now. */
export async function refresh() {
  clearTimeout(timer);
  running?.abort();
  const own = (running = new AbortController());
  if (!loaded) bones();
  const limit = Math.min(MOST, Math.max(PAGE, shown.size));
  try {
    const { value } = await ask("GET", `/orders?${query(limit)}`, { signal: own.signal });
    failures = 0;
    loaded = true;
    show(value, limit);
    trouble.replaceChildren();
    plan();
  } catch (error) {
    if (own.signal.aborted) return;
    failures += 1;
    const seconds = plan(error.wait);
    tellTrouble(error, seconds);
  }
}

function query(limit, from = null) {
  const asked = new URLSearchParams({ limit });
  if (status) asked.set("status", status);
  if (from) asked.set("cursor", from);
  return asked;
}

/** Look again after a while; returns how long that is, 0 for never. */
function plan(wait = 0) {
  clearTimeout(timer);
  if (!live.checked || document.hidden) {
    liveSaid.textContent = "";
    return 0;
  }
  const moves = [...shown.values()].some(({ order }) => !FINAL.has(order.status) && order.status !== "awaiting_approval");
  const calm = moves ? SOON : LATER;
  const seconds = failures ? Math.max(wait, Math.min(LATEST, SOON * 2 ** failures)) : calm;
  liveSaid.textContent = failures ? "" : moves ? "Orders are on their way" : "";
  // Not all pages at the same moment.
  timer = setTimeout(refresh, seconds * 1000 * (0.9 + Math.random() * 0.2));
  return seconds;
}

function rest() {
  clearTimeout(timer);
  liveSaid.textContent = "";
}

function show(page, limit) {
  const known = shown;
  // What was loaded beyond the page that is looked at again stays as it was.
  const rest = [...known.values()].slice(limit).filter(({ order }) => !page.orders.some((o) => o.id === order.id));
  shown = new Map();
  for (const order of page.orders) shown.set(order.id, kept(known, order));
  for (const each of rest) shown.set(each.order.id, each);
  if (!rest.length) cursor = page.cursor;
  settle(known.size > 0);
}

function kept(known, order) {
  const before = known.get(order.id);
  if (before && before.order.version === order.version) return before;
  if (before && watched.has(order.id)) {
    say(`The order of ${order.customer} is ${STATUSES[order.status].toLowerCase()}.`);
    if (FINAL.has(order.status)) watched.delete(order.id);
  }
  const element = card(order, before?.element);
  return { order, element };
}

/** Put the elements in their order, touching only those that are elsewhere: a focus stays. */
function settle(fresh) {
  list.setAttribute("aria-busy", "false");
  const wanted = [...shown.values()].map(({ element }) => element);
  for (const child of [...list.children]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((element, index) => {
    if (list.children[index] === element) return;
    if (fresh && !element.isConnected) element.classList.add("fresh");
    list.insertBefore(element, list.children[index] ?? null);
  });
  more.hidden = !cursor;
  list.hidden = !shown.size;
  empty.replaceChildren();
  if (!shown.size) {
    const what = status ? `No order is ${STATUSES[status].toLowerCase()}.` : "No orders yet.";
    const then = status ? "Others may be: show all of them." : "The first one that is placed appears here.";
    empty.append(el("div", { class: "nothing" }, el("p", {}, el("strong", {}, what)), el("p", { class: "muted" }, then)));
  }
}

function card(order, old) {
  const lines = order.lines;
  const pieces = lines.reduce((sum, line) => sum + line.quantity, 0);
  const open = old?.querySelector("details")?.open;
  const made = el(
    "li",
    { class: "order", "data-id": order.id, "data-status": order.status },
    el("div", { class: "order-main" },
      el("strong", {}, order.customer),
      el("span", { class: "order-total" }, money(order.total, order.currency)),
      el("span", { class: `badge ${order.status}` }, STATUSES[order.status] ?? order.status)),
    el("div", { class: "order-more" },
      el("details", { open },
        el("summary", {},
          el("time", { datetime: order.created_at, title: atMoment(order.created_at) }, since(order.created_at)),
          ` · ${count(pieces, "piece")} of ${count(lines.length, "article")}`,
          el("span", { class: "unseen" }, ` for ${order.customer}`)),
        el("ul", { class: "order-lines" },
          ...lines.map((line) => el("li", {},
            el("span", {}, `${line.quantity.toLocaleString()} × ${line.sku}`),
            el("span", {}, money(line.quantity * line.unit_price, order.currency)))),
          el("li", { class: "muted" }, el("span", {}, atMoment(order.created_at)), el("span", { class: "mono" }, order.id)))),
      el("div", { class: "order-do" })),
  );
  if (CANCELLABLE.has(order.status)) {
    made.querySelector(".order-do").append(
      el("button", { class: "quiet small", type: "button", onclick: () => askToCancel(order, made) },
        "Cancel", el("span", { class: "unseen" }, ` the order of ${order.customer}`)));
  }
  if (old?.contains(document.activeElement)) {
    // The element that had the focus goes: who is there stays near.
    queueMicrotask(() => (made.querySelector("button") ?? made.querySelector("summary")).focus());
  }
  return made;
}

function askToCancel(order, element) {
  const dialog = byId("ask");
  byId("ask-what").textContent = `${order.customer}, ${money(order.total, order.currency)}`;
  dialog.returnValue = "keep";
  dialog.addEventListener("close", () => dialog.returnValue === "cancel" && cancel(order, element), { once: true });
  dialog.showModal();
}

async function cancel(order, element) {
  const button = element.querySelector("button");
  if (button) button.disabled = true;
  element.querySelector(".notice")?.remove();
  try {
    await ask("POST", `/orders/${order.id}/cancel`);
    watched.delete(order.id);
    say(`The order of ${order.customer} is cancelled.`);
    await refresh();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const shownNow = list.querySelector(`[data-id="${order.id}"]`) ?? element;
    shownNow.append(notice("bad", error.message));
    say(error.message);
    if (button) button.disabled = false;
  }
}

async function loadMore() {
  more.disabled = true;
  try {
    const { value } = await ask("GET", `/orders?${query(PAGE, cursor)}`);
    const first = value.orders.find((order) => !shown.has(order.id));
    for (const order of value.orders) if (!shown.has(order.id)) shown.set(order.id, kept(shown, order));
    cursor = value.cursor;
    settle(false);
    say(`${count(value.orders.length, "order")} more.`);
    if (more.hidden && first) shown.get(first.id).element.querySelector("summary").focus();
  } catch (error) {
    tellTrouble(error, 0);
  } finally {
    more.disabled = false;
  }
}

function bones() {
  list.setAttribute("aria-busy", "true");
  empty.replaceChildren();
  list.hidden = false;
  more.hidden = true;
  const one = () => el("li", { class: "order bones", "aria-hidden": "true" });
  list.replaceChildren(one(), one(), one());
}

function tellTrouble(error, seconds) {
  if (!loaded) list.replaceChildren();
  list.hidden = !shown.size;
  list.setAttribute("aria-busy", "false");
  const old = loaded && shown.size ? " What is shown is from before." : "";
  const next = seconds ? ` Next try in ${Math.round(seconds)} s.` : "";
  const again = el("button", { class: "quiet small", type: "button", onclick: refresh }, "Try now");
  const told = !trouble.hasChildNodes();
  trouble.replaceChildren(notice("bad", el("p", {}, error.message, old, el("span", { class: "muted" }, next)), again));
  if (told) say(error.message);
}

function tellTimes() {
  for (const time of list.querySelectorAll("time")) time.textContent = since(time.dateTime);
}
