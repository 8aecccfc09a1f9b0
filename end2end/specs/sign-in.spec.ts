// Signing in by password and by the one-time link, and out.

import { inProject, messagesAt } from "../fixtures/addresses";
import { STAFF, fillSignIn } from "../fixtures/people";
import { env, expect, ready, test } from "../fixtures/test";

const { operator, viewer } = STAFF;

test("a page of the project asks a stranger to sign in, and leads back to itself", async ({ stranger, a11y }) => {
  const page = await stranger();
  await page.goto(messagesAt({ status: "failed" }));
  const link = page.getByRole("link", { name: "Sign in" });
  if (await link.isVisible()) await link.click();
  await expect(page).toHaveURL(/\/sign-in\?/);
  await ready(page);
  await a11y(page, "the sign-in page");
  await fillSignIn(page, viewer.email, viewer.password);
  await expect(page).toHaveURL(/\/messages\?status=failed$/);
  await expect(page.getByRole("heading", { level: 1, name: "Messages" })).toBeVisible();
});

test("a wrong password and an unknown address get the same sentence", async ({ stranger }) => {
  const page = await stranger();
  const said: string[] = [];
  for (const [email, password] of [
    [operator.email, "not the password"],
    ["nobody@example.com", "not the password"],
  ] as const) {
    await page.goto("/sign-in");
    await ready(page);
    await fillSignIn(page, email, password);
    const alert = page.getByRole("alert").filter({ hasText: /\w/ });
    await expect(alert).toHaveCount(1);
    said.push((await alert.innerText()).trim());
    await expect(page).toHaveURL(/\/sign-in/);
  }
  expect(said[0]).toMatch(/password/i);
  expect(said[1]).toBe(said[0]);
});

test("a one-time link signs in once", async ({ stranger }) => {
  const page = await stranger();
  await page.goto(env("REVIEW_MESSAGES_SIGN_IN_LINK"));
  const confirm = page.getByRole("button", { name: "Sign in", exact: true });
  await confirm.click();
  await expect(page.getByText(/used or has expired/)).toBeVisible();
  await page.goto(inProject("messages"));
  await expect(page.getByRole("table", { name: "Messages" })).toHaveCount(0);
});

test("a made-up link signs nobody in", async ({ stranger }) => {
  const page = await stranger();
  for (const token of ["", "x", "x".repeat(2_000), "%00", "' or 1=1 --"]) {
    const answer = await page.goto(`/sign-in?token=${encodeURIComponent(token)}`);
    expect(answer?.status(), token.slice(0, 20)).toBeLessThan(500);
  }
  await page.goto(inProject("messages"));
  await expect(page.getByRole("table", { name: "Messages" })).toHaveCount(0);
});

test("signing in leads to no other site", async ({ stranger, baseURL }) => {
  const page = await stranger();
  await page.goto(`/sign-in?next=${encodeURIComponent("//example.com/phish")}`);
  await ready(page);
  await fillSignIn(page, viewer.email, viewer.password);
  await expect(page.getByRole("heading", { level: 1, name: "Messages" })).toBeVisible();
  expect(page.url().startsWith(`${baseURL}/projects/`)).toBe(true);
});

test("signing out ends the session at the server", async ({ stranger }) => {
  const page = await stranger();
  await page.goto("/sign-in");
  await ready(page);
  await fillSignIn(page, viewer.email, viewer.password);
  await expect(page.getByRole("heading", { level: 1, name: "Messages" })).toBeVisible();
  await ready(page);
  const cookies = await page.context().cookies();
  expect(cookies.every((c) => c.httpOnly || !/session/i.test(c.name))).toBe(true);

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.context().addCookies(cookies);
  await page.goto(inProject("messages"));
  await expect(page.getByRole("table", { name: "Messages" })).toHaveCount(0);
});

test("the start page leads to the Messages page of the project last used", async ({ page, project }) => {
  await page.goto("/");
  await expect(page).toHaveURL(new RegExp(`/projects/${project}/messages$`));
});
