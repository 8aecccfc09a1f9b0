// Needs attention: failures by cause, each until somebody has mended, resent or dismissed it.

import { inProject } from "../fixtures/addresses";
import { AttentionPage } from "../fixtures/attention";
import { post } from "../fixtures/forms";
import { MessagesPage } from "../fixtures/messages";
import { mailTo } from "../fixtures/outbox";
import { said } from "../fixtures/profile";
import { env, expect, scriptsRun, test, visit } from "../fixtures/test";

/** Tests of both kinds run on one server: each has failures of its own. */
function own<T>(scripts: T, plain: T): T {
  return scriptsRun() ? scripts : plain;
}

test("the sidebar counts it, and the page has the causes, our own account first, each with what to do", async ({ page, a11y }) => {
  await new MessagesPage(page).open();
  const attention = new AttentionPage(page);
  await expect(attention.link).toHaveText(/^\s*Needs attention\s*(\d\d?|99\+)\s*$/);
  await attention.link.click();
  await attention.settled();
  await expect(attention.link).toHaveAttribute("aria-current", "page");
  const headings = await page.getByRole("main").getByRole("heading", { level: 2 }).allInnerTexts();
  const place = (reason: string): number => headings.indexOf(reason);
  expect(place("Sending account not accepted")).toBeGreaterThanOrEqual(0);
  expect(place("Sending account not accepted")).toBeLessThan(place("Recipient's server not reachable"));
  expect(place("Recipient's server not reachable")).toBeLessThan(place("Refused by the recipient's server"));
  expect(place("Refused by the recipient's server")).toBeLessThan(place("Mailbox full"));
  const group = attention.group("Address does not exist", "Email");
  await expect(group).toContainText("This address does not exist. Edit the customer's email, then resend.");
  await expect(attention.rows(group).first().getByRole("link", { name: "Edit email" })).toBeVisible();
  const account = attention.group("Sending account not accepted", "Email");
  await expect(account.getByRole("link", { name: "Open the connection" })).toHaveAttribute("href", inProject("connections"));
  await a11y(page, "Needs attention");
});

test("a group has as many rows as it says, page after page", async ({ page }) => {
  const attention = await new AttentionPage(page).open();
  const reason = "Address does not exist";
  const group = attention.group(reason, "Email");
  const count = await attention.count(group);
  expect(count).toBeGreaterThan(5);
  await expect(attention.rows(group)).toHaveCount(5);
  await group.getByRole("link", { name: /^Show all/ }).click();
  await expect(page).toHaveURL(/cause=email-address-unknown$/);
  await attention.settled();
  const seen = new Set<string>();
  for (;;) {
    await attention.settled();
    const ids = await attention.rows(attention.group(reason, "Email")).evaluateAll((rows) => rows.map((row) => row.id));
    ids.forEach((id) => seen.add(id));
    const older = page.getByRole("link", { name: /^Show older/ });
    if (!(await older.isVisible())) break;
    await older.click();
    await expect(page.locator(`#${ids[0]}`)).toHaveCount(0);
  }
  // Another test may mend one meanwhile.
  expect(Math.abs(seen.size - count)).toBeLessThanOrEqual(2);
  await page.getByRole("link", { name: "All causes" }).click();
  await expect(page).toHaveURL(/\/attention$/);
});

test("a failure is sent again, and is gone from the list", async ({ page }) => {
  const attention = await new AttentionPage(page).open("email-mailbox-full");
  const rows = attention.rows(attention.group("Mailbox full", "Email"));
  const { row } = await attention.sendable(own(rows.first(), rows.last()));
  await row.getByRole("button", { name: "Resend", exact: true }).click();
  await said(page, /being sent again\./);
  await page.mouse.move(0, 0);
  await expect(row).toHaveCount(0);
});

test("a dismissed failure is gone, and back with Undo", async ({ page }) => {
  const attention = await new AttentionPage(page).open("email-unreachable");
  const rows = attention.rows(attention.group("Recipient's server not reachable", "Email"));
  const { row, message } = await attention.sendable(own(rows.first(), rows.last()));
  await row.getByRole("button", { name: "Dismiss", exact: true }).click();
  await said(page, /Dismissed 1 message\./);
  await page.mouse.move(0, 0);
  await expect(row).toHaveCount(0);
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await said(page, /Restored 1 message\./);
  await expect(row).toBeVisible();
  // Its message is as failed as before.
  await visit(page, inProject(`messages/${message}`));
  await expect(page.getByRole("main")).toContainText("Recipient's server not reachable");
});

