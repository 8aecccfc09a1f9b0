// The link to one message on its customer's profile.

import { UUID, messagesAt } from "../fixtures/addresses";
import { ask, newCustomer, noon, type Customer } from "../fixtures/forms";
import { MessagesPage, query } from "../fixtures/messages";
import { ProfilePage } from "../fixtures/profile";
import { expect, test, type Page } from "../fixtures/test";

/** A customer with 48 messages, in six requests. */
async function askedOften(page: Page): Promise<Customer> {
  const customer = await newCustomer(page);
  for (let n = 1; n <= 6; n++) {
    await ask(page, customer, { email: true, sms: true, reminders: 3, days: 2, at: noon(10 * n) });
  }
  return customer;
}

/** The message is on the screen, and is the only one that is marked. */
async function expectMarked(page: Page, message: string): Promise<void> {
  const element = page.locator(`[id="message-${message}"]`);
  await expect(element).toBeInViewport();
  await expect(element).toHaveAttribute("aria-current", "true");
  await expect(page.getByRole("region", { name: "Messages", exact: true }).locator("[aria-current=true][id]")).toHaveCount(1);
}

test("clicking a row opens the profile at that message", async ({ page }) => {
  const customer = await askedOften(page);
  const messages = await new MessagesPage(page).open({ q: customer.name, sort: "scheduled", dir: "asc" });
  await expect(messages.rows).toHaveCount(48);
  const row = messages.rows.nth(30);
  const template = (await (await messages.cell(row, "Template")).innerText()).trim();
  const href = await messages.link(row).getAttribute("href");
  await messages.link(row).click();
  const profile = new ProfilePage(page);
  await profile.settled();
  const message = query(page)["message"] ?? "";
  expect(message).toMatch(UUID);
  expect(page.url()).toContain(`/customers/${customer.id}?message=${message}#message-${message}`);
  expect(href).toBe(new URL(page.url()).pathname + new URL(page.url()).search + new URL(page.url()).hash);
  await expectMarked(page, message);
  await expect(page.locator(`[id="message-${message}"]`)).toContainText(template);
});

for (const view of ["grouped", "list"] as const) {
  test(`the link works in a fresh tab, for any of many messages, ${view}`, async ({ page, context }) => {
    const customer = await askedOften(page);
    const profile = await new ProfilePage(page).open(customer.id, view === "list" ? { view } : {});
    const ids = await profile.ids();
    expect(ids.length).toBeGreaterThan(10);
    for (const message of [ids.at(0), ids.at(ids.length / 2), ids.at(-1)]) {
      if (!message) throw new Error("The profile shows no messages.");
      const tab = await context.newPage();
      await new ProfilePage(tab).openMessage(customer.id, message, view === "list" ? "list" : undefined);
      await expectMarked(tab, message);
      await tab.close();
    }
  });
}

test("the oldest message of a history that fills several pages is found", async ({ page, context }) => {
  const customer = await newCustomer(page);
  for (let n = 1; n <= 20; n++) {
    await ask(page, customer, { email: true, sms: true, reminders: 3, days: 2, at: noon(10 * n) });
  }
  const list = await new MessagesPage(page).open({ q: customer.name, sort: "scheduled", dir: "asc", per: "25" });
  expect((await list.range()).total).toBe(160);
  const hrefs = [list.rows.first(), list.rows.nth(10)].map((row) => list.link(row));
  const addresses = await Promise.all(hrefs.map((link) => link.getAttribute("href")));
  await page.goto(messagesAt({ q: customer.name, sort: "scheduled", per: "25" }));
  addresses.push(await list.link(list.rows.first()).getAttribute("href"));
  for (const address of addresses) {
    const tab = await context.newPage();
    await tab.goto(address ?? "");
    const profile = new ProfilePage(tab);
    await profile.settled();
    await expectMarked(tab, query(tab)["message"] ?? "");
    await tab.close();
  }
});

test("the profile ties a message's review to it by the same link", async ({ page }) => {
  // A review of the demo's: found by a message that was clicked.
  const messages = await new MessagesPage(page).open({ status: "clicked" });
  const links = messages.link(messages.rows);
  const addresses = await links.evaluateAll((all) => all.map((a) => a.getAttribute("href") ?? ""));
  const profile = new ProfilePage(page);
  for (const address of addresses.slice(0, 15)) {
    await page.goto(address);
    await profile.settled();
    const tie = profile.reviews.getByRole("link", { name: /by (Email|SMS)$/ }).first();
    if (!(await tie.isVisible())) continue;
    await tie.click();
    await profile.settled();
    await expectMarked(page, query(page)["message"] ?? "");
    return;
  }
  throw new Error("None of 15 clicked messages of the demo led to a review.");
});
