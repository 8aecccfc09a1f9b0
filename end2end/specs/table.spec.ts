// The numbers above the table, its columns, its order and its pages.

import { messagesAt } from "../fixtures/addresses";
import { ask, newCustomer, noon } from "../fixtures/forms";
import { ALL_SIZES, COLUMNS, MessagesPage, STATS, query } from "../fixtures/messages";
import { expect, scriptsRun, test } from "../fixtures/test";

const FILTERS: Record<string, string>[] = [
  {},
  { channel: "email" },
  { channel: "sms", template: "request" },
  { template: "reminder" },
  { q: "ana" },
  { q: "example.com", channel: "email" },
  { from: day(-90), to: day(-30) },
  { from: day(-200), channel: "email", template: "thanks-positive" },
  { q: "nobody has this name" },
];

function day(n: number): string {
  return noon(n).slice(0, 10);
}

for (const filter of FILTERS) {
  test(`each stat is the number of rows that its link leads to: ${JSON.stringify(filter).replace(/\d{4}-\d\d-\d\d/g, "day")}`, async ({ page }) => {
    const messages = await new MessagesPage(page).open(filter);
    for (const stat of STATS) {
      // Other tests send meanwhile: the number is read again where the page it leads to came later.
      await expect(async () => {
        await messages.open(filter);
        const number = await messages.statNumber(stat);
        await messages.stat(stat).click();
        await expect(page).toHaveURL(new RegExp(`status=${stat.toLowerCase()}`));
        await messages.settled();
        expect(query(page)).toEqual({ ...filter, status: stat.toLowerCase() });
        expect((await messages.range()).total, stat).toBe(number);
        expect(await messages.statNumber(stat), `${stat}, with its own filter in force`).toBe(number);
        await expect(messages.stat(stat)).toHaveAttribute("aria-current", /true|page/);
      }).toPass({ timeout: 60_000 });
    }
  });
}

test("the columns are those of the product", async ({ page }) => {
  const messages = await new MessagesPage(page).open();
  const heads = messages.table.getByRole("columnheader");
  const texts = (await heads.allInnerTexts()).map((text) => text.trim());
  for (const name of COLUMNS) expect(texts.join("|")).toContain(name);
  await expect(messages.rows.first().getByRole("checkbox", { name: /^Select message to/ })).toBeVisible();
  await expect(page.getByRole("navigation").getByRole("link", { name: "Messages", exact: true })).toHaveAttribute(
    "aria-current",
    "page",
  );
  await expect(page).toHaveTitle(/Messages/);
});

test("a failed message shows its reason, an SMS no opening", async ({ page }) => {
  const messages = await new MessagesPage(page).open({ status: "failed" });
  const failed = await messages.cell(messages.rows.first(), "Failed");
  await expect(failed).toContainText(/\w{4,}/);
  // In the hue of what failed: #b42318.
  for (const mark of [failed.locator(".reason"), messages.rows.first().locator(".badge-failed")]) {
    await expect(mark).toHaveCSS("color", "rgb(180, 35, 24)");
  }
  await messages.open({ status: "sent", channel: "sms" });
  const opened = await messages.cell(messages.rows.first(), "Opened");
  await expect(opened.getByRole("time")).toHaveCount(0);
});

// "Scheduled / Sent" has the time of each message that was sent; "Sent" need not repeat it.
const ORDERS = [
  ["sent", "Scheduled / Sent"],
  ["scheduled", "Scheduled / Sent"],
  ["opened", "Opened"],
  ["clicked", "Clicked"],
] as const;

for (const [sort, head] of ORDERS) {
  for (const dir of ["desc", "asc"] as const) {
    test(`in the order of the date ${sort}, ${dir}`, async ({ page }) => {
      const status = sort === "scheduled" ? "scheduled" : sort;
      const messages = await new MessagesPage(page).open({ status, sort, dir, per: "100" });
      const times = (await messages.times(head)).map((time) => Date.parse(time));
      expect(times.length).toBeGreaterThan(1);
      const sorted = [...times].sort((a, b) => (dir === "asc" ? a - b : b - a));
      expect(times).toEqual(sorted);
    });
  }
}

