// Going from page to page without a load: nothing that was begun on one page reaches into the next, and Back leads to the
// place that was left.

import { inProject } from "../fixtures/addresses";
import { MessagesPage, query } from "../fixtures/messages";
import { ProfilePage } from "../fixtures/profile";
import { expect, ready, test, type Page } from "../fixtures/test";
import type { Locator } from "@playwright/test";

const customersLink = (page: Page): Locator => page.getByRole("navigation").getByRole("link", { name: "Customers", exact: true });
const customersHeading = (page: Page): Locator => page.getByRole("heading", { level: 1, name: "Customers" });

/** Marks the document, so that a load would show. */
async function mark(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(() => document.body.setAttribute("data-never-reloaded", ""));
  return () => expect(page.locator("body[data-never-reloaded]")).toBeAttached();
}

/** Types in the search and follows a link before the search has begun. */
async function typeAndFollow(messages: MessagesPage, link: Locator): Promise<void> {
  const target = await link.elementHandle();
  await messages.search.evaluate((input: HTMLInputElement, to) => {
    input.focus();
    input.value = "ana";
    input.dispatchEvent(new Event("input", { bubbles: true }));
    (to as HTMLElement).click();
  }, target);
}

const scrolled = (page: Page): Promise<number> => page.evaluate(() => window.scrollY);
const scrollTo = (page: Page, y: number): Promise<void> => page.evaluate((top) => window.scrollTo(0, top), y);
const expectScrolled = (page: Page, y: number): Promise<void> =>
  expect.poll(async () => Math.abs((await scrolled(page)) - y), { message: `scrolled to ${y}` }).toBeLessThan(120);

test.describe("a search that has not begun yet", () => {
  test("is dropped by a link to another page", async ({ page }) => {
    const messages = await new MessagesPage(page).open();
    await typeAndFollow(messages, customersLink(page));
    await expect(customersHeading(page)).toBeVisible();
    // What must not come cannot be awaited: the search begins 250 ms after the last key.
    await page.waitForTimeout(700);
    await expect(page).toHaveURL(new RegExp(`${inProject("customers")}$`));
    await expect(customersHeading(page)).toBeVisible();
  });

  test("is dropped by a row's link, and Back leads to the page before", async ({ page }) => {
    const messages = await new MessagesPage(page).open({ status: "sent" });
    await typeAndFollow(messages, messages.link(messages.rows.first()));
    await expect(page).toHaveURL(/\/customers\/.*message=/);
    await page.waitForTimeout(700);
    await expect(page).toHaveURL(/\/customers\/.*message=/);
    await page.goBack();
    await messages.settled();
    expect(query(page)["status"]).toBe("sent");
  });
});

test.describe("Back and Forward", () => {
  test("Back from a profile restores the filters, the page, the place and the focus, without a load", async ({ page }) => {
    const messages = await new MessagesPage(page).open({ channel: "email", sort: "scheduled", per: "25" });
    await messages.pageLink("Next").click();
    await expect(page.getByText(/^26–50 of/).first()).toBeVisible();
    await messages.settled();
    const stays = await mark(page);
    const address = page.url();
    const row = messages.rows.nth(18);
    const id = await row.getAttribute("id");
    await row.scrollIntoViewIfNeeded();
    const place = await scrolled(page);
    expect(place).toBeGreaterThan(0);
    await messages.link(row).click();
    const profile = new ProfilePage(page);
    await expect(page).toHaveURL(/message=/);
    await profile.settled();

    await page.goBack();
    await expect(page).toHaveURL(address);
    await messages.settled();
    await expect(messages.control("Channel")).toHaveValue("email");
    await expect(messages.control("Sort by")).toHaveValue("scheduled");
    await expect(page.getByText(/^26–50 of/).first()).toBeVisible();
    await expectScrolled(page, place);
    await expect.poll(() => page.evaluate(() => document.activeElement?.closest("[id^=message-]")?.id)).toBe(id);
    await stays();
  });

  test("the place is the one that was left last, however it was left", async ({ page }) => {
    const messages = await new MessagesPage(page).open({ sort: "scheduled" });
    const profile = new ProfilePage(page);
    await scrollTo(page, 1_200);
    await messages.link(messages.rows.nth(25)).click();
    await expect(page).toHaveURL(/message=/);
    await profile.settled();
    await page.goBack();
    await messages.settled();
    await expectScrolled(page, 1_200);

    // Scrolled elsewhere and left by Forward.
    await scrollTo(page, 300);
    await expectScrolled(page, 300);
    await page.goForward();
    await expect(page).toHaveURL(/message=/);
    await profile.settled();
    await page.goBack();
    await messages.settled();
    await expectScrolled(page, 300);

    // And left from the top by another link.
    await scrollTo(page, 0);
    await expectScrolled(page, 0);
    await customersLink(page).click();
    await expect(customersHeading(page)).toBeVisible();
    await page.goBack();
    await messages.settled();
    await expectScrolled(page, 0);
  });

  test("a link to a page starts at its top", async ({ page }) => {
    const messages = await new MessagesPage(page).open();
    await scrollTo(page, 900);
    await customersLink(page).click();
    await expect(customersHeading(page)).toBeVisible();
    await expectScrolled(page, 0);
    await page.getByRole("navigation").getByRole("link", { name: "Messages", exact: true }).click();
    await messages.settled();
    await expectScrolled(page, 0);
  });

  test("another filter keeps the place", async ({ page }) => {
    const messages = await new MessagesPage(page).open({ per: "100" });
    await scrollTo(page, 150);
    await messages.choose("Channel", "Email");
    await expect(page).toHaveURL(/channel=email/);
    await messages.settled();
    await expectScrolled(page, 150);
  });
});

test("a page whose code is gone after a deployment is loaded once as a whole", async ({ page, complaints }) => {
  const messages = await new MessagesPage(page).open({ status: "sent" });
  let missing = 0;
  await page.route(/\/pkg\/.*\.(wasm|js)(\?|$)/, async (route) => {
    // The load as a whole finds everything again.
    if (missing > 0) return route.fallback();
    missing++;
    return route.fulfill({ status: 404, contentType: "text/plain", body: "" });
  });
  await messages.link(messages.rows.first()).click();
  await expect(page).toHaveURL(/message=/);
  await ready(page);
  await expect(page.getByRole("region", { name: "Messages", exact: true })).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Messages" })).toHaveCount(0);
  // The browser may name the file that it missed.
  if (missing > 0) complaints.list.splice(0, complaints.list.length, ...complaints.list.filter((line) => /panicked/.test(line)));
});
