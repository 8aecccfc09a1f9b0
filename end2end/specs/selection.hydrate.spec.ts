// What is ticked, over pages, orders and filters, and what a bulk cancel makes of it.

import { ask, newCustomer, noon, type Customer } from "../fixtures/forms";
import { MessagesPage } from "../fixtures/messages";
import { said } from "../fixtures/profile";
import { expect, test, type Page } from "../fixtures/test";

/** A customer with 28 messages that wait: two pages of 25. */
async function twoPages(page: Page): Promise<{ customer: Customer; messages: MessagesPage }> {
  const customer = await newCustomer(page);
  for (let n = 1; n <= 7; n++) await ask(page, customer, { email: true, reminders: 3, days: 1, at: noon(5 * n) });
  const messages = new MessagesPage(page);
  await messages.open({ q: customer.name, sort: "scheduled", per: "25" });
  await expect(messages.rows).toHaveCount(25);
  return { customer, messages };
}

async function turn(messages: MessagesPage, to: "Next" | "Previous", rows: number): Promise<void> {
  await messages.pageLink(to).click();
  await expect(messages.rows).toHaveCount(rows);
  await messages.settled();
}

async function selectAll(messages: MessagesPage): Promise<void> {
  await messages.tickAll().check();
  await messages.selectAll(28).click();
  await expect(messages.selected).toHaveText("All 28 that match selected");
}

test("all that match but one: the other page stays ticked, and that one alone is left", async ({ page }) => {
  const { customer, messages } = await twoPages(page);
  await selectAll(messages);
  await turn(messages, "Next", 3);
  await expect(messages.ticked()).toHaveCount(3);
  const kept = messages.rows.nth(1);
  const id = await kept.getAttribute("id");
  await messages.tick(kept).uncheck();
  await expect(messages.selected).toHaveText("All but 1 of 28 that match selected");
  await expect(messages.ticked()).toHaveCount(2);

  await turn(messages, "Previous", 25);
  await expect(messages.ticked()).toHaveCount(25);
  await expect(messages.selected).toHaveText("All but 1 of 28 that match selected");

  const dialog = await messages.askBulkCancel();
  await expect(dialog).toContainText("27 selected messages");
  await dialog.getByRole("button", { name: "Cancel 27 messages" }).click();
  await said(page, /Canceled 27 messages\./);
  await expect(messages.ticked()).toHaveCount(0);

  await messages.open({ q: customer.name, status: "canceled" });
  expect((await messages.range()).total).toBe(27);
  await messages.open({ q: customer.name, status: "scheduled" });
  await expect(messages.rows).toHaveCount(1);
  expect(await messages.rows.first().getAttribute("id")).toBe(id);
});

test("what is unticked can be ticked again; the box above the page stands for the page", async ({ page }) => {
  const { messages } = await twoPages(page);
  await selectAll(messages);
  const row = messages.rows.nth(4);
  await messages.tick(row).uncheck();
  await expect(messages.selected).toHaveText("All but 1 of 28 that match selected");
  expect(await messages.tickAll().evaluate((box: HTMLInputElement) => box.indeterminate)).toBe(true);
  await messages.tick(row).check();
  await expect(messages.selected).toHaveText("All 28 that match selected");
  await messages.tickAll().uncheck();
  await expect(messages.selected).toHaveText("All but 25 of 28 that match selected");
  await turn(messages, "Next", 3);
  await expect(messages.ticked()).toHaveCount(3);
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await expect(messages.ticked()).toHaveCount(0);
  await expect(messages.selected).toHaveCount(0);
});

test("what is ticked on another page is said, and is canceled too", async ({ page }) => {
  const { customer, messages } = await twoPages(page);
  await messages.tick(messages.rows.nth(0)).check();
  await messages.tick(messages.rows.nth(1)).check();
  await expect(messages.selected).toHaveText("2 selected");
  await turn(messages, "Next", 3);
  await messages.tick(messages.rows.nth(2)).check();
  await expect(messages.selected).toHaveText("3 selected, 2 of them on other pages");
  const dialog = await messages.askBulkCancel();
  await expect(dialog).toContainText("All 3 selected messages are unsent and will be canceled.");
  await dialog.getByRole("button", { name: "Cancel 3 messages" }).click();
  await said(page, /Canceled 3 messages\./);
  await messages.open({ q: customer.name, status: "canceled" });
  await expect(messages.rows).toHaveCount(3);
});

test("another order keeps what is ticked; another filter ends it", async ({ page }) => {
  const { messages } = await twoPages(page);
  const row = messages.rows.nth(7);
  const id = await row.getAttribute("id");
  await messages.tick(row).check();
  await messages.chooseDirection("Oldest first");
  await expect(page).toHaveURL(/dir=asc/);
  await messages.settled();
  await expect(messages.selected).toHaveText(/^1 selected/);
  await expect(messages.tick(page.locator(`[id="${id}"]`))).toBeChecked();
  await messages.choose("Template", "Reminder");
  await expect(page).toHaveURL(/template=reminder/);
  await messages.settled();
  await expect(messages.ticked()).toHaveCount(0);
  await expect(messages.selected).toHaveCount(0);
});

test("a filter from before does not bring its ticks back", async ({ page }) => {
  const { messages } = await twoPages(page);
  await selectAll(messages);
  await messages.choose("Template", "Request");
  await expect(messages.rows).toHaveCount(7);
  await messages.settled();
  await expect(messages.ticked()).toHaveCount(0);
  await page.goBack();
  await expect(messages.rows).toHaveCount(25);
  await messages.settled();
  await expect(messages.ticked()).toHaveCount(0);
});
