// Attacks with addresses that become another one later, and with names that want to be more than a name in a mail.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { OTHER_PASSWORD, PASSWORD, Site, address, expect, startAdmin, unique } from "../support/attackers.mjs";
import { useRuntime } from "../support/runtime.mjs";

const SOURCE = "Auth.js GHSA-7rqj-j65f-68wh, CVE-2022-35924";

describe("attacks with addresses and names", () => {
  let runtime, site, admin, mallory;

  before(async () => {
    runtime = await useRuntime();
    site = new Site(runtime);
    admin = await startAdmin(runtime);
    mallory = await site.signedIn((await admin.known({ email: address("mallory") })).email);
  });
  after(async () => {
    await admin?.close();
    await runtime?.close();
  });

  const local = unique("victim");
  const victim = `${local}@attack.example`;
  const eve = `${unique("eve")}@attack.example`;

  const addresses = {
    "a full-width ＠": `${local}＠attack.example`,
    "a small ﹫": `${local}﹫attack.example`,
    "full-width letters": `${local}@ａttack.example`,
    "an ideographic full stop": `${local}@attack。example`,
    "a ligature in its domain": `${local}@attack.exampﬂe`,
    "a local part in Unicode": `ｖ${local}@attack.example`,
    "an i without a dot": `vıctim@attack.example`,
    "the sign for Kelvin": `${local}@attac\u212a.example`,
    "a zero-width space": `${local}\u200b@attack.example`,
    "a soft hyphen": `${local}@att\u00adack.example`,
    "a list with a comma": `${victim},${eve}`,
    "a list with a semicolon": `${victim};${eve}`,
    "a list with a space": `${victim} ${eve}`,
    "a comma in its domain": `${local}@attack.example,evil.example`,
    "CR and LF and a header": `${victim}\r\nBcc: ${eve}`,
    "a line feed and a header": `${victim}\nBcc: ${eve}`,
    "a carriage return": `${victim}\rBcc:${eve}`,
    "CR and LF before the sign": `${local}\r\n@attack.example`,
    "an encoded line feed": `${victim}%0aBcc:${eve}`,
    "a line separator": `${victim}\u2028Bcc:${eve}`,
    "a NUL in it": `${local}\0@attack.example`,
    "a NUL behind it": `${victim}\0`,
    "a NUL and another": `${victim}\0${eve}`,
    "angle brackets": `<${victim}>`,
    "a name in front": `Vera <${victim}>`,
    "two in brackets": `${eve} <${victim}>`,
    "quotes": `"${local}"@attack.example`,
    "a quoted sign": `"${local}@attack.example"@evil.example`,
    "a backslash": `${local}\\@attack.example`,
    "a comment": `${local}(x)@attack.example`,
    "two signs": `${local}@attack.example@evil.example`,
    "a source route": `<@evil.example:${victim}>`,
    "`mailto:`": `mailto:${victim}`,
    "a full stop at the end": `${victim}.`,
    "two full stops in its domain": `${local}@attack..example`,
    "a full stop after the sign": `${local}@.attack.example`,
    "no domain": `${local}@`,
    "nothing before the sign": `@attack.example`,
    "an address in brackets": `${local}@[127.0.0.1]`,
    "a domain without a full stop": `${local}@localhost`,
    "more than 64 characters before the sign": `${"v".repeat(65)}@attack.example`,
    "more than 254 characters (RFC 5321 §4.5.3.1.3)": `${"v".repeat(64)}@${"long.".repeat(40)}attack.example`,
    "thousands of characters": `${local}@${"a.".repeat(10_000)}example`,
    "a lone surrogate": `${local}\ud800@attack.example`,
  };

  const asks = {
    register: (email) => site.register({ email }),
    change_email: (email) => site.post("change_email", { email, password: PASSWORD }, mallory),
    request_reset_password: (email) => site.post("request_reset_password", { login: email }),
    remind_user_name: (email) => site.post("remind_user_name", { email }),
  };

  for (const [what, email] of Object.entries(addresses)) {
    it(`attack: an address with ${what} is taken nowhere (${SOURCE})`, async () => {
      for (const [path, ask] of Object.entries(asks)) {
        const page = await ask(email);
        assert.ok([400, 422].includes(page.status), `${path}: ${page.status} ${page.text}`);
        assert.match(page.json.code, /^(fields|body)_invalid$/, path);
      }
      const login = await site.login(email);
      assert.match(expect(login, login.status === 400 ? 400 : 403).json.code, /^(credentials|body)_invalid$/);
    });
  }

  it(`attack: after all that nobody has been sent anything (${SOURCE})`, async () => {
    assert.equal(await site.enters(mallory.email), true, "so the attacks above failed for their own reason");
    const box = (await site.mailbox()).filter(({ to }) => to.includes(local) || to.startsWith("vv") || to === eve);
    assert.deepEqual(box.map(({ to, subject }) => [to, subject]), []);
    for (const email of [victim, eve]) assert.deepEqual(await site.mails(email), []);
  });

  it("attack: an address in other letters is the same one, and no second account", async () => {
    const { email } = await admin.known({ email: address("same") });
    for (const other of [email.toUpperCase(), `  ${email} `, email.replace("attack", "ATTACK")]) {
      expect(await site.register({ email: other, password: OTHER_PASSWORD }), 202);
      assert.equal(await site.enters(other, OTHER_PASSWORD), false);
      assert.equal(await site.enters(other), true);
    }
    await site.awaitMails(email, ({ subject }) => /already/.test(subject), 3);
    assert.ok((await site.mails(email)).every(({ subject }) => !/confirm/i.test(subject)));
  });

  const names = {
    "CR and LF": "Vera\r\nBcc: eve@evil.example",
    "a line feed": "Vera\nSubject: You have won",
    "a NUL": "Vera\0",
    "an escape": "Vera\u001b[31m",
  };

  for (const [what, first_name] of Object.entries(names)) {
    it(`attack: a name with ${what} is no name`, async () => {
      const email = address("named");
      expect(await site.register({ email, first_name }), 422, "fields_invalid");
      expect(await site.post("profile", { last_name: first_name }, mallory), 422, "fields_invalid");
      assert.deepEqual(await site.mails(email), []);
    });
  }

  const texts = {
    markup: '<img src=x onerror="alert(1)">',
    "a closed tag": '</p></td><a href="https://evil.example">Sign in</a>',
    "an attribute": '" onmouseover="alert(1)" x="',
    "an address": "https://evil.example/win",
    "a host": "Sign in at evil.example",
    "a placeholder": "{token} {site} {email}",
    "an entity": "&lt;b&gt;",
    "an override": "\u202eelpmaxe.live",
    "a line separator": "Vera\u2028Visit evil.example",
  };

  for (const [what, text] of Object.entries(texts)) {
    it(`attack: a name that is ${what} stands in no mail`, async () => {
      const person = await admin.known({ email: address("named"), first_name: "Vera" });
      const signedIn = await site.signedIn(person.email);
      const { status } = await site.post("profile", { first_name: text, last_name: text }, signedIn);
      assert.ok([200, 422].includes(status));
      const changed = { new_password: OTHER_PASSWORD, old_password: PASSWORD };
      expect(await site.post("change_password", changed, signedIn), 204);
      const fresh = address("fresh");
      await site.register({ email: fresh, first_name: text, last_name: text });
      const mails = [...(await site.awaitMails(person.email)), ...(status === 200 ? await site.awaitMails(fresh) : [])];
      for (const mail of mails) {
        const whole = JSON.stringify(mail);
        assert.doesNotMatch(whole, /onerror|onmouseover|evil\.example|\{token|&lt;b|&amp;lt;|\u202e|\u2028/, whole);
        for (const header of [mail.subject, mail.to, mail.from]) assert.doesNotMatch(header, /[\u0000-\u001f\u007f]/);
      }
    });
  }
});
