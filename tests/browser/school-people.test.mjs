// A day at the school: Ada sets it up, Ben teaches, Cleo is a pupil. In Chromium, each with a browser of her own.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, createAccounts } from "../support/accounts.mjs";
import { useRuntime } from "../support/runtime.mjs";
import { PHONE, chooseAtProvider, enter, look, raiseStage, signIn } from "./stage.mjs";

// What is refused is said on the console too, by Chromium itself.
const REFUSALS = { except: "status of 4" };

let runtime;
let stage;
let ada;
let ben;
let cleo;

before(async () => {
  runtime = await useRuntime();
  stage = await raiseStage(runtime.oak);
  [ada, ben, cleo] = [await stage.person(), await stage.person(), await stage.person({ viewport: PHONE })];
});

after(async () => {
  await stage?.close();
  await runtime?.close();
});

const heading = (page, name) => page.getByRole("heading", { level: 1, name });
const told = (page, text) => page.locator("#notice").getByText(text).waitFor();
const dialog = (page) => page.getByRole("dialog", { name: "Is it really you?" });
const rooms = (page) => page.getByRole("navigation", { name: "Administration" });
const client = (page, call) => page.evaluate(`import("/client.js").then(({ client }) => client.${call}).then(() => undefined)`);
const place = (page, name) =>
  page.getByRole("group", { name: "Asked in four places" }).getByRole("button").filter({ hasText: name });
const verdict = (page, name, says) => place(page, name).filter({ hasText: says }).waitFor();

test("Ada comes in and sets the school up, in one go", async () => {
  const { page } = ada;
  await signIn(page, "Ada", { next: "/admin" });
  await heading(page, "Administration").waitFor();
  await look(page, "school-admin-first");
  await page.getByRole("button", { name: "Set up the school" }).click();
  await told(page, "The school is set up");
  await page.getByText("Its groups are there").waitFor();
  await look(page, "school-admin-set-up");
  await rooms(page).getByRole("link", { name: "Classes" }).click();
  await page.getByText("edit document", { exact: true }).first().waitFor();
  await look(page, "school-admin-classes");
});

test("Ben and Cleo come in, and are told whom to ask", async () => {
  await signIn(ben.page, "Ben");
  await heading(ben.page, "Hello, Ben").waitFor();
  await ben.page.getByText("The office puts you into one").waitFor();
  assert.equal(await ben.page.getByRole("link", { name: "Staff room" }).count(), 0);
  await ben.page.goto("/teachers");
  await heading(ben.page, "For teachers").waitFor();
  await verdict(ben.page, "Decided", "No");
  await look(ben.page, "school-staff-closed");
  await ben.page.goto("/admin/people");
  await heading(ben.page, "For the office").waitFor();
  await look(ben.page, "school-admin-closed");
  await signIn(cleo.page, "Cleo", { next: "/classes/7b" });
  await heading(cleo.page, "Class 7b is for its own people").waitFor();
});

test("Ada enters Ben as a teacher and Cleo as a pupil; nobody twice, and nobody whom she did not mean", async () => {
  const { page } = ada;
  await page.goto("/admin/classes/7b");
  const find = async (handle, role) => {
    await page.getByLabel("Address or user name").fill(handle);
    await page.getByLabel("As").selectOption(role);
    await page.getByRole("button", { name: "Find" }).click();
  };
  await find("nobody@school.example", "pupil");
  await page.getByText("Nobody of that name has signed in here yet.").waitFor();
  await look(page, "school-admin-class-nobody");
  await find("Ben@school.example", "teacher");
  await page.getByRole("link", { name: "Ben" }).waitFor();
  await look(page, "school-admin-class-found");
  await page.getByRole("button", { name: "Enter as a teacher" }).click();
  await told(page, "Ben is a teacher of 7b now.");
});

