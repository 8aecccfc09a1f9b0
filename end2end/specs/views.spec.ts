// The Messages section of a profile: two views of the same messages, in the address.

import { profileAt } from "../fixtures/addresses";
import { ask, newCustomer, noon, type Customer } from "../fixtures/forms";
import { query } from "../fixtures/messages";
import { ProfilePage } from "../fixtures/profile";
import { expect, test, visit, type Page } from "../fixtures/test";

/** Two requests: the first by email with a reminder, the second by SMS. */
async function askedTwice(page: Page): Promise<Customer> {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, reminders: 1, at: noon(2) });
  await ask(page, customer, { sms: true, at: noon(9) });
  return customer;
}

test("no message yet: a notice says what to do", async ({ page, a11y }) => {
  const customer = await newCustomer(page);
  await visit(page, profileAt(customer.id));
  const messages = page.getByRole("region", { name: "Messages", exact: true });
  await expect(messages.getByText("Request a review to schedule messages.")).toBeVisible();
  await expect(page.getByText("Never messaged")).toBeVisible();
  await a11y(page, "a profile without messages");
});

test("grouped by request: a heading for each, with its messages beneath, newest first", async ({ page, a11y }) => {
  const customer = await askedTwice(page);
  const profile = await new ProfilePage(page).open(customer.id);
  await expect(profile.messages.getByRole("heading", { name: /^Request #/ })).toHaveText(["Request #2", "Request #1"]);
  await expect(profile.rowsOf(2)).toHaveCount(1);
  await expect(profile.rowsOf(2)).toContainText("SMS");
  const rows = profile.rowsOf(1);
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(0)).toContainText("Request");
  await expect(rows.nth(1)).toContainText("Reminder 1");
  await a11y(page, "a profile, grouped");
});

test("one header for all requests, and no column that repeats the customer", async ({ page }) => {
  const customer = await askedTwice(page);
  for (const view of ["grouped", "list"]) {
    const profile = await new ProfilePage(page).open(customer.id, view === "list" ? { view } : {});
    for (const name of ["Channel", "Template", "Status", "Actions"]) {
      const heads = profile.messages.getByRole("columnheader", { name, exact: true });
      // A table beneath another has one for screen readers only.
      const shown = await heads.evaluateAll(
        (all) => all.filter((head) => getComputedStyle(head.closest("thead") ?? head).clipPath === "none").length,
      );
      expect(shown, `${name}, ${view}`).toBe(1);
    }
    await expect(profile.messages.getByRole("columnheader", { name: "Customer" })).toHaveCount(0);
  }
});

test("list: the same messages in one table, newest first, by the link and by the address", async ({ page, a11y }) => {
  const customer = await askedTwice(page);
  const profile = await new ProfilePage(page).open(customer.id);
  const grouped = await profile.ids();
  await profile.messages.getByRole("link", { name: "List", exact: true }).click();
  await expect(page).toHaveURL(/\?view=list$/);
  await expect(profile.messages.getByRole("heading", { name: /^Request #/ })).toHaveCount(0);
  await expect(profile.messages.getByRole("table")).toHaveCount(1);
  await profile.settled();
  const listed = await profile.ids();
  expect([...listed].sort()).toEqual([...grouped].sort());
  await expect(profile.messages.getByRole("link", { name: "List", exact: true })).toHaveAttribute("aria-current", /true|page/);
  await a11y(page, "a profile, as a list");

  await page.reload();
  await profile.settled();
  expect(await profile.ids()).toEqual(listed);
  await profile.messages.getByRole("link", { name: "Grouped by request" }).click();
  await expect(profile.messages.getByRole("heading", { name: "Request #1" })).toBeVisible();
  expect(query(page)).toEqual({});
});

test("the view switch keeps the marked message, and Back returns to the view before", async ({ page }) => {
  const customer = await askedTwice(page);
  const profile = await new ProfilePage(page).open(customer.id);
  const [id] = await profile.ids();
  await profile.openMessage(customer.id, id ?? "");
  await profile.messages.getByRole("link", { name: "List", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`view=list&message=${id}`));
  await page.goBack();
  await expect(profile.messages.getByRole("heading", { name: "Request #1" })).toBeVisible();
  expect(query(page)).toEqual({ message: id });
});

test("an unknown view is the grouped one, and an unknown message is said to be gone", async ({ page }) => {
  const customer = await askedTwice(page);
  const gone = "0190163d-8694-739b-aea5-966c26f8ad91";
  const strange: [string, string][] = [
    ["view", "<script>"],
    ["message", "x"],
    ["message", gone],
    ["page", "99999999999"],
    ["page", "-1"],
  ];
  for (const [name, value] of strange) {
    await visit(page, profileAt(customer.id, { [name]: value }));
    await expect(page.getByRole("heading", { name: "Request #1" })).toBeVisible();
  }
  await visit(page, profileAt(customer.id, { message: gone }));
  await expect(page.getByText(/message that this link points to/)).toBeVisible();
});
