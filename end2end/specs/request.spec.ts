// Request review and Add customer by their forms: what goes right, and what each field says when it goes wrong.

import { inProject, profileAt } from "../fixtures/addresses";
import { ask, newCustomer, noon, post, unique } from "../fixtures/forms";
import { ProfilePage } from "../fixtures/profile";
import { env, expect, ready, test, visit, type Page } from "../fixtures/test";
import type { Locator } from "@playwright/test";

/** Presses Request review on a profile; the dialog. */
async function openRequest(page: Page, customer: string): Promise<Locator> {
  await visit(page, profileAt(customer));
  await page.getByRole("button", { name: "Request review" }).click();
  const dialog = page.getByRole("dialog", { name: /^Request a review from/ });
  await expect(dialog).toBeVisible();
  await ready(page);
  return dialog;
}

async function send(dialog: Locator): Promise<void> {
  await dialog.getByRole("button", { name: "Request review" }).click();
}

test("by both channels with reminders, at a time: its messages wait", async ({ page }) => {
  const customer = await newCustomer(page);
  const dialog = await openRequest(page, customer.id);
  await expect(dialog.getByRole("checkbox", { name: "Email" })).toBeChecked();
  await expect(dialog.getByRole("checkbox", { name: "SMS" })).toBeChecked();
  await dialog.getByRole("combobox", { name: "Reminders" }).selectOption("2 reminders");
  await dialog.getByRole("spinbutton", { name: "Days between messages" }).fill("5");
  await dialog.getByRole("radio", { name: "At a date and time" }).check();
  await dialog.getByLabel("Date and time", { exact: true }).fill(noon(4));
  await send(dialog);
  await expect(dialog).toBeHidden();

  const profile = new ProfilePage(page);
  await expect(profile.rows).toHaveCount(6);
  for (const channel of ["Email", "SMS"] as const) {
    for (const [template, days] of [["Request", 4], ["Reminder 1", 9], ["Reminder 2", 14]] as const) {
      const row = profile.row(template, channel);
      await expect(row).toContainText("Scheduled");
      const time = row.getByRole("time").first();
      await expect(time).toHaveAttribute("datetime", new RegExp(`^${noon(days)}`));
    }
  }
});

test("now, by email: it is sent within seconds", async ({ page }) => {
  const customer = await newCustomer(page, { phone: "" });
  const dialog = await openRequest(page, customer.id);
  await expect(dialog.getByRole("checkbox", { name: "SMS" })).toBeDisabled();
  await dialog.getByRole("combobox", { name: "Reminders" }).selectOption("None");
  await send(dialog);
  await expect(dialog).toBeHidden();
  const profile = new ProfilePage(page);
  await expect(async () => {
    await profile.open(customer.id);
    await expect(profile.row("Request")).toContainText("Sent", { timeout: 1_000 });
  }).toPass();
});

test("without a channel the form says so, and keeps what was filled in", async ({ page, a11y, scripts }) => {
  const customer = await newCustomer(page);
  const dialog = await openRequest(page, customer.id);
  await dialog.getByRole("checkbox", { name: "Email" }).uncheck();
  await dialog.getByRole("checkbox", { name: "SMS" }).uncheck();
  await dialog.getByRole("combobox", { name: "Reminders" }).selectOption("3 reminders");
  await send(dialog);
  await expect(dialog.getByRole("group", { name: "Channels" })).toHaveAccessibleDescription(/at least one channel/);
  if (scripts) await expect(dialog.getByRole("combobox", { name: "Reminders" })).toHaveValue("3");
  await a11y(page, "Request review with an error");
  await new ProfilePage(page).open(customer.id);
  await expect(page.getByText("Request a review to schedule messages.")).toBeVisible();
});

test("a time that has passed is refused by its field", async ({ page }) => {
  const customer = await newCustomer(page);
  const dialog = await openRequest(page, customer.id);
  await dialog.getByRole("radio", { name: "At a date and time" }).check();
  const at = dialog.getByLabel("Date and time", { exact: true });
  // Beyond two years: the browser lets it through, the server does not.
  await at.fill(noon(800));
  await send(dialog);
  await expect(at).toHaveAccessibleDescription(/within the next two years/);
  await new ProfilePage(page).open(customer.id);
  await expect(page.getByText("Request a review to schedule messages.")).toBeVisible();
});

