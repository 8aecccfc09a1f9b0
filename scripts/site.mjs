// What build.sh does with the site beside cargo-leptos:
//   site.mjs keep SITE KEPT          before a build: copies the files of /pkg to KEPT, because cargo-leptos empties the site
//   site.mjs finish SITE KEPT HASHES after it: names the program's files by the whole program, adds the kept files, compresses
// SITE is the site's folder, KEPT a folder for the release before, HASHES the file hash.txt of cargo-leptos.

import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const [command, site, kept, hashes] = process.argv.slice(2);
const pkg = path.join(site ?? "", "pkg");
/** The list of what this release has put into /pkg itself, beside KEPT. */
const own = `${kept}.list`;

const COMPRESSED = /\.(br|gz)$/;
/** What shrinks. Images are compressed already. */
const SHRINKS = /\.(css|html|ico|js|json|map|svg|txt|wasm|webmanifest|xml)$/;

async function files(folder) {
  const all = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return all.filter((entry) => entry.isFile()).map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)));
}

async function lines(file) {
  return (await readFile(file, "utf8").catch(() => "")).split("\n").filter(Boolean);
}

/** Copies this release's own files, so that a page that was loaded from it finds its chunks after the next deployment. */
async function keep() {
  const list = await lines(own);
  const there = new Set(await files(pkg));
  if (list.length === 0 || !list.every((file) => there.has(file))) return;
  await rm(`${kept}.next`, { recursive: true, force: true });
  for (const file of list) await cp(path.join(pkg, file), path.join(`${kept}.next`, file), { preserveTimestamps: true });
}

/**
 * cargo-leptos hashes a file before it writes the other files' names into it, so that two releases can have one name for two
 * contents; browsers keep such a file for a year and would mix the releases. Script, program and loader take the hash of all
 * three: the loader's own covers the chunks.
 */
async function nameByProgram() {
  const text = await readFile(hashes, "utf8");
  const hash = (kind) => new RegExp(`^${kind}: (\\S+)$`, "m").exec(text)?.[1];
  // What only editors read.
  for (const file of await readdir(pkg)) if (/\.d\.[^.]+\.ts$/.test(file)) await rm(path.join(pkg, file));
  const [js, wasm, split] = ["js", "wasm", "split"].map(hash);
  // Without lazy functions there is nothing to mix; of one name they are already.
  if (!js || !wasm || !split || (js === wasm && js === split)) return;
  const whole = createHash("md5").update(`${js} ${wasm} ${split}`).digest("base64url");
  const name = (await readdir(pkg)).find((file) => file.endsWith(`.${wasm}.wasm`))?.replace(`.${wasm}.wasm`, "");
  const renamed = [
    [`${name}.${js}.js`, `${name}.${whole}.js`],
    [`${name}.${wasm}.wasm`, `${name}.${whole}.wasm`],
    [`__wasm_split.${split}.js`, `__wasm_split.${whole}.js`],
  ];
  for (const file of await readdir(pkg)) {
    if (!/\.(js|wasm)$/.test(file)) continue;
    // Old and new names are of one length: a binary file stays whole.
    const before = await readFile(path.join(pkg, file), "latin1");
    const after = renamed.reduce((content, [from, to]) => content.replaceAll(from, to), before);
    if (after !== before) await writeFile(path.join(pkg, file), after, "latin1");
  }
  for (const [from, to] of renamed) await rename(path.join(pkg, from), path.join(pkg, to));
  await writeFile(hashes, text.replace(/^(js|wasm|split): \S+$/gm, (_, kind) => `${kind}: ${whole}`));
}

/** Adds the files of the release before. One that is the same release, because only the server changed, replaces nothing. */
async function addKept() {
  const mine = (await files(pkg)).filter((file) => !COMPRESSED.test(file));
  const next = (await files(`${kept}.next`)).filter((file) => !COMPRESSED.test(file));
  if (next.some((file) => !mine.includes(file))) {
    await rm(kept, { recursive: true, force: true });
    await rename(`${kept}.next`, kept);
  }
  await rm(`${kept}.next`, { recursive: true, force: true });
  await writeFile(own, `${mine.sort().join("\n")}\n`);
  for (const file of await files(kept)) {
    if (mine.includes(file)) continue;
    await mkdir(path.dirname(path.join(pkg, file)), { recursive: true });
    await cp(path.join(kept, file), path.join(pkg, file), { preserveTimestamps: true });
  }
}

async function compress() {
  const brotli = promisify(brotliCompress);
  const zip = promisify(gzip);
  const all = await files(site);
  await Promise.all(
    all.filter((file) => SHRINKS.test(file) && !all.includes(`${file}.br`)).map(async (file) => {
      const content = await readFile(path.join(site, file));
      const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
      await writeFile(path.join(site, `${file}.br`), await brotli(content, { params }));
      await writeFile(path.join(site, `${file}.gz`), await zip(content, { level: 9 }));
    }),
  );
}

switch (command) {
  case "keep":
    await keep();
    break;
  case "finish":
    await nameByProgram();
    await addKept();
    await compress();
    break;
  default:
    console.error("site.mjs knows keep and finish.");
    process.exit(2);
}
