// Ticking rows, and canceling many messages at once.

import { ask, cancelUnsent, newCustomer, noon, type Customer } from "../fixtures/forms";
import { MessagesPage, query } from "../fixtures/messages";
import { ProfilePage, said } from "../fixtures/profile";
import { mailTo } from "../fixtures/outbox";
import { expect, test, type Page } from "../fixtures/test";
import type { Locator } from "@playwright/test";

const BULK = "Select bulk action";
const CANCEL = "Cancel unsent messages";

/** A customer with this many times four messages that wait. */
async function waiting(page: Page, requests: number): Promise<Customer> {
  const customer = await newCustomer(page);
  for (let n = 1; n <= requests; n++) {
    await ask(page, customer, { email: true, reminders: 3, days: 1, at: noon(5 * n) });
  }
  return customer;
}

function tick(row: Locator): Locator {
  return row.getByRole("checkbox", { name: /^Select message to/ });
}

async function chooseCancel(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: BULK }).click();
  await page.getByRole("menu").getByRole("menuitem", { name: CANCEL }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  return dialog;
}

test("nothing ticked: no bulk action is offered", async ({ page }) => {
  await new MessagesPage(page).open();
  const button = page.getByRole("button", { name: BULK });
  expect((await button.count()) === 0 || (await button.isDisabled()) || (await button.isHidden())).toBe(true);
});

test("ticked rows are canceled, and Undo brings them back to their times", async ({ page, a11y }) => {
  const customer = await waiting(page, 1);
  const messages = await new MessagesPage(page).open({ q: customer.name, sort: "scheduled", dir: "asc" });
  await expect(messages.rows).toHaveCount(4);
  const before = await messages.table.getByRole("time").evaluateAll((all) => all.map((t) => t.getAttribute("datetime")));
  await tick(messages.rows.nth(1)).check();
  await tick(messages.rows.nth(3)).check();
  await expect(page.getByText(/^2 selected/).first()).toBeVisible();

  const dialog = await chooseCancel(page);
  await expect(dialog).toContainText("2");
  await a11y(page, "the question before a bulk cancel");
  await dialog.getByRole("button", { name: "Cancel 2 messages" }).click();
  await said(page, /Canceled 2 messages\./);
  await expect(messages.row(customer.name, "Canceled")).toHaveCount(2);
  await expect(messages.row(customer.name, "Scheduled")).toHaveCount(2);
  await expect(messages.table.getByRole("checkbox", { checked: true })).toHaveCount(0);

  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await expect(messages.row(customer.name, "Canceled")).toHaveCount(0);
  await expect(messages.row(customer.name, "Scheduled")).toHaveCount(4);
  const after = await messages.table.getByRole("time").evaluateAll((all) => all.map((t) => t.getAttribute("datetime")));
  expect(after).toEqual(before);
});

