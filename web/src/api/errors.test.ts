import { expect, test } from "vitest";
import { ApiError, apiError, errorOf } from "./errors";

test("a call that found no server is told from an answer that cannot be read", () => {
  expect(apiError(new TypeError("Failed to fetch"))).toMatchObject({ code: "NETWORK", status: 0, passing: true });
  expect(apiError(new SyntaxError("Unexpected token <"))).toMatchObject({ code: "UNREADABLE_ANSWER", passing: true });
  const own = new ApiError(409, "CONFLICT", "taken");
  expect(apiError(own)).toBe(own);
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
