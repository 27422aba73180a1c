// Makes `pkg/strength.dat`, the words by which passwords are judged:
//
//   node scripts/dictionary.mjs [--check]
//
// The words and their ranks are the frequency lists of zxcvbn, Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.,
// MIT licence (`pkg/strength.LICENSE`). They are read from the crate `zxcvbn` of Cargo.lock, which the tests measure us by.
// `--check` writes nothing and fails if the file is not what would be written.
//
// The file: `CSW1`, the FNV-1a hash of all that follows (4 bytes, little endian), the number of words (4 bytes, little
// endian), the number of letters and the letters, then the words, in order, packed. A word is: how many letters of the one
// before are dropped, the letters that follow, 0, its kind and its rank. Every number is written bit by bit with an
// arithmetic coder, whose model has learned from the words before it. `src/domain/strength/unpack.rs` is the other half.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "./paths.mjs";
import { Fault, isMain, main, run } from "./run.mjs";

/** The lists, and of which kind their words are. */
const lists = { PASSWORDS: 0, ENGLISH_WIKI: 1, US_TV_AND_FILM: 1, FEMALE_NAMES: 2, MALE_NAMES: 2, SURNAMES: 2 };

const file = join(root, "pkg", "strength.dat");

async function dictionary() {
  const words = await collect();
  const data = pack(words);
  console.log(`${words.length} words, ${data.length} bytes, ${gzipSync(data, { level: 9 }).length} with gzip`);
  if (!process.argv.includes("--check")) return writeFileSync(file, data);
  if (!existsSync(file) || !readFileSync(file).equals(data)) throw new Fault("pkg/strength.dat is not what would be made");
}

/** Every word once, with its best rank, in the order of its bytes. */
async function collect() {
  const { packages } = JSON.parse(await run("cargo", ["metadata", "--format-version", "1"], { cwd: root }));
  const { manifest_path } = packages.find(({ name }) => name === "zxcvbn");
  const source = readFileSync(join(manifest_path, "..", "src", "frequency_lists.rs"), "utf8");
  const best = new Map();
  for (const [list, kind] of Object.entries(lists)) {
    const words = source.match(new RegExp(`const ${list}: &str = "([^"]*)"`))[1].split(",");
    for (const [index, word] of words.entries()) {
      if (!(best.get(word)?.rank <= index + 1)) best.set(word, { word, kind, rank: index + 1 });
    }
  }
  return [...best.values()].sort((one, other) => (one.word < other.word ? -1 : 1));
}

function pack(words) {
  const letters = [...new Set(words.flatMap(({ word }) => [...word]))].sort();
  const encoder = new Encoder();
  const models = { drop: new Model(10, 5), letter: new Model(13, 6), kind: new Model(13, 2), rank: new Model(9, 5) };
  let before = { codes: [], kept: 0 };
  for (const { word, kind, rank } of words) {
    const codes = [...word].map((letter) => letters.indexOf(letter) + 1);
    before = packWord(encoder, models, before, { codes, kind, rank: rankStep(rank), traits: traits(word) });
  }
  const count = Buffer.alloc(4);
  count.writeUInt32LE(words.length);
  const body = Buffer.concat([count, Buffer.from([letters.length]), Buffer.from(letters.join("")), encoder.finish()]);
  const hash = Buffer.alloc(4);
  hash.writeUInt32LE(fnv1a(body));
  return Buffer.concat([Buffer.from("CSW1"), hash, body]);
}

function packWord(encoder, models, before, { codes, kind, rank, traits }) {
  const differs = codes.findIndex((code, index) => code !== before.codes[index]);
  const kept = differs < 0 ? codes.length : differs;
  const put = (model, context, symbol) => models[model].put(encoder, context, symbol);
  put("drop", before.codes.length * 32 + before.kept, before.codes.length - kept);
  const replaced = before.codes[kept] ?? 0;
  for (let index = kept; index <= codes.length; index += 1) {
    const last = codes[index - 1] ?? 0;
    const context = index === kept ? 4096 + last * 64 + replaced : (codes[index - 2] ?? 0) * 64 + last;
    put("letter", context, codes[index] ?? 0);
  }
  put("kind", (codes.length * 4 + traits) * 64 + codes.at(-1), kind);
  put("rank", (kind * 32 + codes.length) * 4 + traits, rank);
  return { codes, kept };
}

/** Ranks on a logarithmic scale, two steps for each doubling, rounded down. */
const rankStep = (rank) => Math.floor(2 * Math.log2(rank));

/** 1: has a digit; 2: has a letter from a to z. */
const traits = (word) => (/[0-9]/.test(word) ? 1 : 0) + (/[a-z]/.test(word) ? 2 : 0);

/** Numbers of `bits` bits, each bit with the odds that it had in the same context before. */
class Model {
  constructor(contextBits, bits) {
    this.bits = bits;
    this.odds = new Uint16Array(1 << (contextBits + bits)).fill(32768);
    this.seen = new Uint8Array(1 << (contextBits + bits));
  }

  put(encoder, context, symbol) {
    let node = 1;
    for (let shift = this.bits - 1; shift >= 0; shift -= 1) {
      const bit = (symbol >> shift) & 1;
      const cell = (context << this.bits) + node;
      encoder.put(this.odds[cell], bit);
      this.learn(cell, bit);
      node = node * 2 + bit;
    }
  }

  learn(cell, bit) {
    const rate = Math.floor(655360 / (10 * this.seen[cell] + 16));
    const missing = bit ? 65536 - this.odds[cell] : this.odds[cell];
    const change = Math.floor((missing * rate) / 65536);
    this.odds[cell] += bit ? change : -change;
    this.seen[cell] = Math.min(63, this.seen[cell] + 1);
  }
}

/** A binary arithmetic coder: `odds` of 65,536 that the bit is 1. */
class Encoder {
  bytes = [];
  low = 0;
  high = 0xffffffff;

  put(odds, bit) {
    const range = this.high - this.low;
    const middle = this.low + Math.floor((range * odds) / 65536);
    if (bit) this.high = middle;
    else this.low = middle + 1;
    while (((this.low ^ this.high) & 0xff000000) === 0) {
      this.bytes.push(this.high >>> 24);
      this.low = (this.low << 8) >>> 0;
      this.high = ((this.high << 8) | 255) >>> 0;
    }
  }

  /** What is missing at the end is read as 0; so one byte above `low` is enough. */
  finish() {
    return Buffer.from([...this.bytes, (this.low >>> 24) + 1]);
  }
}

function fnv1a(bytes) {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
}

if (isMain(import.meta)) await main(dictionary);
