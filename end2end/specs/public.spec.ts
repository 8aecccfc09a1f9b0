// What customers see: the review page and the page to unsubscribe. Neither needs scripts, and opening either changes nothing.

import { ask, newCustomer, noon, post, type Customer } from "../fixtures/forms";
import { linkIn, mailTo, outbox } from "../fixtures/outbox";
import { ProfilePage } from "../fixtures/profile";
import { env, expect, test, type Page } from "../fixtures/test";

/** A customer who was asked by email just now, and their mail. */
async function asked(page: Page, reminders = 0): Promise<{ customer: Customer; review: string; unsubscribe: string }> {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, reminders });
  const mail = await mailTo(page, customer.email);
  return { customer, review: linkIn(mail, "r"), unsubscribe: linkIn(mail, "u") };
}

test("a rating and a sentence become a review on the profile, tied to its message", async ({ page, stranger, a11y }) => {
  const { customer, review } = await asked(page, 1);
  const theirs = await stranger();
  await theirs.goto(review);
  const rating = theirs.getByRole("group", { name: "Your rating" });
  await expect(rating.getByRole("radio")).toHaveCount(5);
  await a11y(theirs, "the review page");

  await rating.getByRole("radio", { name: /^4 stars/ }).check();
  await theirs.getByRole("textbox", { name: /What would you like to say/ }).fill("Quick & friendly. <b>Thanks</b>");
  await theirs.getByRole("button", { name: "Send review" }).click();
  await expect(theirs.getByRole("heading", { level: 1, name: /^Thank you/ })).toBeVisible();
  await a11y(theirs, "the thanks");

  const profile = await new ProfilePage(page).open(customer.id);
  await expect(profile.reviews).toContainText("4 of 5 stars");
  await expect(profile.reviews).toContainText("Quick & friendly. <b>Thanks</b>");
  await expect(profile.reviews.getByRole("link", { name: "Request by Email" })).toHaveAttribute("href", /[?&]message=/);
  await expect(profile.row("Request")).toContainText("Clicked");
  await expect(profile.row("Reminder 1")).toContainText("Canceled");
});

test("a review is left once", async ({ page, stranger }) => {
  const { customer, review } = await asked(page);
  const theirs = await stranger();
  await theirs.goto(review);
  await theirs.getByRole("radio", { name: /^5 stars/ }).check();
  await theirs.getByRole("button", { name: "Send review" }).click();
  await expect(theirs.getByRole("heading", { level: 1, name: /^Thank you/ })).toBeVisible();

  await theirs.goto(review);
  await expect(theirs.getByRole("button", { name: "Send review" })).toHaveCount(0);
  await expect(theirs.getByRole("heading", { level: 1, name: /already/ })).toBeVisible();
  const again = await theirs.request.post(review, { form: { rating: "1", text: "again" }, headers: sameSite() });
  expect(again.status()).toBeLessThan(500);

  const profile = await new ProfilePage(page).open(customer.id);
  await expect(profile.reviews.getByRole("listitem")).toHaveCount(1);
  await expect(profile.reviews).toContainText("5 of 5 stars");
});

test("opening the link records no review, however often", async ({ page, stranger }) => {
  const { customer, review } = await asked(page, 1);
  const theirs = await stranger();
  for (const address of [review, `${review}?rating=5`, review]) {
    const answer = await theirs.goto(address);
    expect(answer?.status()).toBe(200);
  }
  const profile = await new ProfilePage(page).open(customer.id);
  await expect(profile.reviews).toContainText("No reviews yet");
  await expect(profile.row("Reminder 1")).toContainText("Scheduled");
});

test("a review without a rating says what is missing and keeps the text", async ({ page, stranger }) => {
  const { customer, review } = await asked(page);
  const theirs = await stranger();
  const answer = await theirs.request.post(review, { form: { text: "No stars from me" }, headers: sameSite() });
  expect(answer.status()).toBeLessThan(500);
  await theirs.goto(review);
  await theirs.setContent(await answer.text());
  await expect(theirs.getByRole("group", { name: "Your rating" })).toHaveAccessibleDescription(/rating from 1 to 5/);
  await expect(theirs.getByRole("textbox", { name: /What would you like to say/ })).toHaveValue("No stars from me");

  const profile = await new ProfilePage(page).open(customer.id);
  await expect(profile.reviews).toContainText("No reviews yet");
});

