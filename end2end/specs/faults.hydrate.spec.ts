// When the server is slow, refuses, or cannot be reached: the page says so in a plain sentence and what to do, what stands
// and what was entered stays, and all is well again as soon as the server is.

import { profileAt } from "../fixtures/addresses";
import { ask, newCustomer, noon, type Customer } from "../fixtures/forms";
import { act } from "../fixtures/menus";
import { MessagesPage } from "../fixtures/messages";
import { TOO_LARGE, UNAVAILABLE, breakDown, calls, expectPlain, hold, type Trouble } from "../fixtures/network";
import { ProfilePage, complaint, said } from "../fixtures/profile";
import { expect, test, visit, type Page } from "../fixtures/test";
import type { Locator } from "@playwright/test";

async function waiting(page: Page): Promise<Customer> {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, sms: true, reminders: 3, at: noon(4) });
  return customer;
}

/** What a page says that could not be read again. */
function outOfDate(page: Page): Locator {
  return page.getByRole("alert").filter({ hasText: "What you see may be out of date." });
}

/** The toolbar and the chips say the same as the address. */
async function expectFilter(messages: MessagesPage, value: string, words: string): Promise<void> {
  await expect(messages.page).toHaveURL(new RegExp(`channel=${value}`));
  await expect(messages.control("Channel")).toHaveValue(value);
  await expect(messages.chips().filter({ hasText: "Channel" })).toContainText(words);
}

test.describe("reading the messages", () => {
  test("slow: the old rows stay, and are marked as busy, until the new ones come", async ({ page }) => {
    const customer = await waiting(page);
    const messages = await new MessagesPage(page).open({ q: customer.name });
    await expect(messages.rows).toHaveCount(8);
    const answer = await hold(page, calls("load_messages"));
    await messages.choose("Channel", "SMS");
    await answer.came();
    await expectFilter(messages, "sms", "SMS");
    await expect(messages.busy).not.toHaveCount(0);
    await expect(messages.rows).toHaveCount(8);
    answer.release();
    await expect(messages.rows).toHaveCount(4);
    await expect(messages.busy).toHaveCount(0);
    expect(new Set(await messages.texts("Channel"))).toEqual(new Set(["SMS"]));
  });

  test("an answer that comes late replaces nothing newer", async ({ page }) => {
    const customer = await waiting(page);
    const messages = await new MessagesPage(page).open({ q: customer.name });
    const late = await hold(page, calls("load_messages"), 1);
    await messages.choose("Channel", "SMS");
    await late.came();
    await messages.choose("Channel", "Email");
    await expect(messages.rows).toHaveCount(4);
    expect(new Set(await messages.texts("Channel"))).toEqual(new Set(["Email"]));
    late.release();
    await page.waitForTimeout(300);
    expect(new Set(await messages.texts("Channel"))).toEqual(new Set(["Email"]));
    await expectFilter(messages, "email", "Email");
  });

  const troubles: [string, Trouble][] = [
    ["503 with a page of HTML", UNAVAILABLE],
    ["an answer that nobody can read", { status: 200, contentType: "text/html", body: "<h1>Sign in to the hotel's network</h1>" }],
    ["no answer", "aborted"],
  ];
  for (const [name, trouble] of troubles) {
    test(`${name}: said plainly, the old rows stay, and "Try again" works when the server is back`, async ({ page }) => {
      const customer = await waiting(page);
      const messages = await new MessagesPage(page).open({ q: customer.name });
      const broken = await breakDown(page, calls("load_messages"), trouble);
      await messages.choose("Channel", "SMS");
      const alert = outOfDate(page);
      await expect(alert).toBeVisible();
      await expectPlain(alert.innerText());
      await expectFilter(messages, "sms", "SMS");
      await expect(messages.rows).toHaveCount(8);
      await expect(messages.search).toHaveValue(customer.name);
      const again = broken.count();
      await alert.getByRole("button", { name: "Try again" }).click();
      await expect.poll(() => broken.count()).toBeGreaterThan(again);
      await expect(outOfDate(page)).toBeVisible();
      broken.mend();
      await outOfDate(page).getByRole("button", { name: "Try again" }).click();
      await expect(messages.rows).toHaveCount(4);
      await expect(outOfDate(page)).toHaveCount(0);
    });
  }

  test("offline: what is chosen and what the chips say agree, and the page reads by itself when the network is back", async ({
    page,
    context,
  }) => {
    const customer = await waiting(page);
    const messages = await new MessagesPage(page).open({ q: customer.name, channel: "email" });
    await expect(messages.rows).toHaveCount(4);
    await context.setOffline(true);
    await messages.choose("Channel", "SMS");
    await expect(outOfDate(page)).toBeVisible();
    await expectPlain(outOfDate(page).innerText());
    await expectFilter(messages, "sms", "SMS");
    await context.setOffline(false);
    await expect(outOfDate(page)).toHaveCount(0);
    await messages.settled();
    await expectFilter(messages, "sms", "SMS");
    expect(new Set(await messages.texts("Channel"))).toEqual(new Set(["SMS"]));
  });
});

