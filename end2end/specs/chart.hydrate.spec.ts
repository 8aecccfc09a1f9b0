// The chart above the messages: shown on demand, a bar is a link, its numbers are in a table, and it stays in the address.

import { messagesAt } from "../fixtures/addresses";
import { ask, newCustomer } from "../fixtures/forms";
import { mailTo } from "../fixtures/outbox";
import { expect, ready, test, visit } from "../fixtures/test";

test("the chart shows what went out today, filters by a bar, and has its numbers in a table", async ({ as, a11y }) => {
  const page = await as("manager");
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true });
  await mailTo(page, customer.email);
  await visit(page, messagesAt({ q: customer.name }));
  await page.getByRole("link", { name: "Show chart" }).click();
  const chart = page.getByRole("region", { name: "Over time" });
  await expect(chart).toBeVisible();
  await expect(page).toHaveURL(/chart=day/);
  await ready(page);
  await a11y(page, "Messages with the chart");
  const bars = chart.getByRole("group", { name: /Messages over time/ }).getByRole("link");
  await expect(bars).toHaveCount(30);
  await expect(bars.last()).toHaveAccessibleName(/: 1 sent, 0 opened, 0 clicked, 0 failed, 0 reviews$/);
  await chart.getByText("Show the numbers as a table").click();
  const first = chart.getByRole("table").getByRole("row").nth(1);
  await expect(first.getByRole("cell")).toHaveText(["1", "0", "0", "0", "0"]);
  await chart.getByRole("link", { name: "Month" }).click();
  await expect(bars).toHaveCount(24);
  await ready(page);
  await first.getByRole("link").click();
  await expect(page).toHaveURL(/from=\d{4}-\d\d-\d\d&to=\d{4}-\d\d-\d\d&chart=month/);
  await expect(page.getByRole("list", { name: "Filters in force" })).toContainText("From");
  await page.getByRole("link", { name: "Hide chart" }).click();
  await expect(chart).toHaveCount(0);
});

test("a drag over bars filters by their days", async ({ as }) => {
  const page = await as("manager");
  await visit(page, messagesAt({ chart: "day" }));
  const bars = page.getByRole("group", { name: /Messages over time/ }).getByRole("link");
  await expect(bars).toHaveCount(30);
  await ready(page);
  const [from, to] = [await bars.nth(10).boundingBox(), await bars.nth(14).boundingBox()];
  if (!from || !to) throw new Error("the bars are not on the screen");
  await page.mouse.move(from.x + from.width / 2, from.y + 100);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + 100, { steps: 8 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=\d{4}-\d\d-\d\d&to=\d{4}-\d\d-\d\d/);
});
