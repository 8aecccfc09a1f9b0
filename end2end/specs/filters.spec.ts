// The filter toolbar: each filter, its chip, its place in the address.

import { messagesAt } from "../fixtures/addresses";
import { ask, newCustomer, noon } from "../fixtures/forms";
import { MessagesPage, STATUSES, query, type Control } from "../fixtures/messages";
import { expect, scriptsRun, test, type Page } from "../fixtures/test";

async function optionsOf(messages: MessagesPage, name: Control): Promise<string[]> {
  return (await messages.control(name).getByRole("option").allInnerTexts()).map((text) => text.trim());
}

test("the toolbar offers what the product has", async ({ page, a11y }) => {
  const messages = await new MessagesPage(page).open();
  expect(await optionsOf(messages, "Channel")).toEqual(expect.arrayContaining(["Email", "SMS"]));
  expect(await optionsOf(messages, "Template")).toEqual(
    expect.arrayContaining(["Request", "Reminder", "Thanks (positive)", "Thanks (negative)"]),
  );
  expect(await optionsOf(messages, "Status")).toEqual(expect.arrayContaining([...STATUSES]));
  expect(await optionsOf(messages, "Sort by")).toEqual(["Date sent", "Date scheduled", "Date opened", "Date clicked"]);
  // The demo has three branches: each, and all of them.
  expect(await optionsOf(messages, "Location")).toHaveLength(4);
  await a11y(page, "the Messages page");
});

test("by channel", async ({ page }) => {
  const messages = await new MessagesPage(page).open();
  const all = (await messages.range()).total;
  let sum = 0;
  for (const [name, slug] of [["Email", "email"], ["SMS", "sms"]] as const) {
    await messages.choose("Channel", name);
    await expect(page).toHaveURL(new RegExp(`channel=${slug}`));
    await messages.settled();
    expect(new Set(await messages.texts("Channel"))).toEqual(new Set([name]));
    sum += (await messages.range()).total;
  }
  expect(sum).toBeGreaterThanOrEqual(all);
});

test("by template", async ({ page }) => {
  const messages = await new MessagesPage(page).open();
  const templates = [
    ["Request", "request", /^Request/],
    ["Reminder", "reminder", /^Reminder [1-3]/],
    ["Thanks (positive)", "thanks-positive", /^Thanks \(positive\)/],
    ["Thanks (negative)", "thanks-negative", /^Thanks \(negative\)/],
  ] as const;
  for (const [name, slug, shown] of templates) {
    await messages.choose("Template", name);
    await expect(page).toHaveURL(new RegExp(`template=${slug}`));
    await messages.settled();
    const cells = await messages.texts("Template");
    expect(cells.length).toBeGreaterThan(0);
    for (const cell of cells) expect(cell).toMatch(shown);
  }
});

test("by status", async ({ page }) => {
  const messages = await new MessagesPage(page).open();
  for (const status of STATUSES) {
    await messages.choose("Status", status);
    await expect(page).toHaveURL(new RegExp(`status=${status.toLowerCase()}`));
    await messages.settled();
    expect((await messages.range()).total, status).toBeGreaterThan(0);
    // Sent, Opened and Clicked are a funnel: the badge shows the furthest.
    const shown = { Sent: /Sent|Opened|Clicked|Complained/, Opened: /Opened|Clicked|Complained/, Clicked: /Clicked|Complained/ };
    const pattern = (shown as Record<string, RegExp>)[status] ?? new RegExp(status);
    for (const row of (await messages.rows.all()).slice(0, 10)) await expect(row).toContainText(pattern);
  }
});

test("by location: the branches' messages are all of them", async ({ page }) => {
  const messages = await new MessagesPage(page).open();
  const [, ...branches] = await optionsOf(messages, "Location");
  let sum = 0;
  for (const branch of branches) {
    await messages.choose("Location", branch);
    await expect(page).toHaveURL(/location=[0-9a-f-]{36}/);
    await messages.settled();
    const { total } = await messages.range();
    expect(total, branch).toBeGreaterThan(0);
    sum += total;
  }
  await messages.open();
  expect(sum).toBeLessThanOrEqual((await messages.range()).total);
});

