// The page to read and try the API.

import { inProject } from "../fixtures/addresses";
import { submit, unique } from "../fixtures/forms";
import { expect, test, visit } from "../fixtures/test";

test("the API is read and tried on a page of ours, within our policy", async ({ as, project }) => {
  const page = await as("owner");
  const name = `Docs ${unique()}`;
  await visit(page, inProject("settings/api-keys"));
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Make key" }).click();
  const key = (await page.locator("code", { hasText: /^rm_/ }).textContent()) ?? "";
  const elsewhere: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(page.url()).origin) elsewhere.push(request.url());
  });

  await page.getByRole("link", { name: "Read and try the API" }).click();
  await expect(page.getByRole("heading", { name: /review-messages/ }).first()).toBeVisible();
  await page.getByRole("button", { name: "Authorize" }).first().click();
  const dialog = page.locator(".dialog-ux");
  await dialog.locator("input").first().fill(key);
  await dialog.locator("button.authorize").click();
  await dialog.locator("button.btn-done").click();
  const operation = page.locator(".opblock", { hasText: "/api/v1/reviews" }).first();
  await operation.locator(".opblock-summary-control").click();
  await operation.getByRole("button", { name: "Execute" }).click();
  await expect(operation.locator(".live-responses-table")).toContainText("next_cursor");
  expect(elsewhere).toEqual([]);

  await visit(page, inProject("settings/api-keys"));
  const link = page.getByRole("link", { name: `Revoke ${name}` });
  const id = /revoke-([0-9a-f-]+)/.exec((await link.getAttribute("href")) ?? "")?.[1] ?? "";
  await submit(page, "revoke_api_key", { slug: project, id });
});
