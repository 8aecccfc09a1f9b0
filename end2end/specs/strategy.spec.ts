// The Strategy page: what is chosen, what it does to a customer, and why another one is not asked.

import { inProject, messagesAt } from "../fixtures/addresses";
import { newCustomer } from "../fixtures/forms";
import { env, expect, ready, scriptsRun, test, visit, type Page } from "../fixtures/test";

/** The project of this way of running the tests whose customers are asked automatically, and a page of its owner. */
async function automatic(as: (role: "manager") => Promise<Page>): Promise<{ page: Page; slug: string }> {
  const slug = env(scriptsRun() ? "REVIEW_MESSAGES_AUTO_SCRIPTS" : "REVIEW_MESSAGES_AUTO_NO_SCRIPTS");
  return { page: await as("manager"), slug };
}

async function said(page: Page, words: string | RegExp): Promise<void> {
  await expect(page.getByRole("status").filter({ hasText: words }).first()).toBeVisible();
  await ready(page);
}

test.describe.configure({ mode: "serial" });

test("each card is saved by itself, and a wrong value is refused beside its field", async ({ as, a11y }) => {
  const { page, slug } = await automatic(as);
  await visit(page, inProject("strategy", slug));
  await expect(page.getByRole("heading", { level: 1, name: "Strategy" })).toBeVisible();
  await expect(page.getByText("Off: customers are asked by hand only.")).toBeVisible();
  await a11y(page, "Strategy");

  await page.getByLabel("Delay", { exact: true }).fill("many");
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByText(/Write a whole number of \w+ from 0 to/).first()).toBeVisible();
  await ready(page);
  await page.getByLabel("Delay", { exact: true }).fill("2");
  await page.getByLabel("Unit").selectOption("hours");
  await page.getByRole("button", { name: "Save settings" }).click();
  await said(page, "Settings saved.");
  await expect(page.getByText("2 hours after the customer was added, by email.")).toBeVisible();

  await page.getByRole("combobox", { name: "Reminders" }).selectOption("2");
  await page.getByLabel("Second, after days").fill("7");
  await page.getByRole("button", { name: "Save reminders" }).click();
  await said(page, "Reminders saved.");
  await expect(page.getByText("2 reminders, 3 days, 7 days after the message before.")).toBeVisible();

  await page.getByLabel("Sunday: open").selectOption("never");
  await page.getByLabel("On public holidays").selectOption("Germany");
  await page.getByLabel(/^By the clock where the customer is/).check();
  await page.getByRole("button", { name: "Save schedule" }).click();
  await said(page, "Schedule saved.");
  await expect(page.getByText(/Not on public holidays of Germany; the next are \w{3} \d+ \w{3} \d{4}/)).toBeVisible();
  await expect(page.getByText(/By the clock where the customer is; where the phone number does not tell/)).toBeVisible();
  await expect(page.getByText("Messages leave Monday to Saturday anytime, Sunday never.")).toBeVisible();

  await page.getByLabel("Emails a day").fill("500");
  await page.getByRole("button", { name: "Save limits" }).click();
  await said(page, "Limits saved.");
  await expect(page.getByText("At most 500 messages a day by Email.")).toBeVisible();
  await page.reload();
  await ready(page);
  await expect(page.getByLabel("Emails a day")).toHaveValue("500");
  await expect(page.getByLabel("Sunday: open")).toHaveValue("never");
  await expect(page.getByLabel("On public holidays")).toHaveValue("DE");
});

test("a customer is asked, with the reason for the time; another one is not, with the reason for that", async ({ as, a11y }) => {
  const { page, slug } = await automatic(as);
  const asked = await newCustomer(page, { slug });
  const unreachable = await newCustomer(page, { slug, email: "", phone: "+12015550123" });
  await visit(page, inProject("strategy", slug));
  await expect(page.getByLabel("Whom to ask")).toContainText("Customers from today on: 1 would be asked");
  await page.getByRole("button", { name: "Switch on" }).click();
  await said(page, "Customers are asked automatically from now on.");

  await expect(async () => {
    await visit(page, messagesAt({ q: asked.name }, slug));
    await expect(page.getByRole("row").filter({ hasText: asked.name })).toHaveCount(3, { timeout: 1_000 });
  }).toPass();
  await visit(page, inProject("strategy", slug));
  await expect(page.getByText("Next 30 days")).toBeVisible();
  const reason = page.getByRole("link", { name: "No address for a channel of the strategy" });
  await expect(reason).toBeVisible();
  await reason.click();
  await expect(page.getByRole("heading", { level: 1, name: "Not asked, and why" })).toBeVisible();
  await expect(page.getByRole("link", { name: unreachable.name, exact: true })).toBeVisible();
  await a11y(page, "Not asked");
  await page.getByRole("link", { name: `All conditions of ${unreachable.name}` }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Preview" })).toBeVisible();
  await expect(page.getByText("Nothing would be sent: a condition is not met.")).toBeVisible();
  await a11y(page, "Preview");

  await visit(page, inProject("strategy", slug));
  await page.getByRole("button", { name: "Switch off" }).click();
  await said(page, "No customer is asked automatically any more.");
});

test("a Viewer reads what is chosen and is shown no control that would be refused", async ({ as }) => {
  const page = await as("viewer");
  await visit(page, inProject("strategy"));
  await expect(page.getByRole("heading", { level: 1, name: "Strategy" })).toBeVisible();
  for (const name of [/^Save/, /^Switch/, /^Pause/]) await expect(page.getByRole("button", { name })).toHaveCount(0);
});