test("by date: both days included", async ({ page }) => {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, reminders: 3, days: 1, at: noon(10) });
  const day = (n: number): string => noon(n).slice(0, 10);
  const messages = await new MessagesPage(page).open({ q: customer.name });
  await expect(messages.rows).toHaveCount(4);
  await messages.setDay("From", day(11));
  await expect(page).toHaveURL(new RegExp(`from=${day(11)}`));
  await expect(messages.rows).toHaveCount(3);
  await messages.settled();
  await messages.setDay("To", day(12));
  await expect(page).toHaveURL(new RegExp(`to=${day(12)}`));
  await expect(messages.rows).toHaveCount(2);
  await messages.open({ q: customer.name, from: day(12), to: day(11) });
  await expect(messages.rows).toHaveCount(0);
  await expect(page.getByText(/“From” is after “To”/)).toBeVisible();
});

test("by search: name, email, phone, company, UUID; pieces of three letters and of one", async ({ page }) => {
  const customer = await newCustomer(page, { company: "Zürich & Söhne 100%" });
  await ask(page, customer, { email: true, at: noon(5) });
  const messages = await new MessagesPage(page).open({ q: customer.name });
  await expect(messages.rows).toHaveCount(1);
  const href = (await messages.link(messages.rows).getAttribute("href")) ?? "";
  const message = /message=([0-9a-f-]{36})/.exec(href)?.[1] ?? "";
  const word = customer.name.split(" ")[1] ?? "";
  for (const q of [customer.name, customer.name.toUpperCase(), word, word.slice(2, 8), customer.email, message]) {
    await messages.searchFor(q);
    await expect.poll(() => query(page)["q"]).toBe(q);
    await expect(messages.rows).toHaveCount(1);
    await expect(messages.rows).toContainText(customer.name);
  }
  for (const q of [customer.phone.slice(-7), "Söhne 100%", "h & S", "zo", "z"]) {
    await messages.open({ q, status: "scheduled", sort: "scheduled", per: "100" });
    expect((await messages.range()).total, q).toBeGreaterThan(0);
  }
  await messages.open({ q: `${word}-nobody` });
  await expect(messages.rows).toHaveCount(0);
  await expect(page.getByText(/^No messages? match/)).toBeVisible();
});

test("the words of a search may come in any order", async ({ page }) => {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, at: noon(5) });
  const [first, last] = customer.name.split(" ");
  const messages = await new MessagesPage(page).open({ q: `${last} ${first?.toLowerCase()}` });
  await expect(messages.rows).toHaveCount(1);
  await expect(messages.rows).toContainText(customer.name);
});

test("chips name the filters in force, and take each away; Clear filters takes all", async ({ page, a11y }) => {
  const messages = await new MessagesPage(page).open({ channel: "email", template: "request", status: "sent", sort: "opened" });
  await expect(messages.chips()).toHaveCount(3);
  await a11y(page, "the Messages page with chips");
  await page.getByRole("link", { name: /^Remove filter.*Channel/ }).click();
  await expect(messages.chips()).toHaveCount(2);
  expect(query(page)).toEqual({ template: "request", status: "sent", sort: "opened" });
  await messages.settled();
  await page.getByRole("link", { name: /^Remove filter.*Template/ }).click();
  await expect(messages.chips()).toHaveCount(1);
  await messages.settled();
  await page.getByRole("link", { name: "Clear filters" }).first().click();
  await expect(messages.chips()).toHaveCount(0);
  await messages.settled();
  expect(query(page)["status"]).toBeUndefined();
  await expect(messages.control("Status")).toHaveValue("");
});

