// A message's page: everything that may be done with it, as plain forms.

import { inProject } from "../fixtures/addresses";
import { ask, newCustomer, noon, post, type Ask, type Customer } from "../fixtures/forms";
import { MessagesPage } from "../fixtures/messages";
import { mailTo, outbox } from "../fixtures/outbox";
import { ProfilePage, said } from "../fixtures/profile";
import { env, expect, scriptsRun, test, visit, type Page } from "../fixtures/test";
import type { Locator } from "@playwright/test";

/** Opens the page of a message that waits; without scripts, by the way that its Actions lead. */
async function openWaiting(page: Page, wanted: Ask = {}): Promise<{ customer: Customer; id: string; forms: Locator }> {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, at: noon(4), ...wanted });
  const profile = await new ProfilePage(page).open(customer.id);
  const id = (await profile.ids())[0] ?? "";
  if (scriptsRun()) await visit(page, inProject(`messages/${id}`));
  else await profile.rows.first().getByRole("button", { name: /^Actions/ }).click();
  await expect(page).toHaveURL(new RegExp(`/messages/${id}\\??$`));
  return { customer, id, forms: page.getByRole("region", { name: "Actions" }) };
}

test("the page shows the message, its timeline and what may be done", async ({ page, a11y }) => {
  const { customer, forms } = await openWaiting(page);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(customer.name);
  await expect(page.getByText(customer.email).first()).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "Created" })).toContainText("Demo Owner");
  for (const name of ["Send now", "Reschedule message", "Cancel message", "Send a copy to me"]) {
    await expect(forms.getByRole("button", { name })).toBeVisible();
  }
  await expect(forms.getByRole("button", { name: "Resend message" })).toHaveCount(0);
  await a11y(page, "the page of a message");
  await page.getByRole("link", { name: "Show on the customer's profile" }).click();
  await expect(page).toHaveURL(/\/customers\/.*\?message=/);
});

