// The content security policy: on every answer, and nothing on any page that it has to refuse.

import { messagesAt } from "../fixtures/addresses";
import { ask, newCustomer, noon, submit, unique } from "../fixtures/forms";
import { PUBLIC_PAGES, STAFF_PAGES, arrive, everyPage } from "../fixtures/pages";
import { ProfilePage } from "../fixtures/profile";
import { env, expect, test, type Page } from "../fixtures/test";

/** Counts the violations that the pages of a browser report, and scripts that should not run. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  const dialogs: string[] = [];
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await page.addInitScript(() => {
    const violations: string[] = [];
    Object.assign(window, { violations });
    document.addEventListener("securitypolicyviolation", (event) => {
      violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  return async () => {
    const seen = await page.evaluate(() => (window as unknown as { violations: string[] }).violations);
    return [...seen, ...dialogs];
  };
}

test("no page breaks the policy", async ({ page, stranger }) => {
  test.setTimeout(300_000);
  const pages = await everyPage(page);
  const reports = await listen(page);
  for (const which of STAFF_PAGES) {
    await arrive(page, pages[which]);
    expect.soft(await reports(), which).toEqual([]);
  }
  const theirs = await stranger();
  const theirReports = await listen(theirs);
  for (const which of PUBLIC_PAGES) {
    await arrive(theirs, pages[which]);
    expect.soft(await theirReports(), which).toEqual([]);
  }
});

test("every answer carries the policy and the usual headers, and a nonce of its own", async ({ page }) => {
  const pages = await everyPage(page);
  const html = await (await page.request.get(messagesAt())).text();
  const asset = /(?:href|src)="(\/pkg\/[^"]+)"/.exec(html)?.[1] ?? "/pkg/";
  const addresses = [...Object.values(pages), "/health", "/favicon.svg", asset, "/api/load_frame?slug=demo", "/no/such/page"];
  const nonces = new Set<string>();
  let pagesWithNonce = 0;
  for (const address of addresses) {
    const headers = (await page.request.get(address)).headers();
    const policy = headers["content-security-policy"] ?? "";
    expect.soft(policy, address).toMatch(/object-src 'none'|default-src 'none'/);
    expect.soft(policy, address).toContain("frame-ancestors");
    if (headers["content-type"]?.startsWith("text/html")) expect.soft(policy, address).toContain("base-uri 'none'");
    const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? "";
    expect.soft(scripts, address).not.toContain("'unsafe-inline'");
    expect.soft(scripts, address).not.toContain("'unsafe-eval'");
    expect.soft(headers["x-content-type-options"], address).toBe("nosniff");
    expect.soft(headers["referrer-policy"], address).toBeTruthy();
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    if (nonce) {
      pagesWithNonce++;
      nonces.add(nonce);
    }
  }
  expect(pagesWithNonce).toBeGreaterThan(5);
  expect(nonces.size).toBe(pagesWithNonce);
});

test("no page has inline styles or handlers", async ({ page }) => {
  const pages = await everyPage(page);
  for (const which of [...STAFF_PAGES, ...PUBLIC_PAGES]) {
    const html = await (await page.request.get(pages[which])).text();
    const tags = html.match(/<[a-z][^>]*>/gi) ?? [];
    expect.soft(tags.filter((tag) => /\s(style|on[a-z]+)\s*=\s*["']/i.test(tag)), which).toEqual([]);
  }
});

test("what people write never runs", async ({ page }) => {
  const marks = [
    `<img src=x onerror=alert(1)> ${unique()}`,
    `"><svg onload=alert(2)> ${unique()}`,
    `</script><script>alert(3)</script> ${unique()}`,
    `{{constructor.constructor('alert(4)')()}} ${unique()}`,
  ];
  const reports = await listen(page);
  for (const name of marks) {
    const customer = await newCustomer(page, { name, company: name });
    await ask(page, customer, { email: true, sms: true, at: noon(3) });
    const slug = env("REVIEW_MESSAGES_PROJECT");
    await submit(page, "add_note", { slug, id: customer.id, text: name });
    await submit(page, "add_review", { slug, id: customer.id, rating: "2", text: name });
    await submit(page, "set_tags", { slug, id: customer.id, tags: name.slice(0, 25) });
    const profile = await new ProfilePage(page).open(customer.id);
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await expect(profile.reviews).toContainText(name);
    await profile.act(profile.row("Request"), "View message");
    await expect(page.getByRole("dialog")).toBeVisible();
    expect(await reports(), name).toEqual([]);
    await arrive(page, messagesAt({ q: name }));
    await expect(page.getByRole("rowheader", { name }).first()).toBeVisible();
    expect(await reports(), name).toEqual([]);
  }
});
