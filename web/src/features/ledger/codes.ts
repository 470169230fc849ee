/** From what people type to the code of a stock: 600519, 600519.sh and a name all mean one. */

export interface Found {
  code: string | null;
  /** What may be meant, best first. */
  candidates: readonly (readonly [code: string, name: string])[];
}

const SHAPE = /^[0-9A-Z]{1,12}\.[A-Z]{2,4}$/;
const MOST = 30;

/** `known`: names by code. A whole code is taken as it is: ledgers may have stocks that the list has not. */
export function findCode(typed: string, known: ReadonlyMap<string, string>): Found {
  const text = typed.trim().toUpperCase();
  if (!text) return { code: null, candidates: [...known].slice(0, MOST) };
  const beginning: [string, string][] = [];
  const within: [string, string][] = [];
  for (const [code, name] of known) {
    if (code.startsWith(text)) beginning.push([code, name]);
    else if (code.includes(text) || name.toUpperCase().includes(text)) within.push([code, name]);
  }
  const candidates = [...beginning, ...within].slice(0, MOST);
  if (SHAPE.test(text)) return { code: text, candidates };
  const named = candidates.filter(([, name]) => name.toUpperCase() === text);
  const only = candidates.length === 1 ? candidates : named.length === 1 ? named : [];
  return { code: only[0]?.[0] ?? null, candidates };
}
