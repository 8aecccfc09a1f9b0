// API keys: made, shown once, used, and revoked.

import { inProject } from "../fixtures/addresses";
import { unique } from "../fixtures/forms";
import { expect, ready, test, visit, type Page } from "../fixtures/test";

async function said(page: Page, words: string | RegExp): Promise<void> {
  await expect(page.getByRole("status").filter({ hasText: words }).first()).toBeVisible();
  await ready(page);
}

test("an admin makes a key, which is shown once and lets in until it is revoked", async ({ as, a11y }) => {
  const page = await as("owner");
  const name = `Till ${unique()}`;
  await visit(page, inProject("settings"));
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "API keys" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "API keys" })).toBeVisible();
  await ready(page);
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("checkbox", { name: /^read:/ }).uncheck();
  await page.getByRole("button", { name: "Make key" }).click();
  await expect(page.getByText("Choose at least one thing that the key may do.").first()).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveValue(name);
  await ready(page);
  await a11y(page, "API keys, refused");
  await page.getByRole("checkbox", { name: /^read:/ }).check();
  await page.getByRole("button", { name: "Make key" }).click();
  await said(page, `The API key ${name} is made.`);
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveValue("");
  const key = (await page.locator("code", { hasText: /^rm_/ }).textContent()) ?? "";
  expect(key).toMatch(/^rm_[\w-]{43}$/);
  const row = page.getByRole("table", { name: "API keys" }).getByRole("row").filter({ hasText: name });
  await expect(row).toContainText("read");
  await expect(row).toContainText("Never");
  await a11y(page, "API keys, with a new one");

  const authorization = { headers: { authorization: `Bearer ${key}` } };
  const answer = await page.request.get("/api/v1/customers?limit=1", authorization);
  expect(answer.status()).toBe(200);
  expect(((await answer.json()) as { data: unknown[] }).data).toHaveLength(1);
  expect((await page.request.post("/api/v1/asks", { ...authorization, data: {} })).status()).toBe(403);

  await visit(page, inProject("settings/api-keys"));
  await expect(page.getByText(key)).toHaveCount(0);
  await row.getByRole("link", { name: `Revoke ${name}` }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("has no access from then on");
  await a11y(page, "revoking a key");
  await dialog.getByRole("button", { name: "Revoke key" }).click();
  await said(page, `The API key ${name} is revoked`);
  await expect(row).toHaveCount(0);
  expect((await page.request.get("/api/v1/customers", authorization)).status()).toBe(401);
});

test("who is no admin sees neither the page nor its link", async ({ as }) => {
  const page = await as("manager");
  await visit(page, inProject("settings"));
  await expect(page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "API keys" })).toHaveCount(0);
  const answer = await page.goto(inProject("settings/api-keys"));
  expect(answer?.status()).toBe(403);
});
