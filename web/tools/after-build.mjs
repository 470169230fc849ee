// What Next writes has scripts in its text, which a strict Content-Security-Policy forbids: here each page's become one file beside it.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const OUT = new URL("../out/", import.meta.url).pathname;
const FOLDER = "_next/static/pages";
const INLINE = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g;

async function pages(folder) {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await pages(path)));
    else if (entry.name.endsWith(".html")) found.push(path);
  }
  return found;
}

await mkdir(join(OUT, FOLDER), { recursive: true });
for (const path of await pages(OUT)) {
  const text = await readFile(path, "utf8");
  const scripts = [...text.matchAll(INLINE)].map((match) => match[1]);
  if (!scripts.length) continue;
  const all = scripts.join(";\n");
  const name = `${FOLDER}/${createHash("sha256").update(all).digest("hex").slice(0, 16)}.js`;
  await writeFile(join(OUT, name), all);
  let first = true;
  const page = text.replace(INLINE, () => {
    const tag = first ? `<script src="/${name}"></script>` : "";
    first = false;
    return tag;
  });
  await writeFile(path, page);
}
