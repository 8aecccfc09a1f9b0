// Needs attention with scripts: what is under way, the focus, the pointer, live numbers.

import { AttentionPage } from "../fixtures/attention";
import { post } from "../fixtures/forms";
import { calls, hold } from "../fixtures/network";
import { said } from "../fixtures/profile";
import { env, expect, test } from "../fixtures/test";

test("a row says what is under way, and stays beneath the pointer until that has left", async ({ page }) => {
  const attention = await new AttentionPage(page).open("email-rejected");
  const rows = attention.rows(attention.group("Refused by the recipient's server", "Email"));
  const { row, message } = await attention.sendable(rows.first());
  const dismissing = await hold(page, calls("dismiss_message"));
  await row.getByRole("button", { name: "Dismiss", exact: true }).click();
  await expect(row).toContainText("Dismissing…");
  dismissing.release();
  await said(page, /Dismissed 1 message\./);
  await expect(row).toContainText("No longer listed");
  await expect(rows.first()).toHaveAttribute("id", `message-${message}`);
  await page.mouse.move(0, 0);
  await expect(row).toHaveCount(0);
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await expect(row).toBeVisible();
});

test("by keyboard, the next row takes the focus of one that goes", async ({ page }) => {
  const attention = await new AttentionPage(page).open("email-other");
  const rows = attention.rows(attention.group("Could not be delivered", "Email"));
  const next = (await rows.nth(1).getAttribute("id")) ?? "";
  await rows.first().getByRole("button", { name: "Dismiss", exact: true }).focus();
  await page.keyboard.press("Enter");
  await said(page, /Dismissed 1 message\./);
  await expect(page.locator(`#${next}`)).toBeFocused();
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await said(page, /Restored 1 message\./);
});

test("the number and the list follow what others do", async ({ page }) => {
  const attention = await new AttentionPage(page).open("sms-account");
  const group = attention.group("Sending account not accepted", "SMS");
  const before = await attention.count(group);
  const { row, message } = await attention.sendable(attention.rows(group).first());
  const slug = env("REVIEW_MESSAGES_PROJECT");
  const answer = await post(page, "dismiss_message", { slug, id: message }, { accept: "application/json" });
  const { undo } = (await answer.json()) as { undo: string };
  await expect(row).toHaveCount(0);
  await expect.poll(() => attention.count(group)).toBe(before - 1);
  await post(page, "undo_cancel", { slug, batch: undo }, { accept: "application/json" });
  await expect(row).toBeVisible();
});

test("the sidebar's number is live on every page", async ({ page }) => {
  test.setTimeout(180_000);
  const attention = await new AttentionPage(page).open();
  const slug = env("REVIEW_MESSAGES_PROJECT");
  // More than the sidebar counts: dismiss until it says a number.
  const batches: string[] = [];
  const dismiss = async (cause: string): Promise<void> => {
    const answer = await post(page, "dismiss_cause", { slug, cause }, { accept: "application/json" });
    const { undo } = (await answer.json()) as { undo: string | null };
    if (undo) batches.push(undo);
  };
  await page.getByRole("link", { name: "Customers", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Customers" })).toBeVisible();
  const text = async (): Promise<string> => (await attention.link.innerText()).replace(/\s+/g, " ");
  const before = await text();
  await dismiss("sms-account");
  await dismiss("email-account");
  if (!before.includes("99+")) await expect.poll(text).not.toBe(before);
  for (const batch of batches) await post(page, "undo_cancel", { slug, batch }, { accept: "application/json" });
  await expect.poll(text).toBe(before);
});
