// Bulk actions beside the cancel: counted before, done, undone, stopped; their records, and the file of what became of each message.

import { inProject } from "../fixtures/addresses";
import { AttentionPage } from "../fixtures/attention";
import { ask, newCustomer, noon, type Customer } from "../fixtures/forms";
import { MessagesPage } from "../fixtures/messages";
import { mailTo } from "../fixtures/outbox";
import { said } from "../fixtures/profile";
import { expect, test, type Page } from "../fixtures/test";
import type { Locator } from "@playwright/test";

/** A customer with so many messages that wait: a request and its reminders. */
async function waiting(page: Page, reminders = 3): Promise<Customer> {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, reminders, days: 1, at: noon(5) });
  return customer;
}

async function choose(page: Page, item: string): Promise<Locator> {
  await page.getByRole("button", { name: "Select bulk action" }).click();
  await page.getByRole("menu").getByRole("menuitem", { name: item, exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  return dialog;
}

async function times(messages: MessagesPage): Promise<(string | null)[]> {
  return messages.table.getByRole("time").evaluateAll((all) => all.map((time) => time.getAttribute("datetime")));
}

/** Follows the link of the answer to the record. */
async function details(page: Page): Promise<void> {
  await page.getByRole("status").getByRole("link", { name: "Details" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Bulk action" })).toBeVisible();
}

async function lines(page: Page): Promise<string[]> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download each message as CSV" }).click(),
  ]);
  const parts: Buffer[] = [];
  for await (const part of await download.createReadStream()) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8").trimEnd().split("\r\n");
}

test("rescheduled by days, with a reason, and undone from the record", async ({ page, a11y }) => {
  const customer = await waiting(page);
  await ask(page, customer, { email: true });
  await mailTo(page, customer.email);
  const messages = await new MessagesPage(page).open({ q: customer.name, sort: "scheduled", dir: "asc" });
  await expect(messages.row(customer.name, "Sent")).toHaveCount(1);
  const before = await times(messages);
  await messages.tickAll().check();
  const dialog = await choose(page, "Reschedule");
  await expect(dialog).toContainText("4 of 5 messages can be rescheduled. 1 was already sent.");
  await dialog.getByRole("radio", { name: "Some days later or earlier" }).check();
  await dialog.getByLabel("Days", { exact: true }).fill("-400");
  await expect(dialog).toContainText("at most 365");
  await dialog.getByLabel("Days", { exact: true }).fill("2");
  await dialog.getByLabel("Reason (optional)").fill("The shop is closed");
  await a11y(page, "the question before a bulk reschedule");
  await dialog.getByRole("button", { name: "Reschedule 4 messages" }).click();
  await said(page, /Rescheduled 4 messages\. 1 skipped: 1 already sent\./);
  await expect.poll(() => times(messages)).not.toEqual(before);
  await expect(messages.table.getByRole("checkbox", { checked: true })).toHaveCount(0);

  await details(page);
  const main = page.getByRole("main");
  await expect(main).toContainText("2 days later");
  await expect(main).toContainText("Reason: The shop is closed");
  await expect(main).toContainText("1 already sent");
  const file = await lines(page);
  expect(file).toHaveLength(6);
  expect(file.filter((line) => line.includes(",Rescheduled,"))).toHaveLength(4);
  await page.reload();
  await main.getByRole("button", { name: "Undo" }).click();
  await said(page, /Restored 4 messages\./);
  await expect(main).toContainText("Undone");
  await messages.open({ q: customer.name, sort: "scheduled", dir: "asc" });
  expect(await times(messages)).toEqual(before);
});

test("all that match are rescheduled to a time, but the unticked, and Undo stands in the answer", async ({ page }) => {
  const customer = await waiting(page);
  const messages = await new MessagesPage(page).open({ q: customer.name, sort: "scheduled", dir: "asc" });
  const before = await times(messages);
  await messages.tickAll().check();
  await messages.tick(messages.rows.first()).uncheck();
  const dialog = await choose(page, "Reschedule");
  await dialog.getByRole("textbox", { name: "Date and time" }).fill(noon(30));
  await dialog.getByRole("button", { name: "Reschedule 3 messages" }).click();
  await said(page, /Rescheduled 3 messages\./);
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await said(page, /Restored 3 messages\./);
  await messages.open({ q: customer.name, sort: "scheduled", dir: "asc" });
  expect(await times(messages)).toEqual(before);
});

test("sent now: waiting messages leave, canceled ones only where that is asked for", async ({ page }) => {
  const customer = await waiting(page, 1);
  const messages = await new MessagesPage(page).open({ q: customer.name, sort: "scheduled", dir: "asc" });
  await messages.tick(messages.rows.nth(1)).check();
  await messages.askBulkCancel();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel 1 message", exact: true }).click();
  await said(page, /Canceled 1 message\./);
  await expect(messages.row(customer.name, "Canceled")).toHaveCount(1);
  await messages.tickAll().check();
  const dialog = await choose(page, "Send now");
  await expect(dialog).toContainText("1 of 2 messages can be sent now. 1 was already canceled.");
  await dialog.getByRole("checkbox", { name: "Also the canceled message" }).check();
  await expect(dialog).toContainText("All 2 messages can be sent now.");
  await dialog.getByRole("button", { name: "Send 2 messages now" }).click();
  await said(page, /Queued 2 messages\./);
  await mailTo(page, customer.email);
  await expect(messages.row(customer.name, "Sent")).toHaveCount(2, { timeout: 60_000 });
});

test("a pace keeps it under way, also over a reload, until it is stopped", async ({ page }) => {
  const customer = await waiting(page);
  const messages = await new MessagesPage(page).open({ q: customer.name });
  await messages.tickAll().check();
  const dialog = await choose(page, "Send now");
  await dialog.getByLabel("Messages per minute (optional)").fill("1");
  await dialog.getByRole("button", { name: "Send 4 messages now" }).click();
  await said(page, /It goes on in the background\./);
  await details(page);
  const main = page.getByRole("main");
  await expect(main).toContainText("1 a minute");
  await page.reload();
  await expect(main).toContainText(/Under way, [0-2] of 4/);
  await expect(main.getByRole("progressbar")).toBeVisible();
  await main.getByRole("button", { name: "Stop" }).click();
  await expect(main).toContainText("It was stopped by hand.");
  await expect(main.getByRole("progressbar")).toHaveCount(0);
  await expect(main.getByRole("button", { name: "Stop" })).toHaveCount(0);
});

test("resend says why a message that has not failed is left alone", async ({ page }) => {
  const customer = await waiting(page);
  const messages = await new MessagesPage(page).open({ q: customer.name });
  await messages.tickAll().check();
  const dialog = await choose(page, "Resend failed");
  await expect(dialog).toContainText("None of the 4 messages can be sent again. 4: not sent yet.");
  await expect(dialog.getByRole("button", { name: /^Resend \d/ })).toHaveCount(0);
});

test("a failed message is resent among messages that have not failed", async ({ page }) => {
  const attention = await new AttentionPage(page).open("email-mailbox-full");
  const failed = attention.rows(attention.group("Mailbox full", "Email")).nth(1);
  const { message } = await attention.sendable(failed);
  const messages = await new MessagesPage(page).open({ q: message });
  await expect(messages.rows).toHaveCount(1);
  await messages.tickAll().check();
  const dialog = await choose(page, "Resend failed");
  await expect(dialog).toContainText("The message can be sent again.");
  await dialog.getByRole("button", { name: "Resend 1 message" }).click();
  await said(page, /Queued 1 message\./);
  await messages.open({ q: message, status: "sent" });
  await expect(messages.rows).toHaveCount(1, { timeout: 60_000 });
});

test("ticked messages are deleted for good, and the record still names their customer", async ({ page }) => {
  const customer = await waiting(page);
  const messages = await new MessagesPage(page).open({ q: customer.name });
  await messages.tick(messages.rows.nth(0)).check();
  await messages.tick(messages.rows.nth(2)).check();
  const dialog = await choose(page, "Delete");
  await expect(dialog).toContainText("All 2 messages can be deleted.");
  await dialog.getByRole("button", { name: "Delete 2 messages" }).click();
  await said(page, /Deleted 2 messages\./);
  // While the pointer is on the rows, they stay.
  await page.mouse.move(0, 0);
  await expect(messages.rows).toHaveCount(2);
  await details(page);
  const file = await lines(page);
  expect(file.filter((line) => line.includes(`,${customer.name},`) && line.includes(",Deleted,"))).toHaveLength(2);
});

test("the menu and the page lead to the records; the newest stands first", async ({ page }) => {
  const customer = await waiting(page);
  const messages = await new MessagesPage(page).open({ q: customer.name });
  await messages.tickAll().check();
  await messages.askBulkCancel();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason (optional)").fill("Moved away");
  await dialog.getByRole("button", { name: "Cancel 4 messages" }).click();
  await said(page, /Canceled 4 messages\./);
  await messages.tickAll().check();
  await page.getByRole("button", { name: "Select bulk action" }).click();
  await page.getByRole("menu").getByRole("menuitem", { name: "See all bulk actions" }).click();
  await expect(page).toHaveURL(new RegExp(`${inProject("bulk-actions")}$`));
  const first = page.getByRole("table", { name: "Bulk actions" }).getByRole("row").nth(1);
  await expect(first).toContainText("Cancel unsent messages");
  await expect(first).toContainText("Canceled 4 messages.");
  await first.getByRole("link").click();
  await expect(page.getByRole("main")).toContainText("Reason: Moved away");
  await page.getByRole("link", { name: "All bulk actions" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Bulk actions" })).toBeVisible();
});
