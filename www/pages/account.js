import { make, notify } from "../dom.js";
import { signInLink } from "../panels/lonely.js";
import { go } from "../router.js";

export async function page() {
  const waiting = make(
    "section",
    { className: "card lonely", slot: "signed-out" },
    make("p", {}, "Sign in, and here is what the school knows of you."),
    signInLink(),
  );
  const account = make("countersign-account", {}, waiting);
  account.addEventListener("countersign-signed-out", ({ detail }) => detail === "deleted" && farewell());
  const node = make(
    "section",
    { className: "account" },
    make("h1", {}, "Your account"),
    make("p", { className: "lead" }, "Who you are here, how you come in, and where you are signed in."),
    account,
  );
  return { title: "Your account", node, seesToSession: true };
}

/** That she is signed out as well goes without saying. */
async function farewell() {
  await go("/", { replace: true });
  notify("Your account has been deleted.");
}