test("Edit email opens the form at the email, and saving offers to resend", async ({ page }) => {
  const attention = await new AttentionPage(page).open("email-address-unknown");
  const rows = attention.rows(attention.group("Address does not exist", "Email"));
  const { row } = await attention.sendable(rows.nth(own(2, 4)));
  await expect(row.getByRole("button", { name: "Resend", exact: true })).toHaveCount(0);
  await row.getByRole("link", { name: "Edit email" }).click();
  const edit = page.getByRole("dialog", { name: "Edit customer" });
  const email = edit.getByRole("textbox", { name: "Email" });
  await expect(email).toBeFocused();
  const address = `mended.${Date.now()}.${own("s", "p")}@example.com`;
  await email.fill(address);
  await edit.getByRole("button", { name: "Save changes" }).click();
  await said(page, /Customer saved\./);
  await expect(edit).toBeHidden();
  await page.getByRole("status").getByRole("button", { name: "Resend message" }).click();
  await said(page, /being sent again\./);
  expect((await mailTo(page, address)).item.to).toContain(address);
});

test("all of a cause are sent again after a question that counts them", async ({ page, a11y }) => {
  const channel = own("SMS", "Email") as "SMS" | "Email";
  const cause = own("sms-unconfirmed", "email-unconfirmed");
  const attention = await new AttentionPage(page).open();
  const group = attention.group("Not confirmed by the provider", channel);
  for (const row of await attention.rows(group).all()) await attention.sendable(row);
  const count = await attention.count(group);
  await group.getByRole("link", { name: "Resend all" }).click();
  const dialog = page.getByRole("dialog", { name: "Resend all of this kind" });
  await expect(dialog).toContainText(new RegExp(`(All|\\d+ of) ${count} messages? can be sent again\\.|of ${count} messages can be`));
  await a11y(page, "the question before all are resent");
  await dialog.getByRole("button", { name: /^Resend \d+ messages?$/ }).click();
  await said(page, /Queued \d+ messages?\./);
  await page.mouse.move(0, 0);
  await attention.open(cause);
  const left = attention.rows(page.getByRole("main"));
  expect(await left.count()).toBeLessThan(count);
});

test("all of a cause are dismissed, and back with Undo", async ({ page }) => {
  const [reason, cause] = own(["Refused by the carrier", "sms-rejected"], ["Could not be delivered", "sms-other"]) as [string, string];
  const attention = await new AttentionPage(page).open(cause);
  const group = attention.group(reason, "SMS");
  const count = await attention.count(group);
  await group.getByRole("button", { name: "Dismiss all" }).click();
  await said(page, new RegExp(`Dismissed ${count} messages\\.`));
  await page.mouse.move(0, 0);
  await expect(page.getByRole("heading", { name: "Nothing of this kind is left" })).toBeVisible();
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await said(page, new RegExp(`Restored ${count} messages\\.`));
  await expect(attention.rows(group).first()).toBeVisible();
});

test("a Viewer only reads; an Operator acts on one, and not on all", async ({ as }) => {
  const viewer = await new AttentionPage(await as("viewer")).open();
  const group = (of: AttentionPage) => of.group("Mailbox full", "Email");
  await expect(viewer.rows(group(viewer)).first()).toBeVisible();
  for (const name of ["Resend", "Dismiss", "Dismiss all"]) {
    await expect(viewer.page.getByRole("main").getByRole("button", { name, exact: true })).toHaveCount(0);
  }
  await expect(viewer.page.getByRole("link", { name: "Edit email" })).toHaveCount(0);
  const operator = await new AttentionPage(await as("operator")).open();
  await expect(operator.rows(group(operator)).first().getByRole("button", { name: "Dismiss", exact: true })).toBeVisible();
  await expect(operator.page.getByRole("link", { name: "Resend all" })).toHaveCount(0);
  await expect(operator.page.getByRole("button", { name: "Dismiss all" })).toHaveCount(0);
  const slug = env("REVIEW_MESSAGES_PROJECT");
  for (const name of ["resend_cause", "dismiss_cause"]) {
    const answer = await post(operator.page, name, { slug, cause: "email-other" }, { accept: "application/json" });
    expect(answer.status(), name).toBe(403);
  }
});

test("a row on Messages has what helps, which leads to it", async ({ page, a11y }) => {
  const messages = await new MessagesPage(page).open({ status: "failed", channel: "email", q: "address does not exist" });
  const row = messages.rows.nth(1);
  const link = row.getByRole("link", { name: "Edit email" });
  await a11y(page, "failed messages");
  await link.click();
  await expect(page).toHaveURL(/\/customers\/[^?]+\?message=[^&]+&do=edit-email$/);
  await expect(page.getByRole("dialog").getByRole("textbox", { name: "Email" })).toBeFocused();
  await page.getByRole("dialog").getByRole("link", { name: "Cancel" }).click();
  await expect(page).toHaveURL(/\/customers\/[^?]+\?message=[0-9a-f-]{36}$/);
});

test("who opted out can't be asked by a message: the form says so", async ({ page, a11y }) => {
  const attention = await new AttentionPage(page).open("sms-opted-out");
  const row = attention.rows(attention.group("Opted out at the provider", "SMS")).first();
  await expect(row.getByRole("button", { name: "Resend", exact: true })).toHaveCount(0);
  await row.getByRole("link", { name: "Ask to resubscribe" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Consent is needed, and no message may ask for it");
  await a11y(page, "Ask to resubscribe");
});
