/** Which runs are compared: the address of the comparison has them. */

/** As many as there are colours that can be told apart. */
export const MOST_COMPARED = 10;

export function comparedIn(text: string | null): string[] {
  const ids = (text ?? "").split(/[\s,]+/).filter(Boolean);
  return [...new Set(ids)];
}

export const comparisonAddress = (runs: readonly string[]): string => `/compare/?runs=${runs.join(",")}`;
