// Passkeys, with an authenticator of the browser's own: added, used to sign in without password and code, and removed.

import type { CDPSession } from "@playwright/test";
import { ownServer, type OwnServer } from "../fixtures/own-server";
import { NOBODY } from "../fixtures/people";
import { expect, ready, test, type Page } from "../fixtures/test";

test.use({ storageState: NOBODY });
test.describe.configure({ mode: "serial" });

const PASSWORD = "one long password";

let server: OwnServer;
let page: Page;
let device: CDPSession;
let authenticatorId = "";

test.beforeAll(async ({ browser }) => {
  server = await ownServer("name");
  page = await (await browser.newContext({ baseURL: server.base })).newPage();
  device = await page.context().newCDPSession(page);
  await device.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2" as const,
    transport: "internal" as const,
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  ({ authenticatorId } = await device.send("WebAuthn.addVirtualAuthenticator", { options }));
});
test.afterAll(async () => {
  await page.context().close();
  await server.stop();
});

const passkeys = () => page.getByRole("region", { name: "Passkeys" });

async function open(address: string): Promise<void> {
  await page.goto(server.base + address);
  await ready(page);
}

async function add(name: string, password = PASSWORD): Promise<void> {
  const button = page.getByRole("button", { name: "Add passkey" });
  await passkeys().getByLabel("Name of the passkey").fill(name);
  await passkeys().locator("form", { has: button }).getByLabel("Your password").fill(password);
  await button.click();
}

test("a passkey is added on the Account page", async ({ a11y }) => {
  await page.goto(server.signInLink);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Messages" })).toBeVisible();
  await open(`/projects/${server.slug}/account`);
  const password = page.getByRole("region", { name: "Password" });
  await password.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await password.getByLabel("New password again").fill(PASSWORD);
  await password.getByRole("button", { name: "Set password" }).click();
  await expect(page.getByText("Your password is set.").first()).toBeVisible();

  await add("", "x");
  await expect(passkeys().getByText("Give the passkey a name")).toBeVisible();
  await add("Laptop", "not it");
  await expect(passkeys().getByText("This is not your password.")).toBeVisible();
  await add("Laptop");
  await expect(page.getByText("Added the passkey Laptop.").first()).toBeVisible();
  await expect(passkeys().getByRole("listitem")).toHaveCount(1);
  await expect(passkeys().getByRole("listitem")).toContainText("not used yet");
  await expect(passkeys().getByLabel("Name of the passkey")).toHaveValue("");
  await a11y(page, "Account, with a passkey");
});

test("a device has one passkey of a person", async () => {
  await add("Again");
  await expect(passkeys().getByText("This device has a passkey of yours already.")).toBeVisible();
  await expect(passkeys().getByRole("listitem")).toHaveCount(1);
});

test("who cancels is told that nothing was changed", async () => {
  await device.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await open("/sign-in");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByText(/You canceled, it took too long, or this device has no passkey for here/)).toBeVisible();
  await device.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
});

test("it signs in alone, and says that it was used", async ({ a11y }) => {
  await page.context().clearCookies();
  await open(`/sign-in?next=${encodeURIComponent(`/projects/${server.slug}/account`)}`);
  await a11y(page, "the sign-in page, with passkeys");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Account" })).toBeVisible();
  await expect(passkeys().getByRole("listitem")).toContainText(/last used today/);
});

test("one that was removed does not sign in", async () => {
  await open(`/projects/${server.slug}/account`);
  await passkeys().getByText("Remove a passkey").click();
  const form = passkeys().locator("details");
  await form.getByRole("combobox", { name: "Passkey" }).selectOption("Laptop");
  await form.getByRole("button", { name: "Remove passkey" }).click();
  await expect(form.getByText("Enter your password.")).toBeVisible();
  await form.getByLabel("Your password").fill(PASSWORD);
  await form.getByRole("button", { name: "Remove passkey" }).click();
  await expect(page.getByText("Removed the passkey Laptop.").first()).toBeVisible();
  await expect(passkeys().getByRole("listitem")).toHaveCount(0);
  await page.context().clearCookies();
  await open("/sign-in");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByText("This passkey is not known here")).toBeVisible();
});

test("a browser without passkeys is told", async ({ stranger }) => {
  const other = await stranger();
  await other.addInitScript(() => Reflect.deleteProperty(window, "PublicKeyCredential"));
  await other.goto(`${server.base}/sign-in`);
  await ready(other);
  await other.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(other.getByText("This browser has no passkeys here.")).toBeVisible();
});
