// The bulk cancel without scripts: the checkboxes and the button are a form.

import { ask, newCustomer, noon, type Customer } from "../fixtures/forms";
import { MessagesPage, query } from "../fixtures/messages";
import { said } from "../fixtures/profile";
import { expect, test, type Page } from "../fixtures/test";

async function waiting(page: Page): Promise<{ customer: Customer; messages: MessagesPage }> {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, reminders: 3, at: noon(4) });
  const messages = await new MessagesPage(page).open({ q: customer.name, sort: "scheduled", dir: "asc" });
  await expect(messages.rows).toHaveCount(4);
  return { customer, messages };
}

test.beforeEach(({ scripts }) => test.skip(scripts, "With scripts, a menu asks first: bulk.hydrate.spec.ts."));

test("ticked rows are canceled by the form, and the answer counts them", async ({ page }) => {
  const { customer, messages } = await waiting(page);
  await expect(messages.tick(messages.rows.first())).toHaveAttribute("name", "selection[ids][]");
  await messages.tick(messages.rows.nth(1)).check();
  await messages.tick(messages.rows.nth(2)).check();
  await page.getByRole("button", { name: "Cancel unsent messages" }).click();
  await said(page, /Canceled 2 messages\./);
  // The list is the same as before.
  expect(query(page)["q"]).toBe(customer.name);
  await expect(messages.row(customer.name, "Canceled")).toHaveCount(2);
  await expect(messages.row(customer.name, "Scheduled")).toHaveCount(2);

  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await messages.open({ q: customer.name });
  await expect(messages.row(customer.name, "Scheduled")).toHaveCount(4);
});

test("one row is canceled too", async ({ page }) => {
  const { customer, messages } = await waiting(page);
  await messages.tick(messages.rows.first()).check();
  await page.getByRole("button", { name: "Cancel unsent messages" }).click();
  await said(page, /Canceled 1 message\./);
  await messages.open({ q: customer.name });
  await expect(messages.row(customer.name, "Canceled")).toHaveCount(1);
});

test("with nothing ticked, nothing is canceled", async ({ page }) => {
  const { customer, messages } = await waiting(page);
  await page.getByRole("button", { name: "Cancel unsent messages" }).click();
  await messages.open({ q: customer.name });
  await expect(messages.row(customer.name, "Scheduled")).toHaveCount(4);
});
