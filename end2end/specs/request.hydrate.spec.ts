// Request review on the Messages page: choose a customer, then ask.

import { newCustomer } from "../fixtures/forms";
import { MessagesPage } from "../fixtures/messages";
import { expect, test } from "../fixtures/test";

test("search, Enter, and the request's dialog is open", async ({ page, a11y }) => {
  const customer = await newCustomer(page);
  await new MessagesPage(page).open();
  const button = page.getByRole("main").getByRole("button", { name: "Request review" });
  await button.or(page.getByRole("main").getByRole("link", { name: "Request review" })).first().click();
  const picker = page.getByRole("dialog");
  await expect(picker).toBeVisible();
  const search = picker.getByRole("searchbox").or(picker.getByRole("combobox")).first();
  await expect(search).toBeFocused();
  await search.fill(customer.email);
  await expect(picker.getByText(customer.name)).toBeVisible();
  await a11y(page, "the choice of a customer");
  await search.press("Enter");
  const dialog = page.getByRole("dialog", { name: `Request a review from ${customer.name}` });
  await expect(dialog).toBeVisible();
  await dialog.getByRole("combobox", { name: "Reminders" }).selectOption("None");
  await dialog.getByRole("button", { name: "Request review" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("status").filter({ hasText: /request/i }).first()).toBeVisible();
});

test("where nobody is found, the picker says so", async ({ page }) => {
  await new MessagesPage(page).open();
  const button = page.getByRole("main").getByRole("button", { name: "Request review" });
  await button.or(page.getByRole("main").getByRole("link", { name: "Request review" })).first().click();
  const picker = page.getByRole("dialog");
  await picker.getByRole("searchbox").or(picker.getByRole("combobox")).first().fill("nobody has this name");
  await expect(picker.getByText(/^No customers? match/)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(picker).toHaveCount(0);
});