test("wrong ratings, and texts that are too long, change nothing", async ({ page, stranger }) => {
  const { customer, review } = await asked(page);
  const theirs = await stranger();
  const wrong: Record<string, string>[] = [{ rating: "0" }, { rating: "6" }, { rating: "five" }, { rating: "" }, { rating: "5", text: "x".repeat(10_000) }];
  for (const form of wrong) {
    const answer = await theirs.request.post(review, { form, headers: sameSite() });
    expect(answer.status(), JSON.stringify(form).slice(0, 60)).toBeGreaterThanOrEqual(400);
    expect(answer.status(), JSON.stringify(form).slice(0, 60)).toBeLessThan(500);
  }
  const profile = await new ProfilePage(page).open(customer.id);
  await expect(profile.reviews).toContainText("No reviews yet");
});

test("a link that leads nowhere says so", async ({ stranger }) => {
  const theirs = await stranger();
  for (const address of ["/r/doesnotexist", "/u/doesnotexist", `/r/${"x".repeat(3_000)}`, "/r/%00%ff", "/r/'--"]) {
    const answer = await theirs.goto(address);
    expect(answer?.status(), address.slice(0, 40)).toBe(404);
    await expect(theirs.getByRole("heading", { level: 1 })).toBeVisible();
  }
});

test("opening the unsubscribe link changes nothing; its button unsubscribes and cancels what is unsent", async ({
  page,
  stranger,
  a11y,
}) => {
  const { customer, unsubscribe } = await asked(page, 2);
  const theirs = await stranger();
  await theirs.goto(unsubscribe);
  await theirs.reload();
  await a11y(theirs, "the page to unsubscribe");
  const profile = await new ProfilePage(page).open(customer.id);
  await expect(profile.row("Reminder 1")).toContainText("Scheduled");

  await theirs.getByRole("button", { name: "Unsubscribe" }).click();
  await expect(theirs.getByRole("heading", { level: 1, name: "You are unsubscribed" })).toBeVisible();
  await profile.open(customer.id);
  await expect(page.getByText("Unsubscribed", { exact: true }).first()).toBeVisible();
  await expect(profile.row("Reminder 1")).toContainText("Canceled");
  await expect(profile.row("Reminder 2")).toContainText("Canceled");
});

test("mail programs unsubscribe by one click, without cookies", async ({ page, stranger }) => {
  const { customer, unsubscribe } = await asked(page, 1);
  const theirs = await stranger();
  const answer = await theirs.request.post(unsubscribe, {
    form: { "List-Unsubscribe": "One-Click" },
    headers: { "user-agent": "a mail program" },
  });
  expect(answer.status()).toBe(200);
  const profile = await new ProfilePage(page).open(customer.id);
  await expect(profile.row("Reminder 1")).toContainText("Canceled");
});

test("who has unsubscribed is asked no more", async ({ page, stranger }) => {
  const { customer, unsubscribe } = await asked(page);
  await (await stranger()).request.post(unsubscribe, { form: { "List-Unsubscribe": "One-Click" } });
  const sent = (await outbox(page)).filter((item) => item.to.includes(customer.email)).length;
  const form = { slug: env("REVIEW_MESSAGES_PROJECT"), id: customer.id, "form[email]": "true", "form[at]": noon(1) };
  const answer = await post(page, "request_review", form, { accept: "application/json" });
  expect(answer.status()).toBe(409);
  expect(await answer.text()).toMatch(/unsubscribed/i);
  expect((await outbox(page)).filter((item) => item.to.includes(customer.email))).toHaveLength(sent);
});

function sameSite(): Record<string, string> {
  return { origin: env("REVIEW_MESSAGES_URL"), "sec-fetch-site": "same-origin" };
}
