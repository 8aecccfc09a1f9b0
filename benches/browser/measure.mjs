// How the Messages page feels in a browser whose processor is slowed four times: prints a table of medians.
//   node benches/browser/measure.mjs [--runs N] [--base DIR]
// --base measures another release alternately in the same run; DIR holds review-messages, hash.txt and site/.

import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { observe } from "./observe.mjs";
import { releaseIn, start, thisRelease } from "./server.mjs";

const SLOWDOWN = 4;
const STATUS = "Failed";

const { chromium, devices } = createRequire(new URL("../../end2end/package.json", import.meta.url))("@playwright/test");
const { values } = parseArgs({ options: { runs: { type: "string", default: "7" }, base: { type: "string" } } });

/** What is measured, in the order of the table: title, unit, digits. */
const ROWS = {
  bytes: ["first load of Messages", "kB", 1],
  requests: ["requests of it", "", 0],
  lcp: ["LCP", "ms", 0],
  cls: ["CLS of it", "", 3],
  hydrated: ["until hydrated", "ms", 0],
  filter: ["filter change, until the new rows stand", "ms", 0],
  tick: ["worst event: tick", "ms", 0],
  menu: ["worst event: Actions menu", "ms", 0],
  stat: ["worst event: filter by a stat", "ms", 0],
  selectAll: ["worst event: select all of 100 rows", "ms", 0],
};

/** A page in a browser profile of its own, slowed, with its downloads counted. */
async function open(browser, server) {
  const context = await browser.newContext({ ...devices["Desktop Chrome"], viewport: { width: 1280, height: 900 } });
  await context.addCookies([{ ...server.session, url: server.base }]);
  const page = await context.newPage();
  await page.addInitScript(observe);
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  const loads = new Map();
  session.on("Network.requestWillBeSent", ({ requestId, request }) => loads.set(requestId, { url: request.url, bytes: 0 }));
  session.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
    const load = loads.get(requestId);
    if (load) load.bytes += encodedDataLength;
  });
  // What came over the network: a preloaded file is asked for twice and sent once.
  const sent = () => [...loads.values()].filter(({ url, bytes }) => bytes > 0 && url.startsWith(server.base) && !url.includes("/live"));
  return { context, page, sent };
}

const kB = (loads) => loads.reduce((sum, load) => sum + load.bytes, 0) / 1000;

async function arrive(page, url) {
  await page.goto(url, { waitUntil: "load" });
  await page.locator("body[data-hydrated]").waitFor({ state: "attached" });
  await quiet(page);
}

/** Waits until events, paints and downloads have come to rest. */
async function quiet(page) {
  await page.waitForTimeout(700);
}

/** The longest event of what `act` does, in milliseconds; the browser tells of 16 ms and more. */
async function worst(page, act) {
  await quiet(page);
  await page.evaluate(() => window.measured.forget());
  await act();
  await quiet(page);
  return page.evaluate(() => window.measured.worst());
}

async function run(browser, server) {
  const messages = `${server.base}/projects/${server.slug}/messages`;
  const { context, page, sent } = await open(browser, server);
  const result = {};
  await arrive(page, messages);
  Object.assign(result, await page.evaluate(() => window.measured.load()));
  Object.assign(result, { bytes: kB(sent()), requests: sent().length });

  const rows = page.getByRole("table", { name: "Messages", exact: true }).getByRole("row").filter({ has: page.getByRole("rowheader") });
  const first = rows.first();
  const box = first.getByRole("checkbox");
  result.tick = await worst(page, () => box.click());
  await box.click();
  result.menu = await worst(page, () => first.getByRole("button", { name: /^Actions/ }).click());
  await page.keyboard.press("Escape");

  await arrive(page, messages);
  result.stat = await worst(page, () => page.getByRole("region", { name: "Summary" }).getByRole("link", { name: /^Failed\b/ }).click());

  await arrive(page, messages);
  const status = page.getByRole("search", { name: "Filter messages" }).getByRole("combobox", { name: "Status", exact: true });
  const stands = page.evaluate((text) => window.measured.rowsSay(text), STATUS);
  await status.selectOption({ label: STATUS });
  result.filter = await stands;

  await arrive(page, `${messages}?per=100`);
  result.selectAll = await worst(page, () => page.getByRole("checkbox", { name: "Select all on this page" }).click());
  await context.close();
  return result;
}

function median(numbers) {
  const sorted = numbers.filter((n) => Number.isFinite(n)).sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const executablePath = process.env.CHROMIUM ?? execFileSync(fileURLToPath(new URL("../../scripts/browser.sh", import.meta.url)), { encoding: "utf8" }).trim();
const quietly = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const releases = { ...(values.base ? { base: releaseIn(values.base) } : {}), "this release": thisRelease() };
const servers = [];
const browser = await chromium.launch({ executablePath, args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), ...quietly] });
try {
  for (const [name, release] of Object.entries(releases)) servers.push({ name, results: [], ...(await start(release)) });
  // The first run of each warms the server, and is not counted.
  for (let n = 0; n <= Number(values.runs); n++) {
    for (const server of servers) {
      const result = await run(browser, server);
      if (n > 0) server.results.push(result);
    }
  }
} finally {
  await browser.close();
  for (const server of servers) await server.stop();
}
console.log(`\n## In the browser\n\nChromium, processor slowed ${SLOWDOWN} times, medians of ${values.runs} runs, the releases in turn.\n`);
console.log(`| what | ${servers.map(({ name }) => name).join(" | ")} |\n|---|${servers.map(() => "--:|").join("")}`);
for (const [key, [title, unit, digits]] of Object.entries(ROWS)) {
  const cells = servers.map(({ results }) => median(results.map((result) => result[key])).toFixed(digits));
  console.log(`| ${title}${unit && `, ${unit}`} | ${cells.join(" | ")} |`);
}
