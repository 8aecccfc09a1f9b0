// The Connections page: settings with an error per field, secrets that are never shown, a test over a real mail server, the pause and
// its end, the domain, removing.

import { inProject } from "../fixtures/addresses";
import { ask, newCustomer, post } from "../fixtures/forms";
import { MailServer } from "../fixtures/smtp";
import { env, expect, ready, scriptsRun, test, visit, type Page } from "../fixtures/test";
import type { Locator } from "@playwright/test";

const SECRET = "a password that nobody reads";

// They share a project.
test.describe.configure({ mode: "serial" });

function slug(): string {
  return env(scriptsRun() ? "REVIEW_MESSAGES_WIRED_PROJECT" : "REVIEW_MESSAGES_PLAIN_PROJECT");
}

class ConnectionsPage {
  readonly email: Locator;
  readonly sms: Locator;

  constructor(readonly page: Page) {
    this.email = page.getByRole("region", { name: "Email" });
    this.sms = page.getByRole("region", { name: "SMS" });
  }

  async open(search = ""): Promise<this> {
    await visit(this.page, inProject(`connections${search}`, slug()));
    return this;
  }

  async choose(provider: string, channel = this.email): Promise<void> {
    await channel.getByLabel("Provider").selectOption(provider);
    if (!scriptsRun()) await channel.getByRole("button", { name: "Show its fields" }).click();
  }

  async fill(server: MailServer, password = SECRET): Promise<void> {
    await this.email.getByLabel("Server", { exact: true }).fill("127.0.0.1");
    await this.email.getByLabel("Encryption").selectOption("none");
    await this.email.getByLabel("Port").fill(String(server.port));
    await this.email.getByLabel("User").fill("shop");
    await this.email.getByLabel("Password").fill(password);
    await this.email.getByLabel("Sender's address").fill("hello@shop.example");
  }

  async save(channel = this.email): Promise<void> {
    await channel.getByRole("button", { name: "Save connection" }).click();
  }

  /** Among what was said before, too: toasts stay for a while. */
  async said(words: RegExp): Promise<void> {
    await expect(this.page.getByRole("status").filter({ hasText: words }).first()).toBeVisible();
    await ready(this.page);
  }
}

/** An Admin of a project without connections of its own. */
async function admin(as: (role: "manager") => Promise<Page>): Promise<ConnectionsPage> {
  const page = await as("manager");
  for (const channel of ["email", "sms"]) await post(page, "remove_connection", { slug: slug(), channel });
  return new ConnectionsPage(page);
}

const withServer = test.extend<{ server: MailServer }>({
  server: async ({}, use) => {
    const server = await MailServer.start();
    await use(server);
    await server.stop();
  },
});

test("a Viewer reads health and sender, and is shown no control", async ({ as, a11y }) => {
  const page = await as("viewer");
  await visit(page, inProject("connections"));
  await expect(page.getByRole("link", { name: "Connections" })).toHaveAttribute("aria-current", "page");
  const email = page.getByRole("region", { name: "Email" });
  await expect(email).toContainText("Working");
  await expect(email).toContainText("reviews@localhost");
  await expect(page.getByText("Ask an Admin of this project to change them.")).toBeVisible();
  await expect(page.getByRole("main").getByRole("button")).toHaveCount(0);
  await a11y(page, "Connections of a Viewer");
});

