// The page Webhooks: one is added, tested, told what happens, switched off by itself, and removed.

import { inProject } from "../fixtures/addresses";
import { Receiver, signature } from "../fixtures/receiver";
import { env, expect, ready, scriptsRun, test, visit, type Page } from "../fixtures/test";

/** The project of this way of running the tests, of which the manager is the only Owner. */
function slug(): string {
  return env(scriptsRun() ? "REVIEW_MESSAGES_STAFF_SCRIPTS" : "REVIEW_MESSAGES_STAFF_NO_SCRIPTS");
}

/** What the form said that was sent last: a toast, or the notice of the next page. */
async function said(page: Page, words: string | RegExp): Promise<void> {
  await expect(page.getByRole("status").filter({ hasText: words }).first()).toBeVisible();
  await ready(page);
}

test("a webhook is added, tested, told, switched off by itself and removed", async ({ as, a11y }) => {
  const receiver = await Receiver.start();
  try {
    const page = await as("manager");
    await visit(page, inProject("settings/webhooks", slug()));
    const add = page.getByRole("region", { name: "Add a webhook" });
    await add.getByRole("textbox", { name: "Address" }).fill("example.com");
    await add.getByRole("button", { name: "Add webhook" }).click();
    await expect(page.getByText("Write an address that begins with").first()).toBeVisible();
    await expect(page.getByText("Choose at least one event.").first()).toBeVisible();
    await ready(page);
    await expect(add.getByRole("textbox", { name: "Address" })).toHaveValue("example.com");
    await add.getByRole("textbox", { name: "Address" }).fill(receiver.url);
    await add.getByRole("checkbox", { name: "customer.unsubscribed" }).check();
    await add.getByRole("button", { name: "Add webhook" }).click();
    await said(page, "The webhook is added");
    await expect(add.getByRole("textbox", { name: "Address" })).toHaveValue("");
    const secret = (await page.locator("code", { hasText: /^whsec_/ }).textContent()) ?? "";
    const card = page.getByRole("region", { name: receiver.url });
    await expect(card).toContainText("Is told of customer.unsubscribed.");
    await a11y(page, "a webhook with its secret");

    await card.getByRole("button", { name: "Send a test" }).click();
    await said(page, "The test was taken: 204 in ");
    expect(receiver.types()).toEqual(["webhook.test"]);
    const test = receiver.received[0];
    expect(test?.headers["webhook-signature"]).toBe(test && signature(secret, test));
    const rows = card.getByRole("row").filter({ has: page.getByRole("rowheader") });
    await expect(rows).toHaveCount(1);
    await expect(rows.first()).toContainText("webhook.test");
    await expect(rows.first()).toContainText("204 in ");
    await a11y(page, "a webhook with a delivery");

    await card.getByRole("link", { name: `Change ${receiver.url}` }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByRole("checkbox", { name: "customer.unsubscribed" })).toBeChecked();
    await a11y(page, "the form that changes a webhook");
    await dialog.getByRole("checkbox", { name: "review.created" }).check();
    await dialog.getByRole("button", { name: "Save webhook" }).click();
    await said(page, "Saved.");
    await expect(card).toContainText("review.created and customer.unsubscribed");

    receiver.status = 410;
    await rows.first().getByRole("button", { name: "Send again" }).click();
    await said(page, "It was not taken: the receiver answered 410.");
    await expect(card).toContainText("it answered 410");
    const alert = page.getByRole("status").filter({ hasText: "The webhook to 127.0.0.1 is switched off" });
    await visit(page, inProject("messages", slug()));
    await alert.first().getByRole("link", { name: "Open Settings" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Webhooks" })).toBeVisible();
    await ready(page);
    await card.getByRole("button", { name: "Keep it off" }).click();
    await said(page, "is off: it is told nothing");
    await card.getByRole("button", { name: "Switch on" }).click();
    await said(page, "is told of what happens from now on");

    await card.getByRole("link", { name: `Remove ${receiver.url}` }).click();
    await a11y(page, "the question before a webhook is removed");
    await dialog.getByRole("button", { name: "Remove webhook" }).click();
    await said(page, "is removed, with its deliveries.");
    await expect(card).toHaveCount(0);
  } finally {
    await receiver.stop();
  }
});

test("who is no Admin neither sees the link nor the page", async ({ as, project }) => {
  const page = await as("viewer");
  await visit(page, inProject("settings", project));
  await expect(page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Webhooks" })).toHaveCount(0);
  const answer = await page.goto(inProject("settings/webhooks", project));
  expect(answer?.status()).toBe(403);
});
