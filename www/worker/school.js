import { DurableObject } from "cloudflare:workers";
import { classes, documents } from "./seed.js";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS classes (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, room TEXT NOT NULL, tutor TEXT NOT NULL,
    note TEXT NOT NULL, timetable TEXT NOT NULL, version INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS register (
    class TEXT NOT NULL, account TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (class, account)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, audience TEXT NOT NULL, class TEXT,
    published INTEGER NOT NULL, author TEXT NOT NULL, changed_at INTEGER NOT NULL, version INTEGER NOT NULL
  ) STRICT;
`;

const MAX_LISTED = 200;

/**
 * What the school itself knows: its classes, who is in them by name, its documents. One object, the single writer. It asks nobody whether
 * somebody may: its only callers are the routes, which have.
 *
 * Every change is of a version: one that was made of an older one is refused, so that of two who edit at once none covers the other.
 */
export class School extends DurableObject {
  #sql;

  constructor(ctx, env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    ctx.blockConcurrencyWhile(async () => ctx.storage.transactionSync(() => this.#open()));
  }

  #open() {
    this.#sql.exec(SCHEMA);
    const { known } = this.#one("SELECT count(*) AS known FROM classes");
    if (known > 0) return;
    classes.forEach((one) => this.#insertClass(one));
    const now = seconds();
    documents.forEach(({ daysAgo, ...one }) => this.#insertDocument({ ...one, changed_at: now - daysAgo * 86_400 }));
  }

  classes() {
    return this.#all("SELECT id, name, room, tutor FROM classes ORDER BY length(id), id");
  }

  class(id) {
    const found = this.#one("SELECT * FROM classes WHERE id = ?", id);
    return found ? { ...found, timetable: JSON.parse(found.timetable) } : null;
  }

  /** Null if there is one of that id. */
  addClass(details) {
    if (this.class(details.id)) return null;
    this.#insertClass({ note: "", timetable: [], ...details });
    return this.class(details.id);
  }

  /** Null if the version is not the present one. */
  writeNote(id, version, note) {
    const { rowsWritten } = this.#sql.exec(
      "UPDATE classes SET note = ?, version = version + 1 WHERE id = ? AND version = ?",
      note,
      id,
      version,
    );
    return rowsWritten > 0 ? this.class(id) : null;
  }

  register(id) {
    return this.#all("SELECT account, name, role FROM register WHERE class = ? ORDER BY role DESC, name, account", id);
  }

  enter(id, account, name, role) {
    this.#sql.exec("INSERT OR REPLACE INTO register VALUES (?, ?, ?, ?)", id, account, name, role);
  }

  strike(id, account) {
    this.#sql.exec("DELETE FROM register WHERE class = ? AND account = ?", id, account);
  }

  /** What the office has entered somebody as, in this class before others: what people call themselves is no author's name. */
  nameOf(account, id) {
    const query = "SELECT name FROM register WHERE account = ? ORDER BY class = ? DESC, class LIMIT 1";
    return this.#one(query, account, id ?? "")?.name ?? "A member of staff";
  }

  /** The newest, with how each of them begins. */
  documents() {
    const columns = "id, kind, title, substr(body, 1, 400) AS body, audience, class, published, author, changed_at, version";
    const rows = this.#all(`SELECT ${columns} FROM documents ORDER BY changed_at DESC, id LIMIT ?`, MAX_LISTED);
    return rows.map(readDocument).map(({ body, ...rest }) => ({ ...rest, summary: summaryOf(body) }));
  }

  document(id) {
    const found = this.#one("SELECT * FROM documents WHERE id = ?", id);
    return found ? readDocument(found) : null;
  }

  addDocument(details) {
    const id = [...crypto.getRandomValues(new Uint8Array(10))].map((byte) => (byte % 36).toString(36)).join("");
    this.#insertDocument({ id, published: false, changed_at: seconds(), ...details });
    return this.document(id);
  }

  /** Null if the version is not the present one. */
  changeDocument(id, version, { title, body, author }) {
    return this.#change(id, version, "title = ?, body = ?, author = ?", title, body, author);
  }

  publish(id, version, published) {
    return this.#change(id, version, "published = ?", Number(published));
  }

  #change(id, version, assignments, ...values) {
    const change = `UPDATE documents SET ${assignments}, changed_at = ?, version = version + 1 WHERE id = ? AND version = ?`;
    const { rowsWritten } = this.#sql.exec(change, ...values, seconds(), id, version);
    return rowsWritten > 0 ? this.document(id) : null;
  }

  #insertClass({ id, name, room, tutor, note, timetable }) {
    this.#sql.exec("INSERT INTO classes VALUES (?, ?, ?, ?, ?, ?, 1)", id, name, room, tutor, note, JSON.stringify(timetable));
  }

  #insertDocument({ id, kind, title, body, audience, class: of = null, published, author, changed_at }) {
    const values = [id, kind, title, body, audience, of, Number(published), author, changed_at];
    this.#sql.exec("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)", ...values);
  }

  #all = (query, ...values) => this.#sql.exec(query, ...values).toArray();
  #one = (query, ...values) => this.#all(query, ...values)[0];
}

const readDocument = (row) => ({ ...row, published: row.published === 1 });

function summaryOf(body) {
  const [first] = body.split("\n\n");
  return first.length > 160 ? `${first.slice(0, 157).trimEnd()}…` : first;
}

const seconds = () => Math.floor(Date.now() / 1000);
