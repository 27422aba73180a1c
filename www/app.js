import { client } from "./client.js";
import { announce, at, link, make, notify } from "./dom.js";
import { mayUseStaffRoom } from "./policies.js";
import { markNav, sessionChanged, startRouter } from "./router.js";
import { takeDone } from "./done.js";
import { classesOf } from "./tags.js";

const page = (name) => () => import(`./pages/${name}.js`);

const routes = [
  ["/", page("home")],
  ["/sign-in", page("sign-in")],
  ["/account", page("account")],
  ["/classes", page("classes")],
  ["/classes/:id", page("class")],
  ["/documents", page("documents")],
  ["/documents/:id", page("document")],
  ["/teachers", page("teachers")],
  ["/teachers/write", page("write")],
  ["/admin", page("admin/overview")],
  ["/admin/people", page("admin/people")],
  ["/admin/people/:account", page("admin/person")],
  ["/admin/classes", page("admin/classes")],
  ["/admin/classes/:id", page("admin/class")],
  ["/admin/activity", page("admin/activity")],
  ["/admin/keys", page("admin/keys")],
  ["/admin/rules", page("admin/rules")],
];

let known; // who she is for whom the page is shown, with what she carries; undefined before anybody was asked

start();

async function start() {
  takeDone();
  showUser();
  // A page says itself what did not work.
  const session = await client.session().catch(() => null);
  known = session;
  showNav(session);
  client.subscribe(changed);
  await startRouter(routes);
}

/** Made here: one that stood in the HTML would have asked by a client of its own before it got this page's, and so twice. */
function showUser() {
  const user = make("countersign-user", { "sign-in": "/sign-in" });
  user.setAttribute("account", "/account");
  at("user").append(user);
}

/** In this tab or another. The page is shown anew if it could be another one now. */
async function changed(session) {
  const before = known;
  known = session;
  if (keyOf(session) === keyOf(before)) return;
  showNav(session);
  const same = session?.account === before?.account;
  if (!session) notify("You are signed out.");
  else if (!same) notify();
  announce(session ? "You are signed in" : "You are signed out");
  await sessionChanged({ same });
}

const keyOf = (session) => (session ? JSON.stringify([session.account, session.tags]) : "");

/** Who is signed out is asked nothing, and so the Wasm need not be there. */
function showNav(session) {
  const open = [link("/", "Home"), link("/documents", "Documents"), link("/classes", "Classes")];
  const guarded = [
    session && make("countersign-guard", { policy: mayUseStaffRoom }, link("/teachers", "Staff room")),
    classesOf(session).admin && link("/admin", "Administration"),
  ];
  at("nav").replaceChildren(...open, ...guarded.filter(Boolean));
  markNav();
}
