// `npm start`: set-up, build, the demo provider, and the Worker under the real runtime, until Ctrl-C.
// PORT (8787) and IDP_PORT (8788) move the two. ORIGIN is where the browser is, if that is another place: a development server of one's
// own, which hands /auth on to PORT.

import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "./build.mjs";
import { npmBin, root } from "./paths.mjs";
import { isFree } from "./ports.mjs";
import { Fault, ended, endOnSignal, main, start, step, stopAll } from "./run.mjs";
import { setup } from "./setup.mjs";

const variables = join(root, ".dev.vars");
const worker = `http://localhost:${portOf("PORT", 8787)}`;
const origin = originOf("ORIGIN", worker);
const issuer = `http://localhost:${portOf("IDP_PORT", 8788)}`;
const config = `${worker}/auth/api/config`;

async function dev() {
  await checkPorts();
  await setup();
  await build();
  const { demo } = developmentVariables().providers;
  const idp = await startProvider(demo);
  const wrangler = startWorker();
  const stopped = ended(wrangler);
  await step("start the Worker", () => Promise.race([answers(wrangler), stopped]));
  if (wrangler.exitCode === null) await announce();
  const { code } = await stopped;
  await idp.close();
  await stopAll();
  process.exit(code ?? 0);
}

/** Imported late: the npm package that it stands on may have come with the set-up just now. */
async function startProvider({ client_id, client_secret }) {
  const { startIdp } = await import("./idp.mjs");
  const redirect_uris = [`${origin}/auth/oauth/demo/callback`];
  const client = { client_id, client_secret, client_name: "Countersign", redirect_uris };
  return startIdp({ port: Number(new URL(issuer).port), clients: [client] });
}

function startWorker() {
  const { port } = new URL(worker);
  const args = ["dev", "--local", "--ip", "localhost", "--port", port, "--inspector-port", "0"];
  const state = ["--persist-to", join(root, ".wrangler", "state"), "--show-interactive-dev-session=false"];
  const env = {
    ...process.env,
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_SEND_METRICS: "false",
  };
  return start(npmBin("wrangler"), [...args, ...state], { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
}

async function answers(wrangler) {
  while (wrangler.exitCode === null && !(await fetch(config).then(() => true, () => false))) await sleep(200);
}

async function announce() {
  const { faults = [] } = await fetch(config).then((answer) => answer.json()).catch(() => ({}));
  for (const fault of faults) console.error(`✗ ${fault}`);
  if (faults.length > 0) console.error("  The Worker answers everything with 503 until .dev.vars is mended and it is started anew.");
  console.log(`
  ${whereToOpen()}
  Mailbox    ${worker}/dev/mailbox  (what would have been mailed)
  Provider   ${issuer}  (Ada, who is an administrator; Ben; Cleo, whose e-mail is not verified; Dora)
  End        Ctrl-C
`);
}

const whereToOpen = () =>
  origin === worker
    ? `Open       ${origin}  (a school; sign in as Ada, and Administration says what to do first)`
    : `Open       ${origin}  (yours: your development server hands /auth on to ${worker})`;

/**
 * The secret is invented once and kept, and so is whatever else a developer writes into `.dev.vars`; only the two origins
 * follow the ports. Returns the configuration.
 */
function developmentVariables() {
  const text = existsSync(variables) ? readFileSync(variables, "utf8") : "# Written by `npm start`; git ignores it.\n";
  const configuration = configurationFor(lineOf(text, "COUNTERSIGN"));
  const secret = lineOf(text, "COUNTERSIGN_SECRET") ?? random();
  const written = withLine(withLine(text, "COUNTERSIGN_SECRET", secret), "COUNTERSIGN", quotable(configuration));
  if (written !== text || !existsSync(variables)) writeFileSync(variables, written, { mode: 0o600 });
  return configuration;
}

/** What a developer has who has written nothing else. */
const usual = {
  development: true,
  admins: ["ada@school.example"],
  accounts: {},
  tag_sets: ["labels", "permissions"],
  sign_in: "/sign-in",
  mail: { from: "Countersign <no-reply@app.example>", transport: "mailbox" },
};

function configurationFor(text) {
  const kept = { ...usual, ...(text && parsed(text)) };
  const demo = { name: "Demo school", client_id: "countersign", client_secret: random(), ...kept.providers?.demo, issuer };
  return { ...kept, origin, providers: { ...kept.providers, demo } };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Fault(`COUNTERSIGN in .dev.vars is not JSON in one line: ${error.message}`);
  }
}

/** JSON that can stand between single quotes. */
const quotable = (value) => JSON.stringify(value).replaceAll("'", "\\u0027");

const random = () => randomBytes(32).toString("base64url");

const pattern = (name) => new RegExp(`^${name}='?(.*?)'?$`, "m");

const lineOf = (text, name) => text.match(pattern(name))?.[1];

function withLine(text, name, value) {
  const line = `${name}='${value}'`;
  return pattern(name).test(text) ? text.replace(pattern(name), () => line) : `${text.trimEnd()}\n${line}\n`;
}

function portOf(name, usual) {
  const port = Number(process.env[name] || usual);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  console.error(`${name} must be a port number, not \`${process.env[name]}\``);
  process.exit(1);
}

function originOf(name, usual) {
  const text = process.env[name] || usual;
  if (URL.canParse(text) && new URL(text).origin === text) return text;
  console.error(`${name} must be an origin such as http://localhost:5173, not \`${text}\``);
  process.exit(1);
}

async function checkPorts() {
  for (const [name, url] of Object.entries({ PORT: worker, IDP_PORT: issuer })) {
    const { port } = new URL(url);
    if (!(await isFree(Number(port)))) throw new Fault(`port ${port} is in use: set ${name} to another one`);
  }
}

endOnSignal();
await main(dev);
