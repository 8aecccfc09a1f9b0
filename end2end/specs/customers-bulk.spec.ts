// Many customers changed at once: a menu that asks with scripts, a form without.

import { inProject } from "../fixtures/addresses";
import { ask, newCustomer, noon, submit, unique, type Customer } from "../fixtures/forms";
import { said } from "../fixtures/profile";
import { expect, scriptsRun, test, visit, type Page } from "../fixtures/test";
import type { Locator } from "@playwright/test";

/** Some customers whose names have a word in common. */
async function some(page: Page, n: number): Promise<{ word: string; customers: Customer[] }> {
  const word = unique();
  const customers: Customer[] = [];
  for (let i = 0; i < n; i++) customers.push(await newCustomer(page, { name: `Nora${i} ${word}` }));
  return { word, customers };
}

function rows(page: Page): Locator {
  const table = page.getByRole("table", { name: "Customers" });
  return table.getByRole("row").filter({ has: page.getByRole("rowheader") });
}

async function open(page: Page, search: string): Promise<void> {
  await visit(page, inProject(`customers?q=${search}`));
}

/** Does something with the ticked ones; with scripts it is asked about first, and `button` is what the question offers. */
async function change(page: Page, action: string, button: string, tag = ""): Promise<void> {
  if (scriptsRun()) {
    await page.getByRole("button", { name: "Select bulk action" }).click();
    await page.getByRole("menuitem", { name: action, exact: true }).click();
    const dialog = page.getByRole("dialog");
    if (tag !== "") {
      const field = dialog.getByLabel("Tag");
      if (action === "Remove tag") await field.selectOption(tag);
      else await field.fill(tag);
    }
    await dialog.getByRole("button", { name: button, exact: true }).click();
  } else {
    await page.getByLabel("What to do with the ticked customers").selectOption({ label: action });
    if (tag !== "") await page.getByLabel("Tag to add or remove").fill(tag);
    await page.getByRole("button", { name: "Apply to ticked" }).click();
  }
}

test("ticked customers are unsubscribed, what is unsent is canceled, and the answer counts both", async ({ page, a11y }) => {
  const { word, customers } = await some(page, 3);
  const [first, second] = customers;
  if (!first || !second) throw new Error("too few");
  await ask(page, first, { email: true, reminders: 1, at: noon(4) });
  await submit(page, "set_unsubscribed", { slug: second.slug, id: second.id, on: "true" });
  await open(page, word);
  await expect(rows(page)).toHaveCount(3);
  await rows(page).nth(0).getByRole("checkbox").check();
  await rows(page).nth(1).getByRole("checkbox").check();
  if (scriptsRun()) await expect(page.getByText("2 selected")).toBeVisible();
  await a11y(page, "ticked customers");
  await change(page, "Unsubscribe", "Unsubscribe 2 customers");
  await said(page, /Unsubscribed 1 customer\. Canceled 2 messages\. 1 skipped: 1 unsubscribed already\./);
  await expect(rows(page).filter({ hasText: "Unsubscribed" })).toHaveCount(2);
});

test("a tag is added to many and removed again", async ({ page }) => {
  const { word } = await some(page, 2);
  const tag = unique();
  await open(page, word);
  await rows(page).nth(0).getByRole("checkbox").check();
  await rows(page).nth(1).getByRole("checkbox").check();
  await change(page, "Add tag", "Add tag to 2 customers", tag);
  await said(page, new RegExp(`Tagged 2 customers “${tag}”\\.`));
  await expect(rows(page).filter({ hasText: tag })).toHaveCount(2);
  await rows(page).nth(0).getByRole("checkbox").check();
  await change(page, "Remove tag", "Remove tag from 1 customer", tag);
  await said(page, new RegExp(`Removed the tag “${tag}” from 1 customer\\.`));
  await expect(rows(page).filter({ hasText: tag })).toHaveCount(1);
});

test("the archived are hidden, and can be unarchived", async ({ page }) => {
  const { word } = await some(page, 2);
  await open(page, word);
  await rows(page).nth(0).getByRole("checkbox").check();
  await change(page, "Archive", "Archive 1 customer");
  await said(page, /Archived 1 customer\./);
  await expect(rows(page)).toHaveCount(1);
  await open(page, `${word}&status=archived`);
  await rows(page).nth(0).getByRole("checkbox").check();
  await change(page, "Unarchive", "Unarchive 1 customer");
  await said(page, /Unarchived 1 customer\./);
  await open(page, word);
  await expect(rows(page)).toHaveCount(2);
});

test("deleting asks first, with the number, and takes only what was ticked", async ({ page, a11y }) => {
  const { word } = await some(page, 3);
  await open(page, word);
  await rows(page).nth(0).getByRole("checkbox").check();
  await rows(page).nth(2).getByRole("checkbox").check();
  if (scriptsRun()) {
    await page.getByRole("button", { name: "Select bulk action" }).click();
    await page.getByRole("menuitem", { name: "Delete", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Delete customers" });
    await expect(dialog).toContainText("2 customers are selected.");
    await a11y(page, "the question before a deletion");
    await dialog.getByRole("button", { name: "Delete 2 customers" }).click();
  } else {
    await page.getByLabel("What to do with the ticked customers").selectOption("delete");
    await page.getByRole("button", { name: "Apply to ticked" }).click();
    await expect(page.getByText("confirm that they are to be deleted for good")).toBeVisible();
    await open(page, word);
    await expect(rows(page)).toHaveCount(3);
    await rows(page).nth(0).getByRole("checkbox").check();
    await rows(page).nth(2).getByRole("checkbox").check();
    await page.getByLabel("What to do with the ticked customers").selectOption("delete");
    await page.getByLabel("Delete for good").check();
    await page.getByRole("button", { name: "Apply to ticked" }).click();
  }
  await said(page, /Deleted 2 customers\./);
  await expect(rows(page)).toHaveCount(1);
});

test("select all that match takes the filter, but those that are unticked", async ({ page, scripts }) => {
  test.skip(!scripts, "Without scripts, there are the boxes of the page.");
  const { word } = await some(page, 27);
  await visit(page, inProject(`customers?q=${word}&per=25`));
  await expect(page.getByText("More than 25 customers")).toBeVisible();
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  await expect(page.getByText("25 selected")).toBeVisible();
  await page.getByRole("button", { name: "Select all that match" }).click();
  await rows(page).nth(3).getByRole("checkbox").uncheck();
  await expect(page.getByText("All that match but 1 selected")).toBeVisible();
  await page.getByRole("button", { name: "Select bulk action" }).click();
  await page.getByRole("menuitem", { name: "Archive", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Archive customers" });
  await expect(dialog).toContainText(`All that match Search: ${word} are selected.`);
  await expect(dialog).toContainText("26 customers are selected.");
  await dialog.getByRole("button", { name: "Archive 26 customers" }).click();
  await said(page, /Archived 26 customers\./);
  await expect(rows(page)).toHaveCount(1);
  await expect(page.getByText("1 customer", { exact: true })).toBeVisible();
});

test("only managers change many", async ({ page, as }) => {
  const { word } = await some(page, 1);
  const theirs = await as("operator");
  await visit(theirs, inProject(`customers?q=${word}`));
  await expect(rows(theirs)).toHaveCount(1);
  await expect(theirs.getByRole("checkbox", { name: /^Select/ })).toHaveCount(0);
  await expect(theirs.getByRole("link", { name: "Export" })).toHaveCount(0);
});
