import { createClient } from "./countersign/index.js";
import { createAdmin } from "./admin.js";
import { createAsk } from "./ask.js";
import { announce, at, busy, make, words } from "./dom.js";
import { createWho } from "./who.js";

const client = createClient();
const parts = [createWho(client), createAsk(client), createAdmin(client)];
let account; // whose page this is: undefined before anybody was asked, null when signed out

at("retry").addEventListener("click", start);
at("sign-out").addEventListener("click", () => busy(at("sign-out"), () => client.signOut().catch(fail)));
// Back from another page or another app: the world may have changed meanwhile.
addEventListener("pageshow", ({ persisted }) => persisted && client.session({ fresh: true }).catch(fail));
document.addEventListener("visibilitychange", () => document.hidden || client.session().catch(fail));

start();

async function start() {
  show("loading");
  announce("Loading");
  try {
    const session = await client.session();
    client.subscribe(render);
    await render(session);
  } catch (error) {
    fail(error);
  }
}

async function render(session) {
  try {
    await (session ? renderSignedIn(session) : renderSignedOut());
  } catch (error) {
    // Signed out in the middle of it: then that is what is shown next.
    if (client.getSnapshot() === session) fail(error);
  }
}

async function renderSignedOut() {
  const before = account;
  account = null;
  parts.forEach((part) => part.clear());
  at("goodbye").hidden = !before;
  const providers = await client.providers();
  if (account !== null) return;
  at("providers").replaceChildren(...providers.map(button));
  show("signed-out");
  announce(before ? "You are signed out" : "");
  if (before) at("main").focus();
}

async function renderSignedIn(session) {
  const before = account;
  account = session.account;
  if (before && before !== account) parts.forEach((part) => part.clear());
  await Promise.all(parts.map((part) => part.show(session)));
  // Somebody may have signed out while the parts were asking.
  if (account !== session.account) return;
  show("signed-in");
  if (before !== account) announce("You are signed in");
}

function button({ id, name }) {
  const signIn = make("button", { type: "button" }, `Continue with ${name}`);
  signIn.addEventListener("click", () => client.signIn(id, { next: "/" }));
  return make("li", {}, signIn);
}

function show(state) {
  for (const id of ["loading", "failure", "signed-out", "signed-in"]) at(id).hidden = id !== state;
  at("sign-out").hidden = state !== "signed-in";
}

function fail(error) {
  show("failure");
  announce("");
  at("failure-text").textContent = words(error);
  at("failure-faults").replaceChildren(...(error.faults ?? []).map((fault) => make("li", {}, fault)));
}
