import { make } from "../dom.js";
import { go, isPage } from "../router.js";

// While developing, mails are not sent but kept.
const HOME = ["localhost", "127.0.0.1", "[::1]"];

/** The page that `sign_in` of the configuration names: it is called with `?next=` and perhaps `&max_age=`, which the element sees to. */
export function page() {
  const next = new URL(location.href).searchParams.get("next") ?? "/";
  const auth = make(
    "countersign-auth",
    { next: "/", nextFromUrl: true },
    HOME.includes(location.hostname) && make("a", { slot: "mail", href: "/dev/mailbox" }, "Open the mailbox"),
  );
  auth.addEventListener("countersign-signed-in", (event) => {
    if (!URL.canParse(next, location.href)) return;
    const { origin, pathname, search, hash } = new URL(next, location.href);
    // Within this site nothing has to be loaded anew. Elsewhere the element leads, if that is a path of this origin.
    if (origin !== location.origin || !isPage(pathname) || pathname === "/sign-in") return;
    event.preventDefault();
    go(pathname + search + hash, { replace: true });
  });
  const text = make(
    "div",
    { className: "sign-in-text" },
    make("h1", {}, "Come in"),
    make("p", { className: "lead" }, "Pupils, teachers and parents use one door."),
    make("img", { src: "/art/oak.svg", alt: "", width: 480, height: 360 }),
  );
  return {
    title: "Sign in",
    node: make("section", { className: "sign-in" }, text, make("div", { className: "sign-in-card" }, auth)),
    seesToSession: true,
  };
}
