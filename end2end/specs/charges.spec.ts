// What a customer paid: on the profile, in an import, as conditions of the strategy; and a person who is erased.

import { inProject } from "../fixtures/addresses";
import { newCustomer, post, unique } from "../fixtures/forms";
import { ProfilePage, said } from "../fixtures/profile";
import { env, expect, ready, scriptsRun, test, visit } from "../fixtures/test";

test("a charge is added, refused where it may be two, and removed", async ({ page, a11y }) => {
  const customer = await newCustomer(page);
  const profile = await new ProfilePage(page).open(customer.id);
  const charges = page.getByRole("region", { name: "Charges" });
  await expect(charges.getByText("No charges yet.")).toBeVisible();
  await charges.getByText("Add a charge").click();
  await charges.getByLabel("Amount").fill("1,234");
  await charges.getByLabel("Currency").fill("EUR");
  await charges.getByRole("button", { name: "Add charge" }).click();
  await expect(charges.getByText("This may be 1234 or 1.234.")).toBeVisible();
  await profile.settled();
  await charges.getByLabel("Amount").fill("1,234.50");
  await charges.getByLabel("Currency").fill("EUR");
  await charges.getByLabel("Date").fill("2026-11-24");
  await charges.getByLabel("External ID").fill(`A-${customer.name}`);
  await charges.getByLabel("Part of a subscription").check();
  await a11y(page, "a charge is being added");
  await charges.getByRole("button", { name: "Add charge" }).click();
  await said(page, "Charge of 1,234.50 EUR added.");
  await expect(charges.getByText("1 charge: 1,234.50 EUR, 1,234.50 EUR on average.")).toBeVisible();
  await expect(charges.getByText(`24 Nov 2026, subscription, ID A-${customer.name}`)).toBeVisible();
  await charges.getByRole("button", { name: "Remove charge: 1,234.50 EUR, 24 Nov 2026" }).click();
  await said(page, "Charge removed.");
  await expect(charges.getByText("No charges yet.")).toBeVisible();
});

test("rows of an import bring charges", async ({ page }) => {
  const word = unique();
  await visit(page, inProject("customers/import"));
  const rows = [1, 2].map((n) => `Paid ${word},paid.${word}@example.com,${n}0.00,EUR,2026-11-0${n},${word}-${n}`).join("\n");
  const file = { name: "list.csv", mimeType: "text/csv", buffer: Buffer.from(`Name,Email,Amount,Currency,Payment date,Invoice\n${rows}\n`) };
  await page.getByLabel("CSV file").setInputFiles(file);
  await page.getByRole("button", { name: "Upload and preview" }).click();
  await expect(page.getByLabel("Charge: amount")).toHaveValue("2");
  await expect(page.getByLabel("Charge: external ID")).toHaveValue("5");
  await page.getByRole("button", { name: "Import 2 rows" }).click();
  await expect(async () => {
    if (!scriptsRun()) await page.reload();
    await expect(page.getByText("2 charges were added.")).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await visit(page, inProject(`customers?q=${word}`));
  await page.getByRole("rowheader").getByRole("link").first().click();
  await expect(page.getByText("2 charges: 30.00 EUR, 15.00 EUR on average.")).toBeVisible();
});

test("conditions on charges are chosen on the Strategy page, and so is how long links work", async ({ as, a11y }) => {
  const slug = env(scriptsRun() ? "REVIEW_MESSAGES_AUTO_SCRIPTS" : "REVIEW_MESSAGES_AUTO_NO_SCRIPTS");
  const page = await as("manager");
  await visit(page, inProject("strategy", slug));
  const card = page.getByRole("region", { name: "Conditions" });
  await card.getByLabel("Total, at least").fill("much");
  await card.getByRole("button", { name: "Save conditions" }).click();
  await expect(card.getByText("Write an amount such as 49.90.")).toBeVisible();
  await ready(page);
  await card.getByLabel("Total, at least").fill("100");
  await card.getByLabel("Charges, at least").fill("2");
  await card.getByRole("button", { name: "Save conditions" }).click();
  await said(page, "Conditions saved.");
  await expect(card.getByText("Only customers are asked with at least 2 charges, at least 100.00 USD in all.")).toBeVisible();
  await a11y(page, "Strategy with conditions");
  const links = page.getByRole("region", { name: "Review links" });
  await links.getByLabel("Review links work").selectOption("90");
  await links.getByRole("button", { name: "Save links" }).click();
  await expect(links.getByText("works for 90 days")).toBeVisible();
  await ready(page);
  // As it was: other tests ask customers without charges, and open links.
  await post(page, "save_link_days", { slug, days: "" });
  await post(page, "save_conditions", { slug, "form[subscription]": "any", "form[currency]": "USD" });
});

test("an erased person can't be added again", async ({ as, a11y }) => {
  const page = await as("owner");
  const customer = await newCustomer(page);
  const profile = await new ProfilePage(page).open(customer.id, { do: "erase" });
  const dialog = page.getByRole("dialog", { name: `Erase ${customer.name}` });
  await expect(dialog).toBeVisible();
  await a11y(page, "erasing a person");
  await dialog.getByLabel("Write ERASE to confirm").fill("ERASE");
  await dialog.getByRole("button", { name: "Erase the person" }).click();
  await said(page, "The person was erased.");
  await expect(page.getByRole("heading", { level: 1, name: "Erased customer" })).toBeVisible();
  await profile.settled();
  await expect(page.getByText(customer.email)).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Request review" })).toHaveCount(0);
  const again = await post(page, "add_customer", { slug: customer.slug, "form[name]": "Again", "form[email]": customer.email });
  expect(decodeURIComponent(again.headers()["location"] ?? "")).not.toContain("/customers/0");
});
