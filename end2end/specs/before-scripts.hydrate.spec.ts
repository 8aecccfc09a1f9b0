// Before the scripts have come: nothing that is pressed or filled in is lost, and nothing jumps when they come.

import { messagesAt, profileAt } from "../fixtures/addresses";
import { ask, newCustomer, noon } from "../fixtures/forms";
import { MessagesPage } from "../fixtures/messages";
import { PROGRAM, hold } from "../fixtures/network";
import { ProfilePage, said } from "../fixtures/profile";
import { expect, ready, test } from "../fixtures/test";

test("a button that is pressed before the scripts have come leads to the message's own page, with all its actions", async ({
  page,
}) => {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, at: noon(4) });
  const [id] = await (await new ProfilePage(page).open(customer.id)).ids();
  const program = await hold(page, PROGRAM);
  await page.goto(profileAt(customer.id), { waitUntil: "domcontentloaded" });
  await page.getByRole("button", { name: /^Actions/ }).click();
  await expect(page).toHaveURL(new RegExp(`/messages/${id}\\??$`));
  program.release();
  await ready(page);
  await page.getByRole("region", { name: "Actions" }).getByRole("button", { name: "Cancel message" }).click();
  await said(page, /Canceled 1 message\./);
});

test("a form that is sent before the scripts have come does its work by itself", async ({ page }) => {
  const customer = await newCustomer(page);
  const program = await hold(page, PROGRAM);
  await page.goto(profileAt(customer.id), { waitUntil: "domcontentloaded" });
  await page.getByRole("textbox", { name: "New note" }).fill("Prefers mornings");
  await page.getByRole("button", { name: "Add note" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "Prefers mornings" })).toBeVisible();
  program.release();
  await ready(page);
  await expect(page.getByRole("listitem").filter({ hasText: "Prefers mornings" })).toHaveCount(1);
});

test("nothing jumps when the scripts come", async ({ page }) => {
  const program = await hold(page, PROGRAM);
  await page.goto(messagesAt({ status: "sent" }), { waitUntil: "domcontentloaded" });
  const table = page.getByRole("table", { name: "Messages" });
  await expect(table).toBeVisible();
  await page.evaluate(() => document.fonts.ready);
  const before = await table.boundingBox();
  program.release();
  await ready(page);
  const after = await table.boundingBox();
  expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThanOrEqual(1);
});

test("rows that were ticked before the scripts have come stay ticked, and can be canceled", async ({ page }) => {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, reminders: 2, at: noon(4) });
  const program = await hold(page, PROGRAM);
  await page.goto(messagesAt({ q: customer.name }), { waitUntil: "domcontentloaded" });
  await page.getByRole("checkbox", { name: /^Select message to/ }).first().check();
  program.release();
  const messages = new MessagesPage(page);
  await messages.settled();
  await expect(messages.selected).toHaveText(/^1 selected/);
  await expect(messages.ticked()).toHaveCount(1);
  const dialog = await messages.askBulkCancel();
  await dialog.getByRole("button", { name: "Cancel 1 message", exact: true }).click();
  await said(page, /Canceled 1 message\./);
});