test("a profile that cannot be opened says so; the page before stays in reach", async ({ page }) => {
  const customer = await waiting(page);
  const messages = await new MessagesPage(page).open({ q: customer.name });
  const broken = await breakDown(page, calls("load_profile"), UNAVAILABLE);
  await messages.link(messages.rows.first()).click();
  const main = page.getByRole("main");
  await expect(main).toContainText(/again/i);
  await expectPlain(main.innerText());
  broken.mend();
  await main.getByRole("button", { name: "Try again" }).or(main.getByRole("link", { name: "Try again" })).first().click();
  await expect(page.getByRole("heading", { level: 1, name: customer.name })).toBeVisible();
});

test("a message that cannot be shown: the next one is not blamed for it", async ({ page }) => {
  const customer = await waiting(page);
  const messages = await new MessagesPage(page).open({ q: customer.name, sort: "scheduled", dir: "asc" });
  const broken = await breakDown(page, calls("load_message"), UNAVAILABLE);
  await act(page, messages.rows.first(), "View message");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("alert")).toBeVisible();
  broken.mend();
  const answer = await hold(page, calls("load_message"));
  await dialog.getByRole("button", { name: /^Next/ }).click();
  await answer.came();
  await expect(dialog.getByRole("alert")).toHaveCount(0);
  answer.release();
  await expect(dialog.getByRole("listitem").filter({ hasText: "Created" })).toBeVisible();
});

test("a change that gets no answer: after a while its form says so, keeps what was entered, and works afterwards", async ({ page }) => {
  await page.clock.install();
  const customer = await newCustomer(page);
  await new ProfilePage(page).open(customer.id);
  const text = page.getByRole("textbox", { name: "New note" });
  await text.fill("Likes the corner table.");
  const answer = await hold(page, calls("add_note"), 1);
  await page.getByRole("button", { name: "Add note" }).click();
  await answer.came();
  await page.clock.fastForward("00:41");
  await expect(complaint(page, /did not answer in time/)).toBeVisible();
  await expect(text).toHaveValue("Likes the corner table.");
  await page.getByRole("button", { name: "Add note" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "Likes the corner table." })).toBeVisible();
  await expect(text).toHaveValue("");
  answer.release();
});

test("a message that cannot be shown: its dialog says why", async ({ page }) => {
  const customer = await waiting(page);
  const profile = await new ProfilePage(page).open(customer.id);
  await breakDown(page, calls("load_message"), UNAVAILABLE);
  await profile.act(profile.row("Reminder 1"), "View message");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText(/again/i);
  await expectPlain(dialog.innerText());
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
});

const CHANGES: [string, Trouble, RegExp][] = [
  ["503", UNAVAILABLE, /again/i],
  ["413", TOO_LARGE, /again|too (large|long)/i],
  ["no answer", "aborted", /again/i],
];

