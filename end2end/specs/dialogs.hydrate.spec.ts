// Dialogs: what one will do is settled when it opens, and it does not outlive its page.

import { inProject, profileAt } from "../fixtures/addresses";
import { ask, newCustomer, noon, type Customer } from "../fixtures/forms";
import { act } from "../fixtures/menus";
import { MessagesPage } from "../fixtures/messages";
import { calls, hold } from "../fixtures/network";
import { ProfilePage, said } from "../fixtures/profile";
import { env, expect, test, visit, type Page } from "../fixtures/test";
import type { Locator } from "@playwright/test";

const customersLink = (page: Page): Locator => page.getByRole("navigation").getByRole("link", { name: "Customers", exact: true });
const customersHeading = (page: Page): Locator => page.getByRole("heading", { level: 1, name: "Customers" });

async function waiting(page: Page, wanted: { slug?: string; requests?: number } = {}): Promise<Customer> {
  const customer = await newCustomer(page, wanted.slug === undefined ? {} : { slug: wanted.slug });
  for (let n = 1; n <= (wanted.requests ?? 1); n++) await ask(page, customer, { email: true, reminders: 3, at: noon(4 * n) });
  return customer;
}

test.describe("a dialog does not outlive its page", () => {
  /** Messages, come to by a link from Customers. */
  async function fromCustomers(page: Page): Promise<MessagesPage> {
    await visit(page, inProject("customers"));
    await page.getByRole("navigation").getByRole("link", { name: "Messages", exact: true }).click();
    const messages = new MessagesPage(page);
    await messages.settled();
    return messages;
  }

  test("Back closes the bulk cancel's", async ({ page }) => {
    const messages = await fromCustomers(page);
    await messages.tick(messages.rows.first()).check();
    await messages.askBulkCancel();
    await page.goBack();
    await expect(customersHeading(page)).toBeVisible();
    await expect(page.locator("dialog[open], [role=dialog]")).toHaveCount(0);
    // The page is no longer beneath a modal dialog.
    await page.getByRole("searchbox", { name: "Search customers" }).click();
    await expect(page.getByRole("searchbox", { name: "Search customers" })).toBeFocused();
  });

  test("Back closes that of a message", async ({ page }) => {
    const customer = await waiting(page);
    await new MessagesPage(page).open();
    const messages = new MessagesPage(page);
    await messages.searchFor(customer.name);
    await expect(messages.rows).toHaveCount(4);
    await messages.choose("Template", "Request");
    await expect(messages.rows).toHaveCount(1);
    await messages.settled();
    await act(page, messages.rows.first(), "Cancel message");
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.goBack();
    await expect(messages.rows).not.toHaveCount(1);
    await expect(page.locator("dialog[open], [role=dialog]")).toHaveCount(0);
  });

  test("Back closes a profile's, and the page before is as it was", async ({ page }) => {
    const customer = await waiting(page);
    const profile = await new ProfilePage(page).open(customer.id);
    await page.getByRole("button", { name: "Request review" }).click();
    const dialog = page.getByRole("dialog", { name: /^Request a review/ });
    await expect(dialog).toBeVisible();
    await page.goBack();
    await expect(dialog).toHaveCount(0);
    await expect(page).toHaveURL(new RegExp(`${profileAt(customer.id)}$`));
    await expect(profile.rows).toHaveCount(4);
  });

  test("closed by Escape, a profile's leaves nothing in the history: one Back leads to the page before", async ({ page }) => {
    const customer = await waiting(page);
    const messages = await new MessagesPage(page).open({ q: customer.name });
    await messages.link(messages.rows.first()).click();
    const profile = new ProfilePage(page);
    await expect(profile.rows).toHaveCount(4);
    await page.getByRole("button", { name: "Request review" }).click();
    const dialog = page.getByRole("dialog", { name: /^Request a review/ });
    await expect(dialog).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await expect(page).not.toHaveURL(/[?&]do=/);
    await page.goBack();
    await messages.settled();
    await expect(page).toHaveURL(/\/messages\?q=/);
    await expect(messages.rows).toHaveCount(4);
  });

  test("a followed link closes what stands beside the page, and what stands above it", async ({ page }) => {
    const messages = await fromCustomers(page);
    await act(page, messages.rows.first(), "View message");
    await expect(page.getByRole("dialog")).toBeVisible();
    await customersLink(page).evaluate((link: HTMLElement) => link.click());
    await expect(customersHeading(page)).toBeVisible();
    await expect(page.locator("dialog[open], [role=dialog]")).toHaveCount(0);

    await page.goBack();
    await messages.settled();
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await messages.tick(messages.rows.first()).check();
    await messages.askBulkCancel();
    await customersLink(page).evaluate((link: HTMLElement) => link.click());
    await expect(customersHeading(page)).toBeVisible();
    await expect(page.locator("dialog[open], [role=dialog]")).toHaveCount(0);
  });

  test("the answer to an older View never replaces a newer one", async ({ page }) => {
    const customer = await waiting(page);
    const profile = await new ProfilePage(page).open(customer.id);
    const late = await hold(page, calls("load_message"), 1);
    await profile.act(profile.row("Reminder 1"), "View message");
    await late.came();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await profile.act(profile.row("Reminder 3"), "View message");
    const dialog = page.getByRole("dialog", { name: /Reminder 3/ });
    await expect(dialog.getByRole("listitem").filter({ hasText: "Created" })).toBeVisible();
    late.release();
    await page.waitForTimeout(300);
    await expect(page.getByRole("dialog")).toHaveCount(1);
    await expect(dialog).toBeVisible();
  });
});