test("a filtered view can be linked, reloaded and returned to with Back", async ({ page, context }) => {
  const messages = await new MessagesPage(page).open();
  await messages.choose("Status", "Failed");
  await expect(page).toHaveURL(/status=failed/);
  await messages.settled();
  await messages.choose("Channel", "SMS");
  await expect(page).toHaveURL(/channel=sms/);
  await messages.settled();
  const { total } = await messages.range();
  const tab = await context.newPage();
  await tab.goto(page.url());
  const linked = new MessagesPage(tab);
  await linked.settled();
  expect((await linked.range()).total).toBe(total);
  await page.reload();
  await messages.settled();
  await expect(messages.control("Status")).toHaveValue("failed");
  await expect(messages.control("Channel")).toHaveValue("sms");
  expect((await messages.range()).total).toBe(total);
  await page.goBack();
  await expect(messages.control("Channel")).toHaveValue("");
  await expect(messages.control("Status")).toHaveValue("failed");
  await page.goBack();
  await expect(messages.control("Status")).toHaveValue("");
  expect(query(page)).toEqual({});
});

test("a default is left out of the address, an unknown value is the default", async ({ page }) => {
  const messages = await new MessagesPage(page).open();
  const { total } = await messages.range();
  await messages.choose("Status", "Scheduled");
  await expect(page).toHaveURL(/status=scheduled/);
  await messages.settled();
  const [all] = await optionsOf(messages, "Status");
  await messages.choose("Status", all ?? "");
  if (scriptsRun()) await expect(page).toHaveURL(new RegExp(`${messagesAt()}$`));
  await messages.settled();
  for (const name of ["status", "channel", "template", "location", "sort", "dir", "from", "to", "per", "after", "page"]) {
    await messages.open({ [name]: "nonsense" });
    expect((await messages.range()).total, name).toBeGreaterThanOrEqual(total);
    expect((await messages.range()).first, name).toBe(1);
  }
});

test("hostile values are answered with a page", async ({ page }) => {
  const hostile = [
    "x".repeat(5_000), "%", "_", "'", '"', "\\", "''; drop table message; --", "<script>alert(1)</script>", "\u0000", "\u202e",
    "NEAR(", '"* AND', "a OR b", "*", "^", "-", "{}", "🙂", "  ", "%25%00", "٣", "\ud800",
  ];
  const names = ["q", "from", "to", "location", "status", "after", "before", "per", "sort"];
  for (const value of hostile) {
    for (const name of parametersFor(names, value)) await expectPage(page, `${messagesAt()}?${name}=${encode(value)}`);
  }
  for (const raw of ["q=%ff%fe", "q=%", "q=a&q=b&q=c", "&&&==", "from=2026-02-30&to=9999-99-99", "after=0.9e99.x.-1"]) {
    await expectPage(page, `${messagesAt()}?${raw}`);
  }
  for (const key of [Number.MIN_SAFE_INTEGER, "9223372036854775807", "-9223372036854775808"]) {
    await expectPage(page, `${messagesAt()}?after=0.${key}.0190163d8694739baea5966c26f8ad91.18446744073709551615`);
  }
  const messages = await new MessagesPage(page).open({ q: "<script>alert(1)</script>", status: "'" });
  await expect(messages.search).toHaveValue("<script>alert(1)</script>");
  await expect(messages.chips()).toHaveCount(1);
});

/** The search takes every hostile value; the other parameters, the first few. */
function parametersFor(names: string[], value: string): string[] {
  return value.length < 3 ? names.slice(0, 1) : names;
}

function encode(value: string): string {
  return value === "\ud800" ? "%ed%a0%80" : encodeURIComponent(value);
}

async function expectPage(page: Page, address: string): Promise<void> {
  const answer = await page.request.get(address);
  expect(answer.status(), address.slice(0, 120)).toBe(200);
}

test("by review: what led to one, with its stars", async ({ page }) => {
  const messages = await new MessagesPage(page).open({ status: "reviewed" });
  await messages.settled();
  expect(await messages.control("Status").inputValue()).toBe("reviewed");
  const rows = await messages.rows.all();
  expect(rows.length).toBeGreaterThan(0);
  expect((await messages.range()).total).toBeGreaterThanOrEqual(rows.length);
  for (const row of rows.slice(0, 10)) await expect(row).toContainText(/[1-5] stars?/);
  await expect(page.getByRole("link", { name: /^Remove filter.*Status.*Reviewed/ })).toBeVisible();
});
