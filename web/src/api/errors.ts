/** What the API refuses, as it says it: code, message, every problem, and the id under which its log has the request. */
import { isAuthRetryableFetchError } from "@supabase/auth-js";
import type { components } from "./schema";

export type Problem = components["schemas"]["ProblemShown"];
type ErrorAnswer = components["schemas"]["ErrorAnswer"];

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly problems: readonly Problem[] = [],
    readonly requestId: string | null = null,
    readonly retryAfter: number | null = null,
    /** Whatever else the answer says, by key. */
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }

  /** Asking again may help. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Of an answer that is not 2xx. What is no error of the API (a proxy's page, say) is told by its status. */
export function errorOf(response: Response, body: unknown): ApiError {
  const said = (body as Partial<ErrorAnswer> | null | undefined)?.error;
  const problems = (said?.details?.problems ?? []) as unknown as Problem[];
  const after = Number(response.headers.get("retry-after"));
  return new ApiError(
    response.status,
    said?.code ?? "UPSTREAM_ERROR",
    said?.message ?? `HTTP ${response.status}`,
    problems,
    response.headers.get("x-request-id"),
    Number.isFinite(after) && after > 0 ? after : null,
    said?.details ?? {},
  );
}

/** What a fetch answers. Browsers tell by a TypeError that no server was found; thrown anywhere else, one is a fault of this page. */
export async function reached(fetching: Promise<Response>): Promise<Response> {
  try {
    return await fetching;
  } catch (error) {
    if (error instanceof TypeError) throw new ApiError(0, "NETWORK", error.message);
    throw error;
  }
}

/** Of whatever was thrown. What is neither the API's nor the connection's is an answer that cannot be read. */
export function apiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return isAuthRetryableFetchError(error)
    ? new ApiError(0, "NETWORK", message)
    : new ApiError(502, "UNREADABLE_ANSWER", message);
}
