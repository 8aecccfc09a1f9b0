// From a telephone's width to a wide screen: nothing is cut off, nothing scrolls sideways.

import { ask, newCustomer, noon } from "../fixtures/forms";
import { MessagesPage } from "../fixtures/messages";
import { PUBLIC_PAGES, STAFF_PAGES, arrive, everyPage } from "../fixtures/pages";
import { ProfilePage } from "../fixtures/profile";
import { expect, test, type Page } from "../fixtures/test";

/** What stands out of the page at its right, where it scrolls sideways. */
async function sideways(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1)
      .slice(0, 5)
      .map((element) => element.outerHTML.slice(0, 120));
  });
}

for (const width of [360, 768, 1920]) {
  test(`no page scrolls sideways at ${width} px`, async ({ page }) => {
    test.setTimeout(240_000);
    const pages = await everyPage(page);
    await page.setViewportSize({ width, height: 800 });
    for (const which of [...STAFF_PAGES, ...PUBLIC_PAGES]) {
      await arrive(page, pages[which]);
      expect.soft(await sideways(page), which).toEqual([]);
    }
  });
}

test.describe("at 360 px", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true });

  test("the menu button opens the navigation", async ({ page }) => {
    await new MessagesPage(page).open();
    const link = page.getByRole("link", { name: "Customers", exact: true });
    await expect(link).not.toBeInViewport();
    await page.getByRole("button", { name: /menu|navigation/i }).or(page.getByLabel(/^(Open )?(menu|navigation)/i)).first().click();
    await expect(link).toBeInViewport();
    await link.click();
    await expect(page.getByRole("heading", { level: 1, name: "Customers" })).toBeVisible();
    await expect(link).not.toBeInViewport();
  });

  test("rows are cards that say all; tick and Actions are at hand", async ({ page }) => {
    const customer = await newCustomer(page);
    await ask(page, customer, { email: true, reminders: 1, at: noon(3) });
    const messages = await new MessagesPage(page).open({ q: customer.name });
    const row = messages.rows.first();
    for (const text of [customer.name, "Email", "Scheduled", "Reminder 1"]) await expect(row).toContainText(text);
    for (const control of [row.getByRole("checkbox"), row.getByRole("button", { name: /^Actions/ })]) {
      const box = await control.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(24);
      expect((box?.x ?? 999) + (box?.width ?? 0)).toBeLessThanOrEqual(360);
    }
    await row.getByRole("checkbox").check();
    await page.getByRole("button", { name: "Select bulk action" }).click();
    await expect(page.getByRole("menuitem", { name: "Cancel unsent messages" })).toBeInViewport();
    expect(await sideways(page)).toEqual([]);
  });

  test("dialogs and menus fit", async ({ page }) => {
    const customer = await newCustomer(page);
    await ask(page, customer, { email: true, at: noon(3) });
    const profile = await new ProfilePage(page).open(customer.id);
    const menu = await profile.menu(profile.rows.first());
    const box = await menu.boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(360);
    await page.keyboard.press("Escape");
    await profile.act(profile.rows.first(), "View message");
    const dialog = await page.getByRole("dialog").boundingBox();
    expect((dialog?.x ?? 0) + (dialog?.width ?? 999)).toBeLessThanOrEqual(360);
    expect(await sideways(page)).toEqual([]);
  });
});
