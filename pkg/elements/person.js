import { make } from "./dom.js";

/** What somebody is called; undefined where nothing is told of her. */
export const calledOf = ({ name, user_name, email }) => name ?? user_name ?? email;

/** Her picture, what she is called, and her address below. */
export function person(profile, called = calledOf(profile)) {
  const { email } = profile;
  const address = email !== called && make("div", { className: "muted" }, make("bdi", {}, email));
  return make("div", { className: "person" }, portrait(profile), make("div", {}, make("strong", {}, make("bdi", {}, called)), address));
}

/** A picture of somebody, or how her name begins. The element's own page must allow pictures by https. */
export function portrait(profile) {
  const initials = (calledOf(profile) ?? "?").split(/\s+/, 2).map((word) => [...word][0]).join("").toUpperCase();
  const box = make("span", { className: "portrait", part: "portrait", "aria-hidden": "true" }, initials);
  const { picture } = profile;
  if (!picture?.startsWith("https:")) return box;
  const image = make("img", { src: picture, alt: "", referrerPolicy: "no-referrer" });
  image.addEventListener("load", () => box.replaceChildren(image));
  return box;
}
