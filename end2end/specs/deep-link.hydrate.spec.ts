// The link to one message by client navigation: focus, marks, and the way back.

import { ask, newCustomer, noon } from "../fixtures/forms";
import { MessagesPage, query } from "../fixtures/messages";
import { linkIn, mailTo } from "../fixtures/outbox";
import { ProfilePage } from "../fixtures/profile";
import { expect, test, type Page } from "../fixtures/test";

function element(page: Page, message: string) {
  return page.locator(`[id="message-${message}"]`);
}

async function expectReached(page: Page): Promise<void> {
  const target = element(page, query(page)["message"] ?? "");
  await expect(target).toBeInViewport();
  await expect(target).toBeFocused();
  await expect(target).toHaveAttribute("aria-current", "true");
}

test("a row leads to its message without a load, in the middle of the screen and in focus", async ({ page }) => {
  const customer = await newCustomer(page);
  for (const n of [1, 2, 3, 4, 5]) await ask(page, customer, { email: true, sms: true, reminders: 3, days: 1, at: noon(5 * n) });
  const messages = await new MessagesPage(page).open({ q: customer.name, sort: "scheduled", dir: "asc" });
  await expect(messages.rows).toHaveCount(40);
  await page.evaluate(() => document.body.setAttribute("data-never-reloaded", ""));
  await messages.link(messages.rows.nth(20)).click();
  await expect(page).toHaveURL(/\?message=/);
  await expectReached(page);
  await expect(page.locator("body[data-never-reloaded]")).toBeAttached();
});

test("the focus is on the message on a fresh load too, in both views", async ({ page }) => {
  const customer = await newCustomer(page);
  for (const n of [1, 2, 3, 4]) await ask(page, customer, { email: true, reminders: 3, days: 1, at: noon(5 * n) });
  const profile = await new ProfilePage(page).open(customer.id);
  const ids = await profile.ids();
  for (const view of [undefined, "list"] as const) {
    await page.goto("about:blank");
    await profile.openMessage(customer.id, ids.at(-1) ?? "", view);
    await expectReached(page);
  }
});

test("the review's link moves to its message on the same page", async ({ page, stranger }) => {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true });
  const theirs = await stranger();
  await theirs.goto(linkIn(await mailTo(page, customer.email), "r"));
  await theirs.getByRole("radio", { name: /^3 stars/ }).check();
  await theirs.getByRole("button", { name: "Send review" }).click();
  const profile = await new ProfilePage(page).open(customer.id);
  await profile.reviews.getByRole("link", { name: "Request by Email" }).click();
  await expect(page).toHaveURL(/message=/);
  await expectReached(page);
});

test("to a profile and back: filter, page and place are as they were", async ({ page }) => {
  const messages = await new MessagesPage(page).open({ channel: "email", per: "25" });
  await messages.pages.getByRole("link", { name: /^Next/ }).click();
  await expect(page.getByText(/^26–50 of/).first()).toBeVisible();
  await messages.settled();
  const address = page.url();
  const link = messages.link(messages.rows.nth(17));
  const href = await link.getAttribute("href");
  await link.scrollIntoViewIfNeeded();
  const before = await page.evaluate(() => window.scrollY);
  expect(before).toBeGreaterThan(0);
  await link.click();
  await expect(page).toHaveURL(/\?message=/);
  await expectReached(page);

  await page.goBack();
  await expect(page).toHaveURL(address);
  await messages.settled();
  await expect(page.getByText(/^26–50 of/).first()).toBeVisible();
  await expect(messages.control("Channel")).toHaveValue("email");
  const same = messages.table.locator(`a[href="${href}"]`).first();
  await expect(same).toBeInViewport();
  await expect.poll(async () => Math.abs((await page.evaluate(() => window.scrollY)) - before)).toBeLessThan(120);
});

test("a profile opened from elsewhere starts at its top, with the focus on its heading", async ({ page }) => {
  const customer = await newCustomer(page);
  const messages = await new MessagesPage(page).open();
  await page.getByRole("navigation").getByRole("link", { name: "Customers", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Customers" })).toBeFocused();
  await page.getByRole("searchbox", { name: "Search customers" }).fill(customer.email);
  await page.getByRole("searchbox", { name: "Search customers" }).press("Enter");
  await page.getByRole("link", { name: customer.name }).click();
  await expect(page.getByRole("heading", { level: 1, name: customer.name })).toBeFocused();
  await expect(page).toHaveTitle(new RegExp(customer.name));
  await page.goBack();
  await page.goBack();
  await page.goBack();
  await messages.settled();
});
