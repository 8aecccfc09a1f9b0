// From a telephone's width to a wide screen: nothing is cut off, nothing scrolls sideways.

import { ask, newCustomer, noon } from "../fixtures/forms";
import { MessagesPage } from "../fixtures/messages";
import { PUBLIC_PAGES, STAFF_PAGES, arrive, everyPage } from "../fixtures/pages";
import { ProfilePage } from "../fixtures/profile";
import { profileAt } from "../fixtures/addresses";
import { expect, test, visit, type Page } from "../fixtures/test";
import type { Locator } from "@playwright/test";

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

/** Texts that are cut off or stand out of their box, without those that end in an ellipsis and are whole in the title. */
async function cutOff(within: Locator, which = "*"): Promise<string[]> {
  return within.evaluate(
    (root, selector) =>
      [...root.querySelectorAll(selector)]
        .filter((element) => {
          if (element.clientWidth <= 1 || element.scrollWidth <= element.clientWidth + 1) return false;
          const { overflowX, display, textOverflow } = getComputedStyle(element);
          if (["auto", "scroll"].includes(overflowX) || display === "inline") return false;
          if (element.matches("input, select, textarea, iframe, svg, svg *, dialog, .visually-hidden")) return false;
          if (textOverflow === "ellipsis" && element.closest("[title]:not(time)") !== null) return false;
          return [...element.childNodes].some((node) => node.textContent?.trim());
        })
        .slice(0, 5)
        .map((element) => `${element.className} ${element.textContent?.trim().slice(0, 60)}`),
    which,
  );
}

/** How much of the window's height is under bars that stay while the page scrolls. */
async function covered(page: Page): Promise<number> {
  return page.evaluate(() => {
    const stays = (element: Element | null): boolean =>
      element !== null && (["fixed", "sticky"].includes(getComputedStyle(element).position) || stays(element.parentElement));
    let count = 0;
    for (let y = 1; y < window.innerHeight; y += 4) count += stays(document.elementFromPoint(window.innerWidth / 2, y)) ? 1 : 0;
    return (count * 4) / window.innerHeight;
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

/** The corners of a square of this size around a control's middle that a finger would miss it at. */
async function hits(control: Locator, size: number): Promise<string[]> {
  await control.scrollIntoViewIfNeeded();
  return control.evaluate((element, side) => {
    const box = element.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const missed: string[] = [];
    for (const [dx, dy] of [[-1, 0], [1, 0], [0, -1], [0, 1]] as const) {
      const hit = document.elementFromPoint(x + (dx * side) / 2, y + (dy * side) / 2);
      const label = hit?.closest("label");
      if (!element.contains(hit) && label?.control !== element) missed.push(`${dx},${dy}: ${hit?.tagName}`);
    }
    return missed;
  }, size);
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
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(16);
      expect(await hits(control, 42)).toEqual([]);
      expect((box?.x ?? 999) + (box?.width ?? 0)).toBeLessThanOrEqual(360);
    }
    await row.getByRole("checkbox").check();
    await page.getByRole("button", { name: "Select bulk action" }).click();
    await expect(page.getByRole("menuitem", { name: "Cancel unsent messages" })).toBeInViewport();
    expect(await sideways(page)).toEqual([]);
  });

  test("the first message stands on the first screen; the filters stand behind one button that counts them", async ({ page }) => {
    const messages = await new MessagesPage(page).open();
    await expect(messages.rows.first()).toBeInViewport();
    await expect(messages.control("Channel")).toBeHidden();
    const button = messages.filtersButton();
    await expect(button).toHaveAccessibleName("Filters");
    await button.click();
    await expect(messages.control("Channel")).toBeVisible();
    await messages.choose("Channel", "Email");
    await expect(page).toHaveURL(/channel=email/);
    await messages.settled();
    expect(await sideways(page)).toEqual([]);

    await messages.open({ channel: "email", status: "sent" });
    await expect(button).toHaveAccessibleName("Filters (2)");
    await expect(messages.control("Channel")).toBeHidden();
    await button.click();
    await expect(messages.control("Channel")).toHaveValue("email");
    await expect(messages.control("Status")).toHaveValue("sent");
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

test("a small window keeps most of its height for the messages", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 256 });
  const messages = await new MessagesPage(page).open();
  await messages.rows.nth(5).scrollIntoViewIfNeeded();
  expect(await covered(page)).toBeLessThan(0.3);
  await messages.tick(messages.rows.nth(5)).check();
  await messages.rows.nth(8).scrollIntoViewIfNeeded();
  expect(await covered(page)).toBeLessThan(0.36);
});

test.describe("no text is cut off", () => {
  const LONG = "Wilhelmina-Alexandrina von Hohenstein-Breitenbach und Tochter";

  for (const width of [320, 1280, 1440]) {
    test(`on a profile, in its request's dialog and in View, at ${width} px`, async ({ page }) => {
      await page.setViewportSize({ width, height: 800 });
      const email = `${"wilhelmina.alexandrina.".repeat(2)}${Date.now()}@hohenstein-breitenbach.example.com`;
      const customer = await newCustomer(page, { name: LONG, email, company: LONG });
      await ask(page, customer, { email: true, sms: true, reminders: 1, at: noon(400) });
      for (const view of ["grouped", "list"]) {
        const profile = await new ProfilePage(page).open(customer.id, view === "list" ? { view } : {});
        expect.soft(await cutOff(page.getByRole("main")), view).toEqual([]);
        await profile.act(profile.rows.first(), "View message");
        const dialog = page.getByRole("dialog");
        await expect(dialog.getByRole("listitem").filter({ hasText: "Created" })).toBeVisible();
        expect.soft(await cutOff(dialog), `View, ${view}`).toEqual([]);
        expect.soft(await sideways(page), `View, ${view}`).toEqual([]);
      }
      await visit(page, profileAt(customer.id, { do: "request" }));
      expect.soft(await cutOff(page.getByRole("dialog")), "Request review").toEqual([]);
    });
  }

  test("in times of another year and in reasons of a cancel", async ({ page }) => {
    await page.setViewportSize({ width: 1280, height: 900 });
    const queries: Record<string, string>[] = [{ status: "failed", sort: "scheduled", dir: "asc" }, { status: "canceled", per: "100" }];
    for (const query of queries) {
      const messages = await new MessagesPage(page).open(query);
      expect.soft(await cutOff(messages.table, "td, td *"), JSON.stringify(query)).toEqual([]);
    }
  });
});

test("times of another year have no time of day", async ({ page }) => {
  const messages = await new MessagesPage(page).open({ dir: "asc" });
  const year = new Date().getFullYear();
  const times = await messages.table.getByRole("time").evaluateAll((all) =>
    all.map((time) => ({ text: time.textContent?.trim() ?? "", at: (time as HTMLTimeElement).dateTime })),
  );
  // What the column beside it tells the time of says a word.
  const older = times.filter(({ at, text }) => Number(at.slice(0, 4)) < year && !/^(Sent|Delivered)$/.test(text));
  expect(older.length).toBeGreaterThan(0);
  for (const { text } of older) expect(text).toMatch(/^\d{1,2} [A-Z][a-z]{2} \d{4}$/);
});