withServer("an error stands at its field, what was entered stays, and a secret is in no page", async ({ as, a11y, server }) => {
  const connections = await admin(as);
  await connections.open();
  await connections.email.getByRole("link", { name: "Set up your own connection" }).click();
  await connections.fill(server);
  await connections.email.getByLabel("Port").fill("70000");
  const sender = await connections.email.getByLabel("Sender's address").inputValue();
  await connections.email.getByLabel("Sender's address").fill("nobody@nowhere");
  await connections.save();
  const port = connections.email.getByLabel("Port");
  await expect(connections.email.getByText("Write an email address such as ana@example.com.")).toBeVisible();
  await expect(port).toHaveAttribute("aria-invalid", "true");
  await expect(connections.email.getByText("Write a port from 1 to 65535")).toBeVisible();
  await expect(port).toHaveValue("70000");
  await connections.email.getByLabel("Sender's address").fill(sender);
  await expect(connections.email.getByLabel("User")).toHaveValue("shop");
  if (!scriptsRun()) {
    await expect(connections.email.getByLabel("Password")).toHaveValue("");
    await connections.email.getByLabel("Password").fill(SECRET);
  }
  await a11y(connections.page, "a connection with an error");
  await port.fill(String(server.port));
  await connections.save();
  await connections.said(/Saved\. Emails of this project are sent over this connection/);
  await expect(connections.email).toContainText("This project's own");
  await expect(connections.email.getByLabel("Password")).toHaveValue("");
  await expect(connections.email.getByText("Stored. Leave empty to keep it.")).toBeVisible();
  await connections.page.reload();
  expect(await connections.page.content()).not.toContain(SECRET);
  await expect(connections.email.getByLabel("Server", { exact: true })).toHaveValue("127.0.0.1");

  // It goes to no other server.
  await ready(connections.page);
  await connections.email.getByLabel("Server", { exact: true }).fill("127.0.0.2");
  await connections.save();
  await expect(connections.email.getByText(/Enter the password again: the stored one is for shop at 127\.0\.0\.1/)).toBeVisible();
});

test("the fields follow from the provider", async ({ as }) => {
  const connections = await admin(as);
  await connections.open("?email=smtp&sms=twilio");
  await connections.choose("sendgrid");
  await expect(connections.page).toHaveURL(/email=sendgrid/);
  await expect(connections.page).toHaveURL(/sms=twilio/);
  await expect(connections.email.getByLabel("Server", { exact: true })).toHaveValue("smtp.sendgrid.net");
  await expect(connections.email.getByLabel("User")).toHaveValue("apikey");
  await expect(connections.email.getByLabel("Verification key of the Event Webhook")).toBeVisible();
  await expect(connections.email.getByLabel("DKIM private key (optional)")).toBeVisible();
  await connections.sms.getByLabel("Account SID").fill("AC1");
  await connections.sms.getByLabel("Sender").fill("+14155550132");
  await connections.save(connections.sms);
  await expect(connections.sms.getByText("Write the account SID")).toBeVisible();
  await expect(connections.sms.getByLabel("Account SID")).toHaveValue("AC1");
  await expect(connections.email.getByLabel("Sender's address")).not.toHaveAttribute("aria-invalid", "true");
  await connections.sms.getByLabel("Account SID").fill(`AC${"0".repeat(32)}`);
  await connections.sms.getByLabel("Auth token").fill("0123456789abcdef");
  await connections.save(connections.sms);
  await connections.said(/Saved\. SMS of this project/);
  await expect(connections.sms.getByText(/\/webhooks\/twilio\/[0-9a-f-]{36}/)).toBeVisible();
});

