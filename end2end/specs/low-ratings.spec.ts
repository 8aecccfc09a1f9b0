// Reviews of one or two stars: the list of those that nobody has dealt with, and who gets an email.

import { inProject } from "../fixtures/addresses";
import { AttentionPage } from "../fixtures/attention";
import { newCustomer, submit } from "../fixtures/forms";
import { said } from "../fixtures/profile";
import { expect, ready, test, visit } from "../fixtures/test";

test("few stars stand under Needs attention until somebody has dealt with them", async ({ page, a11y }) => {
  const customer = await newCustomer(page);
  await submit(page, "add_review", { slug: customer.slug, id: customer.id, rating: "2", text: "The coffee was cold" });
  const attention = await new AttentionPage(page).open();
  const reviews = page.getByRole("region", { name: "Reviews of 1 or 2 stars" });
  const mine = reviews.getByRole("listitem").filter({ hasText: customer.name });
  await expect(mine).toContainText("2 of 5 stars");
  await expect(mine).toContainText("The coffee was cold");
  await a11y(page, "Needs attention with a review");
  await mine.getByRole("link", { name: customer.name }).click();
  await ready(page);
  await expect(page).toHaveURL(new RegExp(`/customers/${customer.id}#review-`));
  await expect(page.locator(`[id="${new URL(page.url()).hash.slice(1)}"]`)).toBeInViewport();
  await attention.open();
  await mine.getByRole("button", { name: /^Dealt with/ }).click();
  await said(page, "The review is off the list.");
  await expect(mine).toHaveCount(0);
});

test("five stars need no attention", async ({ page }) => {
  const customer = await newCustomer(page);
  await submit(page, "add_review", { slug: customer.slug, id: customer.id, rating: "5", text: "" });
  await new AttentionPage(page).open();
  await expect(page.getByRole("main")).not.toContainText(customer.name);
});

test("the account says who gets an email, and changes it", async ({ page, a11y }) => {
  const part = page.getByRole("region", { name: "Reviews with few stars" });
  const press = async (name: string): Promise<void> => {
    await part.getByRole("button", { name }).click();
    await ready(page);
  };
  await visit(page, inProject("account"));
  await a11y(page, "the Account page");
  const stops = part.getByRole("button", { name: "Stop these emails" });
  const sends = part.getByRole("button", { name: "Send me these emails" });
  await expect(stops.or(sends)).toBeVisible();
  if (await sends.isVisible()) await press("Send me these emails");
  await expect(part).toContainText("You get an email when a review of 1 or 2 stars comes in.");
  await press("Stop these emails");
  await expect(part).toContainText("You get no email when a review of 1 or 2 stars comes in.");
  await press("Send me these emails");
  await expect(stops).toBeVisible();
});
