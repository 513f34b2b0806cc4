import { readFileSync } from "node:fs";
import type { Task } from "#shared/outbox/outbox";
import type { Item } from "#shared/table/table";

/** Rows and messages as one version of the service has written them, by what they are. */
export interface RowFile {
  rows: Record<string, Item>;
  messages: Record<string, Task & Record<string, unknown>>;
}

/** JSON has no bytes; a buffer becomes a list of numbers before anybody is asked. */
export const toText = (file: RowFile): string =>
  `${JSON.stringify(
    file,
    (_key, its) => (its?.type === "Buffer" ? { base64: Buffer.from(its.data).toString("base64") } : its),
    2,
  )}\n`;

export const readRowFile = (url: URL): RowFile =>
  JSON.parse(readFileSync(url, "utf8"), (_key, its) =>
    typeof its?.base64 === "string" ? new Uint8Array(Buffer.from(its.base64, "base64")) : its,
  );
