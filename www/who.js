import { announce, at, busy, make, words } from "./dom.js";
import { dateAndTime, timeOfDay } from "./moment.js";

/** "Who am I" and "My tags": the profile, the facts of the session, and what it carries. */
export function createWho(client) {
  let expiresAt = 0;
  let confirmedUntil = null;

  at("copy").addEventListener("click", copy);
  at("renew").addEventListener("click", () => busy(at("renew"), renew));
  at("proof-end").addEventListener("click", () => busy(at("proof-end"), endConfirmation));
  setInterval(tick, 1000);

  function show(session, profile) {
    introduce(profile);
    expiresAt = session.expires_at;
    confirmedUntil = session.confirmed_until;
    tick();
    at("account").textContent = session.account;
    // 0 once she has ended her confirmation: then nobody says when that was.
    at("proved").hidden = session.auth_time === 0;
    at("signed-in-at").textContent = dateAndTime(session.auth_time);
    list(session.tags);
  }

  function tick() {
    at("expires").textContent = remaining(expiresAt);
    const minutes = Math.ceil((confirmedUntil - Date.now() / 1000) / 60);
    at("proof").hidden = minutes <= 0;
    at("proof-until").textContent = `until ${timeOfDay(confirmedUntil)}, for ${minutes} min`;
  }

  async function endConfirmation() {
    try {
      await client.endConfirmation();
      announce("From now on you are asked who you are");
      at("greeting").focus();
    } catch (error) {
      at("proof-until").textContent = words(error);
    }
  }

  async function renew() {
    at("renewed").textContent = "";
    try {
      if (await client.refresh()) at("renewed").textContent = "Renewed: these are your tags of this moment.";
    } catch (error) {
      at("renewed").textContent = words(error);
    }
  }

  function clear() {
    at("renewed").textContent = "";
  }

  return { show, clear };
}

function introduce({ name, email, email_verified, picture }) {
  const called = name ?? email ?? "stranger";
  at("greeting").textContent = `Hello, ${called}`;
  at("name").textContent = called;
  at("email").textContent = email ? `${email}${email_verified ? ", verified" : ", not verified"}` : "No e-mail address known";
  at("avatar").replaceChildren(portrait(picture) ?? called.charAt(0).toUpperCase());
}

/** The page's own policy allows pictures by https only. */
function portrait(picture) {
  if (!picture?.startsWith("https:")) return undefined;
  return make("img", { src: picture, alt: "", referrerPolicy: "no-referrer" });
}

function list(tags) {
  const carried = Object.entries(tags).flatMap(([set, paths]) => paths.map((path) => `${set}:${path}`));
  at("tags").replaceChildren(...carried.map((tag) => make("li", {}, make("code", {}, tag))));
  at("no-tags").hidden = carried.length > 0;
}

function remaining(expiresAt) {
  const seconds = Math.round(expiresAt - Date.now() / 1000);
  if (seconds <= 0) return "now; the next question renews it";
  const minutes = Math.floor(seconds / 60);
  return `in ${minutes ? `${minutes} min ` : ""}${seconds % 60} s, then renews by itself`;
}

async function copy() {
  const id = at("account");
  try {
    await navigator.clipboard.writeText(id.textContent);
    announce("Account id copied");
    at("copy-label").textContent = "Copied";
    setTimeout(() => (at("copy-label").textContent = "Copy"), 2000);
  } catch {
    // Not permitted here: leave it selected, ready for the keyboard.
    getSelection().selectAllChildren(id);
    announce("Account id selected");
  }
}
