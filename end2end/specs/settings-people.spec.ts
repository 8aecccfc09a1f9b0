// The pages of Settings beside Sending: the project's name and time zone, its members, locations and tags.

import { inProject } from "../fixtures/addresses";
import { newCustomer, submit, unique } from "../fixtures/forms";
import { fillSignIn } from "../fixtures/people";
import { env, expect, ready, scriptsRun, test, visit, type Page } from "../fixtures/test";

/** The project of this way of running the tests, of which the manager is the only Owner. */
function slug(): string {
  return env(scriptsRun() ? "REVIEW_MESSAGES_STAFF_SCRIPTS" : "REVIEW_MESSAGES_STAFF_NO_SCRIPTS");
}

/** What the form said that was sent last: a toast, or the notice of the next page. */
async function said(page: Page, words: string | RegExp): Promise<void> {
  await expect(page.getByRole("status").filter({ hasText: words }).first()).toBeVisible();
  await ready(page);
}

const rows = (page: Page, table: string) =>
  page.getByRole("table", { name: table }).getByRole("row").filter({ has: page.getByRole("rowheader") });

test.describe.configure({ mode: "serial" });

test("the pages of Settings lead to each other", async ({ as, a11y }) => {
  const page = await as("manager");
  await visit(page, inProject("settings", slug()));
  const nav = page.getByRole("navigation", { name: "Settings" });
  for (const [link, heading] of [
    ["Project", "Project settings"],
    ["Members", "Members"],
    ["Locations", "Locations"],
    ["Tags", "Tags"],
    ["Audit log", "Audit log"],
    ["API keys", "API keys"],
    ["Webhooks", "Webhooks"],
    ["Sending", "Settings"],
  ] as const) {
    await nav.getByRole("link", { name: link, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: heading, exact: true })).toBeVisible();
    await expect(nav.getByRole("link", { name: link, exact: true })).toHaveAttribute("aria-current", "page");
    await expect(nav.locator("[aria-current]")).toHaveCount(1);
    await ready(page);
    await a11y(page, heading);
  }
});

