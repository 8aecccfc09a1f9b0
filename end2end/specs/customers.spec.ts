// The Customers page: its search, its filters, orders and pages, its export, and the way back.

import { inProject } from "../fixtures/addresses";
import { newCustomer, submit, unique, type Customer } from "../fixtures/forms";
import { query as whole } from "../fixtures/messages";
import { env, expect, scriptsRun, test, visit, type Page } from "../fixtures/test";
import type { Locator } from "@playwright/test";

/** The query of the address. Without scripts a form sends the controls that nobody touched, too. */
function query(page: Page): Record<string, string> {
  const all = whole(page);
  if (scriptsRun()) return all;
  const isChosen = ([name, value]: [string, string]) => value !== "" && name !== "dir" && !(name === "sort" && value === "name");
  return Object.fromEntries(Object.entries(all).filter(isChosen));
}

class CustomersPage {
  readonly rows: Locator;
  readonly filters: Locator;
  readonly search: Locator;

  constructor(readonly page: Page) {
    const table = page.getByRole("table", { name: "Customers" });
    this.rows = table.getByRole("row").filter({ has: page.getByRole("rowheader") });
    this.filters = page.getByRole("search", { name: "Filter customers" });
    this.search = page.getByRole("searchbox", { name: "Search customers" });
  }

  async open(search = ""): Promise<this> {
    await visit(this.page, inProject(`customers${search}`));
    return this;
  }

  /** Sends the form, where nothing sends it by itself. */
  async apply(): Promise<void> {
    if (!scriptsRun()) await this.filters.getByRole("button").filter({ visible: true }).first().click();
  }

  /** Chooses a value of one of the filters. */
  async choose(label: string, value: string): Promise<void> {
    await this.filters.getByLabel(label, { exact: true }).selectOption(value);
    await this.apply();
  }

  names(): Promise<string[]> {
    return this.rows.getByRole("rowheader").getByRole("link").allInnerTexts();
  }
}

/** Three of one family: one is archived, one unsubscribed. */
async function family(page: Page): Promise<{ word: string; plain: Customer; archived: Customer; unsubscribed: Customer }> {
  const word = unique();
  const member = (first: string) => newCustomer(page, { name: `${first} ${word}` });
  const [plain, archived, unsubscribed] = [await member("Ann"), await member("Ben"), await member("Cleo")];
  await submit(page, "set_archived", { slug: archived.slug, id: archived.id, on: "true" });
  await submit(page, "set_unsubscribed", { slug: unsubscribed.slug, id: unsubscribed.id, on: "true" });
  return { word, plain, archived, unsubscribed };
}

test("the search finds by name, and the address says what is searched for", async ({ page }) => {
  const { word, plain } = await family(page);
  const customers = await new CustomersPage(page).open();
  await customers.search.fill(word);
  await customers.apply();
  await expect.poll(() => query(page)["q"]).toBe(word);
  await expect(customers.rows.filter({ hasText: plain.name })).toHaveCount(1);
  await expect(customers.rows).toHaveCount(2);
  for (const row of await customers.rows.all()) await expect(row).toContainText(word);
  if (scriptsRun()) await expect(customers.search).toBeFocused();
  await page.reload();
  await expect(customers.search).toHaveValue(word);
  await expect(customers.rows.filter({ hasText: plain.name })).toHaveCount(1);
});

for (const what of ["archived", "unsubscribed"] as const) {
  test(`the status "${what}" shows those alone, and its chip ends it`, async ({ page }) => {
    const those = await family(page);
    const customers = await new CustomersPage(page).open(`?q=${those.word}`);
    await customers.choose("Status", what);
    await expect(page).toHaveURL(new RegExp(`status=${what}`));
    await expect(customers.rows).toHaveCount(1);
    await expect(customers.rows).toContainText(those[what].name);
    await page.reload();
    await expect(customers.filters.getByLabel("Status")).toHaveValue(what);
    await page.getByRole("link", { name: /^Remove filter Status/ }).click();
    await expect.poll(() => query(page)).toEqual({ q: those.word });
    await expect(customers.rows).toHaveCount(2);
    await page.getByRole("link", { name: "Clear filters" }).first().click();
    await expect.poll(() => query(page)).toEqual({});
    await expect(customers.filters.getByLabel("Status")).toHaveValue("");
    await expect(customers.search).toHaveValue("");
  });
}

