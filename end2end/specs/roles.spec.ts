// Who may do what: controls that would be refused are not shown, and a direct call is refused.

import { inProject, profileAt } from "../fixtures/addresses";
import { ask, newCustomer, noon, post, type Customer } from "../fixtures/forms";
import { MessagesPage } from "../fixtures/messages";
import { ProfilePage } from "../fixtures/profile";
import { env, expect, scriptsRun, test, type Page } from "../fixtures/test";

const NOWHERE = "0190163d-8694-739b-aea5-966c26f8ad91";

/** A customer with one message that waits. */
async function waiting(page: Page): Promise<{ customer: Customer; message: string; profile: ProfilePage }> {
  const customer = await newCustomer(page);
  await ask(page, customer, { email: true, at: noon(3) });
  const profile = await new ProfilePage(page).open(customer.id);
  const [message] = await profile.ids();
  return { customer, message: message ?? "", profile };
}

/** What an Operator may do with one customer and one message: every server function that writes, with a form it takes. */
function writes(customer: string, message: string): Record<string, Record<string, string>> {
  const slug = env("REVIEW_MESSAGES_PROJECT");
  const to = { slug, id: customer };
  const on = { slug, id: message };
  return {
    add_customer: { slug, "form[name]": "Refused" },
    edit_customer: { ...to, "form[name]": "Refused" },
    set_unsubscribed: { ...to, on: "true" },
    set_archived: { ...to, on: "true" },
    cancel_unsent: to,
    add_note: { ...to, text: "Refused" },
    delete_note: { ...to, note: NOWHERE },
    set_tags: { ...to, tags: "refused" },
    add_review: { ...to, rating: "1", text: "Refused" },
    request_review: { ...to, "form[email]": "true" },
    cancel_message: on,
    undo_cancel: { slug, batch: NOWHERE },
    send_now: on,
    reschedule_message: { ...on, at: noon(5) },
    resend_message: on,
    dismiss_message: on,
    send_copy: on,
    delete_message: on,
    delete_customer: to,
    lift_suppression: { slug, id: NOWHERE },
  };
}

const JSON_ONLY = { accept: "application/json" };

test("a Viewer reads everything and is shown no control that would be refused", async ({ page, as, a11y }) => {
  const { customer } = await waiting(page);
  const theirs = await as("viewer");
  const list = await new MessagesPage(theirs).open({ q: customer.name });
  await expect(list.rows).toHaveCount(1);
  await expect(theirs.getByRole("checkbox", { name: /^Select/ })).toHaveCount(0);
  await expect(theirs.getByRole("button", { name: "Select bulk action" })).toHaveCount(0);
  await a11y(theirs, "the Messages page of a Viewer");

  const profile = await new ProfilePage(theirs).open(customer.id);
  for (const name of ["Request review", "Add note", "Save tags", /^Delete/]) {
    await expect(theirs.getByRole("button", { name })).toHaveCount(0);
  }
  for (const name of ["Edit customer", "Add review", "Unsubscribe", "Archive", "Delete"]) {
    await expect(theirs.getByText(name, { exact: true })).toHaveCount(0);
  }
  await a11y(theirs, "the profile of a Viewer");
  if (!scriptsRun()) return;
  const menu = await profile.menu(profile.rows.first());
  await expect(menu.getByRole("menuitem")).toHaveText(["View message", "Copy UUID"]);
});

test("a Viewer who calls a writing function directly is refused, and nothing changes", async ({ page, as }) => {
  const { customer, message, profile } = await waiting(page);
  const theirs = await as("viewer");
  for (const [name, form] of Object.entries(writes(customer.id, message))) {
    const answer = await post(theirs, name, form, JSON_ONLY);
    expect(answer.status(), name).toBe(403);
  }
  const bulk = await post(theirs, "cancel_messages", { slug: env("REVIEW_MESSAGES_PROJECT"), "selection[ids]": message }, JSON_ONLY);
  expect(bulk.status()).toBe(403);
  await profile.open(customer.id);
  await expect(page.getByRole("heading", { level: 1, name: customer.name })).toBeVisible();
  await expect(profile.rows).toHaveCount(1);
  await expect(profile.row("Request")).toContainText("Scheduled");
});

