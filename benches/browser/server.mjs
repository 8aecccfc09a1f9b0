// A release as a process of its own, with a demo project in a folder that is removed at the end.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const WHO = { email: "bench@example.com", password: "a long bench password 2026" };
const SLUG = "demo";

/** The release that scripts/build.sh has made. */
export function thisRelease() {
  const [program, site] = ["REVIEW_MESSAGES_BIN", "LEPTOS_SITE_ROOT"].map((name) => process.env[name]);
  if (!program || !site) throw new Error("REVIEW_MESSAGES_BIN and LEPTOS_SITE_ROOT are not set: source scripts/env.sh.");
  return { program, site };
}

/** A release in a folder: review-messages, hash.txt, site/. */
export function releaseIn(folder) {
  return { program: path.resolve(folder, "review-messages"), site: path.resolve(folder, "site") };
}

/** Starts a release without its worker; gives its address, a signed-in session's cookie and `stop`. */
export async function start({ program, site }) {
  const folder = await mkdtemp(path.join(os.tmpdir(), "review-messages-bench-"));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const env = { ...process.env, ADDR: `127.0.0.1:${port}`, BASE_URL: base, DATA_DIR: folder, LEPTOS_SITE_ROOT: site, RUST_LOG: "warn" };
  delete env.DATABASE_URL;
  let server;
  const stop = async () => {
    if (server && server.exitCode === null && server.signalCode === null) {
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      if ((await Promise.race([ended, pause(30_000, "late", { ref: false })])) === "late") server.kill("SIGKILL");
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await run(program, ["demo"], env, folder);
    const user = ["user", "add", "--email", WHO.email, "--name", "Bench", "--project", SLUG, "--role", "owner", "--password-stdin"];
    await run(program, user, env, folder, `${WHO.password}\n`);
    server = spawn(program, ["serve", "--no-worker"], { env, cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
    await healthy(base, server);
    return { base, slug: SLUG, session: await signIn(base), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

async function run(program, args, env, cwd, input = "") {
  const child = spawn(program, args, { env, cwd, stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  child.stdout.on("data", (chunk) => (said += chunk));
  child.stderr.on("data", (chunk) => (said += chunk));
  child.stdin.end(input);
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`"${args.join(" ")}" ended with ${code}: ${said}`);
}

async function healthy(base, server) {
  for (let tries = 0; tries < 300 && server.exitCode === null; tries++) {
    const answer = await fetch(`${base}/health`).catch(() => undefined);
    if (answer?.status === 200) return;
    await pause(100);
  }
  throw new Error("The server does not answer /health with 200.");
}

/** The name and value of the session's cookie. */
async function signIn(base) {
  const answer = await fetch(`${base}/api/sign_in`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", origin: base },
    body: new URLSearchParams({ ...WHO, next: "" }),
    redirect: "manual",
  });
  const cookie = answer.headers.getSetCookie().map((line) => /^([^=]+)=([^;]*)/.exec(line)).find((found) => found?.[2] && found[1].endsWith("session"));
  if (!cookie) throw new Error(`Signing in gave no cookie: ${answer.status} ${await answer.text()}`);
  return { name: cookie[1], value: cookie[2] };
}