test("select all on this page ticks the page, and no more", async ({ page }) => {
  const customer = await waiting(page, 7);
  const messages = await new MessagesPage(page).open({ q: customer.name, per: "25" });
  const all = page.getByRole("checkbox", { name: "Select all on this page" });
  await all.check();
  await expect(messages.rows.getByRole("checkbox", { checked: true })).toHaveCount(25);
  await expect(page.getByText(/^25 selected/).first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Select all 28 that match" })).toBeVisible();
  await tick(messages.rows.first()).uncheck();
  await expect(page.getByText(/^24 selected/).first()).toBeVisible();
  expect(await all.evaluate((box: HTMLInputElement) => box.indeterminate)).toBe(true);
  await page.getByRole("button", { name: /^Clear( selection)?$/ }).click();
  await expect(messages.rows.getByRole("checkbox", { checked: true })).toHaveCount(0);
});

test("select all that match takes the filter; the question repeats number and filter, the answer counts what was skipped", async ({
  page,
}) => {
  const customer = await waiting(page, 7);
  await ask(page, customer, { email: true });
  await mailTo(page, customer.email);
  const messages = await new MessagesPage(page).open({ q: customer.name, channel: "email", per: "25" });
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  await page.getByRole("button", { name: "Select all 29 that match" }).click();
  await expect(page.getByText(/29 selected|All 29/).first()).toBeVisible();

  const dialog = await chooseCancel(page);
  await expect(dialog).toContainText("28 of 29 selected messages are unsent and will be canceled. 1 was already sent.");
  await expect(dialog).toContainText(customer.name);
  await expect(dialog).toContainText("Email");
  await dialog.getByRole("button", { name: "Cancel 28 messages" }).click();
  await said(page, /Canceled 28 messages\. 1 skipped: 1 already sent\./);
  await messages.open({ q: customer.name, status: "canceled" });
  expect((await messages.range()).total).toBe(28);
  await messages.open({ q: customer.name, status: "sent" });
  expect((await messages.range()).total).toBe(1);
});

test("what can be canceled is counted before the question is asked", async ({ page }) => {
  const customer = await newCustomer(page);
  for (let n = 0; n < 3; n++) await ask(page, customer, { email: true });
  await ask(page, customer, { email: true, at: noon(5) });
  const messages = await new MessagesPage(page).open({ q: customer.name });
  await expect(messages.row(customer.name, "Sent")).toHaveCount(3);
  await messages.tickAll().check();
  const dialog = await chooseCancel(page);
  await expect(dialog).toContainText("1 of 4 selected messages is unsent and will be canceled. 3 were already sent.");
  await dialog.getByRole("button", { name: "Keep them" }).click();
  await expect(dialog).toBeHidden();
  await expect(messages.row(customer.name, "Scheduled")).toHaveCount(1);
  await chooseCancel(page);
  await dialog.getByRole("button", { name: "Cancel 1 message", exact: true }).click();
  await said(page, /Canceled 1 message\. 3 skipped: 3 already sent\./);
  await expect(messages.row(customer.name, "Canceled")).toHaveCount(1);
});

test("where nothing can be canceled, nothing is offered", async ({ page }) => {
  const customer = await waiting(page, 1);
  const messages = await new MessagesPage(page).open({ q: customer.name });
  await cancelUnsent(page, customer);
  await expect(messages.row(customer.name, "Canceled")).toHaveCount(4);
  await messages.tickAll().check();
  const dialog = await chooseCancel(page);
  await expect(dialog).toContainText("None of the 4 selected messages can be canceled. 4 were already canceled.");
  await expect(dialog.getByRole("button", { name: /^Cancel \d/ })).toHaveCount(0);
});

test("a cancel can still be undone where its toast has gone: from the message's timeline", async ({ page }) => {
  const customer = await waiting(page, 1);
  const messages = await new MessagesPage(page).open({ q: customer.name });
  await messages.tickAll().check();
  const dialog = await chooseCancel(page);
  await dialog.getByRole("button", { name: "Cancel 4 messages" }).click();
  await said(page, /Canceled 4 messages\./);
  const profile = await new ProfilePage(page).open(customer.id);
  await profile.act(profile.rows.first(), "View message");
  await page.getByRole("dialog").getByRole("button", { name: /^Undo/ }).click();
  await said(page, /Restored 4 messages\./);
  await expect(profile.rows.filter({ hasText: "Scheduled" })).toHaveCount(4);
});

test("a whole selection is undone too", async ({ page }) => {
  const customer = await waiting(page, 7);
  const messages = await new MessagesPage(page).open({ q: customer.name, per: "25" });
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  await page.getByRole("button", { name: "Select all 28 that match" }).click();
  const dialog = await chooseCancel(page);
  await dialog.getByRole("button", { name: "Cancel 28 messages" }).click();
  await said(page, /Canceled 28 messages\./);
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await expect(messages.row(customer.name, "Canceled")).toHaveCount(0);
  await messages.open({ q: customer.name, status: "scheduled" });
  expect((await messages.range()).total).toBe(28);
});

test("the selection ends when the filter changes", async ({ page }) => {
  const customer = await waiting(page, 1);
  const messages = await new MessagesPage(page).open({ q: customer.name });
  await tick(messages.rows.first()).check();
  await messages.choose("Template", "Reminder");
  await expect(messages.rows).toHaveCount(3);
  await expect(messages.rows.getByRole("checkbox", { checked: true })).toHaveCount(0);
  await expect(page.getByText(/\d selected/)).toHaveCount(0);
});

test("leaving the question changes nothing and returns the focus", async ({ page }) => {
  const customer = await waiting(page, 1);
  const messages = await new MessagesPage(page).open({ q: customer.name });
  await tick(messages.rows.first()).check();
  const dialog = await chooseCancel(page);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: BULK })).toBeFocused();
  await expect(messages.row(customer.name, "Scheduled")).toHaveCount(4);
  expect(query(page)).toEqual({ q: customer.name });
});

test("a whole bulk cancel by keyboard alone, and its Undo", async ({ page }) => {
  const customer = await waiting(page, 1);
  const messages = await new MessagesPage(page).open();
  await page.keyboard.press("/");
  await expect(messages.search).toBeFocused();
  await page.keyboard.type(customer.name);
  await page.keyboard.press("Enter");
  await expect(messages.rows).toHaveCount(4);
  await messages.settled();

  const tabTo = async (target: Locator, limit = 60): Promise<void> => {
    for (let n = 0; n < limit; n++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`${limit} times Tab did not lead to ${target}.`);
  };
  await tabTo(page.getByRole("checkbox", { name: "Select all on this page" }));
  await page.keyboard.press("Space");
  await expect(messages.rows.getByRole("checkbox", { checked: true })).toHaveCount(4);

  const bulk = page.getByRole("button", { name: BULK });
  const backwards = async (): Promise<void> => {
    for (let n = 0; n < 40; n++) {
      if (await bulk.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press("Shift+Tab");
    }
    throw new Error("Shift+Tab did not lead to the bulk actions.");
  };
  await backwards();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: CANCEL })).toBeFocused();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  await tabTo(dialog.getByRole("button", { name: "Cancel 4 messages" }), 10);
  await page.keyboard.press("Enter");
  await said(page, /Canceled 4 messages\./);

  await tabTo(page.getByRole("status").getByRole("button", { name: "Undo" }), 200);
  await page.keyboard.press("Enter");
  await expect(messages.row(customer.name, "Scheduled")).toHaveCount(4);
});
