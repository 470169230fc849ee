/** Many small questions a few at a time, so that what somebody clicks meanwhile does not stand behind all of them. */
const MOST_AT_ONCE = 3;

let free = MOST_AT_ONCE;
const waiting: (() => void)[] = [];

export async function inTurn<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  if (free > 0) free -= 1;
  else await new Promise<void>((begin) => waiting.push(begin)); // whoever is done hands its place on
  try {
    signal?.throwIfAborted();
    return await job();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  }
}
