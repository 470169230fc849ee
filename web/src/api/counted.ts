/** Uses that pages report: a count by day, of nobody; so it is sent without a token, and whether it arrives changes nothing. */
import type { Schemas } from "./client";

export function counted(event: Schemas["NewProductEvent"]["event"], subject = ""): void {
  void fetch("/api/product-events", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ event, subject }),
    credentials: "omit",
    keepalive: true,
  }).catch(() => undefined);
}
