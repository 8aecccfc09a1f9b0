// WCAG 2.2 AA as far as axe can see it: every page, menus and dialogs open, both themes, a telephone's width.

import { ask, newCustomer, noon } from "../fixtures/forms";
import { MessagesPage } from "../fixtures/messages";
import { UNAVAILABLE, breakDown, calls } from "../fixtures/network";
import { PUBLIC_PAGES, STAFF_PAGES, arrive, everyPage } from "../fixtures/pages";
import { ProfilePage, complaint } from "../fixtures/profile";
import { expect, ready, test } from "../fixtures/test";

// Each theme and each width once: colors do not depend on the width.
const WORLDS = [
  { name: "light, wide", colorScheme: "light", viewport: { width: 1280, height: 900 } },
  { name: "dark, 360 px", colorScheme: "dark", viewport: { width: 360, height: 740 } },
] as const;

for (const { name, colorScheme, viewport } of WORLDS) {
  test.describe(name, () => {
    test.use({ colorScheme, viewport });
    test.setTimeout(300_000);

    test("every page of the staff's", async ({ page, a11y }) => {
      const pages = await everyPage(page);
      for (const which of STAFF_PAGES) {
        await arrive(page, pages[which]);
        await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
        await a11y(page, which).catch((error: unknown) => expect.soft(error, which).toBeUndefined());
      }
    });

    test("every page of the customers'", async ({ page, stranger, a11y }) => {
      const pages = await everyPage(page);
      const theirs = await stranger();
      for (const which of PUBLIC_PAGES) {
        await arrive(theirs, pages[which]);
        await a11y(theirs, which).catch((error: unknown) => expect.soft(error, which).toBeUndefined());
      }
    });

    test("rows ticked, the bulk menu and its question open", async ({ page, a11y }) => {
      const customer = await newCustomer(page);
      await ask(page, customer, { email: true, reminders: 1, at: noon(3) });
      const messages = await new MessagesPage(page).open({ q: customer.name });
      await messages.rows.first().getByRole("checkbox").check();
      await a11y(page, "a row ticked");
      await page.getByRole("button", { name: "Select bulk action" }).click();
      await expect(page.getByRole("menu")).toBeVisible();
      await a11y(page, "the bulk menu open");
      await page.getByRole("menuitem", { name: "Cancel unsent messages" }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await a11y(page, "the question open");
      await page.getByRole("dialog").getByRole("button", { name: "Cancel 1 message", exact: true }).click();
      await expect(page.getByRole("status").getByRole("button", { name: "Undo" })).toBeVisible();
      await a11y(page, "the answer with Undo");
    });

    test("the menu and the dialogs of a message open", async ({ page, a11y }) => {
      const customer = await newCustomer(page);
      await ask(page, customer, { email: true, reminders: 1, at: noon(3) });
      const profile = await new ProfilePage(page).open(customer.id);
      await profile.menu(profile.rows.first());
      await a11y(page, "the Actions menu");
      await page.keyboard.press("Escape");
      for (const item of ["View message", "Cancel message", "Reschedule message", "Delete message"] as const) {
        await profile.act(profile.rows.first(), item);
        await expect(page.getByRole("dialog")).toBeVisible();
        await a11y(page, item);
        await page.keyboard.press("Escape");
        await expect(page.getByRole("dialog")).toHaveCount(0);
      }
      await page.getByLabel("More actions").click();
      await a11y(page, "the menu of the profile");
    });

    test("what is said when something fails", async ({ page, a11y }) => {
      const customer = await newCustomer(page);
      await ask(page, customer, { email: true, at: noon(3) });
      const profile = await new ProfilePage(page).open(customer.id);
      await breakDown(page, calls("send_now"), UNAVAILABLE);
      await profile.act(profile.rows.first(), "Send now");
      await expect(complaint(page, /again/i)).toBeVisible();
      await a11y(page, "an action that failed");
      const messages = await new MessagesPage(page).open({ q: customer.name });
      await breakDown(page, calls("load_messages"), UNAVAILABLE);
      await messages.searchFor(customer.email);
      await expect(page.getByRole("alert").filter({ hasText: "What you see may be out of date." })).toBeVisible();
      await a11y(page, "a page that could not be read again");
    });
  });
}

test("the theme is chosen by hand too, and remembered", async ({ page, a11y }) => {
  await new MessagesPage(page).open();
  const ink = () => page.evaluate(() => getComputedStyle(document.body).color);
  const before = await ink();
  const theme = page.getByRole("radiogroup", { name: "Theme" }).or(page.getByRole("group", { name: "Theme" }));
  const choice = (name: string) => theme.getByRole("radio", { name, exact: true });
  await expect(choice("System")).toBeChecked();
  await theme.getByText("Dark", { exact: true }).click();
  await expect(choice("Dark")).toBeChecked();
  await expect.poll(ink).not.toBe(before);
  const after = await ink();
  await a11y(page, "the theme chosen");
  await page.reload();
  expect(await ink()).toBe(after);
  await ready(page);
  await expect(choice("Dark")).toBeChecked();
  await theme.getByText("System", { exact: true }).click();
  await expect.poll(ink).toBe(before);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(ink).toBe(after);
});

test("no page skips a level of headings, and each has one main landmark", async ({ page, stranger }) => {
  test.setTimeout(300_000);
  const pages = await everyPage(page);
  const theirs = await stranger();
  for (const which of [...STAFF_PAGES, ...PUBLIC_PAGES]) {
    const at = (PUBLIC_PAGES as readonly string[]).includes(which) ? theirs : page;
    await arrive(at, pages[which]);
    await expect.soft(at.getByRole("main"), which).toHaveCount(1);
    const levels = await at.getByRole("heading").evaluateAll((all) => all.map((h) => Number(h.tagName.slice(1))));
    const skips = levels.filter((level, n) => level > (levels[n - 1] ?? 0) + 1);
    expect.soft(skips, `${which}: ${levels.join(" ")}`).toEqual([]);
  }
});

test("in forced colors the chosen view is marked", async ({ page }) => {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, at: noon(3) });
  await page.emulateMedia({ forcedColors: "active" });
  const profile = await new ProfilePage(page).open(customer.id);
  const look = (name: string) =>
    profile.messages.getByRole("link", { name, exact: true }).evaluate((link) => {
      const { borderTop, borderBottom, outline, backgroundColor, textDecorationLine } = getComputedStyle(link);
      return [borderTop, borderBottom, outline, backgroundColor, textDecorationLine].join(" | ");
    });
  expect(await look("Grouped by request")).not.toBe(await look("List"));
});

test("the names that assistive technology gets for table and menu", async ({ page }) => {
  const customer = await newCustomer(page, { name: "Zoe Aria" });
  await ask(page, customer, { email: true, at: noon(3) });
  const profile = await new ProfilePage(page).open(customer.id);
  await profile.menu(profile.rows.first());
  await expect(page.getByRole("menu")).toMatchAriaSnapshot(`
    - menu:
      - menuitem "View message"
      - menuitem "Send now"
      - menuitem "Cancel message"
      - menuitem "Reschedule message"
      - menuitem "Send a copy to me"
      - menuitem "Copy UUID"
      - menuitem "Delete message"
  `);
  await page.keyboard.press("Escape");
  const messages = await new MessagesPage(page).open({ q: customer.email });
  await expect(messages.table).toMatchAriaSnapshot(`
    - table "Messages":
      - rowgroup:
        - row:
          - columnheader:
            - checkbox "Select all on this page"
          - columnheader "Customer"
          - columnheader "Channel"
          - columnheader "Template"
          - columnheader /Scheduled/
          - columnheader "Sent"
          - columnheader "Opened"
          - columnheader "Clicked"
          - columnheader "Failed"
          - columnheader "Actions"
  `);
});
