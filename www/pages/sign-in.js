import { client } from "../client.js";
import { link, make } from "../dom.js";
import { goOn, isAged, readNext } from "../next.js";
import { prove } from "../proof.js";

export async function page() {
  const next = readNext();
  // The page that sent her here may know more than her token says.
  const session = await client.session(next && { at: "decided" });
  if (session && next && !next.back && !isAged(session, next)) {
    queueMicrotask(() => goOn(next.path));
    return { title: "Sign in", node: make("section", { className: "sign-in" }, make("h1", {}, "One moment …")) };
  }
  return { title: session ? "You are signed in" : "Sign in", node: session ? signedIn(session, next) : signedOut(next) };
}

function signedOut(next) {
  const auth = make("countersign-auth", {});
  auth.setAttribute("next", next?.path ?? "/");
  auth.addEventListener("countersign-signed-in", (event) => {
    // Within this site nothing has to be loaded anew.
    event.preventDefault();
    goOn(next?.path ?? "/");
  });
  return make(
    "section",
    { className: "sign-in" },
    make("div", { className: "sign-in-text" }, make("h1", {}, "Come in"), make("p", { className: "lead" }, "Pupils, teachers and parents use one door."), make("img", { src: "/art/oak.svg", alt: "", width: 480, height: 360 })),
    make("div", { className: "card sign-in-card" }, auth),
  );
}

/** She is signed in, and cannot go on as she is. */
function signedIn(session, next) {
  const aged = next && isAged(session, next);
  const again = async () => {
    const { origin } = location;
    const here = new URL(location.href);
    if (await prove({ max_age: next.maxAge, proofs: await proofs() }, undefined, here.href.slice(origin.length))) goOn(next.path);
  };
  const text = aged
    ? `Before you go on to ${next.path} you are asked once more who you are.`
    : next?.back
      ? `You are signed in. Yet ${next.path} has sent you back: it wants something else of you.`
      : "You are signed in already.";
  return make(
    "section",
    { className: "card lonely" },
    make("h1", {}, aged ? "Is it still you?" : "You are signed in"),
    make("p", {}, text),
    aged && make("p", {}, make("button", { type: "button", onclick: again }, "Prove who I am")),
    make("p", {}, link("/", "To the start"), " · ", link("/account", "Your account")),
  );
}

async function proofs() {
  const { providers } = await client.config();
  return ["password", ...providers.map(({ id }) => `provider:${id}`)];
}