test("an Operator has no bulk actions, and is refused when calling them", async ({ page, as }) => {
  const { customer, message, profile } = await waiting(page);
  const theirs = await as("operator");
  const list = await new MessagesPage(theirs).open({ q: customer.name });
  await expect(list.rows).toHaveCount(1);
  await expect(theirs.getByRole("button", { name: "Select bulk action" })).toHaveCount(0);
  const slug = env("REVIEW_MESSAGES_PROJECT");
  const selections: Record<string, string>[] = [
    { "selection[ids]": message },
    { "selection[all]": "true", "selection[filter]": `q=${customer.name}` },
  ];
  for (const selection of selections) {
    for (const name of ["cancel_messages", "preview_cancel"]) {
      expect((await post(theirs, name, { slug, ...selection }, JSON_ONLY)).status(), name).toBe(403);
    }
  }
  await profile.open(customer.id);
  await expect(profile.row("Request")).toContainText("Scheduled");
  const theirProfile = await new ProfilePage(theirs).open(customer.id);
  await expect(theirs.getByRole("button", { name: "Request review" })).toBeVisible();
  await expect(theirProfile.rows).toHaveCount(1);
});

test("a stranger is refused everything", async ({ page, stranger }) => {
  const { customer, message } = await waiting(page);
  const theirs = await stranger();
  for (const [name, form] of Object.entries(writes(customer.id, message))) {
    expect((await post(theirs, name, form, JSON_ONLY)).status(), name).toBe(401);
  }
  const base = env("REVIEW_MESSAGES_URL");
  for (const name of ["load_messages", "load_customers", "load_frame", "load_outbox"]) {
    const answer = await theirs.request.get(`${base}/api/${name}?slug=${env("REVIEW_MESSAGES_PROJECT")}&query=`);
    expect(answer.status(), name).toBe(401);
  }
});

test("another project's addresses and ids answer 404", async ({ page, as, a11y }) => {
  for (const address of ["/projects/other/messages", "/projects/other/customers", profileAt(NOWHERE), "/no/such/page"]) {
    const answer = await page.goto(address);
    expect(answer?.status(), address).toBe(404);
    await expect(page.getByRole("heading", { level: 1, name: "Not found" })).toBeVisible();
  }
  await a11y(page, "the page for what is not there");
  const theirs = await as("manager");
  for (const [name, form] of Object.entries(writes(NOWHERE, NOWHERE))) {
    if (["add_customer", "undo_cancel"].includes(name)) continue;
    expect((await post(theirs, name, form, JSON_ONLY)).status(), name).toBe(404);
    const elsewhere = await post(theirs, name, { ...form, slug: "other" }, JSON_ONLY);
    expect(elsewhere.status(), `${name} elsewhere`).toBe(404);
  }
});

test("a selection that says nothing, or cannot be read, cancels nothing", async ({ page, as }) => {
  const { customer, message, profile } = await waiting(page);
  const theirs = await as("manager");
  const slug = env("REVIEW_MESSAGES_PROJECT");
  const wrong: Record<string, string>[] = [
    {},
    { "selection[ids]": "" },
    { "selection[ids]": `${message},x` },
    { "selection[all]": "false" },
    { "selection[all]": "true", "selection[filter]": "status=nonsense" },
    { "selection[all]": "true", "selection[ids]": message },
    { ids: message },
  ];
  for (const selection of wrong) {
    const answer = await post(theirs, "cancel_messages", { slug, ...selection }, JSON_ONLY);
    expect(answer.status(), JSON.stringify(selection)).toBeGreaterThanOrEqual(400);
    expect(answer.status(), JSON.stringify(selection)).toBeLessThan(500);
  }
  await profile.open(customer.id);
  await expect(profile.row("Request")).toContainText("Scheduled");
});

test("writing wants a POST of our own pages", async ({ page }) => {
  const { customer, message, profile } = await waiting(page);
  const base = env("REVIEW_MESSAGES_URL");
  const foreign = [
    { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
    { origin: "null", "sec-fetch-site": "cross-site" },
    { origin: "http://127.0.0.1:1", "sec-fetch-site": "same-site" },
  ];
  for (const [name, form] of Object.entries(writes(customer.id, message))) {
    for (const headers of foreign) {
      const answer = await post(page, name, form, { ...JSON_ONLY, ...headers });
      expect(answer.status(), `${name} from ${headers.origin}`).toBe(403);
    }
    const got = await page.request.get(`${base}/api/${name}?${new URLSearchParams(form)}`, { maxRedirects: 0 });
    expect(got.status(), `GET ${name}`).toBeGreaterThanOrEqual(400);
    expect(got.status(), `GET ${name}`).toBeLessThan(500);
  }
  await profile.open(customer.id);
  await expect(profile.row("Request")).toContainText("Scheduled");
});

test("a Manager sees the project's pages and the bulk actions", async ({ as }) => {
  const theirs = await as("manager");
  const list = await new MessagesPage(theirs).open();
  await expect(theirs.getByRole("link", { name: "Messages", exact: true })).toHaveAttribute("href", inProject("messages"));
  await expect(list.rows.first().getByRole("checkbox", { name: /^Select message to/ })).toBeVisible();
});
