// One message is changed before it goes, on its own page.

import { inProject } from "../fixtures/addresses";
import { ask, newCustomer, noon } from "../fixtures/forms";
import { ProfilePage } from "../fixtures/profile";
import { expect, ready, test, visit } from "../fixtures/test";

test("a message that waits is changed on its own page", async ({ as, a11y }) => {
  const page = await as("manager");
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, at: noon(9) });
  const [message] = await (await new ProfilePage(page).open(customer.id)).ids();
  if (!message) throw new Error("the customer has no message");
  await visit(page, inProject(`messages/${message}`));
  await page.getByText("Edit this message").click();
  await ready(page);
  await a11y(page, "changing a message");
  await page.getByRole("textbox", { name: "Subject" }).fill("Just for you");
  await page.getByRole("textbox", { name: "Text" }).fill("Dear {{first_name}}: {{review_link}}");
  await page.getByRole("button", { name: "Save message" }).click();
  await expect(page.getByText("{{unsubscribe_link}} is missing").first()).toBeVisible();
  await ready(page);
  await page.getByRole("textbox", { name: "Subject" }).fill("Just for you");
  await page.getByRole("textbox", { name: "Text" }).fill("Dear {{first_name}}: {{review_link}} {{unsubscribe_link}}");
  await page.getByRole("button", { name: "Save message" }).click();
  await expect(page.getByText("Just for you").first()).toBeVisible();
  await expect(page.getByText("Text or address changed").first()).toBeVisible();
});
