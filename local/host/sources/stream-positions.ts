import * as z from "zod";
import { readStateFile, writeStateFile } from "../../state/state-file.ts";
import type { StreamPosition } from "./stream-source.ts";

/** The positions of all streams in one file, by the name of their event source. */
export const streamPositions = (file: string): ((source: string) => StreamPosition) => {
  const positions = new Map(Object.entries(readStateFile(file, z.record(z.string(), z.string())) ?? {}));
  return (source) => ({
    read: () => positions.get(source),
    write: (sequenceNumber) => {
      positions.set(source, sequenceNumber);
      writeStateFile(file, Object.fromEntries(positions));
    },
  });
};
