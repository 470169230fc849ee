/** Rates as people write them (ten-thousandths, percent) and as the API has them (shares of one). */

export type Other = Record<string, unknown>;

/** 0.3 of ten thousand is 0.00003, not the binary fraction beside it: the API counts decimals. */
export function rateOf(text: string, parts: number): number {
  return Number((Number(text) / parts).toPrecision(12));
}

export function tenThousandths(rate: unknown): string {
  return typeof rate === "number" ? String(Number((rate * 1e4).toPrecision(12))) : "";
}

/** An object in JSON; null where it is none. */
export function readOthers(text: string): Other | null {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null ? (read as Other) : null;
  } catch {
    return null; // still being typed
  }
}
