/** Drawing that waits for the page to answer first: the pressed button changes at once, the curves a moment later. */

/** Returns what calls it off. */
export function afterPaint(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(work); // a frame's callback comes before its paint, a timer after it
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
