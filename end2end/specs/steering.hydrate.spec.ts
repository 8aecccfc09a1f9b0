// A change of one message shows in its row at once that it is under way, and then what became of it: never "done" before it is.

import { ask, newCustomer, noon, post, type Customer } from "../fixtures/forms";
import { act, actionsButton, expectOffered } from "../fixtures/menus";
import { MessagesPage } from "../fixtures/messages";
import { UNAVAILABLE, breakDown, calls, expectPlain, hold } from "../fixtures/network";
import { mailTo, outbox } from "../fixtures/outbox";
import { ProfilePage, complaint, said } from "../fixtures/profile";
import { expect, test, type Page } from "../fixtures/test";
import type { Locator } from "@playwright/test";

async function waiting(page: Page, reminders = 0): Promise<Customer> {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, reminders, at: noon(4) });
  return customer;
}

/** The row of the request, on the page that shows it. */
const PLACES: Record<string, (page: Page, customer: Customer) => Promise<Locator>> = {
  Messages: async (page, customer) => {
    const messages = await new MessagesPage(page).open({ q: customer.name, template: "request" });
    await expect(messages.rows).toHaveCount(1);
    return messages.rows.first();
  },
  "a profile": async (page, customer) => {
    const profile = await new ProfilePage(page).open(customer.id);
    return profile.row("Request").first();
  },
};

async function cancel(page: Page, row: Locator): Promise<void> {
  await act(page, row, "Cancel message");
  await page.getByRole("dialog").getByRole("button", { name: /^Cancel (1 )?message/ }).click();
}

