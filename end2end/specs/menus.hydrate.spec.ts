// Menus: inside the window, covered by nothing, the keys of the ARIA Authoring Practices' menu button, and closing.

import { ask, newCustomer, noon, type Customer } from "../fixtures/forms";
import { actionsButton, openMenu, unreachable } from "../fixtures/menus";
import { MessagesPage } from "../fixtures/messages";
import { calls } from "../fixtures/network";
import { ProfilePage } from "../fixtures/profile";
import { expect, test, type Page } from "../fixtures/test";

async function asked(page: Page, requests: number, reminders: number): Promise<Customer> {
  const customer = await newCustomer(page);
  for (let n = 1; n <= requests; n++) await ask(page, customer, { email: true, reminders, days: 1, at: noon(5 * n) });
  return customer;
}

for (const viewport of [{ width: 1280, height: 900 }, { width: 360, height: 740 }]) {
  test.describe(`at ${viewport.width} px`, () => {
    test.use({ viewport });

    test("the menus of the first and the last row on Messages stay inside the window", async ({ page }) => {
      const messages = await new MessagesPage(page).open({ status: "scheduled", sort: "scheduled", per: "25" });
      for (const row of [messages.rows.first(), messages.rows.last()]) {
        await row.scrollIntoViewIfNeeded();
        const menu = await openMenu(page, row);
        expect(await unreachable(menu)).toEqual([]);
        await page.keyboard.press("Escape");
        await expect(menu).toBeHidden();
      }
    });

    test("every item of every menu of a grouped profile can be clicked", async ({ page }) => {
      const customer = await asked(page, 3, 3);
      const profile = await new ProfilePage(page).open(customer.id);
      await expect(profile.rows).toHaveCount(12);
      for (const row of await profile.rows.all()) {
        const menu = await profile.menu(row);
        const name = await actionsButton(row).getAttribute("aria-label");
        expect.soft(await unreachable(menu), name ?? "").toEqual([]);
        await page.keyboard.press("Escape");
        await expect(menu).toBeHidden();
      }
    });
  });
}

test("a menu that has no room below its button opens above it", async ({ page }) => {
  const messages = await new MessagesPage(page).open({ status: "scheduled", sort: "scheduled", per: "25" });
  const button = actionsButton(messages.rows.nth(10));
  await button.evaluate((element) => window.scrollBy(0, element.getBoundingClientRect().bottom - window.innerHeight + 8));
  const menu = await openMenu(page, messages.rows.nth(10));
  expect(await unreachable(menu)).toEqual([]);
});

test("arrows go around, Home and End to the ends", async ({ page }) => {
  const customer = await asked(page, 1, 0);
  const profile = await new ProfilePage(page).open(customer.id);
  const button = actionsButton(profile.rows.first());
  const item = (name: string) => page.getByRole("menuitem", { name, exact: true });
  await button.focus();
  await page.keyboard.press("ArrowUp");
  await expect(item("Delete message")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(item("View message")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(item("Delete message")).toBeFocused();
  await page.keyboard.press("Home");
  await expect(item("View message")).toBeFocused();
  await page.keyboard.press("End");
  await expect(item("Delete message")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(button).toBeFocused();
  for (const key of ["Enter", "Space", "ArrowDown"]) {
    await page.keyboard.press(key);
    await expect(item("View message"), key).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("menu")).toHaveCount(0);
    await expect(button).toBeFocused();
  }
});

test("a letter goes to the next item that begins with it, and around", async ({ page }) => {
  const customer = await asked(page, 1, 0);
  const profile = await new ProfilePage(page).open(customer.id);
  const item = (name: string) => page.getByRole("menuitem", { name, exact: true });
  await profile.menu(profile.rows.first());
  await expect(item("View message")).toBeFocused();
  for (const name of ["Send now", "Send a copy to me", "Send now"]) {
    await page.keyboard.press("s");
    await expect(item(name)).toBeFocused();
  }
  await page.keyboard.press("d");
  await expect(item("Delete message")).toBeFocused();
  await page.keyboard.press("z");
  await expect(item("Delete message")).toBeFocused();
});

test("Tab closes the menu and goes on from its button", async ({ page }) => {
  const customer = await asked(page, 1, 1);
  const profile = await new ProfilePage(page).open(customer.id);
  for (const [key, after] of [["Tab", true], ["Shift+Tab", false]] as const) {
    const row = profile.rows.nth(after ? 0 : 1);
    await profile.menu(row);
    await page.keyboard.press(key);
    await expect(page.getByRole("menu")).toHaveCount(0);
    const follows = await actionsButton(row).evaluate((button) => {
      const at = document.activeElement;
      return at !== null && at !== document.body && Boolean(button.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING);
    });
    expect(follows, key).toBe(after);
  }
});

test("the button says whether its menu is open; one menu is open at a time", async ({ page }) => {
  const customer = await asked(page, 1, 1);
  const profile = await new ProfilePage(page).open(customer.id);
  const [first, second] = [actionsButton(profile.rows.nth(0)), actionsButton(profile.rows.nth(1))];
  await expect(first).toHaveAttribute("aria-haspopup", /menu|true/);
  await expect(first).toHaveAttribute("aria-expanded", "false");
  await first.click();
  await expect(first).toHaveAttribute("aria-expanded", "true");
  await second.focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menu")).toHaveCount(1);
  await expect(first).toHaveAttribute("aria-expanded", "false");
  await expect(second).toHaveAttribute("aria-expanded", "true");
});

test("a click elsewhere closes a menu", async ({ page }) => {
  const customer = await asked(page, 1, 0);
  const profile = await new ProfilePage(page).open(customer.id);
  const heading = page.getByRole("heading", { level: 1 });
  const menu = await profile.menu(profile.rows.first());
  await heading.click();
  await expect(menu).toBeHidden();

  const edit = page.getByRole("link", { name: "Edit customer" }).or(page.getByRole("menuitem", { name: "Edit customer" }));
  const more = page.getByLabel("More actions").first();
  await more.click();
  await expect(edit.first()).toBeVisible();
  await heading.click();
  await expect(edit.filter({ visible: true })).toHaveCount(0);

  await more.click();
  await expect(edit.first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(edit.filter({ visible: true })).toHaveCount(0);
  await expect(more).toBeFocused();
});

test("a menu stays open, in its place, while others change the page", async ({ page, as }) => {
  const customer = await asked(page, 1, 3);
  const messages = await new MessagesPage(await as("operator")).open({ q: customer.name, sort: "scheduled" });
  const row = messages.row(customer.name, "Reminder 2");
  const menu = await openMenu(messages.page, row);
  // It unfolds for a moment.
  await menu.evaluate((list) => Promise.all(list.getAnimations().map((animation) => animation.finished)));
  const place = await menu.boundingBox();
  const read = messages.page.waitForResponse(calls("load_messages"));
  await ask(page, customer, { email: true, at: noon(90) });
  await Promise.race([read, expect(messages.rows).toHaveCount(5)]);
  await expect(menu).toBeVisible();
  const now = await menu.boundingBox();
  // To the pixel: rows are some hundredths of a pixel higher than whole.
  for (const side of ["x", "y", "width", "height"] as const) expect(Math.abs((now?.[side] ?? 999) - (place?.[side] ?? 0))).toBeLessThan(1);
  await menu.getByRole("menuitem", { name: "View message" }).click();
  await expect(messages.page.getByRole("dialog")).toContainText("Reminder 2");
});
