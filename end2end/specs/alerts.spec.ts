// What disturbs sending is said on every page and marked in the sidebar, comes and goes by itself, and is read out once.

import { NOBODY } from "../fixtures/people";
import { ownServer, type OwnServer } from "../fixtures/own-server";
import { expect, ready, scriptsRun, test, type Page } from "../fixtures/test";

test.use({ storageState: NOBODY });

let server: OwnServer;
test.beforeAll(async () => {
  server = await ownServer();
});
test.afterAll(async () => {
  await server.stop();
});

/** So many emails that are due at once. */
async function askMany(page: Page, count: number): Promise<void> {
  const post = async (name: string, form: Record<string, string>) => {
    const headers = { origin: server.base, referer: `${server.base}/`, "sec-fetch-site": "same-origin", accept: "text/html" };
    return page.request.post(`${server.base}/api/${name}`, { form, headers, maxRedirects: 0 });
  };
  for (let n = 0; n < count; n++) {
    const form = { "form[name]": `Zoe ${n}`, "form[email]": `zoe.${n}@example.com`, "form[company]": "", "form[phone]": "", "form[location]": "" };
    const added = await post("add_customer", { slug: server.slug, ...form });
    const id = /\/customers\/([0-9a-f-]{36})/.exec(added.headers()["location"] ?? "")?.[1] ?? "";
    const wanted = { "form[reminders]": "0", "form[days]": "3", "form[at]": "", "form[email]": "true" };
    const asked = await post("request_review", { slug: server.slug, id, ...wanted });
    expect([302, 303]).toContain(asked.status());
  }
}

test("a mail server that is down", async ({ page, a11y }) => {
  test.setTimeout(180_000);
  await page.goto(server.signInLink);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await ready(page);
  const alerts = page.locator("#alerts");
  const mark = page.getByRole("link", { name: "1 alert" }).filter({ visible: true });
  await expect(page.getByRole("heading", { level: 1, name: "Messages" })).toBeVisible();
  await expect(alerts).toHaveText("");
  await expect(mark).toHaveCount(0);

  await askMany(page, 14);
  const paused = /^Email is paused since today .*: the mail server does not answer as it should/;
  if (scriptsRun()) {
    // Nobody reloads the page.
    await expect(alerts).toHaveText(paused, { timeout: 60_000 });
  } else {
    await expect(async () => {
      await page.reload();
      await expect(alerts).toHaveText(paused, { timeout: 100 });
    }).toPass({ timeout: 60_000 });
  }
  await expect(alerts).toHaveRole("status");
  await expect(alerts).toContainText("Messages wait and none is lost; the next try is today");
  await expect(mark).toHaveCount(1);
  await a11y(page, "a page with an alert");

  for (const path of ["customers", "nothing/here"]) {
    await page.goto(`${server.base}/projects/${server.slug}/${path}`);
    await ready(page);
    await expect(alerts).toHaveText(paused);
    await expect(mark).toHaveCount(1);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  await expect(mark).toHaveCount(1);
  await mark.click();
  await expect(page).toHaveURL(/#alerts$/);
  await expect(alerts).toBeInViewport();
  await a11y(page, "a narrow page with an alert");

  if (!scriptsRun()) return;
  server.takeMail(true);
  await expect(alerts).toHaveText("", { timeout: 60_000 });
  await expect(mark).toHaveCount(0);
});
