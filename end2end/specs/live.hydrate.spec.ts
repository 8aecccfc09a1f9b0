// What changes at the server changes on the screen, without a reload.

import { profileAt } from "../fixtures/addresses";
import { ask, newCustomer, noon, submit } from "../fixtures/forms";
import { MessagesPage } from "../fixtures/messages";
import { ProfilePage } from "../fixtures/profile";
import { env, expect, test, visit } from "../fixtures/test";

test("a cancel by one person shows on the Messages page of another", async ({ page, as }) => {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, at: noon(6) });
  const theirs = await new MessagesPage(await as("viewer")).open({ q: customer.name });
  await expect(theirs.row(customer.name, "Scheduled")).toHaveCount(1);
  await submit(page, "cancel_unsent", { slug: env("REVIEW_MESSAGES_PROJECT"), id: customer.id });
  await expect(theirs.row(customer.name, "Canceled")).toHaveCount(1);
});

test("a new request shows on an open profile, and then that it was sent", async ({ page, as }) => {
  const customer = await newCustomer(page);
  const theirs = await new ProfilePage(await as("operator")).open(customer.id);
  await expect(theirs.page.getByText("Request a review to schedule messages.")).toBeVisible();
  await ask(page, customer, { email: true });
  await expect(theirs.row("Request")).toContainText("Sent");
});

test("what is ticked stays ticked when something else changes", async ({ page, as }) => {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, reminders: 3, at: noon(6) });
  const manager = await as("manager");
  const theirs = await new MessagesPage(manager).open({ q: customer.name });
  await expect(theirs.rows).toHaveCount(4);
  await theirs.row(customer.name, "Reminder 2").getByRole("checkbox").check();
  // Rows under the pointer keep their places: it goes elsewhere.
  await manager.mouse.move(0, 0);
  await ask(page, customer, { sms: true, at: noon(60) });
  await expect(theirs.rows).toHaveCount(5);
  await expect(theirs.row(customer.name, "Reminder 2").getByRole("checkbox")).toBeChecked();
  await expect(manager.getByText(/^1 selected/).first()).toBeVisible();
});

test("the page stays where the reader has scrolled it, and the focus where it is", async ({ page, as }) => {
  const customer = await newCustomer(page);
  for (const n of [1, 2, 3, 4]) await ask(page, customer, { email: true, reminders: 3, days: 1, at: noon(6 * n) });
  const theirs = await new MessagesPage(await as("viewer")).open({ q: customer.name, sort: "scheduled", dir: "asc" });
  await expect(theirs.rows).toHaveCount(16);
  const link = theirs.rows.nth(12).getByRole("rowheader").getByRole("link");
  await link.focus();
  await link.scrollIntoViewIfNeeded();
  const top = await link.evaluate((element) => element.getBoundingClientRect().top);
  await submit(page, "cancel_unsent", { slug: env("REVIEW_MESSAGES_PROJECT"), id: customer.id });
  await expect(theirs.row(customer.name, "Canceled")).toHaveCount(16);
  expect(await link.evaluate((element) => element.getBoundingClientRect().top)).toBeCloseTo(top, -1);
  await expect(link).toBeFocused();
});

test("an open dialog with what was typed survives a change, which shows once it is closed", async ({ page, as }) => {
  const customer = await newCustomer(page);
  const own = await new ProfilePage(page).open(customer.id);
  const theirs = await as("operator");
  await visit(theirs, profileAt(customer.id, { do: "edit" }));
  const profile = new ProfilePage(theirs);
  const dialog = theirs.getByRole("dialog", { name: "Edit customer" });
  await dialog.getByRole("textbox", { name: /^Company/ }).fill("Half typ");
  await ask(page, customer, { email: true, at: noon(6) });
  await expect(own.rows).toHaveCount(1);
  await expect(dialog.getByRole("textbox", { name: /^Company/ })).toHaveValue("Half typ");
  await theirs.keyboard.press("Escape");
  await expect(profile.rows).toHaveCount(1);
});

test("what comes into the page beside it takes no focus and no keys from who is typing", async ({ page }) => {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, reminders: 1, at: noon(6) });
  const messages = await new MessagesPage(page).open();
  await messages.search.focus();
  await page.keyboard.type(customer.name.slice(0, 4));
  await expect(page).toHaveURL(/q=/);
  await expect(messages.chips()).toHaveCount(1);
  // A form sent as without scripts leaves a notice for the next page: here, it comes with a change of the project.
  await submit(page, "add_note", { slug: env("REVIEW_MESSAGES_PROJECT"), id: customer.id, text: "Likes tea" });
  await ask(page, customer, { sms: true, at: noon(7) });
  await expect(page.getByRole("main").getByRole("status").filter({ hasText: /added|asked|request/i }).first()).toBeVisible();
  await expect(messages.search).toBeFocused();
  await page.keyboard.type(customer.name.slice(4));
  await expect(messages.rows).toHaveCount(3);
  await expect(messages.search).toHaveValue(customer.name);
  await expect(messages.search).toBeFocused();
});
