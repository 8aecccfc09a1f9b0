// Templates and the review page: changed, refused with the place, restored; what customers see of it.

import { inProject } from "../fixtures/addresses";
import { newCustomer } from "../fixtures/forms";
import { env, expect, ready, scriptsRun, test, visit, type Page } from "../fixtures/test";

/** A project of this way of running the tests. */
function slug(): string {
  return env(scriptsRun() ? "REVIEW_MESSAGES_TRIAL_SCRIPTS" : "REVIEW_MESSAGES_TRIAL_NO_SCRIPTS");
}

async function said(page: Page, words: string | RegExp): Promise<void> {
  await expect(page.getByRole("status").filter({ hasText: words }).first()).toBeVisible();
  await ready(page);
}

// They share a project.
test.describe.configure({ mode: "serial" });

test("a template is changed, and its default restored, with who did it", async ({ as, a11y }) => {
  const page = await as("manager");
  await newCustomer(page, { slug: slug() });
  await visit(page, inProject("templates?template=reminder", slug()));
  await expect(page.getByRole("heading", { level: 2, name: "Reminder by Email" })).toBeVisible();
  await expect(page.getByText("With the data of Zoe")).toBeVisible();
  const mail = page.frameLocator('iframe[name="template-preview-0"]');
  await expect(mail.getByText("Leave a review")).toBeVisible();
  await a11y(page, "Templates");

  await page.getByLabel("Subject").fill("A word, {{first_name}}?");
  await page.getByLabel("Text", { exact: true }).fill("Dear {{first_name}},\n\n{{review_link}}\n\nNo more: {{unsubscribe_link}}");
  await page.getByRole("button", { name: "Save template" }).click();
  await said(page, "Reminder by Email is saved.");
  const history = page.getByRole("region", { name: "History" });
  await expect(history.getByText("Version 1", { exact: true })).toBeVisible();
  await expect(history.getByText("by Mona Manager").first()).toBeVisible();
  await visit(page, inProject("templates?template=reminder", slug()));
  await expect(page.getByLabel("Subject")).toHaveValue("A word, {{first_name}}?");
  await expect(mail.getByText(/Dear \w+,/)).toBeVisible();

  await page.getByRole("button", { name: "Restore the default" }).click();
  await said(page, "The default is restored.");
  await expect(page.getByLabel("Subject")).toHaveValue("{{first_name}}, may we ask how it went?");
  await expect(history.getByText("Version 2 restores the default")).toBeVisible();
  await history.getByRole("button", { name: "Restore version 1" }).click();
  await said(page, "Version 1 is restored.");
  await expect(page.getByLabel("Subject")).toHaveValue("A word, {{first_name}}?");
  await expect(page.getByLabel("Text", { exact: true })).toHaveValue(/^Dear/);
});

test("what is wrong is refused with its place, and what was typed stays", async ({ as }) => {
  const page = await as("manager");
  await visit(page, inProject("templates?channel=sms", slug()));
  const text = page.getByLabel("Text", { exact: true });
  await text.fill("Hi {{first_name}}\nplease {{review_lnik}}");
  await page.getByRole("button", { name: "Save template" }).click();
  await expect(page.getByText("Line 2, column 8: {{review_lnik}} is not a placeholder.")).toBeVisible();
  await expect(text).toHaveValue("Hi {{first_name}}\nplease {{review_lnik}}");
  await expect(text).toHaveAccessibleDescription(/Line 2, column 8/);
  await ready(page);
  await text.fill("Hi {{first_name}}");
  await page.getByRole("button", { name: "Save template" }).click();
  await expect(page.getByText("{{review_link}} is missing")).toBeVisible();
});

test("a test comes to oneself, as it stands in the form", async ({ as }) => {
  const page = await as("manager");
  await visit(page, inProject("templates?template=thanks-negative&channel=sms", slug()));
  await page.getByLabel("Text", { exact: true }).fill("Sorry, {{first_name}}. We mend it.");
  await page.getByRole("button", { name: "Send a test to me" }).click();
  await said(page, "A test is on its way to");
  await expect(page.getByLabel("Text", { exact: true })).toHaveValue("Sorry, {{first_name}}. We mend it.");
});

test("of two windows, the second is told who was first", async ({ as }) => {
  const first = await as("manager");
  const second = await as("manager");
  const address = inProject("templates?template=thanks-positive", slug());
  await visit(first, address);
  await visit(second, address);
  const body = "{{first_name}}, thanks.\n\n{{unsubscribe_link}}";
  await second.getByLabel("Text", { exact: true }).fill(`Second ${body}`);
  await first.getByLabel("Text", { exact: true }).fill(`First ${body}`);
  await first.getByRole("button", { name: "Save template" }).click();
  await said(first, "is saved.");
  await second.getByRole("button", { name: "Save template" }).click();
  await expect(second.getByText(/Mona Manager saved this template today \d\d:\d\d/).first()).toBeVisible();
  await expect(second.getByLabel("Text", { exact: true })).toHaveValue(`Second ${body}`);
  await visit(first, address);
  await expect(first.getByLabel("Text", { exact: true })).toHaveValue(`First ${body}`);
});

test("the review page gets the project's color, words and review sites", async ({ as, a11y }) => {
  const page = await as("manager");
  await visit(page, inProject("templates/review-page", slug()));
  await page.getByLabel("Introduction (optional)").fill("We roast every morning.");
  await page.getByLabel("Thanks (optional)").fill("See you soon.");
  await page.getByLabel("Google").fill("http://g.page/r/x");
  await page.getByRole("button", { name: "Save review page" }).click();
  await expect(page.getByText("The address must begin with https://.").first()).toBeVisible();
  await expect(page.getByLabel("Introduction (optional)")).toHaveValue("We roast every morning.");
  await ready(page);
  await page.getByLabel("Google").fill("https://g.page/r/x/review");
  await page.getByRole("button", { name: "Save review page" }).click();
  await said(page, "The review page is saved.");
  await visit(page, inProject("templates/review-page", slug()));
  await expect(page.frameLocator('iframe[name="review-form-0"]').getByText("We roast every morning.")).toBeVisible();
  const thanks = page.frameLocator('iframe[name="review-thanks-0"]');
  await expect(thanks.getByText("See you soon.")).toBeVisible();
  await expect(thanks.getByRole("link", { name: /^Google/ })).toHaveAttribute("href", "https://g.page/r/x/review");
  await a11y(page, "the settings of the review page");
});

test("a Viewer reads templates and can change none", async ({ as, a11y }) => {
  const page = await as("viewer");
  await visit(page, inProject("templates"));
  await expect(page.getByText("How was your visit to {{project_name}}?")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Text" })).toHaveCount(0);
  for (const name of [/^Save/, /^Restore/, /^Send a test/]) await expect(page.getByRole("button", { name })).toHaveCount(0);
  await a11y(page, "Templates, of a Viewer");
});
