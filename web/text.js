// Words, numbers, moments, and the elements that show them.

const digitsOf = new Map();
const formats = new Map();

/** How many digits a currency has after the point: 2 for EUR, 0 for JPY. */
export function digits(currency) {
  if (!digitsOf.has(currency)) {
    let found = 2;
    try {
      const options = { style: "currency", currency };
      found = new Intl.NumberFormat("en", options).resolvedOptions().maximumFractionDigits;
    } catch {
      // No currency: two, as most have.
    }
    digitsOf.set(currency, found);
  }
  return digitsOf.get(currency);
}

/** Money in minor units for people: 1999 EUR is €19.99. */
export function money(minor, currency) {
  if (!formats.has(currency)) {
    try {
      formats.set(currency, new Intl.NumberFormat(undefined, { style: "currency", currency }));
    } catch {
      formats.set(currency, null);
    }
  }
  const amount = minor / 10 ** digits(currency);
  return formats.get(currency)?.format(amount) ?? `${amount} ${currency}`;
}

/** Minor units of what somebody typed, or null: "19.99" or "19,99" EUR is 1999. By digits, since 19.99 * 100 is not 1999. */
export function minorUnits(typed, currency) {
  const found = /^(\d{1,12})(?:[.,](\d*))?$/.exec(typed.trim());
  const places = digits(currency);
  if (!found || (found[2] ?? "").length > places) return null;
  return Number(found[1] + (found[2] ?? "").padEnd(places, "0"));
}

const ago = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const dayFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });

/** How long ago a moment was: "3 minutes ago". */
export function since(moment, now = Date.now()) {
  const seconds = Math.round((new Date(moment).getTime() - now) / 1000);
  const steps = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const [unit, size] = steps.find(([, size]) => -seconds >= size) ?? ["second", 1];
  return unit === "second" && seconds > -10 ? "just now" : ago.format(Math.trunc(seconds / size), unit);
}

/** A moment to the second. */
export function atMoment(moment) {
  return exact.format(new Date(moment));
}

/** A day, "2026-11-24", for people. */
export function dayName(day) {
  return dayFormat.format(new Date(`${day}T00:00:00Z`));
}

/** "1 order", "2 orders". */
export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString()} ${number === 1 ? one : many}`;
}

/** What each field of an order takes but its price, which is written in other ways. */
export const TAKES = {
  customer: "Who is it for? 1 to 254 characters.",
  currency: "Three capital letters, as EUR.",
  sku: "Letters, digits and . _ - only, 64 at most; begin with a letter or digit.",
  quantity: "A whole number from 1 to 10,000.",
};

/** Make an element: el("p", {class: "muted"}, "text", child). Text is never markup. */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  return filled(made, attributes, children);
}

/** Make an element of SVG. */
export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  return filled(made, attributes, children);
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

/** Say something to who cannot see it appear. */
export function say(text) {
  document.getElementById("said").textContent = text;
}

/** A notice; good, bad or plain. */
export function notice(kind, ...children) {
  return el("div", { class: `notice ${kind}` }, ...children);
}