test("cancel, and undo", async ({ page }) => {
  const { forms } = await openWaiting(page);
  await forms.getByRole("button", { name: "Cancel message" }).click();
  await said(page, /Canceled 1 message\./);
  await expect(forms.getByRole("button", { name: "Cancel message" })).toHaveCount(0);
  await expect(page.getByRole("main")).toContainText("Canceled");
  await forms.getByRole("button", { name: "Undo cancel" }).click();
  await expect(forms.getByRole("button", { name: "Cancel message" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("Cancel undone");
});

test("cancel with the others of its request", async ({ page }) => {
  const { customer, forms } = await openWaiting(page, { reminders: 2 });
  await forms.getByRole("checkbox", { name: /other 2 unsent messages of this request/ }).check();
  await forms.getByRole("button", { name: "Cancel message" }).click();
  await said(page, /Canceled 3 messages\./);
  const profile = await new ProfilePage(page).open(customer.id);
  await expect(profile.rows.filter({ hasText: "Canceled" })).toHaveCount(3);
});

test("what an action said is shown once", async ({ page }) => {
  const { forms } = await openWaiting(page);
  await forms.getByRole("button", { name: "Cancel message" }).click();
  await said(page, /Canceled 1 message\./);
  await visit(page, page.url());
  await expect(page.getByRole("status").filter({ hasText: /Canceled 1 message/ })).toHaveCount(0);
});

test("reschedule; a time too far is refused by its field, and what was there stays", async ({ page }) => {
  const { id, forms } = await openWaiting(page);
  const at = forms.getByLabel("Date and time", { exact: true });
  await expect(at).toHaveValue(noon(4));
  await at.fill(noon(800));
  await forms.getByRole("button", { name: "Reschedule message" }).click();
  await expect(at).toHaveAccessibleDescription(/within the next two years/);
  await visit(page, inProject(`messages/${id}`));
  await expect(at).toHaveValue(noon(4));

  await at.fill(noon(9));
  await forms.getByRole("button", { name: "Reschedule message" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "Rescheduled" })).toContainText("Demo Owner");
  await visit(page, inProject(`messages/${id}`));
  await expect(at).toHaveValue(noon(9));
});

test("send now", async ({ page }) => {
  const { customer, id, forms } = await openWaiting(page);
  await forms.getByRole("button", { name: "Send now" }).click();
  expect((await mailTo(page, customer.email)).item.message).toBe(id);
  await visit(page, inProject(`messages/${id}`));
  await expect(forms.getByRole("button", { name: "Send now" })).toHaveCount(0);
  await expect(forms.getByRole("button", { name: "Cancel message" })).toHaveCount(0);
});

test("what was sent can be canceled no more, and says so", async ({ page }) => {
  const { customer, id, forms } = await openWaiting(page);
  await forms.getByRole("button", { name: "Send now" }).click();
  await mailTo(page, customer.email);
  await expect(async () => {
    await visit(page, inProject(`messages/${id}`));
    await expect(forms.getByRole("button", { name: "Send now" })).toHaveCount(0, { timeout: 500 });
  }).toPass();
  const slug = env("REVIEW_MESSAGES_PROJECT");
  const refused: [string, Record<string, string>][] = [
    ["cancel_message", {}],
    ["send_now", {}],
    ["reschedule_message", { at: noon(3) }],
    ["resend_message", {}],
  ];
  for (const [name, more] of refused) {
    const answer = await post(page, name, { slug, id, ...more }, { accept: "application/json" });
    expect(answer.status(), name).toBe(409);
    expect(await answer.text(), name).toMatch(/\w+ \w+/);
  }
  expect((await outbox(page)).filter((mail) => mail.to.includes(customer.email))).toHaveLength(1);
});

test("wrong times and ids change nothing", async ({ page }) => {
  const { id, forms } = await openWaiting(page);
  const slug = env("REVIEW_MESSAGES_PROJECT");
  for (const at of ["", "x", "2026-13-01T00:00", "2001-01-01T00:00", "x".repeat(50_000), "\u0000"]) {
    const answer = await post(page, "reschedule_message", { slug, id, at }, { accept: "application/json" });
    expect(answer.status(), at.slice(0, 30)).toBe(422);
    expect(await answer.text(), at.slice(0, 30)).toContain('"at"');
  }
  for (const name of ["cancel_message", "send_now", "delete_message", "send_copy"]) {
    for (const wrong of ["", "x", "%00", "0190163d"]) {
      const answer = await post(page, name, { slug, id: wrong }, { accept: "application/json" });
      expect(answer.status(), `${name} ${wrong}`).toBeGreaterThanOrEqual(400);
      expect(answer.status(), `${name} ${wrong}`).toBeLessThan(500);
    }
  }
  await visit(page, inProject(`messages/${id}`));
  await expect(forms.getByLabel("Date and time", { exact: true })).toHaveValue(noon(4));
});

test("delete asks first, and then it is gone", async ({ page }) => {
  const { id, forms } = await openWaiting(page);
  await expect(forms.getByRole("button", { name: "Delete message" })).toBeHidden();
  await forms.getByText("Delete this message").click();
  await forms.getByRole("button", { name: "Delete message" }).click();
  await expect(page).not.toHaveURL(new RegExp(`/messages/${id}$`));
  const answer = await page.goto(inProject(`messages/${id}`));
  expect(answer?.status()).toBe(404);
});

test("a failed message says why, and what to do about it", async ({ page }) => {
  const messages = await new MessagesPage(page).open({ status: "failed", channel: "email", q: "address does not exist" });
  // The first one is mended by another test.
  const href = (await messages.link(messages.rows.last()).getAttribute("href")) ?? "";
  const id = /message=([0-9a-f-]{36})/.exec(href)?.[1] ?? "";
  await visit(page, inProject(`messages/${id}`));
  await expect(page.getByRole("main")).toContainText("This address does not exist. Edit the customer's email, then resend.");
  await page.getByRole("region", { name: "Actions" }).getByRole("button", { name: "Resend message" }).click();
  await expect(page.getByRole("alert").filter({ hasText: /\w/ }).first()).toBeVisible();
  await visit(page, inProject(`messages/${id}`));
  await expect(page.getByRole("main")).toContainText("Failed");
});
