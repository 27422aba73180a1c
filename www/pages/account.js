import { make } from "../dom.js";
import { signInFirst } from "../panels/lonely.js";

export async function page() {
  const waiting = signInFirst("Your account", "Sign in, and here is what the school knows of you.");
  waiting.slot = "signed-out";
  const node = make(
    "section",
    { className: "account" },
    make("h1", {}, "Your account"),
    make("p", { className: "lead" }, "Who you are here, how you come in, and where you are signed in."),
    make("countersign-account", {}, waiting),
  );
  return { title: "Your account", node, seesToSession: true };
}
