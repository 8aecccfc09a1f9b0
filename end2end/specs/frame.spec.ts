// What stands around every page: the way to the others, also where a page is not found, and the sign-in page.

import { inProject } from "../fixtures/addresses";
import { expect, ready, test } from "../fixtures/test";

test("an address that leads nowhere in a project keeps the way to its pages", async ({ page }) => {
  for (const nowhere of ["nothing/here", "customers/0190163d-8694-739b-aea5-966c26f8ad91", "messages/x"]) {
    const answer = await page.goto(inProject(nowhere));
    expect(answer?.status(), nowhere).toBe(404);
    await ready(page);
    await expect(page.getByRole("heading", { level: 1, name: "Not found" })).toBeVisible();
    await expect(page.getByRole("main")).toHaveCount(1);
    await page.getByRole("navigation").getByRole("link", { name: "Customers", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Customers" })).toBeVisible();
  }
});

test("the page that one is on is marked in the navigation", async ({ page }) => {
  for (const [path, name] of [["messages", "Messages"], ["customers", "Customers"]] as const) {
    await page.goto(inProject(path));
    await ready(page);
    const current = page.getByRole("navigation").locator("[aria-current=page]").filter({ visible: true });
    await expect(current.first()).toHaveText(name);
  }
});

test("the sign-in page says which product it is, and helps with a password", async ({ stranger }) => {
  const page = await stranger();
  await page.goto("/sign-in");
  await expect(page).toHaveTitle(/review-messages/i);
  await expect(page.getByText(/review.messages/i).first()).toBeVisible();
  await expect(page.getByText(/password/i).filter({ hasText: /forgot|reset|new password|admin/i }).first()).toBeVisible();
});
