// Paths to pages, with the History API. A page is a function that resolves with `{ title, node }`; until it does, the page before stays,
// with a line of progress.

import { announce, at, make, notify } from "./dom.js";
import { button } from "./form.js";
import { pathPattern } from "./paths.js";
import { words } from "./words.js";

const NAME = "Hollow Oak School";

const waiting = at("page").cloneNode(true);

let routes;
let wanted = 0; // the latest journey: whoever arrives later is not shown
let shown; // the path that is shown
let still = false; // whether the page that is shown sees by itself to who is signed in

/** Begins with the path of the address. `routes` are `[pattern, load]`; `load` resolves with the page's function. */
export function startRouter(table) {
  routes = table.map(([path, load]) => ({ pattern: pathPattern(`${path}/?`), load }));
  document.addEventListener("click", follow);
  addEventListener("popstate", () => show({ focus: true }));
  return show();
}

/** Whether there is a page of this site at a path. */
export const isPage = (path) => routes.some(({ pattern }) => pattern.test(path.split(/[?#]/)[0]));

/** Goes to a page of this site. */
export function go(path, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", path);
  return show({ focus: true });
}

/** Shows the present page anew, where it is scrolled to. */
export const again = () => show();

/**
 * The same, if somebody else is there, or carries something else, unless the page sees to that by itself. What somebody is writing is not
 * taken away from her: whether she still may is said when she sends it.
 */
export async function sessionChanged({ same }) {
  if (still || (same && at("page").querySelector("[data-writing]"))) return;
  // What was hers is not left in front of somebody else until there is something to show them.
  if (!same) at("page").replaceChildren(...waiting.cloneNode(true).childNodes);
  await again();
}

function follow(event) {
  const anchor = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
  if (!anchor || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  const { origin, pathname, search, hash } = new URL(anchor.href, location.href);
  if (origin !== location.origin || anchor.target || anchor.download || !isPage(pathname)) return;
  if (pathname === location.pathname && hash) return;
  event.preventDefault();
  go(pathname + search + hash);
}

async function show({ focus = false } = {}) {
  wanted += 1;
  const journey = wanted;
  const { pathname } = location;
  progress(true);
  const page = await load(pathname).catch(failure);
  if (journey !== wanted) return;
  progress(false);
  render(page, pathname, focus);
}

async function load(pathname) {
  const found = routes.find(({ pattern }) => pattern.test(pathname));
  const { page } = await (found ? found.load() : import("./pages/not-found.js"));
  return page({ ...found?.pattern.exec(pathname).groups });
}

function render({ title, node, seesToSession = false }, pathname, focus) {
  still = seesToSession;
  document.title = title === NAME ? NAME : `${title} · ${NAME}`;
  at("page").replaceChildren(node);
  markNav();
  if (!focus) return (shown = pathname);
  if (shown !== pathname) notify();
  shown = pathname;
  scrollTo(0, 0);
  const heading = node.querySelector("h1") ?? at("main");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  announce(title);
}

/** Marks where she is among the links of the navigation. */
export function markNav() {
  const { pathname } = location;
  for (const anchor of document.querySelectorAll("#nav a")) {
    const { pathname: there } = new URL(anchor.href);
    const here = there === "/" ? pathname === "/" : `${pathname}/`.startsWith(`${there}/`);
    if (here) anchor.setAttribute("aria-current", there === pathname ? "page" : "true");
    else anchor.removeAttribute("aria-current");
  }
}

function progress(on) {
  at("progress").hidden = !on;
  at("page").ariaBusy = String(on);
}

/** What a page could not do anything about. */
function failure(error) {
  const faults = (error.faults ?? []).map((fault) => make("li", {}, fault));
  const node = make(
    "section",
    { className: "card lonely", role: "alert" },
    make("h1", {}, "That did not work"),
    make("p", {}, words(error)),
    faults.length > 0 && make("ul", { className: "faults" }, ...faults),
    button("Try again", () => show({ focus: true })),
  );
  return { title: "That did not work", node };
}