test("every wrong value gets a sentence about its field, and asks nobody", async ({ page }) => {
  const customer = await newCustomer(page);
  const slug = env("REVIEW_MESSAGES_PROJECT");
  const wrong: [Record<string, string>, string][] = [
    [{}, "channels"],
    [{ "form[email]": "true", "form[reminders]": "4" }, "reminders"],
    [{ "form[email]": "true", "form[reminders]": "-1" }, "reminders"],
    [{ "form[email]": "true", "form[reminders]": "1; drop table message" }, "reminders"],
    [{ "form[email]": "true", "form[days]": "0" }, "days"],
    [{ "form[email]": "true", "form[days]": "99999999999999999999" }, "days"],
    [{ "form[email]": "true", "form[at]": "tomorrow" }, "at"],
    [{ "form[email]": "true", "form[at]": "2001-01-01T00:00" }, "at"],
    [{ "form[email]": "true", "form[at]": "99999-01-01T00:00" }, "at"],
    [{ "form[email]": "true", "form[at]": "x".repeat(100_000) }, "at"],
  ];
  for (const [form, field] of wrong) {
    const answer = await post(page, "request_review", { slug, id: customer.id, ...form }, { accept: "application/json" });
    const what = JSON.stringify(form).slice(0, 80);
    expect(answer.status(), what).toBe(422);
    expect(await answer.text(), what).toContain(`"${field}"`);
  }
  for (const id of ["", "x", "0190163d-8694-739b-aea5-966c26f8ad9", "%00"]) {
    const form = { slug, id, "form[email]": "true" };
    const answer = await post(page, "request_review", form, { accept: "application/json" });
    expect(answer.status(), id).toBeGreaterThanOrEqual(400);
    expect(answer.status(), id).toBeLessThan(500);
  }
  await visit(page, profileAt(customer.id));
  await expect(page.getByText("Request a review to schedule messages.")).toBeVisible();
});

test("an archived customer is not asked, and the dialog says why", async ({ page }) => {
  const customer = await newCustomer(page);
  const slug = env("REVIEW_MESSAGES_PROJECT");
  await post(page, "set_archived", { slug, id: customer.id, on: "true" });
  const dialog = await openRequest(page, customer.id);
  await expect(dialog).toContainText("archived");
  await expect(dialog.getByRole("button", { name: "Request review" })).toHaveCount(0);
  const answer = await post(page, "request_review", { slug, id: customer.id, "form[email]": "true" }, { accept: "application/json" });
  expect(answer.status()).toBe(409);
});

test("Add customer leads to the new profile; hostile names stay text", async ({ page, a11y }) => {
  const name = `<script>alert(1)</script> "O'Neil" & ${unique()}`;
  await visit(page, inProject("customers"));
  await page.getByRole("link", { name: "Add customer" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Add customer" });
  await ready(page);
  await a11y(page, "Add customer");
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await dialog.getByRole("textbox", { name: "Email" }).fill(`zoe.${unique()}@example.com`);
  await dialog.getByRole("button", { name: "Add customer" }).click();
  await expect(page).toHaveURL(/\/customers\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page).toHaveTitle(new RegExp("<script>alert"));
});

test("a phone number that is none is refused by its field", async ({ page }) => {
  await visit(page, `${inProject("customers")}?do=add`);
  const dialog = page.getByRole("dialog", { name: "Add customer" });
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("Zoe");
  await dialog.getByRole("textbox", { name: "Phone" }).fill("12");
  await dialog.getByRole("button", { name: "Add customer" }).click();
  const phone = dialog.getByRole("textbox", { name: "Phone" });
  await expect(phone).toHaveAttribute("aria-invalid", "true");
  await expect(phone).toHaveAccessibleDescription(/number/i);
});

test("every wrong value of a customer gets a sentence about its field, and adds nobody", async ({ page }) => {
  const slug = env("REVIEW_MESSAGES_PROJECT");
  const wrong: [Record<string, string>, string][] = [
    [{ "form[name]": "" }, "name"],
    [{ "form[name]": "   " }, "name"],
    [{ "form[name]": "x".repeat(10_000) }, "name"],
    [{ "form[name]": "a\u0000b" }, "name"],
    [{ "form[name]": "a\r\nBcc: x@example.com" }, "name"],
    [{ "form[name]": "Zoe", "form[email]": "zoe" }, "email"],
    [{ "form[name]": "Zoe", "form[email]": "a@b.example\r\nBcc: x@example.com" }, "email"],
    [{ "form[name]": "Zoe", "form[email]": `${"x".repeat(300)}@example.com` }, "email"],
    [{ "form[name]": "Zoe", "form[phone]": "not a number" }, "phone"],
    [{ "form[name]": "Zoe", "form[phone]": "+1 000 000 0000" }, "phone"],
    [{ "form[name]": "Zoe", "form[location]": "x" }, "location"],
    [{ "form[name]": "Zoe", "form[location]": "0190163d-8694-739b-aea5-966c26f8ad91" }, "location"],
    [{ "form[name]": "Zoe", "form[company]": "x".repeat(1_000) }, "company"],
  ];
  for (const [form, field] of wrong) {
    const answer = await post(page, "add_customer", { slug, ...form }, { accept: "application/json" });
    const what = JSON.stringify(form).slice(0, 80);
    expect(answer.status(), what).toBe(422);
    expect(await answer.text(), what).toContain(`"${field}"`);
  }
});

test("a second request of a customer is #2", async ({ page }) => {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, at: noon(1) });
  const dialog = await openRequest(page, customer.id);
  await dialog.getByRole("radio", { name: "At a date and time" }).check();
  await dialog.getByLabel("Date and time", { exact: true }).fill(noon(2));
  await dialog.getByRole("checkbox", { name: "SMS" }).uncheck();
  await send(dialog);
  await expect(page.getByRole("heading", { name: "Request #2" })).toBeVisible();
});
