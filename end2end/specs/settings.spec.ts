// The Settings page: a pause, trial mode, a pace and quiet hours; and how a message says why it waits.

import { inProject, messagesAt } from "../fixtures/addresses";
import { ask, newCustomer } from "../fixtures/forms";
import { env, expect, ready, scriptsRun, test, visit, type Page } from "../fixtures/test";

/** The trial project of this way of running the tests, and a page of its owner. */
async function trial(as: (role: "manager") => Promise<Page>): Promise<{ page: Page; slug: string }> {
  const slug = env(scriptsRun() ? "REVIEW_MESSAGES_TRIAL_SCRIPTS" : "REVIEW_MESSAGES_TRIAL_NO_SCRIPTS");
  return { page: await as("manager"), slug };
}

/** What the form said that was sent last: a toast, or the notice of the next page. */
async function said(page: Page, words: string | RegExp): Promise<void> {
  await expect(page.getByRole("status").filter({ hasText: words }).first()).toBeVisible();
  await ready(page);
}

test.describe.configure({ mode: "serial" });

test("a trial holds messages, says so, and lets them go when it ends", async ({ as, a11y }) => {
  const { page, slug } = await trial(as);
  const customer = await newCustomer(page, { slug });
  await ask(page, customer, { email: true });
  await visit(page, messagesAt({ q: customer.name }, slug));
  await expect(page.getByText("Trial mode: only members and guests get messages.").first()).toBeVisible();
  await expect(async () => {
    await visit(page, messagesAt({ q: customer.name }, slug));
    await expect(page.getByText("held: trial mode").first()).toBeVisible({ timeout: 1_000 });
  }).toPass();

  await visit(page, inProject("settings", slug));
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
  await expect(page.getByText(/is held and would go out now|are held and would go out now/)).toBeVisible();
  await a11y(page, "Settings, in trial mode");
  await page.getByRole("textbox", { name: "Guests" }).fill("nobody here");
  await page.getByRole("button", { name: "Save guests" }).click();
  await expect(page.getByText(/Write a phone number/).first()).toBeVisible();
  await ready(page);
  await page.getByRole("textbox", { name: "Guests" }).fill("gus@example.com\n+1 201 555 0100");
  await page.getByRole("button", { name: "Save guests" }).click();
  await said(page, "Guests saved.");
  await expect(page.getByText("Guests: +1 201 555 0100, gus@example.com")).toBeVisible();

  await page.getByRole("button", { name: "Go live" }).click();
  await said(page, "The project is live.");
  await expect(page.getByText("The project is live: messages go to all customers.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Go live" })).toHaveCount(0);
  await expect(async () => {
    await visit(page, messagesAt({ q: customer.name, status: "sent" }, slug));
    await expect(page.getByText(customer.name).first()).toBeVisible({ timeout: 1_000 });
  }).toPass();
});

test("a pause holds everything, with who paused and since when", async ({ as }) => {
  const { page, slug } = await trial(as);
  await visit(page, inProject("settings", slug));
  await page.getByRole("button", { name: "Pause sending" }).click();
  await said(page, "Sending is paused.");
  await expect(page.getByText(/Sending is paused since today \d\d:\d\d by Mona Manager\./).first()).toBeVisible();
  const customer = await newCustomer(page, { slug });
  await ask(page, customer, { email: true });
  await visit(page, messagesAt({ q: customer.name }, slug));
  await expect(page.getByText("held: paused").first()).toBeVisible();
  await expect(page.getByText("Sending is paused since").first()).toBeVisible();
  await visit(page, inProject("settings", slug));
  await page.getByRole("button", { name: "Resume sending" }).click();
  await said(page, "Sending is resumed.");
  await expect(page.getByRole("button", { name: "Pause sending" })).toBeVisible();
});

test("a pace and quiet hours are saved, and a wrong one says what is wrong", async ({ as }) => {
  const { page, slug } = await trial(as);
  await visit(page, inProject("settings", slug));
  await page.locator("#project-pace").fill("many");
  await page.getByRole("button", { name: "Save pace" }).click();
  await expect(page.getByText(/from 1 to 60,000/).first()).toBeVisible();
  await ready(page);
  await page.locator("#project-pace").fill("1200");
  await page.getByRole("button", { name: "Save pace" }).click();
  await said(page, "At most 1,200 messages a minute");
  await page.getByRole("checkbox", { name: "Email" }).check();
  await page.getByLabel("From", { exact: true }).fill("20:30");
  await page.getByLabel("Until", { exact: true }).fill("09:00");
  await page.getByRole("button", { name: "Save quiet hours" }).click();
  await said(page, "Quiet hours saved.");
  await expect(page.getByText("No email and no SMS is sent from 20:30 until 09:00.")).toBeVisible();
  await page.reload();
  await ready(page);
  await expect(page.getByLabel("From", { exact: true })).toHaveValue("20:30");
});

test("a Viewer reads what is chosen and is shown no control that would be refused", async ({ as, a11y }) => {
  const page = await as("viewer");
  await visit(page, inProject("settings"));
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
  await expect(page.getByText("Messages go out at their times.")).toBeVisible();
  for (const name of [/^Pause/, /^Save/, /^Go live/]) await expect(page.getByRole("button", { name })).toHaveCount(0);
  await a11y(page, "Settings, of a Viewer");
});
