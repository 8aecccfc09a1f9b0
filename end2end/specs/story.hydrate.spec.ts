// The opening story: asked, sent, opened, clicked, reviewed, seen without a reload.

import { inProject, profileAt } from "../fixtures/addresses";
import { newCustomer } from "../fixtures/forms";
import { MessagesPage, query } from "../fixtures/messages";
import { ProfilePage } from "../fixtures/profile";
import { expect, ready, test, visit } from "../fixtures/test";

const SENTENCE = "Warm welcome, quick answers, and the best flat white in town.";

test("a customer is asked, and a review comes back", async ({ page, context, stranger }) => {
  const customer = await newCustomer(page);

  await test.step("request a review by email and SMS, one reminder, now", async () => {
    await visit(page, profileAt(customer.id));
    await expect(page.getByText("Request a review to schedule messages.")).toBeVisible();
    await page.getByRole("button", { name: "Request review" }).click();
    const dialog = page.getByRole("dialog", { name: /^Request a review/ });
    await dialog.getByRole("checkbox", { name: "Email" }).check();
    await dialog.getByRole("checkbox", { name: "SMS" }).check();
    await dialog.getByRole("combobox", { name: "Reminders" }).selectOption("1 reminder");
    await dialog.getByRole("radio", { name: "Now" }).check();
    await dialog.getByRole("button", { name: "Request review" }).click();
    await expect(dialog).toBeHidden();
  });

  const profile = new ProfilePage(page);
  await test.step("within seconds it is sent, and the page shows it by itself", async () => {
    await expect(profile.rows).toHaveCount(4);
    await expect(profile.row("Request", "Email")).toContainText("Sent", { timeout: 15_000 });
    await expect(profile.row("Request", "SMS")).toContainText("Sent", { timeout: 15_000 });
    await expect(profile.row("Reminder 1", "Email")).toContainText("Scheduled");
    await expect(profile.row("Reminder 1", "SMS")).toContainText("Scheduled");
  });

  const messages = new MessagesPage(await context.newPage());
  await test.step("the Messages page, in another tab, has all four", async () => {
    await messages.open({ q: customer.name });
    await expect(messages.rows).toHaveCount(4);
    await messages.page.evaluate(() => document.body.setAttribute("data-never-reloaded", ""));
  });

  const theirs = await stranger();
  const sentSeen = Date.now();
  await test.step("open the mail in the outbox, and follow its link as the customer would", async () => {
    await page.getByRole("link", { name: "Outbox" }).click();
    await expect(page).toHaveURL(new RegExp(`${inProject("outbox")}$`));
    // What opens a mail sooner than a person could is taken for a machine, and not counted.
    await expect.poll(() => Date.now() - sentSeen).toBeGreaterThan(2_000);
    await page.getByRole("link", { name: customer.email }).click();
    await expect(page.getByText(customer.email).first()).toBeVisible();
    const frame = page.frameLocator("iframe").getByRole("link").first();
    await expect(frame).toBeVisible();
    const link = page.getByRole("link", { name: "Review link" });
    const address = (await link.getAttribute("href")) ?? "";
    expect(address).toMatch(/\/r\/[\w-]{22,}$/);
    await theirs.goto(address);
  });

  await test.step("five stars and a sentence", async () => {
    await theirs.getByRole("radio", { name: /^5 stars/ }).check();
    await theirs.getByRole("textbox", { name: /What would you like to say/ }).fill(SENTENCE);
    await theirs.getByRole("button", { name: "Send review" }).click();
    await expect(theirs.getByRole("heading", { name: /^Thank you/ })).toBeVisible();
  });

  await test.step("back on the Messages page the rows have changed, without a reload", async () => {
    const clicked = messages.row(customer.name, "Clicked").filter({ hasText: "Request" });
    await expect(clicked).toHaveCount(1);
    await expect((await messages.cell(clicked, "Opened")).getByRole("time")).toHaveCount(1);
    await expect((await messages.cell(clicked, "Clicked")).getByRole("time")).toHaveCount(1);
    const canceled = messages.row(customer.name, "Canceled");
    await expect(canceled).toHaveCount(2);
    await expect(canceled.first()).toContainText("Reminder 1");
    await expect(canceled.first()).toContainText(/a review came first/i);
    await expect(messages.page.locator("body[data-never-reloaded]")).toBeAttached();
  });

  await test.step("the review stands on the profile, tied to its message", async () => {
    await messages.link(messages.row(customer.name, "Clicked")).click();
    const theirProfile = new ProfilePage(messages.page);
    await theirProfile.settled();
    await expect(theirProfile.reviews).toContainText("5 of 5 stars");
    await expect(theirProfile.reviews).toContainText(SENTENCE);
    const message = query(messages.page)["message"] ?? "";
    await expect(theirProfile.reviews.getByRole("link", { name: "Request by Email" })).toHaveAttribute(
      "href",
      new RegExp(message),
    );
    await expect(messages.page.locator("body[data-never-reloaded]")).toBeAttached();
  });

  await test.step("the message's timeline tells it all", async () => {
    const theirProfile = new ProfilePage(messages.page);
    await theirProfile.act(theirProfile.row("Request", "Email"), "View message");
    const dialog = messages.page.getByRole("dialog");
    for (const entry of ["Created", "Sent", "Clicked", "Review left"]) {
      await expect(dialog.getByRole("listitem").filter({ hasText: entry }).first()).toBeVisible();
    }
    await ready(messages.page);
  });
});
