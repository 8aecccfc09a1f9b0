// What a first visit to the Messages page downloads, in bytes as sent (brotli), and the chunks of the other pages.
// With --check, fails where a line of benches/budget.txt is exceeded.

import { readFile, readdir, stat } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { start, thisRelease } from "./server.mjs";

const budgetFile = new URL("../budget.txt", import.meta.url);
const release = thisRelease();
const pkg = path.join(release.site, "pkg");

/** The body as it is sent: undici would unpack it. */
function get(url, headers) {
  return new Promise((done, failed) => {
    http.get(url, { headers }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => done({ status: answer.statusCode, body: Buffer.concat(chunks) }));
    }).on("error", failed);
  });
}

/** What the page names: preloads, stylesheet, icons. */
function assets(html) {
  const found = [...html.matchAll(/(?:href|src)="(\/[^"#?]+\.(?:css|js|wasm|svg))[#"?]/g)].map((match) => match[1]);
  return [...new Set(found)];
}

/** A page's HTML with its rows, and every file that it loads at once. */
async function firstVisit() {
  const server = await start(release);
  try {
    const cookie = `${server.session.name}=${server.session.value}`;
    const page = `${server.base}/projects/${server.slug}/messages`;
    const both = async (url, accept) => {
      const [plain, packed] = [await get(url, { cookie, accept }), await get(url, { cookie, accept, "accept-encoding": "br" })];
      if (plain.status !== 200) throw new Error(`${url}: ${plain.status}`);
      return { plain, raw: plain.body.length, sent: packed.body.length };
    };
    const html = await both(page, "text/html");
    const files = [{ name: "HTML, 50 rows", ...html }];
    const named = assets(html.plain.body.toString());
    for (const file of named) {
      const asset = await both(server.base + file, "*/*");
      files.push({ name: file, ...asset });
      // A script may import the loader of the chunks, which the page need not name.
      const imported = file.endsWith(".js") ? [...asset.plain.body.toString().matchAll(/from\s*["']\.\/([^"']+)["']/g)] : [];
      for (const [, other] of imported) if (!named.includes(`/pkg/${other}`)) named.push(`/pkg/${other}`);
    }
    return files;
  } finally {
    await server.stop();
  }
}

/** The Messages page's own lazy function, as the macro names it. */
const FIRST = /^_*messages(_page)?_route_view/;

/** The chunks of each lazy function by its name. */
async function manifest() {
  const names = await readdir(pkg);
  const hash = /^manifest: (\S+)$/m.exec(await readFile(path.join(path.dirname(release.program), "hash.txt"), "utf8"))?.[1];
  const file = names.find((name) => name === `__wasm_split_manifest.${hash}.json`);
  const groups = file ? Object.entries(JSON.parse(await readFile(path.join(pkg, file), "utf8"))) : [];
  return groups.map(([name, chunks]) => ({ name: name.replace(/_\d+$/, ""), files: chunks.map((chunk) => `/pkg/${chunk}.wasm`) }));
}

async function sizes(file) {
  const bytes = async (name) => (await stat(path.join(release.site, name))).size;
  return { name: file, raw: await bytes(file), sent: await bytes(`${file}.br`) };
}

const total = (files) => files.reduce((sum, file) => ({ raw: sum.raw + file.raw, sent: sum.sent + file.sent }), { raw: 0, sent: 0 });

function table(title, rows) {
  console.log(`\n| ${title} | raw | brotli |\n|---|--:|--:|`);
  for (const { name, raw, sent } of rows) console.log(`| ${name} | ${raw} | ${sent} |`);
}

async function check(reached) {
  const lines = (await readFile(budgetFile, "utf8")).split("\n").filter((line) => line && !line.startsWith("#"));
  for (const line of lines) {
    const [name, most] = line.split(/\s+/);
    if (!(name in reached)) throw new Error(`benches/budget.txt: nothing is measured as ${name}.`);
    if (reached[name] > Number(most)) {
      console.error(`error: ${name} is ${reached[name]} bytes, and benches/budget.txt allows ${most}.`);
      process.exitCode = 1;
    }
  }
}

const files = await firstVisit();
const groups = await manifest();
const named = new Set(files.map((file) => file.name));
for (const file of groups.filter(({ name }) => FIRST.test(name)).flatMap((group) => group.files)) {
  if (!named.has(file)) files.push({ ...(await sizes(file)), late: true });
  named.add(file);
}
const wasm = files.filter((file) => file.name.endsWith(".wasm"));
table("first visit to Messages", [
  ...files.sort((a, b) => b.sent - a.sent).map((file) => (file.late ? { ...file, name: `${file.name} (not preloaded)` } : file)),
  { name: "of it WebAssembly", ...total(wasm) },
  { name: "together", ...total(files) },
]);
const later = [];
for (const { name, files: all } of groups.filter((group) => !FIRST.test(group.name))) {
  const more = await Promise.all(all.filter((file) => !named.has(file)).map(sizes));
  later.push({ name: `${name}, ${more.length} files`, ...total(more) });
}
if (later.length > 0) table("loaded later", later.sort((a, b) => b.sent - a.sent));
if (process.argv.includes("--check")) await check({ "first-load": total(files).sent, wasm: total(wasm).sent });
