// The form that places an order. What is wrong is for the API to say; here it is shown where it is.

import { ask, newKey } from "./api.js";
import { watch } from "./orders.js";
import { el, minorUnits, money, notice, say, TAKES } from "./text.js";

const MAX_LINES = 100;
const HINTS = { ...TAKES, unit_price: "An amount from 0 to 1,000,000, with no more digits than the currency has." };

const byId = (id) => document.getElementById(id);
const form = byId("place-form");
const lines = byId("lines");
const said = byId("place-said");
const currency = byId("currency");
const button = byId("place-button");

let key = newKey();
let placing = false;
let numbered = 0;

export function start() {
  addLine();
  byId("add-line").addEventListener("click", () => addLine().querySelector("input").focus());
  form.addEventListener("input", (event) => {
    // Another order than the one that was tried: another key.
    if (!placing) key = newKey();
    right(event.target);
    total();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    place();
  });
  total();
}

function addLine() {
  numbered += 1;
  const own = (name) => `${name}-${numbered}`;
  const field = (name, label, attributes) =>
    el("div", { class: `field ${name}` },
      el("label", { for: own(name) }, label),
      el("input", { id: own(name), "data-name": name, autocomplete: "off", required: true, ...attributes }));
  const line = el("div", { class: "line", role: "group" },
    field("sku", "Article", { placeholder: "CUP-WHITE", spellcheck: "false", maxlength: 64 }),
    field("quantity", "Pieces", { inputmode: "numeric", value: "1" }),
    field("unit_price", "Price each", { inputmode: "decimal", placeholder: "0.00" }),
    el("button", { class: "quiet remove", type: "button", onclick: () => removeLine(line) },
      el("span", { "aria-hidden": "true" }, "×"), el("span", { class: "unseen" }, "Remove this line")));
  lines.append(line);
  number();
  return line;
}

function removeLine(line) {
  const next = line.nextElementSibling ?? line.previousElementSibling;
  line.remove();
  number();
  total();
  key = newKey();
  next?.querySelector("input").focus();
}

/** Name the fields as the API's pointers do, and let one line stay. */
function number() {
  const all = [...lines.children];
  all.forEach((line, index) => {
    line.setAttribute("aria-label", `Line ${index + 1}`);
    for (const input of line.querySelectorAll("input")) input.name = `/lines/${index}/${input.dataset.name}`;
    line.querySelector(".remove").hidden = all.length === 1;
  });
  byId("add-line").hidden = all.length >= MAX_LINES;
}

function order() {
  return {
    customer: byId("customer").value.trim(),
    currency: currency.value,
    lines: [...lines.children].map((line) => {
      const typed = (name) => line.querySelector(`[data-name="${name}"]`).value.trim();
      const quantity = typed("quantity");
      // What is no number goes as it is, and the API refuses it by its name.
      return {
        sku: typed("sku"),
        quantity: /^\d{1,9}$/.test(quantity) ? Number(quantity) : quantity,
        unit_price: minorUnits(typed("unit_price"), currency.value) ?? typed("unit_price"),
      };
    }),
  };
}

function total() {
  const sum = order().lines.reduce((sum, line) => sum + line.quantity * line.unit_price, 0);
  byId("sum").textContent = Number.isFinite(sum) ? money(sum, currency.value) : "–";
}

async function place() {
  if (placing) return;
  placing = true;
  button.setAttribute("aria-disabled", "true");
  button.textContent = "Placing…";
  said.replaceChildren();
  form.querySelectorAll("[aria-invalid]").forEach(right);
  try {
    const headers = { "content-type": "application/json", "idempotency-key": key };
    const { value } = await ask("POST", "/orders", { body: JSON.stringify(order()), headers });
    placed(value);
  } catch (error) {
    refused(error);
  } finally {
    placing = false;
    button.removeAttribute("aria-disabled");
    button.textContent = "Place order";
  }
}

function placed(value) {
  key = newKey();
  const customer = byId("customer");
  customer.value = "";
  lines.replaceChildren();
  addLine();
  total();
  customer.focus({ preventScroll: true });
  const what = `Placed for ${value.customer}: ${money(value.total, value.currency)}.`;
  said.replaceChildren(notice("good", el("p", {}, what)));
  say(what);
  watch(value);
}

function refused(error) {
  const fields = error.errors?.map(({ pointer, detail }) => wrong(pointer, detail)).filter(Boolean) ?? [];
  const others = (error.errors ?? []).filter(({ pointer }) => !field(pointer));
  let message = error.message;
  if (error.errors?.length) message = `${fields.length === 1 ? "One field needs" : "Some fields need"} another look.`;
  else if (error.passes) message += " Press Place order again: it is placed once, however often you try.";
  if (error.status === 422) key = newKey();
  const rest = others.map(({ pointer, detail }) => el("p", {}, `${pointer || "The order"}: ${detail}`));
  said.replaceChildren(notice("bad", el("p", {}, message), ...rest));
  if (fields.length) fields[0].focus();
  say(message);
}

function field(pointer) {
  return form.elements.namedItem(pointer);
}

/** Tell at a field what is wrong with it; returns the field. */
function wrong(pointer, detail) {
  const input = field(pointer);
  if (!input) return null;
  const id = `${input.id}-wrong`;
  const message = input.value === "" ? "This is missing." : (HINTS[pointer.split("/").at(-1)] ?? detail);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", id);
  input.closest(".field").append(el("p", { id, class: "wrong", title: detail }, message));
  return input;
}

function right(input) {
  input.removeAttribute("aria-invalid");
  input.removeAttribute("aria-describedby");
  input.closest(".field")?.querySelector(".wrong")?.remove();
}
