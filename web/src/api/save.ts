/** A file of the API saved by the browser: fetched with the session's token, which a plain link would not carry. */
import { fetchFile } from "./client";

/** Between two askings for what is still being made. */
const PATIENCE_MS = 1000;
const MOST_ASKINGS = 120;

/** `path` begins with /api. Waits while the API makes it (202). `cut`: of its text, what is wanted. */
export async function saveFile(path: string, name: string, cut?: (text: string) => string): Promise<void> {
  for (let asked = 0; asked < MOST_ASKINGS; asked++) {
    const response = await fetchFile(path);
    if (response.status !== 202) {
      return keep(cut ? new Blob([cut(await response.text())], { type: "text/csv" }) : await response.blob(), name);
    }
    await new Promise((done) => setTimeout(done, PATIENCE_MS));
  }
  throw new Error(`${name}: not ready after ${(MOST_ASKINGS * PATIENCE_MS) / 1000} s`);
}

export function keep(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