test("attack: who has typed in somebody's address, or begins as she does, is entered in her place", async () => {
  const { page } = ada;
  await page.goto("/admin/classes/7b");
  const find = async (handle) => {
    await page.getByLabel("Address or user name").fill(handle);
    await page.getByRole("button", { name: "Find" }).click();
  };
  await find("cleo@school.example");
  const refusal = page.getByRole("alert").filter({ hasText: "Nobody has proved yet that this address is theirs." });
  await refusal.waitFor();
  await look(page, "school-admin-class-unproved");
  const onward = await refusal.getByRole("link", { name: "Cleo" }).getAttribute("href");
  await find("ben@school");
  await page.getByText("Nobody of that name has signed in here yet.").waitFor();

  await page.goto("/admin/people");
  await page.getByLabel("Address or user name").fill("cleo@");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText("No address").or(page.locator(".found").getByRole("link", { name: "Cleo" })).waitFor();
  await page.locator(".found li").nth(1).waitFor({ state: "detached" });
  await page.locator(".found").getByRole("link", { name: "Cleo" }).click();
  await page.getByText("has not been proved, nor has the name").waitFor();
  const chosen = page.getByLabel("Class", { exact: true });
  assert.equal(await chosen.inputValue(), "", "no class that nobody chose");
  await page.goto(onward);
  await page.getByText("has not been proved, nor has the name").waitFor();
  assert.equal(await chosen.inputValue(), "7b");
  assert.equal(await page.getByLabel("As", { exact: true }).inputValue(), "pupil");
  await look(page, "school-person-unproved");
  await page.getByRole("region", { name: "Into a class" }).getByRole("button", { name: "Enter" }).click();
  await told(page, "Cleo is a pupil of 7b now.");
  await page.goto("/admin/classes/7b");
  await page.getByRole("link", { name: "Cleo" }).waitFor();
  await look(page, "school-admin-class");
});

test("the class opens to both, and the board is written on", async () => {
  await client(ben.page, "refresh()");
  await client(cleo.page, "refresh()");
  await heading(cleo.page, "Class 7b").and(cleo.page.locator("h1")).waitFor();
  await cleo.page.getByText("Wednesday is the pond excursion").waitFor();
  assert.equal(await cleo.page.getByRole("heading", { name: "Register" }).count(), 0, "the register is the teachers'");
  await look(cleo.page, "school-class-pupil");

  await ben.page.goto("/classes/7b");
  await ben.page.getByRole("heading", { name: "Register" }).waitFor();
  await ben.page.getByText("Cleo").waitFor();
  await ben.page.getByRole("button", { name: "Change it" }).click();
  await ben.page.getByLabel("On the board").fill("Bring a net.\n\nAnd a towel.");
  await look(ben.page, "school-board-edited");
  await ben.page.getByRole("button", { name: "Write it down" }).click();
  await told(ben.page, "It is on the board.");
  await look(ben.page, "school-class-teacher");
  await cleo.page.reload();
  await cleo.page.getByText("And a towel.").waitFor();
});

test("Ben finds a draft, and why he may change it: by his tag, which his token carries", async () => {
  const { page } = ben;
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Staff room" }).click();
  await heading(page, "Staff room").waitFor();
  await look(page, "school-staff");
  await page.getByRole("link", { name: /The trip in spring/ }).click();
  await heading(page, "The trip in spring").waitFor();
  await page.getByRole("button", { name: "Change it" }).click();
  for (const name of ["Your browser", "Carried", "Replicated", "Decided"]) await verdict(page, name, "Yes");
  await page.getByText("not known").waitFor();
  await look(page, "school-draft");
});