test.describe("what a dialog will do is settled when it opens", () => {
  test("the project and the filter of that moment count, wherever the reader is by then", async ({ as }) => {
    const page = await as("manager");
    const customer = await waiting(page, { requests: 7 });
    const messages = await new MessagesPage(page).open({ q: customer.name, per: "25" });
    await messages.tickAll().check();
    await messages.selectAll(28).click();
    const dialog = await messages.askBulkCancel();
    const confirm = dialog.getByRole("button", { name: "Cancel 28 messages" });
    await expect(confirm).toBeVisible();
    const sent = page.waitForRequest(calls("cancel_messages"));
    // In one go: the button, and a link to the list without a filter.
    const all = await customersLink(page).elementHandle();
    await confirm.evaluate((button: HTMLElement, link) => {
      button.click();
      (link as HTMLElement).click();
    }, all);
    const body = new URLSearchParams((await sent).postData() ?? "");
    expect(body.get("slug")).toBe(customer.slug);
    expect(body.get("selection[all]")).toBe("true");
    expect(new URLSearchParams(body.get("selection[filter]") ?? "").get("q")).toBe(customer.name);
    await expect(customersHeading(page)).toBeVisible();
    await said(page, /Canceled 28 messages\./);
  });

  test("two projects in two tabs: each Undo brings back its own", async ({ as }) => {
    const first = await as("manager");
    const tab = await first.context().newPage();
    const projects = [
      { page: first, customer: await waiting(first) },
      { page: tab, customer: await waiting(tab, { slug: env("REVIEW_MESSAGES_SECOND_PROJECT") }) },
    ];
    const lists: { messages: MessagesPage; customer: Customer; page: Page }[] = [];
    for (const { page, customer } of projects) {
      const messages = await new MessagesPage(page).open({ q: customer.name }, customer.slug);
      await expect(messages.rows).toHaveCount(4);
      await messages.tickAll().check();
      const dialog = await messages.askBulkCancel();
      await dialog.getByRole("button", { name: "Cancel 4 messages" }).click();
      await said(page, /Canceled 4 messages\./);
      await expect(messages.row(customer.name, "Canceled")).toHaveCount(4);
      lists.push({ messages, customer, page });
    }
    for (const { page, messages, customer } of lists) {
      const request = page.waitForRequest(calls("undo_cancel"));
      await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
      expect(new URLSearchParams((await request).postData() ?? "").get("slug")).toBe(customer.slug);
      await expect(messages.row(customer.name, "Scheduled")).toHaveCount(4);
    }
  });
});
