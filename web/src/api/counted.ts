/** Uses that pages report: a count by day, of nobody; so it is sent without a token, and whether it arrives rarely matters. */
import type { Schemas } from "./client";

/** Whether it arrived. */
export async function sent(event: Schemas["NewProductEvent"]["event"], subject = ""): Promise<boolean> {
  try {
    const answer = await fetch("/api/product-events", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ event, subject }),
      credentials: "omit",
      keepalive: true,
    });
    return answer.ok;
  } catch {
    return false; // offline
  }
}

export function counted(event: Schemas["NewProductEvent"]["event"], subject = ""): void {
  void sent(event, subject);
}
