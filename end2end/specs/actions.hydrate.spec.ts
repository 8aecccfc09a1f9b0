// The Actions menu of a message: what it offers by status, and that each action does what it says.

import { inProject, UUID } from "../fixtures/addresses";
import { ask, newCustomer, noon, post, submit, type Ask, type Customer } from "../fixtures/forms";
import { MessagesPage, query } from "../fixtures/messages";
import { mailTo, outbox } from "../fixtures/outbox";
import { ProfilePage, said } from "../fixtures/profile";
import { env, expect, test, visit, type Page } from "../fixtures/test";

const WAITING = ["View message", "Send now", "Cancel message", "Reschedule message", "Send a copy to me", "Copy UUID", "Delete message"];
const SENT = ["View message", "Send a copy to me", "Copy UUID", "Delete message"];
const FAILED = ["View message", "Resend message", "Send a copy to me", "Copy UUID", "Delete message"];
const CANCELED = ["View message", "Send now", "Reschedule message", "Send a copy to me", "Copy UUID", "Delete message"];

const OFFERED: Record<string, string[]> = {
  scheduled: WAITING,
  sent: SENT,
  opened: SENT,
  clicked: SENT,
  complained: SENT,
  failed: FAILED,
  canceled: CANCELED,
};

/** A profile with messages that wait. */
async function waiting(page: Page, wanted: Ask = {}): Promise<{ customer: Customer; profile: ProfilePage }> {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, at: noon(4), ...wanted });
  return { customer, profile: await new ProfilePage(page).open(customer.id) };
}

/** Opens the profile at the first message of the demo that this status's filter shows first. */
async function openDemo(page: Page, status: string, more: Record<string, string> = {}): Promise<ProfilePage> {
  const messages = await new MessagesPage(page).open({ status, ...more });
  await messages.link(messages.rows.first()).click();
  const profile = new ProfilePage(page);
  await expect(page).toHaveURL(/message=/);
  await profile.settled();
  return profile;
}

function marked(page: Page) {
  return page.locator(`[id="message-${query(page)["message"]}"]`);
}

for (const [status, items] of Object.entries(OFFERED)) {
  test(`what is offered for a message that is ${status}`, async ({ page }) => {
    const profile = await openDemo(page, status);
    const menu = await profile.menu(marked(page));
    await expect(menu.getByRole("menuitem")).toHaveText(items);
    await page.keyboard.press("Escape");
    await expect(menu).toBeHidden();
    await expect(marked(page).getByRole("button", { name: /^Actions/ })).toBeFocused();
  });
}