test("each time of a row stands on one line", async ({ page }) => {
  const messages = await new MessagesPage(page).open({ status: "clicked" });
  const broken = await messages.table.getByRole("time").evaluateAll((all) =>
    all.filter((time) => time.getClientRects().length > 1).map((time) => time.textContent),
  );
  expect(broken).toEqual([]);
});

test("the order is chosen in the toolbar, and the direction beside it", async ({ page }) => {
  const messages = await new MessagesPage(page).open();
  await messages.choose("Sort by", "Date scheduled");
  await expect(page).toHaveURL(/sort=scheduled/);
  await messages.settled();
  await messages.chooseDirection("Oldest first");
  await expect(page).toHaveURL(/dir=asc/);
  await messages.settled();
  const head = messages.table.getByRole("columnheader", { name: "Scheduled / Sent" });
  await expect(head).toHaveAttribute("aria-sort", "ascending");
  await expect(messages.table.locator("th[aria-sort]")).toHaveCount(1);
  await head.getByRole("link").click();
  await expect(head).toHaveAttribute("aria-sort", "descending");
  expect(query(page)["sort"]).toBe("scheduled");
});

test("pages: ranges, first, previous, next, last", async ({ page }) => {
  const customer = await newCustomer(page);
  for (const n of [1, 2, 3, 4, 5, 6, 7, 8]) {
    await ask(page, customer, { email: true, sms: true, reminders: 3, days: 1, at: noon(4 * n) });
  }
  const filter = { q: customer.name, sort: "scheduled" };
  const messages = await new MessagesPage(page).open({ ...filter, per: "25" });
  const link = (name: "First" | "Previous" | "Next" | "Last") => messages.pageLink(name);
  const ids = async () =>
    messages.link(messages.rows).evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  const at = async (first: number, last: number) => {
    await expect(page.getByText(`${first}–${last} of 64`).first()).toBeVisible();
    await messages.settled();
    await expect(messages.rows).toHaveCount(last - first + 1);
  };
  await at(1, 25);
  await expect(link("Previous")).toHaveCount(0);
  const first = await ids();
  await link("Next").click();
  await at(26, 50);
  const second = await ids();
  await link("Next").click();
  await at(51, 64);
  const third = await ids();
  await expect(link("Next")).toHaveCount(0);
  expect(new Set([...first, ...second, ...third]).size).toBe(64);
  await link("Previous").click();
  await at(26, 50);
  expect(await ids()).toEqual(second);
  await link("First").click();
  await at(1, 25);
  expect(await ids()).toEqual(first);
  await link("Last").click();
  await expect(page.getByText(/of 64$/).first()).toBeVisible();
  await messages.settled();
  expect((await messages.range()).last).toBe(64);
  await page.goBack();
  await at(1, 25);
});

test("25, 50 or 100 rows a page", async ({ page }) => {
  const messages = await new MessagesPage(page).open();
  await expect(messages.rows).toHaveCount(50);
  await expect(messages.pages.getByText("Rows per page")).toBeVisible();
  for (const per of [...ALL_SIZES].reverse()) {
    await messages.showRows(per);
    await expect(messages.rows).toHaveCount(Number(per));
    expect(query(page)["per"] ?? "50").toBe(per);
    await messages.settled();
  }
  if (!scriptsRun()) return;
  // The size that was chosen last is that of the next visit.
  await messages.open();
  await expect(messages.rows).toHaveCount(25);
});

test("the server's page is never a busy one", async ({ page }) => {
  for (let n = 0; n < 30; n++) {
    const html = await (await page.request.get(messagesAt({ q: `${n}`, per: "25" }))).text();
    expect(html).toContain('aria-label="Filter messages"');
    expect(/<[^>]* aria-busy="true"[^>]*>/.exec(html)?.[0]).toBeUndefined();
  }
});

test("a place in the pages that is gone shows rows all the same", async ({ page }) => {
  const messages = await new MessagesPage(page).open({ after: "0.0.0190163d8694739baea5966c26f8ad91.999999999" });
  await expect(page).toHaveURL(new RegExp(messagesAt().replaceAll("/", "\\/")));
  await expect(messages.summary).toBeVisible();
});
