// The Account page: name, password, two-factor sign-in and sessions, from the first link to a sign-in with password and code.

import { ownServer, type OwnServer } from "../fixtures/own-server";
import { NOBODY, fillSignIn } from "../fixtures/people";
import { expect, ready, test, type Page } from "../fixtures/test";
import { codeOf } from "../fixtures/totp";

test.use({ storageState: NOBODY });
test.describe.configure({ mode: "serial" });

const PASSWORD = "one long password";

let server: OwnServer;
let page: Page;
let email = "";
let secret = "";
let codes: string[] = [];

test.beforeAll(async ({ browser }) => {
  server = await ownServer();
  page = await (await browser.newContext({ baseURL: server.base })).newPage();
});
test.afterAll(async () => {
  await page.context().close();
  await server.stop();
});

const account = (): string => `/projects/${server.slug}/account`;

async function open(where: Page, address: string): Promise<void> {
  await where.goto(server.base + address);
  await ready(where);
}

/** A part of the page, by its heading. */
const part = (where: Page, name: string) => where.getByRole("region", { name });

/** What the form said that was sent last: a toast, or the notice of the next page. */
async function said(where: Page, words: string | RegExp): Promise<void> {
  await expect(where.getByRole("status").filter({ hasText: words }).first()).toBeVisible();
  await ready(where);
}

test("the frame leads from one's name to the Account page", async ({ a11y }) => {
  await page.goto(server.signInLink);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Messages" })).toBeVisible();
  await ready(page);
  await page.locator(".sidebar-foot").getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1, name: "Account" })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`${account()}$`));
  await ready(page);
  email = await part(page, "You").locator("strong").innerText();
  expect(email).toContain("@");
  await expect(part(page, "Sessions").getByText("This browser")).toHaveCount(1);
  await expect(part(page, "Passkeys").getByText("This server offers none")).toBeVisible();
  await a11y(page, "Account");
});

test("a name is saved, and one that is wrong is told why", async () => {
  const you = part(page, "You");
  await you.getByLabel("Name").fill("");
  await you.getByRole("button", { name: "Save name" }).click();
  await expect(you.getByText("Enter your name")).toBeVisible();
  await ready(page);
  await you.getByLabel("Name").fill("Ada Owner");
  await you.getByRole("button", { name: "Save name" }).click();
  await said(page, "Name saved.");
  await expect(page.locator(".sidebar-foot").getByRole("link")).toHaveText("Ada Owner");
});

test("who came by a link sets a password", async () => {
  await open(page, account());
  const password = part(page, "Password");
  await password.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await password.getByLabel("New password again").fill("another");
  await password.getByRole("button", { name: "Set password" }).click();
  await expect(password.getByText("This is not the same as the new password.")).toBeVisible();
  await ready(page);
  await password.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await password.getByLabel("New password again").fill(PASSWORD);
  await password.getByRole("button", { name: "Set password" }).click();
  await said(page, "Your password is set.");
  await expect(password.getByRole("button", { name: "Change password" })).toBeVisible();
});

test("two-factor sign-in is set up by a code, and gives recovery codes once", async ({ a11y }) => {
  const section = part(page, "Two-factor sign-in");
  await section.getByLabel("Your password").fill("not it");
  await section.getByRole("button", { name: "Set up two-factor sign-in" }).click();
  await expect(section.getByText("This is not your password.")).toBeVisible();
  await ready(page);
  await section.getByLabel("Your password").fill(PASSWORD);
  await section.getByRole("button", { name: "Set up two-factor sign-in" }).click();
  await expect(section.getByRole("img", { name: "QR code for your authenticator app" })).toBeVisible();
  await ready(page);
  secret = await section.locator("code").first().innerText();
  expect(secret.replaceAll(" ", "")).toMatch(/^[A-Z2-7]{32}$/);
  await a11y(page, "Account, setting up two-factor sign-in");

  await section.getByLabel("Code", { exact: true }).fill("12345");
  await section.getByRole("button", { name: "Turn on" }).click();
  await expect(section.getByText("Enter the six digits that your app shows now.")).toBeVisible();
  await ready(page);
  await section.getByLabel("Code", { exact: true }).fill(codeOf(secret, -1));
  await section.getByRole("button", { name: "Turn on" }).click();
  await said(page, "Two-factor sign-in is on.");
  const list = section.getByRole("list", { name: "Recovery codes" });
  await expect(list.getByRole("listitem")).toHaveCount(10);
  codes = await list.getByRole("listitem").allInnerTexts();
  const file = await section.getByRole("link", { name: "Download codes" }).getAttribute("href");
  for (const code of codes) expect(decodeURIComponent(file ?? "")).toContain(code);
  await a11y(page, "Account, with recovery codes");

  await section.getByRole("button", { name: "I have kept them" }).click();
  await said(page, "not shown again");
  await expect(list).toHaveCount(0);
  await expect(section.getByText("You have 10 recovery codes left.")).toBeVisible();
});