test("publishing takes a fresh proof: Ben gives it at his provider, comes back, and it is done", async () => {
  const { page } = ben;
  await client(page, "endConfirmation()");
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await dialog(page).getByText("not older than 10 minutes").waitFor();
  assert.equal(await dialog(page).getByLabel("Password").count(), 0, "he has none");
  await look(page, "school-proof-provider");
  await dialog(page).getByRole("button", { name: "Cancel" }).click();
  await page.getByText("Nothing was changed").waitFor();
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await dialog(page).getByRole("button", { name: "Sign in anew with Demo school" }).click();
  await chooseAtProvider(page, "Ben");
  await told(page, "Published.");
  await page.getByRole("button", { name: "Take it back" }).waitFor();
  await cleo.page.goto("/documents/class-trip");
  await heading(cleo.page, "The trip in spring").waitFor();
  assert.equal(await cleo.page.getByRole("button", { name: /^(Publish|Change the text)$/ }).count(), 0);
  await cleo.page.getByRole("button", { name: "Change it" }).click();
  await verdict(cleo.page, "Decided", "No");
  await look(cleo.page, "school-document-pupil");
});

test("of two editors the later one is told so, and loses nothing of what she wrote", async () => {
  const { page, context } = ben;
  const other = await context.newPage();
  for (const one of [page, other]) {
    await one.goto("/documents/herbarium");
    await one.getByRole("button", { name: "Change the text" }).click();
  }
  await look(page, "school-editor");
  await other.getByLabel("Title").fill("The herbarium, once more");
  await other.getByRole("button", { name: "Save" }).click();
  await told(other, "Saved.");
  await page.getByLabel("Text").fill("My own words.");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Somebody else has changed this").waitFor();
  assert.equal(await page.getByLabel("Text").inputValue(), "My own words.");
  await look(page, "school-editor-stale");
  await other.close();
});

test("what somebody is writing is still there when her tags have changed meanwhile", async () => {
  const { page } = ben;
  await page.goto("/documents/herbarium");
  await page.getByRole("button", { name: "Change the text" }).click();
  await page.getByLabel("Text").fill("Half a sentence");
  const { account } = await page.evaluate(`import("/client.js").then(({ client }) => client.session())`);
  const set = (call) => client(ada.page, `tags.${call}("groups", "account/${account}", ["teacher/9c"])`);
  await set("add");
  await client(page, "refresh()");
  await page.locator("#status").getByText("You are signed in").waitFor({ state: "attached" });
  assert.equal(await page.getByLabel("Text").inputValue(), "Half a sentence");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Change the text" }).waitFor();
  await set("remove");
  await client(page, "refresh()");
});

test("Ben writes something; what is missing is said at its field", async () => {
  const { page } = ben;
  await page.goto("/teachers");
  await page.getByRole("link", { name: "Write something" }).click();
  await page.getByRole("button", { name: "Keep it as a draft" }).click();
  await page.getByText("Please fill this in.").first().waitFor();
  assert.equal(await page.evaluate("document.activeElement.name"), "title");
  await look(page, "school-write");
  await page.getByLabel("Title").fill("Nets and lenses");
  await page.getByLabel("Text").fill("Three of each.\n\nCount them afterwards.");
  await page.getByRole("button", { name: "Keep it as a draft" }).click();
  await heading(page, "Nets and lenses").waitFor();
  await page.getByText("Draft").waitFor();
  await page.getByText("Class 7b").first().waitFor();
});

test("Ada may edit by what her group was granted: no token carries that, and the tree says so", async () => {
  const { page } = ada;
  await page.goto("/documents/school-rules");
  await page.getByRole("button", { name: "Change it" }).click();
  await verdict(page, "Your browser", "Not known");
  await verdict(page, "Replicated", "Yes");
  await verdict(page, "Decided", "Yes");
  await place(page, "Decided").click();
  await page.getByText("is in a group that was granted").waitFor();
  await look(page, "school-granted");
  await page.getByRole("button", { name: "Change the text" }).waitFor();
});

