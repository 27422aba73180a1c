import { CountersignElement } from "../base.js";

export class AuthElement extends CountersignElement {
  render({ session }) {
    this.show(session ? this.say("auth.signed_in") : this.say("auth.sign_in"));
  }
}
