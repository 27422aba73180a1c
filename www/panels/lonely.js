import { link, make } from "../dom.js";

/** A page with one thing to say, and the way home. */
export const lonely = (title, text, ...more) =>
  make(
    "section",
    { className: "card lonely" },
    make("img", { src: "/icon.svg", alt: "", width: 56, height: 56 }),
    make("h1", {}, title),
    make("p", {}, text),
    ...more,
    make("p", {}, link("/", "To the start")),
  );

/** For what takes a sign-in; afterwards she is here again. */
export const signInFirst = (title, text) => lonely(title, text, signInLink());

export const signInLink = () =>
  make(
    "p",
    {},
    make("a", { href: `/sign-in?${new URLSearchParams({ next: location.pathname })}`, className: "button" }, "Sign in"),
  );
