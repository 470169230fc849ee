/** The API, typed by its own document; every call carries the session's token, and what is refused is thrown as an ApiError. */
import createClient, { type Middleware } from "openapi-fetch";
import { accessToken, sessionEnded } from "@/session/auth";
import { errorOf, reached } from "./errors";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

const signing: Middleware = {
  async onRequest({ request }) {
    const token = await accessToken();
    if (token) request.headers.set("authorization", `Bearer ${token}`);
    return request;
  },
  async onResponse({ response }) {
    if (response.ok) return;
    if (response.status === 401) sessionEnded();
    const body = await response
      .clone()
      .json()
      .catch(() => null); // what is no JSON is told by its status
    throw errorOf(response, body);
  },
};

/** The platform answers everything within 30 s or says that it cannot; a connection that has gone silent says nothing. */
const PATIENCE_MS = 60_000;

/** As fetch, which alone would wait for minutes for an answer to begin. ApiError NETWORK: no server was found. */
async function patiently(asked: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const stop = new AbortController();
  const given = init.signal ?? (asked instanceof Request ? asked.signal : undefined);
  if (given?.aborted) stop.abort(given.reason);
  given?.addEventListener("abort", () => stop.abort(given.reason));
  const timer = setTimeout(() => stop.abort(new TypeError("no answer")), PATIENCE_MS);
  try {
    return await reached(fetch(asked, { ...init, signal: stop.signal }));
  } finally {
    clearTimeout(timer);
  }
}

export const api = createClient<paths>({ baseUrl: "", fetch: patiently });
api.use(signing);

/** The body of an answer that has one. */
export async function bodyOf<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer;
  if (data === undefined) throw new Error("the answer has no body");
  return data;
}

/** For a write: said again with the same key, it happens once. */
export function once(): { "Idempotency-Key": string } {
  return { "Idempotency-Key": crypto.randomUUID() };
}

/** A file of the API, as it is served; for what the typed client cannot say (addresses with a colon, other forms than JSON). */
export async function fetchFile(path: string, init: RequestInit = {}): Promise<Response> {
  const token = await accessToken();
  const headers = new Headers(init.headers);
  if (token) headers.set("authorization", `Bearer ${token}`);
  const response = await patiently(path, { ...init, headers });
  if (response.ok) return response;
  if (response.status === 401) sessionEnded();
  throw errorOf(response, await response.json().catch(() => null));
}
