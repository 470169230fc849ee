import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { addressOf, useRows } from "./ledger";
import type { EventRow } from "./rows";

const fetchFile = vi.hoisted(() => vi.fn<(path: string) => Promise<Response>>());
vi.mock("@/api/client", () => ({ fetchFile }));

const event = (sequence: number, kind: string) => ({ sequence, kind });
const PAGES = [
  { items: [event(0, "mark"), event(1, "buy")], next_cursor: "two" },
  { items: [event(2, "mark"), event(3, "mark")], next_cursor: "three" },
  { items: [event(4, "sell")], next_cursor: null },
];
const CURSORS = [null, "two", "three"];

function answer(path: string): Response {
  const cursor = new URL(path, "http://x").searchParams.get("cursor");
  return Response.json(PAGES[CURSORS.indexOf(cursor)]);
}

const isFill = (row: EventRow) => row.kind !== "mark";

beforeEach(() => void fetchFile.mockReset());
afterEach(cleanup);

describe("reading a ledger", () => {
  it("asks the API for what it can choose by", () => {
    expect(addressOf("r", "trades", { code: "600519.SH", from: "2024-01-02" }, "")).toBe(
      "/api/runs/r/artifacts/trades?format=json&limit=500&ts_code=600519.SH&from=2024-01-02",
    );
    expect(addressOf("r", "events", {}, "abc")).toBe("/api/runs/r/artifacts/events?format=json&limit=4000&cursor=abc");
  });

  it("reads on over pages without a row that is wanted, to the end", async () => {
    fetchFile.mockImplementation(async (path) => answer(path));
    const { result } = renderHook(() => useRows("r", "events", { keep: isFill }), { wrapper: around() });
    await waitFor(() => expect(result.current.complete).toBe(true));
    expect(result.current.rows.map((row) => row.sequence)).toEqual([1, 4]);
    expect(result.current.read).toBe(5);
    expect(fetchFile).toHaveBeenCalledTimes(3);
  });

  it("waits for a ledger that is being made", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    fetchFile.mockResolvedValueOnce(Response.json({ status: "preparing" }, { status: 202 }));
    fetchFile.mockImplementation(async (path) => answer(path));
    const { result } = renderHook(() => useRows("r", "events"), { wrapper: around() });
    await waitFor(() => expect(result.current.preparing).toBe(true));
    expect(result.current.complete).toBe(false);
    await act(() => vi.advanceTimersByTimeAsync(1500));
    await waitFor(() => expect(result.current.complete).toBe(true));
    expect(result.current.rows).toHaveLength(5);
    vi.useRealTimers();
  });

  it("says what went wrong, and neither hides what is read nor asks again by itself", async () => {
    fetchFile.mockImplementation(async (path) => {
      if (path.includes("cursor")) throw new Error("gone");
      return answer(path);
    });
    const { result } = renderHook(() => useRows("r", "events", { all: true }), { wrapper: around() });
    await waitFor(() => expect(result.current.error).toBeTruthy());
    expect(result.current.rows).toHaveLength(2);
    expect(result.current.complete).toBe(false);
    expect(fetchFile).toHaveBeenCalledTimes(2);
  });
});

/** One client for all renders of a hook. */
function around() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
}
