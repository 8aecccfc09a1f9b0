// What changes at the server changes on the screen, without a reload.

import { messagesAt, profileAt } from "../fixtures/addresses";
import { ask, cancelUnsent, newCustomer, noon, submit, type Customer } from "../fixtures/forms";
import { act, openMenu } from "../fixtures/menus";
import { MessagesPage, query } from "../fixtures/messages";
import { LIVE, PROGRAM, calls, countRequests, hold } from "../fixtures/network";
import { ProfilePage, said } from "../fixtures/profile";
import { env, expect, ready, test, visit, type Page } from "../fixtures/test";

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

test("a change that comes takes no focus and no keys from who is typing", async ({ page, as }) => {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, reminders: 1, at: noon(6) });
  const theirs = await as("operator");
  const messages = await new MessagesPage(theirs).open();
  await messages.search.focus();
  await theirs.keyboard.type(customer.name.slice(0, -3));
  await expect(messages.chips()).toHaveCount(1);
  await expect(messages.rows).toHaveCount(2);
  await ask(page, customer, { sms: true, at: noon(7) });
  await expect(messages.rows).toHaveCount(3);
  await expect(messages.search).toBeFocused();
  await theirs.keyboard.type(customer.name.slice(-3));
  await expect.poll(() => query(theirs)["q"]).toBe(customer.name);
  await expect(messages.rows).toHaveCount(3);
  await expect(messages.search).toHaveValue(customer.name);
  await expect(messages.search).toBeFocused();
});

test("the row under the pointer stays where it is, whatever comes", async ({ page, as }) => {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, reminders: 3, at: noon(6) });
  const theirs = await as("viewer");
  const messages = await new MessagesPage(theirs).open({ q: customer.name, sort: "scheduled" });
  await expect(messages.rows).toHaveCount(4);
  const row = messages.rows.first();
  const id = await row.getAttribute("id");
  await row.hover();
  const place = await row.boundingBox();
  const read = theirs.waitForResponse(calls("load_messages"));
  // It would be the first.
  await ask(page, customer, { sms: true, at: noon(90) });
  await read;
  // Time for what must not come: that the row moves.
  await theirs.waitForTimeout(300);
  expect(await theirs.locator(`[id="${id}"]`).boundingBox()).toEqual(place);
  await theirs.mouse.move(0, 0);
  await expect(messages.rows).toHaveCount(5);
});

test("a change between the page's rendering and its connection is not missed", async ({ page, as }) => {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, at: noon(6) });
  const theirs = await as("viewer");
  const program = await hold(theirs, PROGRAM);
  await theirs.goto(messagesAt({ q: customer.name }), { waitUntil: "domcontentloaded" });
  const messages = new MessagesPage(theirs);
  await expect(messages.row(customer.name, "Scheduled")).toHaveCount(1);
  await cancelUnsent(page, customer);
  program.release();
  await ready(theirs);
  await expect(messages.row(customer.name, "Canceled")).toHaveCount(1);
});

test.describe("in a project where nobody else changes anything", () => {
  // One after the other: these count.
  test.describe.configure({ mode: "serial" });

  const quiet = (): string => env("REVIEW_MESSAGES_QUIET_PROJECT");

  async function open(as: (role: "manager") => Promise<Page>): Promise<{ customer: Customer; page: Page; messages: MessagesPage }> {
    const page = await as("manager");
    const customer = await newCustomer(page, { slug: quiet() });
    await ask(page, customer, { email: true, reminders: 1, at: noon(6) });
    const connected = page.waitForResponse(LIVE);
    const messages = await new MessagesPage(page).open({ q: customer.name }, quiet());
    await connected;
    await expect(messages.rows).toHaveCount(2);
    return { customer, page, messages };
  }

  /** Another tab of the same person, whose changes have to come over the server. */
  async function other(page: Page): Promise<Page> {
    return page.context().newPage();
  }

  function pauseSwitch(page: Page) {
    return page.getByRole("switch", { name: "Pause live updates" });
  }

  test("Pause live updates holds changes back and counts them; they come when it is switched off", async ({ as }) => {
    const { customer, page, messages } = await open(as);
    await pauseSwitch(page).click();
    await expect(pauseSwitch(page)).toBeChecked();
    await cancelUnsent(page, customer);
    const waits = page.getByRole("status").filter({ hasText: /\d changes? waiting/ });
    await expect(waits).toHaveText(/\b1 change waiting/);
    await expect(messages.row(customer.name, "Scheduled")).toHaveCount(2);
    await pauseSwitch(page).click();
    await expect(pauseSwitch(page)).not.toBeChecked();
    await expect(messages.row(customer.name, "Canceled")).toHaveCount(2);
    await expect(waits).toHaveCount(0);
  });

  test("one's own change shows while paused", async ({ as }) => {
    const { customer, page, messages } = await open(as);
    await pauseSwitch(page).click();
    await act(page, messages.row(customer.name, "Reminder 1"), "Cancel message");
    await page.getByRole("dialog").getByRole("button", { name: /^Cancel (1 )?message/ }).click();
    await said(page, /Canceled 1 message\./);
    await expect(messages.row(customer.name, "Canceled")).toHaveCount(1);
    await expect(pauseSwitch(page)).toBeChecked();
    await pauseSwitch(page).click();
  });

  test("one's own change is read once", async ({ as }) => {
    const { customer, page, messages } = await open(as);
    const loads = countRequests(page, calls("load_messages"));
    await act(page, messages.row(customer.name, "Reminder 1"), "Cancel message");
    await page.getByRole("dialog").getByRole("button", { name: /^Cancel (1 )?message/ }).click();
    await said(page, /Canceled 1 message\./);
    await expect(messages.row(customer.name, "Canceled")).toHaveCount(1);
    // A change by another comes after the news of one's own, and is read once too.
    expect(loads()).toBeLessThanOrEqual(1);
    await cancelUnsent(await other(page), customer);
    await expect(messages.row(customer.name, "Canceled")).toHaveCount(2);
    expect(loads()).toBeLessThanOrEqual(2);
  });

  test("changes that come while a menu is open are each read once at most", async ({ as }) => {
    const { customer, page, messages } = await open(as);
    const loads = countRequests(page, calls("load_messages"));
    const menu = await openMenu(page, messages.row(customer.name, "Reminder 1"));
    for (const n of [1, 2, 3]) {
      const tab = await other(page);
      await submit(tab, "add_note", { slug: quiet(), id: customer.id, text: `Note ${n}` });
      await tab.close();
    }
    await ask(page, customer, { sms: true, at: noon(7) });
    await expect(menu).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(menu).toBeHidden();
    await expect(messages.rows).toHaveCount(3);
    expect(loads()).toBeLessThanOrEqual(4);
  });
});
