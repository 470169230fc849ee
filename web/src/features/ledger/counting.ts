/** How many rows there are of each reason, the most frequent first. */

export function counted<Row>(rows: readonly Row[], key: (row: Row) => string): [key: string, count: number][] {
  const found = new Map<string, number>();
  for (const row of rows) found.set(key(row), (found.get(key(row)) ?? 0) + 1);
  return [...found].sort(([one, left], [other, right]) => right - left || (one < other ? -1 : 1));
}