test("somebody is invited, joins once, gets another role, and is removed", async ({ as, stranger, a11y }) => {
  const page = await as("manager");
  const email = `${unique()}@example.com`;
  await visit(page, inProject("settings/members", slug()));
  await page.getByRole("textbox", { name: "Email" }).fill("nobody here");
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByText("Write an email address such as ana@example.com.").first()).toBeVisible();
  await ready(page);
  await page.getByRole("textbox", { name: "Email" }).fill(email);
  await page.getByRole("combobox", { name: "Role" }).selectOption("Viewer");
  await page.getByRole("button", { name: "Send invitation" }).click();
  await said(page, "This server sends no email by itself");
  const link = (await page.locator("code", { hasText: "/invitation?token=" }).textContent()) ?? "";
  await expect(rows(page, "Open invitations").filter({ hasText: email })).toContainText("Viewer");
  await a11y(page, "Members, with an open invitation");

  const theirs = await stranger();
  await visit(theirs, link);
  await expect(theirs.getByRole("heading", { level: 1 })).toContainText("Join ");
  await a11y(theirs, "the link of an invitation");
  await theirs.getByLabel("Your name").fill("Nia New");
  await theirs.getByLabel("Password").fill("short");
  await theirs.getByRole("button", { name: "Join" }).click();
  await expect(theirs.getByText("A password has at least 8 characters").first()).toBeVisible();
  await ready(theirs);
  await theirs.getByLabel("Your name").fill("Nia New");
  await theirs.getByLabel("Password").fill("a long password of 2026");
  await theirs.getByRole("button", { name: "Join" }).click();
  await expect(theirs.getByRole("heading", { level: 1, name: "Messages" })).toBeVisible();
  await expect(theirs.getByText("Nia New").first()).toBeAttached();
  const again = await (await stranger()).goto(link);
  expect(again?.status()).toBe(404);

  await visit(page, inProject("settings/members", slug()));
  const row = rows(page, "Members").filter({ hasText: email });
  await expect(row).toContainText("Nia New");
  await expect(row).toContainText("Today");
  await row.getByRole("link", { name: "Change role of Nia New" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Change the role of Nia New");
  await a11y(page, "the choice of a role");
  await dialog.getByRole("combobox", { name: "Role" }).selectOption("manager");
  await dialog.getByRole("button", { name: "Change role" }).click();
  await said(page, "Nia New is a Manager of this project from now on.");
  await expect(row).toContainText("Manager");
  await visit(theirs, inProject("messages", slug()));
  await row.getByRole("link", { name: "Remove Nia New" }).click();
  await expect(dialog).toContainText("has no access to this project from then on");
  await dialog.getByRole("button", { name: "Remove member" }).click();
  await said(page, "Nia New is not a member any more");
  await expect(row).toHaveCount(0);
  // Nia was in this project alone, and is signed out.
  await theirs.goto(inProject("messages", slug()));
  await expect(theirs).toHaveURL(/\/sign-in\?next=/);
  await expect(page.getByRole("region", { name: "History" })).toContainText("Mona Manager removed Nia New.");

  // Who signs in again has an account and no project, and is told what to do about it.
  const alone = await stranger();
  await visit(alone, "/sign-in");
  await fillSignIn(alone, email, "a long password of 2026");
  await expect(alone.getByRole("heading", { name: "You are not a member of any project" })).toBeVisible();
  await expect(alone).toHaveURL(/\/account$/);
  await ready(alone);
  await a11y(alone, "the account of who is in no project");
  await alone.getByRole("textbox", { name: "Name", exact: true }).fill("Nia Newer");
  await alone.getByRole("button", { name: "Save name" }).click();
  await said(alone, "Name saved.");
  await expect(alone.getByRole("textbox", { name: "Name", exact: true })).toHaveValue("Nia Newer");
  await alone.getByLabel("Present password").fill("not my password");
  await alone.getByLabel("New password", { exact: true }).fill("a longer password of 2026");
  await alone.getByLabel("New password again").fill("a longer password of 2026");
  await alone.getByRole("button", { name: "Change password" }).click();
  await expect(alone.getByText("This is not your password.").first()).toBeVisible();
  await ready(alone);
  await alone.getByRole("button", { name: "Sign out" }).click();
  await expect(alone).toHaveURL(/\/sign-in$/);
  await alone.goto("/account");
  await expect(alone).toHaveURL(/\/sign-in\?next=%2Faccount$/);

  // Who has an account signs in before they join, and the link waits.
  await submit(page, "invite_member", { slug: slug(), "form[email]": email, "form[role]": "viewer" });
  await visit(page, inProject("settings/members", slug()));
  const open = rows(page, "Open invitations").filter({ hasText: email });
  await open.getByRole("button", { name: `Resend the invitation of ${email}` }).click();
  await said(page, `hand this link to ${email}`);
  const second = (await page.locator("code", { hasText: "/invitation?token=" }).textContent()) ?? "";
  await visit(theirs, second);
  await expect(theirs.getByText("There is an account with this address.")).toBeVisible();
  await theirs.getByRole("button", { name: "Join" }).click();
  await expect(theirs.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
  await ready(theirs);
  await fillSignIn(theirs, email, "a long password of 2026");
  await expect(theirs.getByRole("heading", { level: 1 })).toContainText("Join ");
  await ready(theirs);
  await theirs.getByRole("button", { name: "Join" }).click();
  await expect(theirs.getByRole("heading", { level: 1, name: "Messages" })).toBeVisible();
});

test("how long messages are kept is chosen, and said to everybody", async ({ as, a11y }) => {
  const page = await as("manager");
  await visit(page, inProject("settings/project", slug()));
  const kept = page.getByRole("region", { name: "How long messages are kept" });
  await expect(kept).toContainText("What messages said and to whom is kept for ever.");
  await kept.getByRole("combobox", { name: "Keep what messages said and to whom" }).selectOption("12 months");
  await kept.getByRole("button", { name: "Save how long" }).click();
  await said(page, "Saved. What messages said and to whom is removed 12 months after a message has come to its end.");
  await expect(kept.locator("p").first()).toContainText("removed 12 months after");
  await expect(kept.locator("p").first()).toContainText("Their timelines are kept for ever.");
  await a11y(page, "how long messages are kept");
  await kept.getByRole("combobox", { name: "Keep what messages said and to whom" }).selectOption("For ever");
  await kept.getByRole("button", { name: "Save how long" }).click();
  await said(page, "Saved. What messages said and to whom is kept for ever.");
});

test("an invitation is sent again, and withdrawn", async ({ as, stranger }) => {
  const page = await as("manager");
  const email = `${unique()}@example.com`;
  await submit(page, "invite_member", { slug: slug(), "form[email]": email, "form[role]": "operator" });
  await visit(page, inProject("settings/members", slug()));
  const row = rows(page, "Open invitations").filter({ hasText: email });
  await row.getByRole("button", { name: `Resend the invitation of ${email}` }).click();
  await said(page, `hand this link to ${email}`);
  const link = (await page.locator("code", { hasText: "/invitation?token=" }).textContent()) ?? "";
  await row.getByRole("button", { name: `Withdraw the invitation of ${email}` }).click();
  await said(page, `The invitation of ${email} is withdrawn.`);
  await expect(row).toHaveCount(0);
  const theirs = await stranger();
  expect((await theirs.goto(link))?.status()).toBe(404);
  await expect(theirs.getByText("This invitation was used or withdrawn")).toBeVisible();
});

test("the only Owner cannot leave", async ({ as }) => {
  const page = await as("manager");
  await visit(page, inProject("settings/members", slug()));
  await page.getByRole("link", { name: "Leave project" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Leave project" }).click();
  await expect(page.getByText("a project keeps one. Make another member an Owner first.").first()).toBeVisible();
});

test("the project gets another name and time zone", async ({ as, a11y }) => {
  const page = await as("manager");
  await visit(page, inProject("settings/project", slug()));
  await expect(page.getByText("The pages of this project begin with")).toBeVisible();
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  const zone = page.getByRole("combobox", { name: "Time zone" });
  await zone.fill("Mars/Base");
  await page.getByRole("button", { name: "Save project" }).click();
  await expect(page.getByText("There is no such time zone.").first()).toBeVisible();
  await expect(zone).toHaveValue("Mars/Base");
  await ready(page);
  await a11y(page, "Project settings, refused");
  const shop = `Staff Shop ${unique()}`;
  await name.fill(shop);
  await zone.fill("Asia/Tokyo");
  await page.getByRole("button", { name: "Save project" }).click();
  await said(page, "Times are those of Asia/Tokyo from now on.");
  await expect(name).toHaveValue(shop);
  await expect(page.getByText(shop).first()).toBeAttached();
});

test("a location is added, renamed, and removed with its customers moved", async ({ as, a11y }) => {
  const page = await as("manager");
  const [harbor, town] = [`Harbor ${unique()}`, `Town ${unique()}`];
  await visit(page, inProject("settings/locations", slug()));
  for (const name of [harbor, town]) {
    await page.getByRole("textbox", { name: "Name" }).fill(name);
    await page.getByRole("button", { name: "Add location" }).click();
    await said(page, `The location ${name} is added.`);
  }
  await page.getByRole("textbox", { name: "Name" }).fill(harbor.toUpperCase());
  await page.getByRole("button", { name: "Add location" }).click();
  await expect(page.getByText(`There is a location ${harbor} already.`).first()).toBeVisible();
  await ready(page);
  const row = (name: string) => rows(page, "Locations").filter({ hasText: name });
  const rename = await row(town).getByRole("link", { name: `Rename ${town}` }).getAttribute("href");
  const id = rename?.split("rename-")[1] ?? "";
  const customer = await newCustomer(page, { slug: slug() });
  await submit(page, "edit_customer", { slug: slug(), id: customer.id, "form[name]": customer.name, "form[location]": id });
  await visit(page, inProject("settings/locations", slug()));
  await row(town).getByRole("link", { name: "1 customer" }).click();
  await expect(page.getByText(customer.name).first()).toBeVisible();
  await visit(page, inProject("settings/locations", slug()));
  await row(town).getByRole("link", { name: `Remove ${town}` }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText(`1 customer belongs to ${town}.`);
  await a11y(page, "the question before a location is removed");
  await dialog.getByRole("combobox", { name: "Move them to" }).selectOption(harbor);
  await dialog.getByRole("button", { name: "Remove location" }).click();
  await said(page, "1 customer and 0 messages moved.");
  await expect(row(harbor)).toContainText("1 customer");
  await row(harbor).getByRole("link", { name: `Rename ${harbor}` }).click();
  await dialog.getByLabel("New name").fill(`${harbor} East`);
  await dialog.getByRole("button", { name: "Rename" }).click();
  await said(page, `The location is called ${harbor} East from now on.`);
});

test("a tag is renamed, merged after it was said, and removed", async ({ as, a11y }) => {
  const page = await as("manager");
  const [old, kept] = [`old-${unique()}`, `kept-${unique()}`];
  const [ana, ben] = [await newCustomer(page, { slug: slug() }), await newCustomer(page, { slug: slug() })];
  await submit(page, "set_tags", { slug: slug(), id: ana.id, tags: old });
  await submit(page, "set_tags", { slug: slug(), id: ben.id, tags: kept });
  await visit(page, inProject("settings/tags", slug()));
  const row = (tag: string) => rows(page, "Tags").filter({ hasText: tag });
  await row(old).getByRole("link", { name: `Rename ${old}` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("New name").fill(kept);
  await dialog.getByRole("button", { name: "Rename tag" }).click();
  await expect(dialog.getByText(`There is a tag ${kept} already.`)).toBeVisible();
  await a11y(page, "the question before tags are merged");
  await dialog.getByLabel("New name").fill(kept);
  await dialog.getByRole("checkbox", { name: "Merge" }).check();
  await dialog.getByRole("button", { name: "Rename tag" }).click();
  await said(page, `${old} and ${kept} are one tag now`);
  await expect(row(old)).toHaveCount(0);
  await row(kept).getByRole("link", { name: "2 customers" }).click();
  for (const customer of [ana, ben]) await expect(page.getByText(customer.name).first()).toBeVisible();
  await visit(page, inProject("settings/tags", slug()));
  await row(kept).getByRole("link", { name: `Remove ${kept}` }).click();
  await dialog.getByRole("button", { name: "Remove tag" }).click();
  await said(page, `The tag ${kept} is removed from 2 customers.`);
  await expect(row(kept)).toHaveCount(0);
});

test("a Viewer reads all of it and is shown no control that would be refused", async ({ as, a11y }) => {
  const page = await as("viewer");
  for (const [part, words] of [
    ["project", "Ask an Admin of this project to change them."],
    ["members", "Ask an Admin of this project to change it."],
    ["locations", "for the Manager role"],
    ["tags", "for the Manager role"],
  ] as const) {
    await visit(page, inProject(`settings/${part}`));
    await expect(page.getByText(words).first()).toBeVisible();
    for (const name of [/^Save/, /^Send invitation/, /^Add/]) {
      await expect(page.getByRole("button", { name })).toHaveCount(0);
    }
    for (const name of [/^Rename/, /^Remove/, /^Change role/]) {
      await expect(page.getByRole("link", { name })).toHaveCount(0);
    }
    await a11y(page, `${part}, of a Viewer`);
  }
  await visit(page, inProject("settings/members"));
  await expect(page.getByRole("link", { name: "Leave project" })).toBeVisible();
});
