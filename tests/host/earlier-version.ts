import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";
import { PROTOCOL_VERSION } from "../../party/protocol";
import { STORAGE_SCHEMA } from "../../party/room/storage-layout";

export const EARLIER_PROTOCOL = PROTOCOL_VERSION - 1;
export const EARLIER_SCHEMA = STORAGE_SCHEMA - 1;

const changes = [
  { file: /party\/protocol\/wire\.ts$/, name: "PROTOCOL_VERSION", value: EARLIER_PROTOCOL },
  { file: /party\/room\/storage-layout\.ts$/, name: "STORAGE_SCHEMA", value: EARLIER_SCHEMA },
];

/** Makes a bundle the version before this one: it speaks the protocol before, and keeps rooms under the schema before. */
export const earlierVersion: Plugin = {
  name: "earlier-version",
  setup(build) {
    for (const { file, name, value } of changes) {
      build.onLoad({ filter: file }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        const contents = text.replace(new RegExp(`(export const ${name} =) \\d+;`), `$1 ${value};`);
        if (contents === text) throw new Error(`${path} defines no ${name}`);
        return { contents, loader: "ts" };
      });
    }
  },
};
