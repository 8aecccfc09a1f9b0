// The Customers page: its search, its filters, and the way back.

import { inProject } from "../fixtures/addresses";
import { newCustomer, submit, unique, type Customer } from "../fixtures/forms";
import { query } from "../fixtures/messages";
import { expect, scriptsRun, test, visit, type Page } from "../fixtures/test";
import type { Locator } from "@playwright/test";

class CustomersPage {
  readonly rows: Locator;
  readonly filters: Locator;
  readonly search: Locator;

  constructor(readonly page: Page) {
    const table = page.getByRole("table", { name: "Customers" });
    this.rows = table.getByRole("row").filter({ has: page.getByRole("rowheader") });
    this.filters = page.getByRole("search", { name: "Search customers" });
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

  async only(what: "archived" | "unsubscribed"): Promise<void> {
    await this.filters.getByRole("checkbox", { name: `Only ${what}` }).check();
    await this.apply();
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
  test(`"Only ${what}" shows those alone, and "Clear filters" ends it`, async ({ page }) => {
    const those = await family(page);
    const customers = await new CustomersPage(page).open(`?q=${those.word}`);
    await customers.only(what);
    await expect(page).toHaveURL(new RegExp(`${what}=yes`));
    await expect(customers.rows).toHaveCount(1);
    await expect(customers.rows).toContainText(those[what].name);
    await page.reload();
    await expect(customers.filters.getByRole("checkbox", { name: `Only ${what}` })).toBeChecked();
    await page.getByRole("link", { name: "Clear filters" }).first().click();
    await expect.poll(() => query(page)).toEqual({});
    await expect(customers.filters.getByRole("checkbox", { name: `Only ${what}` })).not.toBeChecked();
    await expect(customers.search).toHaveValue("");
  });
}

test("a filter, a profile, and Back: the list is as it was", async ({ page }) => {
  const { word, archived } = await family(page);
  const customers = await new CustomersPage(page).open(`?q=${word}&archived=yes`);
  await customers.rows.getByRole("link", { name: archived.name }).click();
  await expect(page.getByRole("heading", { level: 1, name: archived.name })).toBeVisible();
  await page.goBack();
  await expect(customers.search).toHaveValue(word);
  await expect(customers.filters.getByRole("checkbox", { name: "Only archived" })).toBeChecked();
  await expect(customers.rows).toHaveCount(1);
});

test("nobody found: the page says what to do", async ({ page, a11y }) => {
  await new CustomersPage(page).open(`?q=${unique()}`);
  await expect(page.getByText(/^No customers? match/)).toBeVisible();
  await a11y(page, "no customers");
});
