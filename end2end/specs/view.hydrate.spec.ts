// View message: a panel at the side where there is room, with the way to the messages before and after.

import { UUID } from "../fixtures/addresses";
import { ask, newCustomer, noon } from "../fixtures/forms";
import { MessagesPage } from "../fixtures/messages";
import { act } from "../fixtures/menus";
import { expect, test, type Page } from "../fixtures/test";

async function open(page: Page): Promise<MessagesPage> {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, reminders: 3, at: noon(4) });
  const messages = await new MessagesPage(page).open({ q: customer.name, sort: "scheduled", dir: "asc" });
  await expect(messages.rows).toHaveCount(4);
  return messages;
}

test("the panel stands at the right side, over the whole height, and names its message", async ({ page }) => {
  const messages = await open(page);
  await act(page, messages.rows.nth(1), "View message");
  const panel = page.getByRole("dialog", { name: /Reminder 1/ });
  await expect(panel.getByRole("listitem").filter({ hasText: "Created" })).toBeVisible();
  const box = await panel.boundingBox();
  expect(box?.x ?? 0).toBeGreaterThan(1280 / 3);
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeGreaterThan(1280 - 32);
  expect(box?.height ?? 0).toBeGreaterThan(900 * 0.9);
});

test("next and previous go along the list, and end at its ends", async ({ page }) => {
  const messages = await open(page);
  await act(page, messages.rows.nth(1), "View message");
  const panel = page.getByRole("dialog");
  const go = (name: RegExp) => panel.getByRole("button", { name }).or(panel.getByRole("link", { name })).first();
  await expect(panel).toHaveAccessibleName(/Reminder 1/);
  await go(/^Next/).click();
  await expect(panel).toHaveAccessibleName(/Reminder 2/);
  await go(/^Previous/).click();
  await go(/^Previous/).click();
  await expect(panel).toHaveAccessibleName(/^Request/);
  await expect(panel.getByRole("listitem").filter({ hasText: "Created" })).toBeVisible();
});

test("facts and timeline come before the mail, which has its whole height", async ({ page }) => {
  const messages = await open(page);
  await act(page, messages.rows.first(), "View message");
  const panel = page.getByRole("dialog");
  const created = panel.getByRole("listitem").filter({ hasText: "Created" }).first();
  const frame = panel.locator("iframe");
  await expect(frame.contentFrame().locator("a").first()).toBeVisible();
  expect((await created.boundingBox())?.y ?? 9e9).toBeLessThan((await frame.boundingBox())?.y ?? 0);
});

test("Copy link copies the deep link", async ({ page, context, baseURL }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const messages = await open(page);
  const href = await messages.link(messages.rows.first()).getAttribute("href");
  await act(page, messages.rows.first(), "View message");
  await page.getByRole("dialog").getByRole("button", { name: "Copy link" }).click();
  await expect(page.getByRole("status").filter({ hasText: /copied/i }).first()).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(UUID);
  expect(copied).toBe(`${baseURL}${href}`);
});

test("each attempt says whom it asked and how long it took, and opens what was said, to be copied", async ({ page, context, a11y }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const messages = await new MessagesPage(page).open({ status: "failed", channel: "email" });
  await act(page, messages.rows.first(), "View message");
  const panel = page.getByRole("dialog");
  const attempts = panel.getByRole("region", { name: "Attempts" });
  const line = attempts.locator("summary").last();
  await expect(line).toHaveText(/^\d+ · \d+ \w{3} \d\d:\d\d:\d\d · smtp\.example\.com:587 · \d+\.\d\d s · (Failed|Unconfirmed)$/);
  const said = attempts.locator("pre").last();
  await expect(said).toBeHidden();
  await line.click();
  await expect(said).toContainText("Connecting to smtp.example.com:587");
  await a11y(page, "an attempt of a message");
  await attempts.getByRole("button", { name: "Copy for my provider" }).last().click();
  await expect(page.getByRole("status").filter({ hasText: "Copied." }).first()).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(UUID);
  expect(copied).toMatch(/^Started: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/m);
  expect(copied).toContain("Server: smtp.example.com:587");
  expect(copied).toContain("Connecting to smtp.example.com:587");
  expect(copied).not.toMatch(/RCPT TO:<[^…@]+@/);
});

test("a message that was not tried yet has no attempts", async ({ page }) => {
  const messages = await open(page);
  await act(page, messages.rows.first(), "View message");
  const panel = page.getByRole("dialog");
  await expect(panel.getByRole("listitem").filter({ hasText: "Created" })).toBeVisible();
  await expect(panel.getByRole("region", { name: "Attempts" })).toHaveCount(0);
});

test("the links of the mail lead nowhere: staff neither click nor review as the customer", async ({ page }) => {
  const messages = await open(page);
  await act(page, messages.rows.first(), "View message");
  const mail = page.getByRole("dialog").locator("iframe").contentFrame();
  await expect(mail.locator("a").first()).toBeVisible();
  const hrefs = await mail.locator("a").evaluateAll((all) => all.map((a) => a.getAttribute("href") ?? ""));
  for (const href of hrefs) expect(href).not.toMatch(/\/[ruo]\/[\w-]{22,}/);
});

test("on a phone it is a dialog above the page", async ({ page }) => {
  const messages = await open(page);
  await page.setViewportSize({ width: 360, height: 740 });
  await act(page, messages.rows.first(), "View message");
  const box = await page.getByRole("dialog").boundingBox();
  expect(box?.x ?? -1).toBeGreaterThanOrEqual(0);
  expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(360);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(messages.rows).toHaveCount(4);
});
