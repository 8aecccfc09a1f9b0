// Seconds from an edit of a heading in a component until a page that is open under `make dev` shows it and is hydrated.
//   node benches/browser/edit.mjs ADDRESS FILE HEADING
// Waits for the server, edits the heading in FILE three times and prints the times and their median; edit.sh restores the file.

import { createRequire } from "node:module";
import { readFile, writeFile } from "node:fs/promises";

const { chromium } = createRequire(new URL("../../end2end/package.json", import.meta.url))("@playwright/test");
const [address, file, heading] = process.argv.slice(2);
const LONGEST = 1_200_000;

for (let tries = 0; !(await fetch(address).catch(() => undefined))?.ok; tries++) {
  if (tries * 1000 > LONGEST) throw new Error(`${address} does not answer.`);
  await new Promise((done) => setTimeout(done, 1000));
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", "--disable-background-networking"],
});
try {
  const page = await browser.newPage();
  const shows = async (words) => {
    await page.getByRole("heading", { name: words, exact: true }).waitFor({ timeout: LONGEST });
    await page.locator("body[data-hydrated]").waitFor({ state: "attached", timeout: LONGEST });
  };
  await page.goto(address);
  await shows(heading);
  const original = await readFile(file, "utf8");
  const source = `>"${heading}"</`;
  if (!original.includes(source)) throw new Error(`${file} does not hold ${source}`);
  const times = [];
  for (let n = 1; n <= 3; n++) {
    const words = `${heading} ${n}`;
    const began = performance.now();
    await writeFile(file, original.replace(source, `>"${words}"</`));
    await shows(words);
    times.push((performance.now() - began) / 1000);
  }
  const median = [...times].sort((a, b) => a - b)[1];
  console.log("\n## Edit to browser\n\n| what | seconds |\n|---|--:|");
  console.log(`| a text in a component, until the page shows it | ${median.toFixed(1)} (${times.map((t) => t.toFixed(1)).join(", ")}) |`);
} finally {
  await browser.close();
}
