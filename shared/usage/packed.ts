import { deflateRawSync, inflateRawSync } from "node:zlib";
import * as z from "zod";

// Lines repeat within a few hundred bytes, so a window of 4 kB finds as much as one of 32 kB, and is set up in half the time.
const settings = { windowBits: 12, memLevel: 4 };

/**
 * Lists of lines are stored deflated: ids and names repeat, so a chunk of 64 lines takes two to three write units instead of
 * fifteen (ADR 4).
 */
export const pack = (value: unknown): Uint8Array =>
  deflateRawSync(Buffer.from(JSON.stringify(value), "utf8"), settings);

const bytes = z.instanceof(Uint8Array);

export const unpack = (packed: unknown): unknown => JSON.parse(inflateRawSync(bytes.parse(packed)).toString("utf8"));
