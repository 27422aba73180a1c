import { make } from "./dom.js";

const HOME = ["localhost", "127.0.0.1", "[::1]"];

/** While developing, mails are not sent but kept at `/dev/mailbox`: a link to it, if it is there. */
export async function mailboxLink() {
  if (!HOME.includes(location.hostname)) return [];
  const answer = await fetch("/dev/mailbox").catch(() => null);
  if (!answer?.ok) return [];
  const link = make("a", { href: "/dev/mailbox", target: "_blank" }, "Open the mailbox of this development server");
  return [make("p", {}, link)];
}

/** What to say when a mail is on its way. */
export async function letter(text) {
  return [make("p", {}, text), ...(await mailboxLink())];
}
