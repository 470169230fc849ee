/** Which runs are compared: the address of the comparison has them. */

/** As many as there are colours that can be told apart. */
export const MOST_COMPARED = 10;

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/** Every id in a text, like addresses of results; each once. */
export function idsIn(text: string): string[] {
  return [...new Set(text.toLowerCase().match(ID) ?? [])];
}

export const comparisonAddress = (runs: readonly string[]): string =>
  runs.length ? `/compare/?runs=${runs.join(",")}` : "/compare/";
