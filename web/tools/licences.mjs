// Writes out/licences.txt: every package whose code is in the pages, with the texts that its licence wants to go along.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

const WEB = new URL("../", import.meta.url).pathname;
const TEXTS = /^(licen[cs]e|notice|copying)/i;
const OF_NEXT = ["@swc/helpers"]; // the rest that Next needs works while pages are built
const NOTICES = {
  // It is in the repository of lightweight-charts and not in its package; the licence wants it where users find it.
  "lightweight-charts":
    "TradingView Lightweight Charts™\nCopyright (с) 2025 TradingView, Inc. https://www.tradingview.com/",
};

const found = new Map();

async function add(name, from) {
  const folder = await folderOf(name, from);
  if (!folder || found.has(folder)) return;
  const told = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && TEXTS.test(entry.name));
  const names = files.map((entry) => entry.name).sort();
  const texts = await Promise.all(names.map((file) => readFile(join(folder, file), "utf8")));
  found.set(folder, { name, version: told.version, licence: told.license, texts });
  for (const needed of name === "next" ? OF_NEXT : Object.keys(told.dependencies ?? {})) {
    await add(needed, folder);
  }
}

// As Node looks for it; packages of types alone have no folder of code, and none is needed.
async function folderOf(name, from) {
  for (const place of createRequire(join(from, "package.json")).resolve.paths(name) ?? []) {
    const folder = join(place, name);
    if ((await readFile(join(folder, "package.json"), "utf8").catch(() => "")) !== "") return folder;
  }
  return undefined;
}

const own = JSON.parse(await readFile(join(WEB, "package.json"), "utf8"));
for (const name of Object.keys(own.dependencies)) await add(name, WEB);

const parts = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
const chapters = parts.map(({ name, version, licence, texts }) =>
  [`${name} ${version} (${licence})`, NOTICES[name], ...texts].filter(Boolean).join("\n\n").trim(),
);
const line = `\n\n${"-".repeat(78)}\n\n`;
const head = "量湖 LiangHu 的网页包含以下开源组件。 The pages of 量湖 LiangHu contain these libraries.";
await writeFile(join(WEB, "out/licences.txt"), `${[head, ...chapters].join(line)}\n`);
