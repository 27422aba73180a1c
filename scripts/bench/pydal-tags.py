"""The tags of pydal, timed for `npm run bench tags`.

    python3 pydal-tags.py FILE FOLDER

FILE is a Directory's database. Its tags are put into two of pydal's in FOLDER: `plain`, as pydal makes it, and
`indexed`, which has indexes besides. The first line of standard output says how many they are. Then each line of standard
input is a task, which is done so many times, each line of standard output its answer, both JSON; times are in microseconds.
"""

import json
import sys
import time

from pydal import DAL, Field
from pydal.tools.tags import Tags

INDEXES = (
    "CREATE INDEX by_record ON document_tag_default (record_id, tagpath)",
    # LIKE, by which pydal finds, makes no difference of case.
    "CREATE INDEX by_path ON document_tag_default (tagpath COLLATE NOCASE, record_id)",
)


def open_database(name, folder):
    """Journal and syncing are those of the other side."""

    def set_up(adapter):
        adapter.execute("PRAGMA journal_mode = WAL")
        adapter.execute("PRAGMA synchronous = NORMAL")

    db = DAL(f"sqlite://{name}", folder=folder, after_connection=set_up)
    db.define_table("document", Field("name"))
    return db, Tags(db.document)


def fill(db, file):
    db.commit()
    db.executesql("ATTACH ? AS directory", (file,))
    number = "CAST(substr(record, 10) AS INTEGER)"
    own = "FROM directory.tag WHERE own = 1 AND record LIKE 'document/%'"
    db.executesql(f"INSERT INTO document (id, name) SELECT DISTINCT {number}, record {own} ORDER BY 1")
    columns, path = "(tagpath, record_id)", "'/' || tag || '/'"
    db.executesql(f"INSERT INTO document_tag_default {columns} SELECT {path}, {number} {own} ORDER BY record")
    db.commit()
    db.executesql("DETACH directory")
    return db.executesql("SELECT COUNT(*) FROM document_tag_default")[0][0]


def find(db, tags, task):
    mode = {"all": "and", "any": "or"}[task["mode"]]
    for _ in range(task["times"]):
        names = [row.name for row in db(tags.find(task["tags"], mode)).select(limitby=(0, task["limit"]))]
    return names


def add(db, tags, task):
    for record in task["records"]:
        tags.add(record, task["tags"])
        db.commit()


def main(file, folder):
    databases = {name: open_database(f"{name}.sqlite", folder) for name in ("plain", "indexed")}
    counts = [fill(db, file) for db, _ in databases.values()]
    for index in INDEXES:
        databases["indexed"][0].executesql(index)
    databases["indexed"][0].commit()
    print(json.dumps(min(counts)), flush=True)
    for line in sys.stdin:
        task = json.loads(line)
        work = {"find": find, "add": add}[task["task"]]
        begin = time.perf_counter()
        reply = work(*databases[task["database"]], task)
        micros = (time.perf_counter() - begin) * 1e6
        print(json.dumps({"time": micros / task["times"], "reply": reply}), flush=True)


main(*sys.argv[1:])
