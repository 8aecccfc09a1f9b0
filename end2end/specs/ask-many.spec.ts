// Asking many customers at once: by a list of their addresses, and those that are ticked.

import { inProject } from "../fixtures/addresses";
import { newCustomer, submit, unique } from "../fixtures/forms";
import { said } from "../fixtures/profile";
import { expect, scriptsRun, test, visit } from "../fixtures/test";

test("those of a list are asked; who can't be is counted first, and unknown addresses are named", async ({ page, a11y }) => {
  const word = unique();
  const first = await newCustomer(page, { name: `Ina ${word}`, email: `ina-${word}@example.com`, phone: "" });
  const gone = await newCustomer(page, { name: `Gus ${word}`, email: `gus-${word}@example.com` });
  await submit(page, "set_unsubscribed", { slug: gone.slug, id: gone.id, on: "true" });
  await visit(page, inProject("customers"));
  await page.getByRole("link", { name: "Ask by a list" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Ask by a list" })).toBeVisible();
  const list = page.getByLabel("Email addresses and phone numbers");
  await list.fill(`ina-${word}@example.com\ngus-${word}@example.com; nobody-${word}@example.com`);
  if (scriptsRun()) {
    const counted = page.getByRole("status").filter({ hasText: "can be asked" });
    await expect(counted).toContainText("1 customer can be asked: 1 by Email. The first messages leave");
    await expect(counted).toContainText("1 can't: 1 unsubscribed.");
    await expect(counted).toContainText(`1 of the list belongs to no customer: nobody-${word}@example.com`);
    await page.getByText(`What Ina ${word} would get first`).click();
    await expect(page.locator(".preview-text").first()).toContainText("Ina");
    await page.getByLabel("Email", { exact: true }).uncheck();
    await expect(page.getByText("None of them can be asked.")).toBeVisible();
    await page.getByLabel("Email", { exact: true }).check();
    await a11y(page, "asking by a list");
    await page.getByRole("button", { name: "Ask 1 customer" }).click();
  } else {
    await page.getByRole("button", { name: "Ask", exact: true }).click();
  }
  await said(page, /Asked 1 customer\. 2 skipped: 1 not among your customers, 1 unsubscribed\./);
  await expect(page.getByRole("heading", { level: 1, name: "Customers" })).toBeVisible();
  await visit(page, inProject(`customers/${first.id}`));
  await expect(page.getByRole("heading", { name: "Request #1" })).toBeVisible();
});

test("an empty list and no channel are refused beside the field", async ({ page }) => {
  await visit(page, inProject("customers/ask"));
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.getByText("Write email addresses or phone numbers, each on a line of its own.")).toBeVisible();
  await page.getByLabel("Email addresses and phone numbers").fill("somebody@example.com");
  await page.getByLabel("Email", { exact: true }).uncheck();
  await page.getByLabel("SMS", { exact: true }).uncheck();
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.getByText("Choose at least one channel: email, SMS or both.").first()).toBeVisible();
});

test("the ticked ones are asked with a number of reminders", async ({ page, scripts, a11y }) => {
  test.skip(!scripts, "Without scripts, they are asked as the strategy says.");
  const word = unique();
  const customer = await newCustomer(page, { name: `Ole ${word}` });
  await visit(page, inProject(`customers?q=${word}`));
  await page.getByRole("checkbox", { name: /^Select Ole/ }).check();
  await page.getByRole("button", { name: "Select bulk action" }).click();
  await page.getByRole("menuitem", { name: "Request review", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Request reviews" });
  await expect(dialog.getByRole("status")).toContainText("1 customer can be asked");
  await a11y(page, "the question before many are asked");
  await dialog.getByLabel("Reminders").selectOption("2");
  await dialog.getByRole("button", { name: "Ask 1 customer" }).click();
  await said(page, /Asked 1 customer\./);
  await visit(page, inProject(`customers/${customer.id}`));
  await expect(page.getByText("Reminder 2").first()).toBeVisible();
});

test("an Operator asks no list", async ({ as }) => {
  const page = await as("operator");
  await visit(page, inProject("customers/ask"));
  await expect(page.getByText("Managers of this project ask many customers at once.")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Email addresses and phone numbers" })).toHaveCount(0);
});