test("ClickSend has fields of its own, all that are wrong are named, and it is said that it reports nothing", async ({ as, a11y }) => {
  const connections = await admin(as);
  await connections.open("?email=ses&sms=twilio");
  const { page, sms } = connections;
  await connections.choose("clicksend", sms);
  await expect(page).toHaveURL(/sms=clicksend/);
  await expect(page).toHaveURL(/email=ses/);
  await expect(sms.getByLabel("Account SID")).toBeHidden();
  await sms.getByLabel("User name").fill("shop:api");
  await sms.getByLabel("Sender").fill("Wired & Plain");
  await sms.getByLabel("Limit per day").fill("many");
  await connections.save(sms);
  for (const label of ["User name", "Sender", "Limit per day"]) {
    await expect(sms.getByLabel(label)).toHaveAttribute("aria-invalid", "true");
  }
  await expect(sms.getByText("or a name of at most 11 letters and digits, without spaces.")).toBeVisible();
  await expect(sms.getByLabel("User name")).toHaveValue("shop:api");
  await a11y(page, "ClickSend with errors");
  await sms.getByLabel("User name").fill("shop-api");
  await sms.getByLabel("API key").fill(SECRET.replaceAll(" ", "-"));
  await sms.getByLabel("Sender").fill("WiredPlain");
  await sms.getByLabel("Limit per day").fill("900");
  await connections.save(sms);
  await connections.said(/Saved\. SMS of this project/);
  await expect(sms.getByText("ClickSend signs no reports, so none are taken")).toBeVisible();
  await expect(sms.getByText(/\/webhooks\//)).toBeHidden();
  await expect(sms.getByLabel("API key")).toHaveValue("");
  await expect(sms.getByText("Stored. Leave empty to keep it.")).toBeVisible();
  await page.reload();
  expect(await page.content()).not.toContain(SECRET.replaceAll(" ", "-"));
  await ready(page);
  await connections.choose("twilio", sms);
  await expect(sms.getByText("Stored. Leave empty to keep it.")).toBeHidden();
  await expect(sms.getByLabel("Sender")).toHaveValue("");
});

withServer("a test goes over this connection, and says what the server answered", async ({ as, a11y, server }) => {
  const connections = await admin(as);
  await connections.open("?email=smtp");
  await connections.fill(server);
  await connections.save();
  await connections.said(/Saved\./);
  server.refuses = true;
  await connections.email.getByRole("button", { name: "Send a test" }).click();
  await connections.said(/was not sent: 535 5\.7\.8 the password is wrong/);
  await expect(connections.email.getByText("The mail server refused our sign-in.")).toBeVisible();
  server.refuses = false;
  await connections.email.getByRole("button", { name: "Send a test" }).click();
  await connections.said(/accepted the test\. It is on its way to manager@example\.com/);
  await expect(connections.email.getByText("Accepted", { exact: true })).toBeVisible();
  await connections.email.getByText(/^What was said with 127\.0\.0\.1:/).click();
  await expect(connections.email.getByText("taken as TEST-1").last()).toBeVisible();
  expect(server.mails.map((mail) => mail.to)).toEqual(["manager@example.com"]);
  expect(server.mails[0]?.text).toContain("Wired Shop's email connection".replace("Wired", scriptsRun() ? "Wired" : "Plain"));
  await a11y(connections.page, "a connection after a test");
});

withServer("a refused password pauses this connection, and Retry ends it once it is mended", async ({ as, server }) => {
  const connections = await admin(as);
  await connections.open("?email=smtp");
  await connections.fill(server);
  await connections.save();
  await connections.said(/Saved\./);
  server.refuses = true;
  await ask(connections.page, await newCustomer(connections.page, { slug: slug() }), { email: true });
  await expect(async () => {
    if (!scriptsRun()) await connections.page.reload();
    await expect(connections.email.getByText("Paused", { exact: true })).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(connections.email.getByText("The mail server refused our sign-in.").first()).toBeVisible();
  server.refuses = false;
  await connections.email.getByRole("button", { name: "Retry now" }).click();
  await connections.said(/The next message that is due tries the connection/);
  await expect(async () => {
    if (!scriptsRun()) await connections.page.reload();
    await expect(connections.email.getByText("Working", { exact: true })).toBeVisible({ timeout: 1_000 });
  }).toPass();
  expect(server.mails).toHaveLength(1);
});

withServer("the domain's records are shown with what to add", async ({ as, a11y, server }) => {
  const connections = await admin(as);
  await connections.open("?email=smtp");
  await connections.fill(server);
  await connections.email.getByLabel("Sender's address").fill("hello@review-messages.invalid");
  await connections.save();
  await connections.said(/Saved\./);
  await connections.email.getByRole("button", { name: "Check my domain" }).click();
  await connections.said(/Checked review-messages\.invalid/);
  for (const subject of ["SPF", "DKIM", "DMARC", "MX"]) {
    await expect(connections.email.getByRole("heading", { name: new RegExp(`^${subject} (Missing|Not known)`) })).toBeVisible();
  }
  await a11y(connections.page, "a checked domain");
});

withServer("removing asks first, and then the server's connection is used again", async ({ as, server }) => {
  const connections = await admin(as);
  await connections.open("?email=smtp");
  await connections.fill(server);
  await connections.save();
  await connections.said(/Saved\./);
  const remove = connections.email.getByRole("link", { name: "Remove the Email connection" });
  await remove.click();
  const dialog = connections.page.getByRole("dialog", { name: "Remove the Email connection" });
  await dialog.getByRole("link", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
  await remove.click();
  await dialog.getByRole("button", { name: "Remove connection" }).click();
  await connections.said(/Removed, with its secrets\./);
  await expect(connections.email).toContainText("The server's");
});
