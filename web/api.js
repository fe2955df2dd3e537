// The API behind /api: one way to ask, and one kind of error that says what to do.

export const API = "/api";
const SECONDS_TO_WAIT = 20;

const WORDS = {
  403: "The API does not let this page in (403). Its function's permissions, or the signer at the edge, are not as they should be.",
  413: "That is more than the API takes (413).",
  429: "Too many requests at once (429). Wait a moment.",
  500: "The API has failed (500). Its log has the reason.",
  502: "The edge got no proper answer from the API (502).",
  503: "The API is busy (503). Wait a moment.",
  504: "The API took too long (504).",
};

/** What kept the API from answering. */
export class ApiError extends Error {
  /**
   * @param {number} status HTTP status; 0 when nothing came back.
   * @param {string} message For people.
   * @param {{pointer: string, detail: string}[]} errors Wrong fields, by JSON pointer.
   * @param {number} wait Seconds that the API asks to wait; 0 when it does not say.
   */
  constructor(status, message, errors = [], wait = 0) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.wait = wait;
  }

  /** Whether the same request may go well a little later. */
  get passes() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Ask the API; returns {status, value, wait}. */
export async function ask(method, path, { body, headers = {}, signal } = {}) {
  const limit = AbortSignal.timeout(SECONDS_TO_WAIT * 1000);
  let answer, text;
  // Over 1 MB the signer at the edge does not see a body, and with origin access control there may be
  // none at the edge that hashes: then what is signed is this.
  if (method !== "GET") headers["x-amz-content-sha256"] = await hash(body ?? "");
  try {
    answer = await fetch(API + path, {
      method,
      body,
      headers,
      cache: "no-store",
      credentials: "omit",
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    text = await answer.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    const why = navigator.onLine ? "The API does not answer." : "This device is offline.";
    throw new ApiError(0, why);
  }
  const value = read(text);
  const wait = Math.min(Number(answer.headers.get("retry-after")) || 0, 60);
  if (!answer.ok) throw problem(answer.status, value, wait);
  if (typeof value !== "object") throw new ApiError(answer.status, "The API has answered something else than JSON.");
  return { status: answer.status, value, wait };
}

async function hash(body) {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function read(text) {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

function problem(status, value, wait) {
  const own = value?.detail ?? value?.message ?? value?.Message;
  const known = WORDS[status];
  // What the API says of a request is better than what its status says; of itself it says nothing.
  const message = status < 500 && value?.detail ? value.detail : [known, known ? undefined : own].find(Boolean);
  return new ApiError(status, message ?? `The API has answered ${status}.`, value?.errors ?? [], wait);
}

/** A key by which the API knows a second try of the same request. */
export function newKey() {
  return crypto.randomUUID();
}
