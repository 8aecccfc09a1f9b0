// Saved views: a filter gets a name, is one click away, is shared, opened first, and removed.

import { inProject, messagesAt } from "../fixtures/addresses";
import { unique } from "../fixtures/forms";
import { expect, ready, test, visit } from "../fixtures/test";

test("a filter is saved as a view, opened by its tab, opened first, changed and removed", async ({ as, a11y }) => {
  const page = await as("manager");
  const name = `Failed SMS ${unique()}`;
  const tabs = page.getByRole("navigation", { name: "Saved views" });
  await visit(page, messagesAt({ channel: "sms", status: "failed" }));
  await page.getByRole("link", { name: "Save as a view" }).click();
  const dialog = page.getByRole("dialog", { name: "Save as a view" });
  await expect(dialog).toContainText("Channel: SMS, Status: Failed");
  await ready(page);
  await a11y(page, "saving a view");
  await dialog.getByRole("textbox", { name: "Name" }).fill(name);
  await dialog.getByRole("checkbox", { name: "All members of the project have it" }).check();
  await dialog.getByRole("button", { name: "Save view" }).click();
  await expect(page.getByRole("status").filter({ hasText: `The view ${name} is saved.` }).first()).toBeVisible();

  await visit(page, messagesAt());
  await a11y(page, "Messages with saved views");
  const tab = tabs.getByRole("link", { name });
  await expect(tab).not.toHaveAttribute("aria-current", "true");
  await tab.click();
  await expect(page).toHaveURL(/\/messages\?channel=sms&status=failed$/);
  await expect(tab).toHaveAttribute("aria-current", "true");

  await tabs.getByRole("link", { name: "Edit views" }).click();
  const row = page.getByRole("table", { name: "Saved views" }).getByRole("row").filter({ hasText: name });
  await expect(row).toContainText("All members");
  await ready(page);
  await a11y(page, "Saved views");
  await row.getByRole("button", { name: `Open first ${name}` }).click();
  await expect(row).toContainText("The link Messages leads here");
  await ready(page);
  const messages = page.getByRole("navigation", { name: "Project" }).getByRole("link", { name: "Messages", exact: true });
  await expect(messages).toHaveAttribute("href", /status=failed/);
  await row.getByRole("button", { name: `Stop opening first ${name}` }).click();
  await expect(messages).not.toHaveAttribute("href", /status=failed/);

  await ready(page);
  await row.getByRole("link", { name: `Edit ${name}` }).click();
  const edit = page.getByRole("dialog", { name: `Edit ${name}` });
  await edit.getByRole("textbox", { name: "Name" }).fill(`${name}, mine`);
  await edit.getByRole("checkbox", { name: "All members of the project have it" }).uncheck();
  await ready(page);
  await edit.getByRole("button", { name: "Save view" }).click();
  const renamed = page.getByRole("table", { name: "Saved views" }).getByRole("row").filter({ hasText: `${name}, mine` });
  await expect(renamed).toContainText("Only you");

  await ready(page);
  await renamed.getByRole("link", { name: `Remove ${name}, mine` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove view" }).click();
  await expect(renamed).toHaveCount(0);
});

test("a view of a name that is taken is refused beside the name", async ({ as }) => {
  const page = await as("manager");
  const name = `View ${unique()}`;
  for (const filter of [{ status: "opened" }, { status: "clicked" }]) {
    await visit(page, `${inProject("views")}?do=save&status=${filter.status}`);
    await page.getByRole("textbox", { name: "Name" }).fill(name);
    await ready(page);
    await page.getByRole("button", { name: "Save view" }).click();
    if (filter.status === "opened") {
      await expect(page.getByRole("status").filter({ hasText: `The view ${name} is saved.` }).first()).toBeVisible();
    }
  }
  await expect(page.getByText(`There is a view ${name} already. Choose another name.`).first()).toBeVisible();
});