for (const [place, open] of Object.entries(PLACES)) {
  test(`Cancel on ${place}: "Canceling…" while it is under way, then Canceled, in place and under the focus`, async ({ page }) => {
    const row = await open(page, await waiting(page));
    const answer = await hold(page, calls("cancel_message"));
    await cancel(page, row);
    await expect(row).toContainText("Canceling…");
    await answer.came();
    await expect(row).not.toContainText("Canceled");
    await expect(page.getByRole("status").filter({ hasText: /Canceled/ })).toHaveCount(0);
    answer.release();
    await said(page, /Canceled 1 message\./);
    await expect(row).toContainText("Canceled");
    await expect(row).not.toContainText("Canceling…");
    await expect(actionsButton(row)).toBeFocused();
    await expectOffered(page, row, "Cancel message", false);
    await expectOffered(page, row, "Reschedule message", true);
  });

  test(`Send now on ${place}: "Sending…", and then it is sent`, async ({ page }) => {
    const customer = await waiting(page);
    const row = await open(page, customer);
    const answer = await hold(page, calls("send_now"));
    await act(page, row, "Send now");
    await expect(row).toContainText("Sending…");
    await answer.came();
    answer.release();
    await mailTo(page, customer.email);
    await expect(row).toContainText("Sent", { timeout: 60_000 });
    await expect(row).not.toContainText("Sending…");
    await expectOffered(page, row, "Send now", false);
    await expectOffered(page, row, "Cancel message", false);
  });

  test(`a cancel on ${place} that comes too late is taken back, with the reason`, async ({ page }) => {
    const customer = await waiting(page);
    const row = await open(page, customer);
    const id = (await row.getAttribute("id"))?.replace("message-", "") ?? "";
    const answer = await hold(page, calls("cancel_message"));
    await cancel(page, row);
    await answer.came();
    expect((await post(page, "send_now", { slug: customer.slug, id }, { accept: "application/json" })).ok()).toBe(true);
    await mailTo(page, customer.email);
    answer.release();
    await expect(complaint(page, /can't be canceled/)).toBeVisible();
    await expect(row).toContainText("Sent", { timeout: 60_000 });
    await expect(row).not.toContainText("Cancel");
    await expectOffered(page, row, "Cancel message", false);
  });

  test(`a cancel on ${place} that does not get through is taken back, and can be tried again`, async ({ page }) => {
    const row = await open(page, await waiting(page));
    const trouble = await breakDown(page, calls("cancel_message"), UNAVAILABLE);
    await cancel(page, row);
    const said503 = complaint(page, /again/i);
    await expect(said503).toBeVisible();
    await expectPlain(said503.innerText());
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(row).toContainText("Scheduled");
    await expect(row).not.toContainText("Cancel");
    trouble.mend();
    await cancel(page, row);
    await expect(row).toContainText("Canceled");
  });
}

test("the answer of the server alone says what was refused", async ({ page }) => {
  const row = await PLACES["a profile"]!(page, await waiting(page));
  const sentence = "This message is being sent right now, so it can't be sent now.";
  await breakDown(page, calls("send_now"), {
    status: 409,
    contentType: "application/json",
    body: JSON.stringify({ Conflict: sentence }),
  });
  await act(page, row, "Send now");
  await expect(complaint(page, new RegExp(sentence))).toBeVisible();
  await expect(row).toContainText("Scheduled");
  await expect(row).not.toContainText("Sending…");
});

test("Send now can be undone before it goes", async ({ page }) => {
  const customer = await waiting(page);
  const row = await PLACES["a profile"]!(page, customer);
  await act(page, row, "Send now");
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await expect(row).toContainText("Scheduled");
  await expect(row.getByRole("time").first()).toHaveAttribute("datetime", new RegExp(`^${noon(4)}`));
  await expectOffered(page, row, "Send now", true);
  expect((await outbox(page)).filter((mail) => mail.to.includes(customer.email))).toHaveLength(0);
});

test("Reschedule and Delete say that they are under way", async ({ page }) => {
  const customer = await waiting(page, 1);
  const profile = await new ProfilePage(page).open(customer.id);
  const dialog = page.getByRole("dialog");

  const moving = await hold(page, calls("reschedule_message"));
  await profile.act(profile.row("Request"), "Reschedule message");
  await dialog.getByLabel(/date and time/i).fill(noon(20));
  await dialog.getByRole("button", { name: /^Reschedule/ }).click();
  // In its row, or in the dialog that stays open for its field's error.
  await expect(page.getByText("Rescheduling…").first()).toBeVisible();
  moving.release();
  await expect(dialog).toHaveCount(0);
  await expect(profile.row("Request").getByRole("time").first()).toHaveAttribute("datetime", new RegExp(`^${noon(20)}`));
  await expect(profile.row("Request")).not.toContainText("Rescheduling…");

  const deleting = await hold(page, calls("delete_message"));
  await profile.act(profile.row("Reminder 1"), "Delete message");
  await dialog.getByRole("button", { name: "Delete message" }).click();
  await expect(profile.row("Reminder 1")).toContainText("Deleting…");
  await expect(profile.rows).toHaveCount(2);
  deleting.release();
  await expect(profile.rows).toHaveCount(1);
});

test("a row that is changed while another's change is under way shows its own", async ({ page }) => {
  const customer = await waiting(page, 1);
  const profile = await new ProfilePage(page).open(customer.id);
  const first = await hold(page, calls("cancel_message"), 1);
  await cancel(page, profile.row("Request"));
  await first.came();
  await page.keyboard.press("Escape");
  await cancel(page, profile.row("Reminder 1"));
  await expect(profile.row("Reminder 1")).toContainText("Canceled");
  await expect(profile.row("Request")).toContainText("Canceling…");
  first.release();
  await expect(profile.row("Request")).toContainText("Canceled");
});

test("the numbers above the table follow a change of one's own", async ({ page }) => {
  const customer = await waiting(page);
  const messages = await new MessagesPage(page).open({ q: customer.name });
  expect(await messages.statNumber("Sent")).toBe(0);
  await act(page, messages.rows.first(), "Send now");
  await expect.poll(() => messages.statNumber("Sent"), { timeout: 60_000 }).toBe(1);
});

test("what was said stands at most twice", async ({ page }) => {
  const customer = await waiting(page, 2);
  const profile = await new ProfilePage(page).open(customer.id);
  for (const row of ["Request", "Reminder 1", "Reminder 2"]) {
    await cancel(page, profile.row(row).first());
    await expect(profile.row(row).first()).toContainText("Canceled");
  }
  await expect(page.getByRole("button", { name: "Dismiss" }).first()).toBeVisible();
  expect(await page.getByRole("button", { name: "Dismiss" }).filter({ visible: true }).count()).toBeLessThanOrEqual(2);
});