test("the menu names its message, and works by keyboard", async ({ page }) => {
  const { customer, profile } = await waiting(page);
  const button = profile.rows.first().getByRole("button", { name: /^Actions/ });
  await expect(button).toHaveAccessibleName(/Request by Email/);
  await button.focus();
  await page.keyboard.press("Enter");
  const item = (name: string) => page.getByRole("menuitem", { name, exact: true });
  await expect(item("View message")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(item("Delete message")).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  await expect(item("Send now")).toBeFocused();
  await page.keyboard.press("c");
  await expect(item("Cancel message")).toBeFocused();
  await page.keyboard.press("End");
  await expect(item("Delete message")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(button).toBeFocused();
  await expect(page.getByRole("heading", { level: 1, name: customer.name })).toBeVisible();
});

test("View message shows what will be sent, and its timeline", async ({ page, a11y }) => {
  const { customer, profile } = await waiting(page);
  await profile.act(profile.rows.first(), "View message");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await expect(dialog).toContainText(customer.email);
  const frame = dialog.locator("iframe");
  await expect(frame).toHaveAttribute("sandbox", /^(?!.*allow-scripts)(?!.*allow-same-origin)/);
  await expect(dialog.frameLocator("iframe").getByText(customer.name.split(" ")[0] ?? "").first()).toBeVisible();
  await expect(dialog.getByRole("listitem").filter({ hasText: "Created" })).toContainText("Demo Owner");
  await a11y(page, "View message");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("View message of an SMS says how many segments it has", async ({ page }) => {
  const { profile } = await waiting(page, { email: false, sms: true });
  await profile.act(profile.rows.first(), "View message");
  await expect(page.getByRole("dialog")).toContainText(/\d SMS segments?/);
});

test("Send now sends it", async ({ page }) => {
  const { customer, profile } = await waiting(page);
  await profile.act(profile.rows.first(), "Send now");
  await confirmIfAsked(page, "Send now");
  // It can be undone for ten seconds before it goes.
  await expect(profile.row("Request")).toContainText("Sent", { timeout: 60_000 });
  expect((await mailTo(page, customer.email)).item.message).toMatch(UUID);
});

test("Cancel message alone, and Undo", async ({ page }) => {
  const { profile } = await waiting(page, { reminders: 2 });
  await profile.act(profile.row("Reminder 1"), "Cancel message");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("checkbox", { name: /other 2 unsent messages of this request/ })).not.toBeChecked();
  await dialog.getByRole("button", { name: /^Cancel (1 )?message/ }).click();
  await said(page, /Canceled 1 message\./);
  await expect(profile.row("Reminder 1")).toContainText("Canceled");
  await expect(profile.row("Reminder 2")).toContainText("Scheduled");
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await expect(profile.row("Reminder 1")).toContainText("Scheduled");
});

test("Cancel message with the others of its request", async ({ page }) => {
  const { profile } = await waiting(page, { sms: true, reminders: 1 });
  await profile.act(profile.row("Request"), "Cancel message");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("checkbox", { name: /other 3 unsent messages of this request/ }).check();
  await dialog.getByRole("button", { name: /^Cancel/ }).last().click();
  await said(page, /Canceled 4 messages\./);
  await expect(profile.rows.filter({ hasText: "Canceled" })).toHaveCount(4);
});

test("Reschedule message moves it; a time that has passed is refused by its field", async ({ page, a11y }) => {
  const { profile } = await waiting(page);
  await profile.act(profile.rows.first(), "Reschedule message");
  const dialog = page.getByRole("dialog");
  const at = dialog.getByLabel(/date and time/i);
  await a11y(page, "Reschedule message");
  await at.fill(noon(800));
  await dialog.getByRole("button", { name: /^Reschedule/ }).click();
  await expect(at).toHaveAccessibleDescription(/within the next two years/);
  await at.fill(noon(20));
  await dialog.getByRole("button", { name: /^Reschedule/ }).click();
  await expect(dialog).toBeHidden();
  await expect(profile.rows.first().getByRole("time").first()).toHaveAttribute("datetime", new RegExp(`^${noon(20)}`));
});

test("Reschedule message brings a canceled one back", async ({ page }) => {
  const { customer, profile } = await waiting(page);
  await submit(page, "cancel_unsent", { slug: env("REVIEW_MESSAGES_PROJECT"), id: customer.id });
  await profile.open(customer.id);
  await expect(profile.row("Request")).toContainText("Canceled");
  await profile.act(profile.rows.first(), "Reschedule message");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/date and time/i).fill(noon(7));
  await dialog.getByRole("button", { name: /^Reschedule/ }).click();
  await expect(profile.row("Request")).toContainText("Scheduled");
});

test("Send a copy to me goes to the person who asks, and changes nothing else", async ({ page, as }) => {
  const { customer } = await waiting(page);
  const profile = await new ProfilePage(await as("operator")).open(customer.id);
  const copies = async () => (await outbox(page)).filter((m) => m.to.includes("operator@example.com")).length;
  const before = await copies();
  await profile.act(profile.rows.first(), "Send a copy to me");
  await confirmIfAsked(profile.page, /^Send/);
  await said(profile.page, /operator@example\.com/);
  await expect.poll(copies).toBeGreaterThan(before);
  await expect(profile.row("Request")).toContainText("Scheduled");
});

test("Copy UUID", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { profile } = await waiting(page);
  const [id] = await profile.ids();
  await profile.act(profile.rows.first(), "Copy UUID");
  await said(page, /copied/i);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(id);
});

test("Delete message asks first, and is for good", async ({ page, a11y }) => {
  const { profile } = await waiting(page, { reminders: 1 });
  await profile.act(profile.row("Reminder 1"), "Delete message");
  const dialog = page.getByRole("dialog");
  await a11y(page, "Delete message");
  await page.keyboard.press("Escape");
  await expect(profile.rows).toHaveCount(2);
  await profile.act(profile.row("Reminder 1"), "Delete message");
  await dialog.getByRole("button", { name: "Delete message" }).click();
  await expect(profile.rows).toHaveCount(1);
  await page.reload();
  await profile.settled();
  await expect(profile.rows).toHaveCount(1);
});

test("a failed message says why and what to do; its button edits the address, and then it can be resent", async ({ page }) => {
  const profile = await openDemo(page, "failed", { q: "address does not exist", channel: "email" });
  await expect(marked(page)).toContainText("Address does not exist");
  await profile.act(marked(page), "Resend message");
  await confirmIfAsked(page, /^Resend/);
  await expect(page.getByText(/bounced|does not exist/i).last()).toBeVisible();
  await page.reload();
  await profile.settled();
  await expect(marked(page)).toContainText("Failed");

  const row = marked(page);
  await profile.act(row, "View message");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("This address does not exist. Edit the customer's email, then resend.");
  await dialog.getByRole("link", { name: "Edit email" }).first().click();
  const edit = page.getByRole("dialog", { name: "Edit customer" });
  const address = `mended.${Date.now()}@example.com`;
  await edit.getByRole("textbox", { name: "Email" }).fill(address);
  await edit.getByRole("button", { name: "Save changes" }).click();
  await expect(edit).toBeHidden();
  await profile.act(row, "Resend message");
  await confirmIfAsked(page, /^Resend/);
  await expect(row).toContainText("Sent");
  expect((await mailTo(page, address)).item.to).toContain(address);
  await profile.act(row, "View message");
  await expect(page.getByRole("dialog").getByRole("listitem").filter({ hasText: "Failed" }).first()).toBeVisible();
});

/** An action may ask before it acts. */
async function confirmIfAsked(page: Page, button: string | RegExp): Promise<void> {
  const inDialog = page.getByRole("dialog").getByRole("button", { name: button });
  const answered = page.getByRole("status").filter({ hasText: /\w/ }).or(page.getByRole("alert").filter({ hasText: /\w/ }));
  await expect(inDialog.or(answered).first()).toBeVisible();
  if (await inDialog.isVisible()) await inDialog.click();
}

test("what is open, typed in or loaded on a message's page stays while somebody else changes the message", async ({ page }) => {
  const { profile } = await waiting(page);
  const id = (await profile.ids())[0] ?? "";
  const slug = env("REVIEW_MESSAGES_PROJECT");
  let loads = 0;
  page.on("request", (request) => (loads += request.url().endsWith("/preview") ? 1 : 0));
  await visit(page, inProject(`messages/${id}`));
  await expect(page.getByTitle("The email as the customer sees it").contentFrame().locator("a").first()).toBeVisible();
  await page.getByText("As plain text").click();
  const at = page.getByLabel("Date and time", { exact: true });
  await at.fill("2031-05-06T07:08");
  for (const [action, told] of [["cancel_message", "Canceled"], ["send_now", "Sent"]] as const) {
    expect((await post(page, action, { slug, id }, { accept: "application/json" })).ok()).toBe(true);
    const entry = page.getByRole("main").getByRole("listitem").filter({ hasText: told }).first();
    await expect(entry).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole("group").filter({ hasText: "As plain text" })).toHaveAttribute("open", "");
    if (action === "cancel_message") await expect(at).toHaveValue("2031-05-06T07:08");
  }
  expect(loads).toBe(1);
});
