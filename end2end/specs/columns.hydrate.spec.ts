// Columns and density: chosen in a dialog, remembered by the browser, and there from the first byte of the next page.

import { inProject } from "../fixtures/addresses";
import { expect, ready, test, visit } from "../fixtures/test";

test("columns are hidden and rows stand denser, also on the next page", async ({ as, a11y }) => {
  const page = await as("manager");
  await visit(page, inProject("messages"));
  await ready(page);
  const head = page.getByRole("columnheader", { name: "Channel", exact: true });
  const row = page.getByRole("row").nth(1);
  const height = async (): Promise<number> => (await row.boundingBox())?.height ?? 0;
  await expect(head).toBeVisible();
  const comfortable = await height();
  await page.getByRole("button", { name: "Columns" }).click();
  const dialog = page.getByRole("dialog", { name: "Columns" });
  await expect(dialog).toBeVisible();
  await a11y(page, "the dialog of the columns");
  await dialog.getByRole("checkbox", { name: "Channel" }).uncheck();
  await dialog.getByRole("radio", { name: "Compact" }).check();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(head).toBeHidden();
  expect(await height()).toBeLessThan(comfortable);

  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-hidden-columns", "channel");
  await expect(head).toBeHidden();
  expect(await height()).toBeLessThan(comfortable);
  await expect(page.getByRole("columnheader", { name: "Template", exact: true })).toBeVisible();

  await ready(page);
  await page.getByRole("button", { name: "Columns" }).click();
  await dialog.getByRole("checkbox", { name: "Channel" }).check();
  await dialog.getByRole("radio", { name: "Comfortable" }).check();
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(head).toBeVisible();
  await expect.poll(height).toBe(comfortable);
});
