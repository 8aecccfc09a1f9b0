// Live updates are lost and come back, as during a deployment: it is said, and nothing that happened meanwhile is missed.

import { ask, cancelUnsent, newCustomer, noon, type Customer } from "../fixtures/forms";
import { MessagesPage } from "../fixtures/messages";
import { ProfilePage } from "../fixtures/profile";
import { Proxy } from "../fixtures/proxy";
import { env, expect, test as base, type Page } from "../fixtures/test";

const test = base.extend<{ gateway: Proxy }>({
  gateway: async ({}, use) => {
    const gateway = await Proxy.start(env("REVIEW_MESSAGES_URL"));
    await use(gateway);
    await gateway.stop();
  },
  /** The pages come through the proxy; what tests do as somebody else goes to the server. */
  baseURL: async ({ gateway }, use) => use(gateway.url),
});

async function open(page: Page, gateway: Proxy): Promise<{ customer: Customer; messages: MessagesPage }> {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, reminders: 1, at: noon(6) });
  const messages = await new MessagesPage(page).open({ q: customer.name });
  await expect(messages.row(customer.name, "Scheduled")).toHaveCount(2);
  await expect.poll(() => gateway.connections, { message: "the page follows changes" }).toBeGreaterThan(0);
  return { customer, messages };
}

function lost(page: Page) {
  return page.getByRole("status").filter({ hasText: "Live updates have stopped. Trying again." });
}

for (const status of [502, 429, 503]) {
  test(`lost, and refused with ${status}: said; back: no longer said, and what changed meanwhile is shown`, async ({ page, gateway }) => {
    const { customer, messages } = await open(page, gateway);
    await expect(lost(page)).toHaveCount(0);
    gateway.lose(status);
    await expect(lost(page)).toBeVisible();
    await cancelUnsent(page, customer);
    gateway.restore();
    // By itself: the pause between two attempts grows, but ends.
    await expect(messages.row(customer.name, "Canceled")).toHaveCount(2, { timeout: 60_000 });
    await expect(lost(page)).toHaveCount(0, { timeout: 60_000 });
    await expect.poll(() => gateway.connections).toBe(1);
  });
}

test("\"Try now\" connects at once", async ({ page, gateway }) => {
  const { customer, messages } = await open(page, gateway);
  gateway.lose(502);
  await expect(lost(page)).toBeVisible();
  await cancelUnsent(page, customer);
  gateway.restore();
  const now = page.getByRole("button", { name: "Try now" });
  // It may have come back by itself just then.
  if (await now.isVisible()) await now.click({ timeout: 2_000 }).catch(() => {});
  await expect(lost(page)).toHaveCount(0);
  await expect(messages.row(customer.name, "Canceled")).toHaveCount(2);
});

test("a connection that breaks off once comes back without a word, and misses nothing", async ({ page, gateway }) => {
  const { customer, messages } = await open(page, gateway);
  gateway.lose(502);
  gateway.restore();
  await cancelUnsent(page, customer);
  await expect(messages.row(customer.name, "Canceled")).toHaveCount(2, { timeout: 60_000 });
  await expect(lost(page)).toHaveCount(0);
});

test("what one does meanwhile works, and shows", async ({ page, gateway }) => {
  const { messages } = await open(page, gateway);
  gateway.lose(502);
  await expect(lost(page)).toBeVisible();
  await messages.tickAll().check();
  const dialog = await messages.askBulkCancel();
  await dialog.getByRole("button", { name: "Cancel 2 messages" }).click();
  await expect(messages.rows.filter({ hasText: "Canceled" })).toHaveCount(2);
  await expect(lost(page)).toBeVisible();
});

test("on a profile too", async ({ page, gateway }) => {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, at: noon(6) });
  const profile = await new ProfilePage(page).open(customer.id);
  await expect.poll(() => gateway.connections).toBeGreaterThan(0);
  gateway.lose(502);
  await expect.poll(() => gateway.connections).toBe(0);
  await cancelUnsent(page, customer);
  await expect(profile.row("Request")).toContainText("Scheduled");
  gateway.restore();
  await expect(profile.row("Request")).toContainText("Canceled", { timeout: 60_000 });
});

test("one page holds one connection, wherever it goes, and none when it is closed", async ({ page, gateway }) => {
  await open(page, gateway);
  for (const name of ["Customers", "Messages", "Customers"]) {
    await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  }
  await expect.poll(() => gateway.connections).toBeLessThanOrEqual(1);
  await page.close();
  await expect.poll(() => gateway.connections).toBe(0);
});
