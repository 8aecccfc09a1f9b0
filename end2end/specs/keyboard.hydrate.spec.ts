// The Messages page by keyboard.

import { MessagesPage } from "../fixtures/messages";
import { expect, test } from "../fixtures/test";

test("/ goes to the search, and types no slash there", async ({ page }) => {
  const messages = await new MessagesPage(page).open();
  await page.keyboard.press("/");
  await expect(messages.search).toBeFocused();
  await expect(messages.search).toHaveValue("");
  await page.keyboard.type("a/b");
  await expect(messages.search).toHaveValue("a/b");
});

test("j and k go down and up the rows, x ticks, Enter opens", async ({ page }) => {
  const messages = await new MessagesPage(page).open();
  const row = (n: number) => messages.rows.nth(n);
  await page.keyboard.press("j");
  await expect(row(0)).toBeFocused();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(row(2)).toBeFocused();
  await page.keyboard.press("k");
  await expect(row(1)).toBeFocused();
  await page.keyboard.press("x");
  await expect(messages.rows.nth(1).getByRole("checkbox")).toBeChecked();
  await page.keyboard.press("x");
  await expect(messages.rows.nth(1).getByRole("checkbox")).not.toBeChecked();
  const href = await messages.link(row(1)).getAttribute("href");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`${(href ?? "").replace(/[?#]/g, "\\$&")}$`));
});

test("k at the first row and j at the last stay there", async ({ page }) => {
  const messages = await new MessagesPage(page).open({ per: "25" });
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await expect(messages.rows.nth(0)).toBeFocused();
  for (let n = 0; n < 30; n++) await page.keyboard.press("j");
  await expect(messages.rows.nth(24)).toBeFocused();
});

test("? shows the keys, Escape closes", async ({ page, a11y }) => {
  await new MessagesPage(page).open();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: /keyboard/i });
  await expect(help).toBeVisible();
  for (const key of ["/", "j", "k", "x", "Enter", "?"]) await expect(help.getByText(key, { exact: true }).first()).toBeVisible();
  await a11y(page, "the keys");
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();
});

test("letters are letters where one types, and with Ctrl", async ({ page }) => {
  const messages = await new MessagesPage(page).open();
  await messages.search.focus();
  await page.keyboard.type("jxk?");
  await expect(messages.search).toHaveValue("jxk?");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await messages.search.fill("");
  await messages.search.blur();
  await page.keyboard.press("Control+j");
  await expect(messages.rows.first()).not.toBeFocused();
});

test("the first Tab offers to skip to the content", async ({ page }) => {
  await new MessagesPage(page).open();
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: /^Skip to/ });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  expect(await page.getByRole("main").evaluate((main) => main.contains(document.activeElement))).toBe(true);
});

test("the filters, in the order that they are shown, by Tab", async ({ page }) => {
  const messages = await new MessagesPage(page).open();
  await messages.search.focus();
  const seen: string[] = [];
  for (let n = 0; n < 14; n++) {
    await page.keyboard.press("Tab");
    seen.push(
      await page.evaluate(() => {
        const at = document.activeElement as HTMLInputElement | null;
        return at?.labels?.[0]?.textContent?.trim() ?? at?.getAttribute("aria-label") ?? "";
      }),
    );
  }
  const order = ["Location", "Channel", "Template", "Status"].map((name) => seen.findIndex((s) => s.startsWith(name)));
  expect(order.every((n) => n >= 0)).toBe(true);
  expect([...order].sort((a, b) => a - b)).toEqual(order);
});
