import { busy, make } from "./dom.js";
import { ownerField, passwordField } from "./forms/fields.js";
import { createForm } from "./forms/form.js";
import { PROVED } from "./notice.js";

/**
 * Proofs of who she is. `proven(task)` runs what may want one: if the edge says so, a dialog asks for it, and the task is
 * tried again. Who closes the dialog is left with the edge's refusal.
 */
export function createProof(client) {
  const keep = make("button", { type: "button", className: "quiet" }, "Cancel");
  const form = createForm({
    id: "proof-form",
    fields: [passwordField("password", "Your password")],
    button: "Continue",
    beside: [keep],
    submit: async (proof) => {
      await client.confirm(proof);
      dialog.close("proved");
    },
  });
  const owner = ownerField();
  form.element.prepend(owner);
  const title = make("h2", { id: "proof-title" }, "Is it really you?");
  const text = make("p", {});
  const providers = make("ul", { className: "providers" });
  const name = { "aria-labelledby": title.id };
  const dialog = make("dialog", { className: "card", ...name }, title, text, form.element, providers);

  let person;

  keep.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", form.reset);
  document.body.append(dialog);

  async function proven(task) {
    try {
      return await task();
    } catch (error) {
      if (error.code !== "confirmation_required" || !(await ask(error))) throw error;
      return task();
    }
  }

  /** Asks for a proof that another page wants. Resolves with whether she has given it here; a provider leads to that page itself. */
  async function renewed({ path, maxAge }) {
    const { providers } = await client.config();
    const proofs = ["password", ...providers.map(({ id }) => `provider:${id}`)];
    return ask({ proofs, max_age: maxAge || null }, path);
  }

  /** Resolves with whether she has proved it here. Her provider's proof is given elsewhere: that leaves the page. */
  async function ask({ proofs, max_age }, next = PROVED) {
    const config = await client.config();
    const password = proofs.includes("password") && person.has_password;
    // Who came in by her password may have no provider, and would come back as somebody else.
    const elsewhere = !password || person.amr.includes("fed");
    const ways = config.providers.filter(({ id }) => elsewhere && proofs.includes(`provider:${id}`));
    text.textContent = describe(password, ways.length > 0, max_age);
    form.ask("password", password);
    form.offer(password);
    providers.replaceChildren(...ways.map((provider) => way(provider, next, password ? "quiet" : "")));
    dialog.returnValue = "";
    dialog.showModal();
    await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
    return dialog.returnValue === "proved";
  }

  function way({ id, name: called }, next, className) {
    const button = make("button", { type: "button", className }, `Sign in anew with ${called}`);
    button.addEventListener("click", () => busy(button, () => signInAnew(id, next)));
    return make("li", {}, button);
  }

  /** The session that comes of it lasts as long as this one would have. */
  async function signInAnew(id, next) {
    const sessions = await client.sessions.list().catch(() => []);
    const remember = sessions.some(({ current, remembered }) => current && remembered);
    client.signIn(id, { next, remember, maxAge: 0 });
  }

  /** Nobody is asked for another person's proof. */
  function clear() {
    dialog.close();
    owner.value = "";
  }

  function show({ amr }, { email, user_name, has_password }) {
    owner.value = email ?? user_name ?? "";
    person = { amr, has_password };
  }

  return { proven, renewed, show, clear };
}

function describe(password, elsewhere, seconds) {
  const age = seconds >= 120 ? `${Math.floor(seconds / 60)} minutes` : `${seconds} seconds`;
  const why = `This takes a proof of who you are${seconds === null ? "" : ` that is not older than ${age}`}.`;
  if (password) return why;
  return `${why} ${elsewhere ? "You come back to this page afterwards." : "Sign out and in again, please."}`;
}
