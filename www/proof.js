import { make } from "./dom.js";
import { ownerField, passwordField } from "./forms/fields.js";
import { createForm } from "./forms/form.js";
import { PROVED } from "./notice.js";
import { providerButtons } from "./providers.js";

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

  let hasPassword = false;

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
    const [config, identities] = await Promise.all([client.config(), client.identities.list()]);
    const password = proofs.includes("password") && hasPassword;
    // By any other provider she would come back as somebody else.
    const hers = identities.map(({ provider }) => provider);
    const ways = config.providers.filter(({ id }) => hers.includes(id) && proofs.includes(`provider:${id}`));
    const mail = config.actions.includes("reset_password") && client.getSnapshot()?.email_verified;
    text.textContent = describe(password, ways.length > 0, max_age, mail);
    form.ask("password", password);
    form.offer(password);
    const press = ({ id }) => signInAnew(id, next);
    providerButtons(providers, ways, { says: "Sign in anew with", className: password ? "quiet" : "", press });
    dialog.returnValue = "";
    dialog.showModal();
    await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
    return dialog.returnValue === "proved";
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

  function show(_session, { email, user_name, has_password }) {
    owner.value = email ?? user_name ?? "";
    hasPassword = has_password;
  }

  return { proven, renewed, show, clear };
}

const MAIL =
  "Your provider does not tell when you proved who you are; a mail can: sign out, choose “Forgot your password?”, and open the link that is sent to you.";

function describe(password, elsewhere, seconds, mail) {
  const age = seconds >= 120 ? `${Math.floor(seconds / 60)} minutes` : `${seconds} seconds`;
  const why = `This takes a proof of who you are${seconds === null ? "" : ` that is not older than ${age}`}.`;
  if (password) return why;
  if (elsewhere) return `${why} You come back to this page afterwards.`;
  return `${why} ${mail ? MAIL : "Nothing that you could show here is one: please ask those who run this site."}`;
}
