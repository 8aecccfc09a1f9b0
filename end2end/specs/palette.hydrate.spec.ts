// The command palette: a page, a customer, an action and a message are found by typing, with the keyboard alone.

import { inProject, profileAt } from "../fixtures/addresses";
import { ask, newCustomer } from "../fixtures/forms";
import { ProfilePage } from "../fixtures/profile";
import { expect, ready, test, visit } from "../fixtures/test";

test("the palette leads to pages, customers and messages", async ({ as, a11y }) => {
  const page = await as("manager");
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true });
  const [message] = await (await new ProfilePage(page).open(customer.id)).ids();
  if (!message) throw new Error("the customer has no message");
  await visit(page, inProject("settings"));
  const open = async (): Promise<void> => {
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("dialog").getByRole("combobox")).toBeFocused();
  };
  await open();
  await ready(page);
  await a11y(page, "the command palette");
  await page.keyboard.type("templ");
  await expect(page.getByRole("dialog").getByRole("option", { selected: true })).toContainText("Templates");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Templates" })).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await open();
  await page.keyboard.type(customer.name);
  const found = page.getByRole("option", { name: customer.name });
  await expect(found).toHaveCount(2);
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("dialog").getByRole("option", { selected: true })).toContainText("Request a review from");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(profileAt(customer.id)));

  await page.getByRole("button", { name: "Go to" }).click();
  await page.getByRole("dialog").getByRole("combobox").fill(message);
  await page.getByRole("option", { name: `Request to ${customer.name}` }).click();
  await expect(page).toHaveURL(new RegExp(`message=${message}`));

  await open();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});