for (const [name, trouble, sentence] of CHANGES) {
  test.describe(`a change that gets ${name}`, () => {
    test("Request review: the dialog stays with its error and with what was entered, and works afterwards", async ({ page }) => {
      const customer = await newCustomer(page);
      await visit(page, profileAt(customer.id, { do: "request" }));
      const dialog = page.getByRole("dialog", { name: /^Request a review from/ });
      await dialog.getByRole("checkbox", { name: "SMS" }).uncheck();
      await dialog.getByRole("combobox", { name: "Reminders" }).selectOption("3 reminders");
      await dialog.getByRole("spinbutton", { name: "Days between messages" }).fill("11");
      await dialog.getByRole("radio", { name: "At a date and time" }).check();
      await dialog.getByLabel("Date and time", { exact: true }).fill(noon(6));
      const broken = await breakDown(page, calls("request_review"), trouble);
      await dialog.getByRole("button", { name: "Request review" }).click();
      const alert = dialog.getByRole("alert").filter({ hasText: sentence });
      await expect(alert).toBeVisible();
      await expectPlain(alert.innerText());
      await expect(dialog.getByRole("checkbox", { name: "SMS" })).not.toBeChecked();
      await expect(dialog.getByRole("combobox", { name: "Reminders" })).toHaveValue("3");
      await expect(dialog.getByRole("spinbutton", { name: "Days between messages" })).toHaveValue("11");
      await expect(dialog.getByLabel("Date and time", { exact: true })).toHaveValue(noon(6));
      broken.mend();
      await dialog.getByRole("button", { name: "Request review" }).click();
      await expect(dialog).toHaveCount(0);
      await expect(new ProfilePage(page).rows).toHaveCount(4);
    });

    test("a note: its text stays", async ({ page }) => {
      const customer = await newCustomer(page);
      await new ProfilePage(page).open(customer.id);
      const text = page.getByRole("textbox", { name: "New note" });
      await text.fill("Likes the corner table.");
      const broken = await breakDown(page, calls("add_note"), trouble);
      await page.getByRole("button", { name: "Add note" }).click();
      const refusal = complaint(page, sentence);
      await expect(refusal).toBeVisible();
      await expectPlain(refusal.innerText());
      await expect(text).toHaveValue("Likes the corner table.");
      broken.mend();
      await page.getByRole("button", { name: "Add note" }).click();
      await expect(page.getByRole("listitem").filter({ hasText: "Likes the corner table." })).toBeVisible();
      await expect(text).toHaveValue("");
    });

    test("a bulk cancel: its dialog stays with the error, and works afterwards", async ({ page }) => {
      const customer = await waiting(page);
      const messages = await new MessagesPage(page).open({ q: customer.name });
      await messages.tickAll().check();
      const dialog = await messages.askBulkCancel();
      const confirm = dialog.getByRole("button", { name: "Cancel 8 messages" });
      await expect(confirm).toBeVisible();
      const broken = await breakDown(page, calls("cancel_messages"), trouble);
      await confirm.click();
      await expect(dialog.getByText(sentence).first()).toBeVisible();
      await expectPlain(dialog.innerText());
      await expect(messages.ticked()).toHaveCount(8);
      broken.mend();
      await confirm.click();
      await expect(dialog).toHaveCount(0);
      await said(page, /Canceled 8 messages\./);
      await expect(messages.row(customer.name, "Canceled")).toHaveCount(8);
    });
  });
}

test("offline, a bulk cancel stays in its dialog, and goes through when the network is back", async ({ page, context }) => {
  const customer = await waiting(page);
  const messages = await new MessagesPage(page).open({ q: customer.name });
  await messages.tick(messages.rows.first()).check();
  const dialog = await messages.askBulkCancel();
  const confirm = dialog.getByRole("button", { name: "Cancel 1 message", exact: true });
  await expect(confirm).toBeVisible();
  await context.setOffline(true);
  await confirm.click();
  await expect(dialog.getByText(/again/i).first()).toBeVisible();
  await context.setOffline(false);
  await confirm.click();
  await said(page, /Canceled 1 message\./);
  await expect(dialog).toHaveCount(0);
});

test("a second press while the first is under way sends nothing twice", async ({ page }) => {
  const customer = await waiting(page);
  const messages = await new MessagesPage(page).open({ q: customer.name });
  await messages.tickAll().check();
  const dialog = await messages.askBulkCancel();
  const confirm = dialog.getByRole("button", { name: /^Cancel/ }).last();
  await expect(confirm).toHaveAccessibleName("Cancel 8 messages");
  let sent = 0;
  page.on("request", (request) => (sent += calls("cancel_messages").test(request.url()) ? 1 : 0));
  const answer = await hold(page, calls("cancel_messages"));
  await confirm.evaluate((button: HTMLElement) => {
    button.click();
    button.click();
  });
  await answer.came();
  await expect(dialog).toContainText("Canceling…");
  answer.release();
  await said(page, /Canceled 8 messages\./);
  expect(sent).toBe(1);
});

test("a bulk cancel whose count cannot be read says so, and cancels nothing unseen", async ({ page }) => {
  const customer = await waiting(page);
  const messages = await new MessagesPage(page).open({ q: customer.name });
  await messages.tickAll().check();
  const broken = await breakDown(page, calls("preview_cancel"), UNAVAILABLE);
  const dialog = await messages.askBulkCancel();
  await expect(dialog.getByText(/again/i).first()).toBeVisible();
  await expectPlain(dialog.innerText());
  broken.mend();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await messages.askBulkCancel();
  await expect(dialog.getByRole("button", { name: "Cancel 8 messages" })).toBeVisible();
});
