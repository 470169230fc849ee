import { AuthRetryableFetchError } from "@supabase/auth-js";
import { expect, test } from "vitest";
import { ApiError, apiError, errorOf, reached } from "./errors";

test("what is neither the API's nor the connection's is an answer that cannot be read", () => {
  expect(apiError(new TypeError("x is undefined"))).toMatchObject({ code: "UNREADABLE_ANSWER" });
  expect(apiError(new AuthRetryableFetchError("no", 0))).toMatchObject({ code: "NETWORK", status: 0, passing: true });
  expect(apiError(new SyntaxError("Unexpected token <"))).toMatchObject({ code: "UNREADABLE_ANSWER", passing: true });
  const own = new ApiError(409, "CONFLICT", "taken");
  expect(apiError(own)).toBe(own);
});

test("no server is told where it was looked for", async () => {
  await expect(reached(Promise.reject(new TypeError("Failed to fetch")))).rejects.toMatchObject({ code: "NETWORK" });
  const stopped = new DOMException("stopped", "AbortError");
  await expect(reached(Promise.reject(stopped))).rejects.toBe(stopped);
});

test("a proxy's page is told by its status, the API's answer by its own words", () => {
  const headers = { "x-request-id": "req-1", "retry-after": "3" };
  const proxy = errorOf(new Response("<html>", { status: 504, headers }), null);
  expect(proxy).toMatchObject({ code: "UPSTREAM_ERROR", message: "HTTP 504", requestId: "req-1", retryAfter: 3 });
  const body = {
    error: { code: "LIMIT", message: "too many", details: { problems: [{ field: "context", message: "no" }] } },
  };
  const said = errorOf(new Response("", { status: 422 }), body);
  expect(said).toMatchObject({ code: "LIMIT", message: "too many", passing: false, retryAfter: null });
  expect(said.problems).toHaveLength(1);
});
