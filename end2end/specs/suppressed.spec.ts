// The Suppressed page: addresses to which nothing is sent, how one is added and lifted, and who may.

import { inProject, profileAt } from "../fixtures/addresses";
import { ask, newCustomer, noon, submit, unique } from "../fixtures/forms";
import { query } from "../fixtures/messages";
import { ProfilePage } from "../fixtures/profile";
import { env, expect, scriptsRun, test, visit, type Page } from "../fixtures/test";
import type { Locator } from "@playwright/test";

class SuppressedPage {
  readonly rows: Locator;
  readonly search: Locator;
  readonly dialog: Locator;
  /** What the last change did: a toast with scripts, a notice without. */
  readonly said: Locator;

  constructor(readonly page: Page) {
    const table = page.getByRole("table", { name: "Suppressed" });
    this.rows = table.getByRole("row").filter({ has: page.getByRole("rowheader") });
    this.search = page.getByRole("searchbox", { name: "Search suppressed addresses" });
    this.dialog = page.getByRole("dialog");
    this.said = page.getByRole("status");
  }

  async open(search = ""): Promise<this> {
    await visit(this.page, inProject(`suppressed${search}`));
    return this;
  }

  /** Fills the form and sends it; the dialog stays where it is refused. */
  async add(address: string, note = ""): Promise<void> {
    await this.page.getByRole("link", { name: "Add address" }).click();
    await this.dialog.getByLabel("Email or phone").fill(address);
    await this.dialog.getByLabel("Note (optional)").fill(note);
    await this.dialog.getByRole("button", { name: "Suppress it" }).click();
  }

  row(address: string): Locator {
    return this.rows.filter({ hasText: address });
  }
}

test("an address is added by hand: what waits for it is canceled, and nobody is asked there", async ({ page, a11y }) => {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, reminders: 1, at: noon(3) });
  const suppressed = await new SuppressedPage(page).open();
  await expect(page.getByRole("heading", { level: 1, name: "Suppressed" })).toBeVisible();
  await page.getByRole("link", { name: "Add address" }).click();
  await expect(suppressed.dialog).toBeVisible();
  await a11y(page, "the form that adds an address");
  await suppressed.dialog.getByRole("link", { name: "Cancel" }).click();
  await expect(suppressed.dialog).toHaveCount(0);
  await suppressed.add(customer.email.toUpperCase(), "She called on Monday");
  await expect(suppressed.said.filter({ hasText: `${customer.email} is suppressed. Canceled 2 messages.` })).toBeVisible();
  await suppressed.open(`?q=${encodeURIComponent(customer.email)}`);
  const row = suppressed.row(customer.email);
  for (const words of ["Email", "Added by hand", "She called on Monday"]) await expect(row).toContainText(words);
  await a11y(page, "the list");
  await row.getByRole("link", { name: customer.name }).click();
  const profile = new ProfilePage(page);
  await expect(page.getByRole("heading", { level: 1, name: customer.name })).toBeVisible();
  for (const shown of await profile.rows.all()) await expect(shown).toContainText("Canceled");

  await visit(page, profileAt(customer.id, { do: "request" }));
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Request review" }).click();
  await expect(dialog.getByText(/is suppressed: it was added by hand/)).toBeVisible();
});

test("an address is lifted after a warning, and may be asked again", async ({ page, a11y }) => {
  const customer = await newCustomer(page);
  await submit(page, "add_suppression", { slug: customer.slug, "form[address]": customer.email });
  const suppressed = await new SuppressedPage(page).open(`?q=${encodeURIComponent(customer.email)}`);
  await suppressed.row(customer.email).getByRole("link", { name: `Lift ${customer.email}` }).click();
  await expect(suppressed.dialog).toContainText("it was added by hand");
  await expect(suppressed.dialog).toContainText("Canceled messages stay canceled.");
  await a11y(page, "the question before it is lifted");
  await suppressed.dialog.getByRole("link", { name: "Keep it" }).click();
  await expect(suppressed.row(customer.email)).toHaveCount(1);
  await suppressed.row(customer.email).getByRole("link", { name: `Lift ${customer.email}` }).click();
  await suppressed.dialog.getByRole("button", { name: "Lift it" }).click();
  await expect(suppressed.said.filter({ hasText: `${customer.email} is not suppressed any more.` })).toBeVisible();
  await expect(suppressed.dialog).toHaveCount(0);
  await expect(suppressed.row(customer.email)).toHaveCount(0);
  expect(query(page)["q"], "the search stays").toBe(customer.email);
  await ask(page, customer, { email: true, at: noon(3) });
});

test("what cannot be an address, or is suppressed already, is said at the field", async ({ page }) => {
  const customer = await newCustomer(page);
  await submit(page, "add_suppression", { slug: customer.slug, "form[address]": customer.email });
  const suppressed = await new SuppressedPage(page).open();
  for (const [address, words] of [
    ["nobody@", /Write an email address such as/],
    ["12", /Write a phone number such as/],
    [customer.email, /suppressed already: it was added by hand/],
  ] as const) {
    await suppressed.open();
    await suppressed.add(address);
    await expect(suppressed.dialog.getByText(words)).toBeVisible();
  }
});

test("the search finds a part of an address, and the address of the page says so", async ({ page, a11y }) => {
  const word = unique();
  for (const n of [1, 2]) {
    await submit(page, "add_suppression", {
      slug: env("REVIEW_MESSAGES_PROJECT"),
      "form[address]": `${word}.${n}@example.com`,
    });
  }
  const suppressed = await new SuppressedPage(page).open();
  await suppressed.search.fill(word);
  if (!scriptsRun()) await page.getByRole("button", { name: "Search" }).click();
  await expect.poll(() => query(page)["q"]).toBe(word);
  await expect(suppressed.rows).toHaveCount(2);
  await page.reload();
  await expect(suppressed.search).toHaveValue(word);
  await expect(suppressed.rows).toHaveCount(2);
  await suppressed.open(`?q=${unique()}`);
  await expect(page.getByText(/^No suppressed address matches/)).toBeVisible();
  await a11y(page, "no address found");
  await page.getByRole("link", { name: "Clear search" }).click();
  await expect.poll(() => query(page)).toEqual({});
});

test("a question about what was lifted meanwhile says so", async ({ page }) => {
  const suppressed = await new SuppressedPage(page).open("?do=lift-0190163d-8694-739b-aea5-966c26f8ad91");
  await expect(suppressed.dialog).toContainText("This address is not suppressed any more.");
  await suppressed.dialog.getByRole("link", { name: "Close" }).click();
  await expect(suppressed.dialog).toHaveCount(0);
});

test("a Viewer reads, an Operator lifts, a Manager adds", async ({ page, as }) => {
  const customer = await newCustomer(page);
  await submit(page, "add_suppression", { slug: customer.slug, "form[address]": customer.email });
  for (const [role, lifts, adds] of [
    ["viewer", 0, 0],
    ["operator", 1, 0],
    ["manager", 1, 1],
  ] as const) {
    const theirs = await new SuppressedPage(await as(role)).open(`?q=${encodeURIComponent(customer.email)}`);
    await expect(theirs.row(customer.email)).toHaveCount(1);
    await expect(theirs.page.getByRole("link", { name: `Lift ${customer.email}` })).toHaveCount(lifts);
    await expect(theirs.page.getByRole("link", { name: "Add address" })).toHaveCount(adds);
    await theirs.open("?do=add");
    await expect(theirs.dialog).toHaveCount(adds);
  }
});
