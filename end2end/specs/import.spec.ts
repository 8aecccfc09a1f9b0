// Importing customers from a CSV file: preview, columns, what became of the rows, and files that are no lists.

import { inProject } from "../fixtures/addresses";
import { unique } from "../fixtures/forms";
import { expect, scriptsRun, test, visit, type Page } from "../fixtures/test";
import type { Locator } from "@playwright/test";

class ImportPage {
  readonly file: Locator;
  readonly problems: Locator;

  constructor(readonly page: Page) {
    this.file = page.getByLabel("CSV file");
    const table = page.getByRole("table", { name: "Rows that were not imported" });
    this.problems = table.getByRole("row").filter({ has: page.getByRole("rowheader") });
  }

  async open(): Promise<this> {
    await visit(this.page, inProject("customers"));
    await this.page.getByRole("link", { name: "Import", exact: true }).click();
    await expect(this.page.getByRole("heading", { level: 1, name: "Import customers" })).toBeVisible();
    return this;
  }

  async upload(text: string | Buffer, name = "list.csv"): Promise<void> {
    await this.file.setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
    await this.page.getByRole("button", { name: "Upload and preview" }).click();
  }

  /** Waits for the result: by itself with scripts, by reloading without. */
  async done(): Promise<void> {
    const sentence = this.page.getByText(/^The import is done/).first();
    await expect(async () => {
      if (!scriptsRun()) await this.page.reload();
      await expect(this.page.getByText("The import is done:")).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 20_000 });
    await expect(sentence).toBeAttached();
  }

  number(name: string): Locator {
    return this.page.locator(".import-numbers > div").filter({ hasText: name }).locator("dd");
  }
}

test("a file is previewed, its columns are matched, and its rows become customers", async ({ page, a11y }) => {
  const word = unique();
  const imports = await new ImportPage(page).open();
  await a11y(page, "choosing a file");
  await imports.upload(
    `Kunde;E-Mail;Notiz;Schlagworte\r\nJosé ${word};jose.${word}@example.com;x;vip\r\n"Ben; ${word}";ben@example;y;\r\nAgain ${word};JOSE.${word}@example.com;;`,
  );
  await expect(page.getByRole("heading", { name: "list.csv" })).toBeVisible();
  await expect(page.getByText("3 rows and 4 columns, UTF-8, separated by semicolons.")).toBeVisible();
  await expect(page.getByRole("cell", { name: `Ben; ${word}` })).toBeVisible();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("0");
  await expect(page.getByLabel("Email")).toHaveValue("1");
  await a11y(page, "the preview");
  // Chosen wrongly, the form says so beside the field.
  await page.getByLabel("Email").selectOption("");
  await page.getByRole("button", { name: "Import 3 rows" }).click();
  await expect(page.getByText("customers are known by them")).toBeVisible();
  await page.getByLabel("Email").selectOption({ label: "E-Mail" });
  await page.getByRole("button", { name: "Import 3 rows" }).click();
  await imports.done();
  for (const [name, n] of [["Added", "1"], ["Updated", "0"], ["Duplicates", "1"], ["Refused", "1"]] as const) {
    await expect(imports.number(name)).toHaveText(n);
  }
  await expect(imports.problems.nth(0)).toContainText("Write an email address");
  await expect(imports.problems.nth(1)).toContainText("Line 2 has the same email address");
  await a11y(page, "the result");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download all 2 rows as CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("list-refused.csv");
  await page.getByRole("link", { name: "See the customers" }).click();
  await visit(page, inProject(`customers?q=${word}`));
  await expect(page.getByRole("rowheader", { name: new RegExp(`José ${word}`) })).toBeVisible();
});

test("what is no list of customers is refused with a sentence beside the field", async ({ page }) => {
  const imports = await new ImportPage(page).open();
  await imports.upload(Buffer.from([0x50, 0x4b, 3, 4, ...Buffer.from("[Content_Types].xml")]), "book.xlsx");
  await expect(page.getByText("This is an Excel file. Save it as CSV")).toBeVisible();
  await imports.upload("Name,Email\n");
  await expect(page.getByText("This file has a header and no rows below it.")).toBeVisible();
});

test("a file that nobody wants is deleted, and viewers import nothing", async ({ page, as }) => {
  const imports = await new ImportPage(page).open();
  await imports.upload(`Email\n${unique()}@example.com`);
  await page.getByRole("button", { name: "Delete the file" }).click();
  await expect(page.getByText("The import was canceled before any row was read.")).toBeVisible();
  const viewer = await as("viewer");
  await visit(viewer, inProject("customers"));
  await expect(viewer.getByRole("link", { name: "Import", exact: true })).toHaveCount(0);
});
