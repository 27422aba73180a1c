// People of a py4web application come along with their passwords: an administrator creates their accounts with the hashes
// that py4web itself has stored (tests/fixtures/py4web-users.py).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { root } from "../../scripts/paths.mjs";
import { assertProblem } from "../support/attack.mjs";
import { assertHas, withPeople } from "../support/accounts.mjs";

const { users } = JSON.parse(readFileSync(join(root, "tests/vectors/py4web-users.json"), "utf8"));

describe("people of a py4web application", () => {
  const at = withPeople();

  for (const name of ["ada", "grace", "sofja", "hypatia", "emmy", "dorothy", "katherine", "annie", "joan"]) {
    const user = users.find(({ username }) => username === name);
    it(`${name} signs in with the password that she had there (${user.password.split("$")[0]}), and again`, async () => {
      const admin = await at.people.admin();
      const { email, user_name } = at.accounts.somebody();
      const { first_name, last_name, password, plain } = user;
      const json = { email, user_name, first_name, last_name, email_verified: true, password_hash: password };
      const page = await admin.send("POST", "/auth/api/accounts", json);
      assert.equal(page.status, 201, page.text);
      assertHas(page.json, { email, user_name, name: `${first_name} ${last_name}`, has_password: true, status: "active" });
      assertProblem(await at.accounts.signIn(email, `${plain}x`), 403, "credentials_invalid");
      // The first time the hash is py4web's, the second time one of our own.
      for (const login of [email, user_name]) {
        assert.equal((await at.accounts.enter(login, plain)).account, page.json.account);
      }
      assertProblem(await at.accounts.signIn(email, `${plain}x`), 403, "credentials_invalid");
    });
  }
});