test("with a password the proof is given on the page, and what was wanted is done at once", async () => {
  const accounts = createAccounts(runtime, "oak");
  const { form, account } = await accounts.member();
  await ada.page.goto(`/admin/people/${account}`);
  await ada.page.getByLabel("Another tag").fill("teacher/7a");
  await ada.page.getByRole("button", { name: "Give" }).click();
  await told(ada.page, "teacher/7a has been given.");

  const { page, leave } = await stage.person({ viewport: PHONE });
  await page.goto("/sign-in?next=/documents/library-morning");
  await enter(page, form.email, PASSWORD);
  await heading(page, "What to read").waitFor();
  await client(page, "endConfirmation()");
  await page.getByRole("button", { name: "Take it back" }).click();
  await dialog(page).getByLabel("Password", { exact: true }).fill("not this one");
  await dialog(page).getByRole("button", { name: "Confirm" }).click();
  await dialog(page).getByText("This is not your password.").waitFor();
  await look(page, "school-proof-password");
  await dialog(page).getByLabel("Password", { exact: true }).fill(PASSWORD);
  await dialog(page).getByRole("button", { name: "Confirm" }).click();
  await told(page, "Taken back");
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await told(page, "Published.");
  await leave(REFUSALS);
});

test("attack: coming back from the provider does the opposite of what was wanted, or does it for somebody else", async () => {
  const { page } = ben;
  const state = () => page.evaluate(`fetch("/api/documents/class-trip").then((answer) => answer.json())`);
  const leaveFor = async () => {
    await page.goto("/documents/class-trip");
    await client(page, "endConfirmation()");
    await page.getByRole("button", { name: "Take it back" }).click();
    await dialog(page).getByRole("button", { name: "Sign in anew with Demo school" }).click();
    await page.getByRole("button", { name: /^Ben\b/ }).waitFor();
  };
  await leaveFor();
  // Ada is quicker, and then publishes it once more.
  const put = (published) =>
    ada.page.evaluate(`import("/api.js").then(async ({ read, change }) => {
      const { version } = await read("/api/documents/class-trip");
      await change("/api/documents/class-trip/published", { published: ${published} }, version);
    })`);
  await put(false);
  await chooseAtProvider(page, "Ben");
  await page.getByRole("button", { name: "Publish", exact: true }).waitFor();
  assert.equal((await state()).published, false);
  await put(true);

  await leaveFor();
  await chooseAtProvider(page, "Ada");
  await heading(page, "The trip in spring").waitFor();
  await page.getByRole("button", { name: "Take it back" }).waitFor();
  assert.equal((await state()).published, true, "it is Ada now, who wanted nothing");
  await client(page, "signOut()");
  await signIn(page, "Ben");
});

test("Ada looks after people: finds them, blocks and activates, ends sessions, takes tags", async () => {
  const accounts = createAccounts(runtime, "oak");
  const { form, account, browser } = await accounts.member();
  const { page } = ada;
  await page.goto("/admin/people");
  await page.getByLabel("Address or user name").fill(form.user_name);
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText(form.email).waitFor();
  await look(page, "school-people");
  await page.getByRole("link", { name: form.user_name }).click();
  await page.getByRole("button", { name: "Block" }).waitFor();
  await look(page, "school-person");
  await page.getByRole("button", { name: "Block" }).click();
  await told(page, "is blocked");
  assert.equal((await browser.get(`${runtime.oak}/auth/session?at=decided`)).json.session ?? null, null);
  await page.getByRole("button", { name: "Activate" }).click();
  await told(page, "is active now");
  for (let count = 0; count < 3; count += 1) await accounts.enter(form.email);
  await page.reload();
  await page.getByRole("button", { name: /^End the session/ }).first().click();
  await told(page, "One session has been ended.");
  await page.getByRole("button", { name: "End them all" }).click();
  await told(page, "2 sessions have been ended.");
  await page.getByLabel("Another tag").fill("/");
  await page.getByRole("button", { name: "Give" }).click();
  await page.getByText("tag_invalid").waitFor();
  await page.getByLabel("Another tag").fill("choir");
  await page.getByRole("button", { name: "Give" }).click();
  await told(page, "choir has been given.");
  await page.getByRole("button", { name: "Take the tag choir" }).click();
  await told(page, "choir has been taken.");
  await page.goto(`/admin/people/${"0".repeat(32)}`);
  await heading(page, "There is nobody of that id").waitFor();
  await look(page, "school-person-unknown");
  assert.ok(account);
});