test("tag, rating and stage of the review narrow the list, each with a chip; the row shows them", async ({ page, a11y }) => {
  const { word, plain } = await family(page);
  const tag = unique();
  await submit(page, "set_tags", { slug: plain.slug, id: plain.id, tags: `${tag}, regular` });
  await submit(page, "add_review", { slug: plain.slug, id: plain.id, rating: "2" });
  const customers = await new CustomersPage(page).open(`?q=${word}`);
  await expect(customers.rows).toHaveCount(2);
  await customers.choose("Tag", tag);
  await expect(customers.rows).toHaveCount(1);
  await expect(customers.rows).toContainText(plain.name);
  await expect(customers.rows).toContainText("2 of 5 stars");
  await expect(customers.rows).toContainText(tag);
  await customers.choose("Rating", "2");
  await customers.choose("Review", "reviewed");
  expect(query(page)).toEqual({ q: word, tag, rating: "2", review: "reviewed" });
  await expect(page.getByRole("link", { name: /^Remove filter/ })).toHaveCount(4);
  await a11y(page, "filtered customers");
  await customers.choose("Rating", "3");
  await expect(customers.rows).toHaveCount(0);
  await page.getByRole("link", { name: /^Remove filter Rating/ }).click();
  await expect(customers.rows).toHaveCount(1);
});

test("the list is sorted by name and by when customers were added, either way", async ({ page }) => {
  const { word } = await family(page);
  const customers = await new CustomersPage(page).open(`?q=${word}`);
  expect(await customers.names()).toEqual([`Ann ${word}`, `Cleo ${word}`]);
  await page.getByRole("columnheader", { name: "Customer" }).getByRole("link").click();
  await expect(page).toHaveURL(/dir=desc/);
  await expect.poll(() => customers.names()).toEqual([`Cleo ${word}`, `Ann ${word}`]);
  await customers.choose("Sort by", "added");
  await expect.poll(() => query(page)).toEqual({ q: word, sort: "added" });
  await expect.poll(() => customers.names()).toEqual([`Cleo ${word}`, `Ann ${word}`]);
  await customers.choose("Direction", "asc");
  await expect.poll(() => customers.names()).toEqual([`Ann ${word}`, `Cleo ${word}`]);
});

test("pages lead on and back, and say where one is without counting all", async ({ page }) => {
  const customers = await new CustomersPage(page).open("?per=25");
  const pages = page.getByRole("navigation", { name: "Pages of customers" });
  await expect(pages.getByRole("status")).toHaveText("1–25");
  const first = await customers.names();
  await pages.getByRole("link", { name: "Next" }).click();
  await expect(pages.getByRole("status")).toHaveText(/^26–/);
  const [next = ""] = await customers.names();
  expect(next >= (first.at(-1) ?? "~"), `${next} after ${first.at(-1)}`).toBe(true);
  await page.reload();
  await expect(pages.getByRole("status")).toHaveText(/^26–/);
  await pages.getByRole("link", { name: "Previous" }).click();
  await expect(pages.getByRole("status")).toHaveText("1–25");
});

test("a filter, a profile, and Back: the list is as it was", async ({ page }) => {
  const { word, archived } = await family(page);
  const customers = await new CustomersPage(page).open(`?q=${word}&archived=yes`);
  await customers.rows.getByRole("link", { name: archived.name }).click();
  await expect(page.getByRole("heading", { level: 1, name: archived.name })).toBeVisible();
  await page.goBack();
  await expect(customers.search).toHaveValue(word);
  await expect(customers.filters.getByLabel("Status")).toHaveValue("archived");
  await expect(customers.rows).toHaveCount(1);
});

test("the filtered customers are exported as a file", async ({ page }) => {
  const { word, plain } = await family(page);
  await new CustomersPage(page).open(`?q=${word}`);
  const link = page.getByRole("link", { name: "Export" });
  const download = page.waitForEvent("download");
  await link.click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^customers-.*\.csv$/);
  const address = (await link.getAttribute("href")) ?? "";
  const text = await (await page.request.get(`${env("REVIEW_MESSAGES_URL")}${address}`)).text();
  expect(text.split("\r\n")).toHaveLength(4);
  expect(text).toContain(`${plain.name},,${plain.email},"'${plain.phone}"`);
});

test("nobody found: the page says what to do", async ({ page, a11y }) => {
  await new CustomersPage(page).open(`?q=${unique()}`);
  await expect(page.getByText(/^No customers? match/)).toBeVisible();
  await a11y(page, "no customers");
});
