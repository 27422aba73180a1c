import { link, notify } from "./dom.js";

// What the link of a mail, or a provider, has led to.
const DONE = {
  linked: ["It is linked: from now on you can sign in with it, too.", "/account", "To your account"],
  email_verified: ["Your e-mail address is verified. You can sign in now.", "/sign-in", "Sign in"],
  password_needed: [
    "Your address is confirmed. Because the link was opened in another browser than you registered in, choose a password: a mail is on its way to you.",
  ],
  approval_pending: ["Your e-mail address is verified. The office looks at your account next; then you can sign in."],
  old_email_confirmed: ["Thank you. Now look into the mailbox of your new address: a message there finishes the change."],
  email_changed: ["Your e-mail address has been changed.", "/account", "To your account"],
  email_change_undone: [
    "Your e-mail address is the old one again, every session has been ended and the password is gone. A mail is on its way to you that leads to a new one.",
  ],
  recovered: ["Welcome back. Choose a new password now: for some minutes the old one is not needed.", "/account", "To your account"],
};

/** Such a page ends at `/?done=…`: said once, and taken from the address, so that a reload or a bookmark does not say it again. */
export function takeDone() {
  const address = new URL(location.href);
  const done = address.searchParams.get("done");
  if (done === null) return;
  address.searchParams.delete("done");
  history.replaceState(null, "", address);
  if (!Object.hasOwn(DONE, done)) return;
  const [text, path, label] = DONE[done];
  notify(text, ...(path ? [" ", link(path, label)] : []));
}
