// Templates while somebody types: the check, the preview, the placeholders, another's change.

import { inProject } from "../fixtures/addresses";
import { post } from "../fixtures/forms";
import { env, expect, test, visit, type Page } from "../fixtures/test";

const project = (): string => env("REVIEW_MESSAGES_TRIAL_SCRIPTS");

test.describe.configure({ mode: "serial" });

async function open(page: Page, query: string): Promise<void> {
  await visit(page, inProject(`templates${query}`, project()));
}

test("what is typed is checked and shown when the typing pauses, without a step of the history", async ({ as }) => {
  const page = await as("manager");
  await open(page, "?template=thanks-negative");
  const text = page.getByLabel("Text", { exact: true });
  const steps = await page.evaluate(() => history.length);
  await text.fill("Oh no, {{first_nam}}");
  await expect(page.getByText("Line 1, column 8: {{first_nam}} is not a placeholder.")).toBeVisible();
  await text.fill("Oh no, {{first_name}}\n\n{{unsubscribe_link}}");
  await expect(page.getByText(/is not a placeholder/)).toHaveCount(0);
  const newest = page.locator(".preview-frames > iframe").last().contentFrame();
  await expect(newest.getByText(/Oh no, \w+/)).toBeVisible();
  await text.fill("Sorry, {{first_name}}\n\n{{unsubscribe_link}}");
  await expect(newest.getByText(/Sorry, \w+/)).toBeVisible();
  await expect(page.locator(".preview-frames > iframe")).toHaveCount(2);
  expect(await page.evaluate(() => history.length)).toBe(steps);
});

test("the preview is as wide as a phone, or wider", async ({ as }) => {
  const page = await as("manager");
  await open(page, "");
  const frame = page.locator(".preview-frames > iframe").last();
  expect((await frame.boundingBox())?.width ?? 0).toBeGreaterThan(500);
  await page.getByRole("radio", { name: "Phone" }).check();
  expect((await frame.boundingBox())?.width ?? 0).toBeLessThanOrEqual(362);
});

test("a placeholder is put where the cursor is", async ({ as }) => {
  const page = await as("manager");
  await open(page, "?template=thanks-positive&channel=sms");
  const text = page.getByLabel("Text", { exact: true });
  await text.fill("Hi !");
  await text.press("ArrowLeft");
  await page.getByRole("button", { name: "Insert {{first_name}}" }).click();
  await expect(text).toHaveValue("Hi {{first_name}}!");
  await expect(page.locator(".template-preview .sms")).toHaveText(/^Hi \w+!$/);
  await expect(page.getByText(/1 SMS segment/)).toBeVisible();
  await text.fill("Hi {{first_name}} \u{1f600}");
  await expect(page.getByText(/only 70 characters fit into one/)).toBeVisible();
});

test("another's change comes by itself, but not over what is being typed", async ({ as }) => {
  const page = await as("manager");
  const other = await as("manager");
  await open(page, "?template=reminder&channel=sms");
  const text = page.getByLabel("Text", { exact: true });
  const follows = async (): Promise<string> => page.locator('.template-form input[name="follows"]').inputValue();
  const save = async (body: string): Promise<void> => {
    const form = { slug: project(), query: "template=reminder&channel=sms", "wording[body]": body, follows: await follows() };
    expect((await post(other, "save_template", form, { accept: "application/json" })).status()).toBe(200);
  };
  await save("One {{review_link}}");
  await expect(text).toHaveValue("One {{review_link}}");
  await text.fill("Mine {{review_link}}");
  await save("Two {{review_link}}");
  await expect(page.getByText("Somebody saved this template meanwhile.")).toBeVisible();
  await expect(text).toHaveValue("Mine {{review_link}}");
});

test("the tabs lead to the other templates, and Back to the one before", async ({ as }) => {
  const page = await as("manager");
  await open(page, "");
  await page.getByRole("list", { name: "Template" }).getByRole("link", { name: "Reminder" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Reminder by Email" })).toBeVisible();
  await expect(page).toHaveURL(/templates\?template=reminder$/);
  await page.getByRole("list", { name: "Channel" }).getByRole("link", { name: "SMS" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Reminder by SMS" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 2, name: "Reminder by Email" })).toBeVisible();
  await expect(page.getByLabel("Subject")).toBeVisible();
});
