// A project that speaks German to its customers: chosen in Settings, read by the customer.

import { inProject } from "../fixtures/addresses";
import { ask, newCustomer } from "../fixtures/forms";
import { linkIn, mailTo } from "../fixtures/outbox";
import { env, expect, ready, scriptsRun, test, visit, type Page } from "../fixtures/test";

/** A project of this way of running the tests. */
function slug(): string {
  return env(scriptsRun() ? "REVIEW_MESSAGES_GERMAN_SCRIPTS" : "REVIEW_MESSAGES_GERMAN_NO_SCRIPTS");
}

async function choose(page: Page, language: string): Promise<void> {
  await visit(page, inProject("settings", slug()));
  const card = page.getByRole("region", { name: "Language" });
  await card.getByRole("combobox", { name: "Language" }).selectOption({ label: language });
  await card.getByRole("button", { name: "Save language" }).click();
  await expect(page.getByRole("status").filter({ hasText: "to its customers from now on." }).first()).toBeVisible();
  await ready(page);
}

// They share a project.
test.describe.configure({ mode: "serial" });

test("a customer of a German project reads German, from the email to the thanks", async ({ as, stranger, a11y }) => {
  const page = await as("manager");
  await choose(page, "Deutsch (German)");
  await expect(page.getByText("The project speaks German to its customers from now on.").first()).toBeVisible();
  const customer = await newCustomer(page, { slug: slug() });
  await ask(page, customer, { email: true });
  const mail = await mailTo(page, customer.email, slug());
  expect(mail.item.subject).toBe("Wie war Ihr Besuch bei Auto Haus?");
  expect(mail.text).toContain("vielen Dank, dass Sie sich für Auto Haus entschieden haben.");

  const theirs = await stranger();
  await theirs.goto(linkIn(mail, "r"));
  await expect(theirs.locator("html")).toHaveAttribute("lang", "de");
  await expect(theirs.getByRole("heading", { level: 1, name: "Wie war Ihr Besuch bei Auto Haus?" })).toBeVisible();
  await a11y(theirs, "the review page in German");
  const rating = theirs.getByRole("group", { name: "Ihre Bewertung" });
  await rating.getByRole("radio", { name: "4 Sterne, Sehr gut" }).check();
  await theirs.getByRole("textbox", { name: /Was möchten Sie uns dazu sagen/ }).fill("Schöner Laden");
  await theirs.getByRole("button", { name: "Bewertung absenden" }).click();
  await expect(theirs.getByRole("heading", { level: 1, name: "Vielen Dank, Zoe" })).toBeVisible();
  await expect(theirs.getByText("4 von 5 Sternen")).toBeAttached();
  await theirs.goto(linkIn(mail, "r"));
  await expect(theirs.getByRole("heading", { level: 1, name: "Sie haben bereits eine Bewertung abgegeben" })).toBeVisible();

  await theirs.goto(linkIn(mail, "u"));
  await theirs.getByRole("button", { name: "Abmelden" }).click();
  await expect(theirs.getByRole("heading", { level: 1, name: "Sie sind abgemeldet" })).toBeVisible();
});

test("a template follows the language until somebody changes it, and when its default is restored", async ({ as }) => {
  const page = await as("manager");
  const subject = page.getByLabel("Subject");
  await choose(page, "Français (French)");
  await visit(page, inProject("templates?template=reminder", slug()));
  await expect(page.getByText("This is the default in French")).toBeVisible();
  await expect(subject).toHaveValue(/pouvons-nous vous demander/);
  await subject.fill("Un mot, {{first_name}} ?");
  await page.getByRole("button", { name: "Save template" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Reminder by Email is saved." }).first()).toBeVisible();

  await choose(page, "Español (Spanish)");
  await visit(page, inProject("templates?template=reminder", slug()));
  await expect(page.getByText("This text is the project's own")).toBeVisible();
  await expect(subject).toHaveValue("Un mot, {{first_name}} ?");
  await page.getByRole("button", { name: "Restore the default" }).click();
  await expect(page.getByRole("status").filter({ hasText: "The default is restored." }).first()).toBeVisible();
  await visit(page, inProject("templates?template=reminder", slug()));
  await expect(subject).toHaveValue("{{first_name}}, ¿nos cuenta qué le pareció?");
  const mail = page.frameLocator('iframe[name="template-preview-0"]');
  await expect(mail.getByText("Dejar mi opinión")).toBeVisible();
  await choose(page, "Deutsch (German)");
});
