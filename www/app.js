import { createClient } from "./countersign/index.js";
import { createAccount } from "./account/account.js";
import { createAdmin } from "./admin.js";
import { createAsk } from "./ask.js";
import { announce, at, busy, make, words } from "./dom.js";
import { createKeys } from "./keys.js";
import { createLinked } from "./linked.js";
import { dropNext, goOn, isAged, readNext } from "./next.js";
import { notify, notifyDone, takeDone } from "./notice.js";
import { createPeople } from "./people.js";
import { createPerson } from "./account/person.js";
import { createProof } from "./proof.js";
import { createSessions } from "./sessions.js";
import { createWays } from "./ways/ways.js";
import { createWho } from "./who.js";

const client = createClient();
let next = readNext(); // where she goes once she is signed in
const ways = createWays(client, () => next);
const person = createPerson(client, () => {
  notify();
  return render(client.getSnapshot());
});
const proof = createProof(client);
const myAccount = createAccount(client, person, proof.proven);
const sessions = createSessions(client);
const parts = [
  createWho(client),
  createAsk(client),
  myAccount,
  createLinked(client, proof.proven, sessions.load),
  sessions,
  createAdmin(client),
  createPeople(client),
  createKeys(client, proof.proven),
  proof,
];
let account; // whose page this is: undefined before anybody was asked, null when signed out
let done = takeDone(); // what a mail's link has led to, until it was seen to

at("retry").addEventListener("click", start);
at("sign-out").addEventListener("click", () => busy(at("sign-out"), () => client.signOut().catch(fail)));
// Back from another page or another app: the world may have changed meanwhile.
addEventListener("pageshow", ({ persisted }) => persisted && client.session({ fresh: true }).catch(fail));
document.addEventListener("visibilitychange", () => document.hidden || client.session().catch(fail));

start();

async function start() {
  show("loading");
  announce("Loading");
  notifyDone(done);
  try {
    // The page that sent her here may know more than her token says.
    const session = await client.session(next && { at: "decided" });
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
  [...parts, person].forEach((part) => part.clear());
  // Unless it was never seen: a session that a mail's link has ended may look alive for a moment.
  if (before && !done) notify();
  at("goodbye").hidden = !before;
  await ways.show();
  if (account !== null) return;
  show("signed-out");
  announce(before ? "You are signed out" : at("notice").textContent);
  if (before) at("main").focus();
}

async function renderSignedIn(session) {
  const before = account;
  // Who has signed in on this very page goes on in any case.
  if (next && !isAged(session, next) && (before === null || !next.back)) return goOn(next);
  account = session.account;
  if (before && before !== account) parts.forEach((part) => part.clear());
  const profile = await person.of(session);
  await Promise.all(parts.map((part) => part.show(session, profile)));
  // Somebody may have signed out while the parts were asking.
  if (account !== session.account) return;
  show("signed-in");
  if (before !== account) welcome(before);
  if (next) await leadOn(next);
}

/** She is signed in, and cannot go on as she is. */
async function leadOn(wanted) {
  next = undefined;
  dropNext();
  if (wanted.back) return notify(`You are signed in. Yet ${wanted.path} has sent you back: it wants something else of you.`);
  if (await proof.renewed(wanted)) goOn(wanted);
}

/** Somebody is signed in who was not before. */
function welcome(before) {
  ways.clear();
  at("goodbye").textContent = "You are signed out.";
  if (before === null) notify();
  announce(`You are signed in. ${at("notice").textContent}`);
  // Signed in on this very page: what had the focus is gone.
  if (before === null) at("greeting").focus();
  if (done === "recovered") myAccount.openPassword();
  done = undefined;
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
