// The Messages page by keyboard.

import { MessagesPage, type Control } from "../fixtures/messages";
import { expect, test, type Page } from "../fixtures/test";
import type { Locator } from "@playwright/test";

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
  const shown: { name: Control; x: number; y: number }[] = [];
  for (const name of ["Location", "Channel", "Template", "Status"] as const) {
    const box = await messages.control(name).boundingBox();
    shown.push({ name, x: box?.x ?? 0, y: Math.round((box?.y ?? 0) / 20) });
  }
  shown.sort((a, b) => a.y - b.y || a.x - b.x);
  const seen: Control[] = [];
  for (let n = 0; n < 40 && seen.length < shown.length; n++) {
    await page.keyboard.press("Tab");
    for (const { name } of shown) {
      const focused = await messages.control(name).evaluate((control) => control === document.activeElement);
      if (focused) seen.push(name);
    }
  }
  expect(seen).toEqual(shown.map(({ name }) => name));
});

/** Opens the help by its button: with the keys off, `?` is off too. */
async function openHelp(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: /keyboard/i }).click();
  const help = page.getByRole("dialog", { name: "Keyboard" });
  await expect(help).toBeVisible();
  return help;
}

test("the single-key shortcuts can be switched off, which is remembered, and on again", async ({ page }) => {
  const messages = await new MessagesPage(page).open();
  const choice = (help: Locator) => help.getByRole("switch", { name: "Single-key shortcuts" });
  let help = await openHelp(page);
  await expect(choice(help)).toBeChecked();
  await choice(help).press("Space");
  await expect(choice(help)).not.toBeChecked();
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();

  for (const again of [false, true]) {
    if (again) {
      await page.reload();
      await messages.settled();
    }
    await page.keyboard.press("j");
    await expect(messages.rows.first()).not.toBeFocused();
    await page.keyboard.press("/");
    await expect(messages.search).not.toBeFocused();
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }

  help = await openHelp(page);
  await expect(choice(help)).not.toBeChecked();
  await choice(help).press("Space");
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();
  // Not on the button that opened the help.
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press("j");
  await expect(messages.rows.first()).toBeFocused();
});