test("signing in asks for a code after the password", async ({ stranger, a11y }) => {
  const other = await stranger();
  await open(other, `/sign-in?next=${encodeURIComponent(account())}`);
  await fillSignIn(other, email, PASSWORD);
  await expect(other.getByRole("heading", { level: 1, name: "Enter your code" })).toBeVisible();
  await expect(other).toHaveURL(/\/sign-in\/code$/);
  await ready(other);
  await a11y(other, "the page that asks for a code");
  await other.getByLabel("Code", { exact: true }).fill("000000");
  await other.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(other.getByText(/This code is wrong, or too old/)).toBeVisible();
  await ready(other);
  await other.getByLabel("Code", { exact: true }).fill(codeOf(secret));
  await other.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(other.getByRole("heading", { level: 1, name: "Account" })).toBeVisible();
  await ready(other);
  await expect(part(other, "Sessions").getByRole("listitem")).toHaveCount(2);

  await part(other, "Sessions").getByRole("button", { name: "End all other sessions" }).click();
  await said(other, "Ended 1 other session.");
  await expect(part(other, "Sessions").getByRole("listitem")).toHaveCount(1);
  await page.goto(server.base + account());
  await expect(page).toHaveURL(/\/sign-in\?next=/);
});

test("a recovery code signs in once, in the place of a code", async () => {
  await open(page, "/sign-in");
  await fillSignIn(page, email, PASSWORD);
  await expect(page.getByRole("heading", { level: 1, name: "Enter your code" })).toBeVisible();
  await ready(page);
  await page.getByLabel("Code", { exact: true }).fill(codes[0] ?? "");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Messages" })).toBeVisible();
  await open(page, account());
  await expect(page.getByText("You have 9 recovery codes left.")).toBeVisible();
});

test("one session is ended from another browser", async ({ stranger }) => {
  const other = await stranger();
  await open(other, "/sign-in");
  await fillSignIn(other, email, PASSWORD);
  await ready(other);
  await other.getByLabel("Code", { exact: true }).fill(codes[1] ?? "");
  await other.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(other.getByRole("heading", { level: 1, name: "Messages" })).toBeVisible();

  await open(page, account());
  const sessions = part(page, "Sessions");
  const before = await sessions.getByRole("listitem").count();
  // The one that was used last stands behind this browser's.
  await sessions.getByRole("listitem").nth(1).getByRole("button", { name: /^End/ }).click();
  await said(page, "Ended the session.");
  await expect(sessions.getByRole("listitem")).toHaveCount(before - 1);
  await other.goto(server.base + account());
  await expect(other).toHaveURL(/\/sign-in\?next=/);
});

test("turning it off asks for password and code", async ({ stranger }) => {
  await open(page, account());
  const section = part(page, "Two-factor sign-in");
  await section.getByText("Turn off two-factor sign-in").click();
  const form = section.locator("details").filter({ hasText: "Turn off two-factor sign-in" });
  await form.getByLabel("Your password").fill(PASSWORD);
  await form.getByRole("button", { name: "Turn off" }).click();
  await expect(form.getByText(/Enter the six digits/)).toBeVisible();
  await ready(page);
  await form.getByLabel("Your password").fill(PASSWORD);
  await form.getByLabel("Code", { exact: true }).fill(codes[2] ?? "");
  await form.getByRole("button", { name: "Turn off" }).click();
  await said(page, "Two-factor sign-in is off.");
  await expect(section.getByRole("button", { name: "Set up two-factor sign-in" })).toBeVisible();

  const other = await stranger();
  await open(other, "/sign-in");
  await fillSignIn(other, email, PASSWORD);
  await expect(other.getByRole("heading", { level: 1, name: "Messages" })).toBeVisible();
});
