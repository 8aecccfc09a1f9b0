// Opens and clicks of machines: left out of the numbers, and included by a link.

import { MessagesPage, number } from "../fixtures/messages";
import { expect, ready, test, type Page } from "../fixtures/test";

/** What the stat says. */
async function stat(page: Page, name: string): Promise<number> {
  const link = page.getByRole("region", { name: "Summary" }).getByRole("link", { name: new RegExp(`^${name}`) });
  return number(/([\d,]+)/.exec(await link.innerText())?.[1] ?? "");
}

test("the numbers and the rows include machines, or not", async ({ page, a11y }) => {
  const messages = await new MessagesPage(page).open();
  const people = await stat(page, "Opened");
  await expect(page.getByText("By a machine,")).toHaveCount(0);
  await page.getByRole("link", { name: "Include machines", exact: true }).click();
  await expect(page).toHaveURL(/\?machines=1$/);
  await messages.settled();
  await expect(page.getByText("Opened and clicked by people and machines")).toBeVisible();
  const all = await stat(page, "Opened");
  // Each seventh email of the demo is opened by a machine alone, or first.
  expect(all).toBeGreaterThan(people);
  await a11y(page, "with machines");

  // The number leads to as many rows, with machines.
  await messages.summary.getByRole("link", { name: /^Opened/ }).click();
  await expect(page).toHaveURL(/machines=1/);
  await messages.settled();
  expect((await messages.range()).total).toBe(all);
  // The filters keep it, also as a form.
  await messages.choose("Channel", "Email");
  await expect(page).toHaveURL(/channel=email.*machines=1|machines=1.*channel=email/);
  await messages.settled();
  await messages.choose("Sort by", "Date opened");
  await expect(page).toHaveURL(/sort=opened/);
  await messages.settled();
  expect((await messages.times("Opened")).filter((time) => time === "")).toEqual([]);

  await page.getByRole("link", { name: "Leave machines out", exact: true }).click();
  await expect(page).not.toHaveURL(/machines/);
  await messages.settled();
  expect((await messages.range()).total).toBe(await stat(page, "Opened"));
  await expect(page.getByText("By a machine,")).toHaveCount(0);
});

test("what only a machine did is marked", async ({ page }) => {
  const messages = await new MessagesPage(page).open({ status: "opened", machines: "1", per: "100" });
  await ready(page);
  const marked = messages.rows.filter({ hasText: "By a machine," });
  await expect(marked.first()).toBeVisible();
  await expect(marked.first()).toContainText("Sent");
});