test("somebody who waits is approved, and somebody else refused", async () => {
  const { page } = ada;
  const created = (name) =>
    client(
      page,
      `accounts.create({ user_name: ${JSON.stringify(name)}, email: ${JSON.stringify(`${name}@mail.example`)}, status: "pending" })`,
    );
  const names = ["waits", "waits-too"].map((name) => `${name}-${process.pid}`);
  for (const name of names) await created(name);
  await page.goto("/admin/people");
  const row = (name) =>
    page
      .getByRole("region", { name: "Waiting to come in" })
      .getByRole("listitem")
      .filter({ has: page.getByRole("link", { name, exact: true }) });
  await row(names[0]).waitFor();
  await look(page, "school-waiting");
  await row(names[0]).getByRole("button", { name: "Approve" }).click();
  await row(names[0]).waitFor({ state: "detached" });
  await row(names[1]).getByRole("button", { name: "Refuse" }).click();
  await row(names[1]).waitFor({ state: "detached" });
  await page.getByLabel("Address or user name").fill(names[1]);
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText("Blocked").waitFor();
});

test("a new class has its groups; activity, rules and keys are shown", async () => {
  const { page } = ada;
  await page.goto("/admin/classes");
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByText("This does not have the form").or(page.getByText("Please fill this in.")).first().waitFor();
  for (const [label, value] of [
    ["Short name", "8d"],
    ["Full name", "Class 8d"],
    ["Tutor", "Ms Voss"],
    ["Room", "The loft"],
  ])
    await page.getByLabel(label).fill(value);
  await page.getByRole("button", { name: "Make it" }).click();
  await told(page, "Class 8d is there.");
  await page.getByText("teacher/8d").waitFor();
  await rooms(page).getByRole("link", { name: "Activity" }).click();
  await page.getByText("Group created").first().waitFor();
  const details = await page.locator(".event-details").allTextContents();
  assert.ok(details.some((text) => /\b[0-9a-f]{6}…/.test(text)), "an id is told by how it begins");
  assert.deepEqual(details.filter((text) => /[0-9a-f]{32}|: *(·|$)/.test(text)), []);
  await look(page, "school-activity");
  await rooms(page).getByRole("link", { name: "Rules" }).click();
  await page.getByRole("button", { name: "Me", exact: true }).click();
  await page.getByRole("button", { name: "Which rule?" }).click();
  await page.getByText("The rule for").waitFor();
  await look(page, "school-rules-asked");
  await rooms(page).getByRole("link", { name: "Signing keys" }).click();
  await page.getByRole("button", { name: "List the keys" }).click();
  await page.getByText("Signs the tokens").waitFor();
  await page.getByRole("button", { name: "A key is compromised" }).click();
  await page.getByRole("dialog", { name: "Withdraw all keys?" }).waitFor();
  await look(page, "school-keys");
  await page.getByRole("button", { name: "Keep them" }).click();
});

test("attack: the question before all keys are withdrawn outlives the one who was asked", async () => {
  const { page, context } = ada;
  await page.getByRole("button", { name: "A key is compromised" }).click();
  await page.getByRole("dialog", { name: "Withdraw all keys?" }).waitFor();
  const other = await context.newPage();
  await other.goto("/documents");
  await client(other, "signOut()");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await heading(page, "Administration").waitFor();
  await other.close();
});

test("each has an account page and a way out; the console has nothing to complain of", async () => {
  await ben.page.goto("/account");
  await ben.page.getByRole("heading", { name: "Where you are signed in" }).waitFor();
  await look(ben.page, "school-account");
  await heading(ben.page, "Your account").waitFor();
  for (const { leave } of [ada, ben, cleo]) await leave(REFUSALS);
});
