import { client } from "./client.js";
import { make } from "./dom.js";
import { busy, button, field } from "./form.js";
import { words } from "./words.js";

const AGAIN = "school:again";
const PATIENCE = 300_000;

/**
 * Does what may take a fresh proof of who she is: if it does, she is asked for one, and then it is done. At a provider she proves it on
 * another page; `name` is what the page that she comes back to knows it by (see `takeAgain`).
 */
export async function withProof(name, task) {
  try {
    return await task();
  } catch (error) {
    if (error.code !== "confirmation_required" || !(await prove(error, name))) throw error;
    return task();
  }
}

/** What she wanted to do here before she went to prove who she is, once: `withProof` was given its name. */
export function takeAgain() {
  const [path, name, at] = JSON.parse(sessionStorage.getItem(AGAIN) ?? "[]");
  sessionStorage.removeItem(AGAIN);
  return path === location.pathname && Date.now() - at < PATIENCE ? name : undefined;
}

/** Asks for a proof by one of the ways that are offered. Resolves with whether it was given on this page. */
export async function prove({ max_age = 600, proofs = ["password"] }, name, next = location.pathname) {
  const [{ has_password, email, user_name }, identities, { providers }] = await Promise.all([
    client.profile(),
    client.identities.list().catch(() => []),
    client.config(),
  ]);
  const hers = identities.map(({ provider }) => provider);
  const ways = providers.filter(({ id }) => hers.includes(id) && proofs.includes(`provider:${id}`));
  const elsewhere = async ({ id }) => {
    if (name) sessionStorage.setItem(AGAIN, JSON.stringify([location.pathname, name, Date.now()]));
    const sessions = await client.sessions.list().catch(() => []);
    // The session that comes of it lasts as long as this one would have.
    client.signIn(id, { next, remember: sessions.some(({ current, remembered }) => current && remembered), maxAge: 0 });
    await new Promise(() => {});
  };
  return ask({
    age: ageOf(max_age),
    password: has_password && proofs.includes("password"),
    owner: email ?? user_name ?? "",
    ways,
    elsewhere,
  });
}

function ask({ age, password, owner, ways, elsewhere }) {
  const dialog = make("dialog", { className: "dialog", "aria-labelledby": "proof-title" });
  const error = make("p", { className: "error", role: "alert" });
  const secret = make("input", { type: "password", name: "password", autocomplete: "current-password", required: true });
  const submit = make("button", { type: "submit" }, "Continue");
  const form = make(
    "form",
    {},
    make("input", { name: "username", autocomplete: "username", value: owner, readOnly: true, hidden: true }),
    field("Your password", secret),
    submit,
    error,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    error.textContent = "";
    busy(submit, () =>
      client
        .confirm({ password: secret.value })
        .then(() => dialog.close("proved"))
        .catch((refusal) => (error.textContent = words(refusal))),
    );
  });
  dialog.append(
    make("h2", { id: "proof-title" }, "Is it really you?"),
    make(
      "p",
      {},
      `This takes a proof of who you are${age}.`,
      !password && ways.length > 0 ? " You come back to this page afterwards." : "",
    ),
    password ? form : "",
    ...ways.map((way) => button(`Sign in anew with ${way.name}`, () => elsewhere(way), { className: password ? "quiet" : "" })),
    !password && ways.length === 0
      ? make(
          "p",
          {},
          "Nothing that you could show here is one. Sign out, choose “Forgot your password?”, and open the link that is sent to you.",
        )
      : "",
    button("Cancel", () => dialog.close(""), { className: "quiet" }),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener(
      "close",
      () => {
        resolve(dialog.returnValue === "proved");
        dialog.remove();
      },
      { once: true },
    ),
  );
}

function ageOf(seconds) {
  if (!Number.isFinite(seconds)) return "";
  return ` that is not older than ${seconds >= 120 ? `${Math.floor(seconds / 60)} minutes` : `${seconds} seconds`}`;
}
