import {
  appendFileSync,
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

const header = '{"format":"gradient-sandbox","version":1}';

export const corruptState = (file: string, lineNumber: number): Error =>
  new Error(
    `The Gradient sandbox cannot read its state file ${file} (line ${lineNumber} is damaged): ` +
      'move it away, or start without any earlier state by "npm start -- --fresh".',
  );

const unusable = (file: string, cause: unknown): Error => {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
  return new Error(
    `The Gradient sandbox cannot use its state file ${file} (${code}): make it and its folder readable and writable, ` +
      'or start without any earlier state by "npm start -- --fresh".',
    { cause },
  );
};

/**
 * The journal's lines after its header. An end without a line break is an append that was cut by a kill: it was
 * never answered, so it is left out. The header came by a rename, so a damaged one is not that.
 */
export const readJournal = (file: string): string[] => {
  let text: string;
  try {
    if (!existsSync(file)) return [];
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw unusable(file, error);
  }
  const [first, ...lines] = text.split("\n");
  if (first !== header || lines.length === 0) throw corruptState(file, 1);
  lines.pop();
  return lines;
};

export interface Journal {
  append(line: string): void;
  close(): void;
}

/**
 * Writes the journal anew with the given lines, atomically, and keeps it open for more. Appends are synchronous but
 * without fsync: what was handed to the kernel survives the death of this process, if not that of the machine.
 */
export const rewriteJournal = (file: string, lines: string[]): Journal => {
  let descriptor: number;
  let size: number;
  let closed = false;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, [header, ...lines, ""].join("\n"), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    descriptor = openSync(file, "a");
    size = statSync(file).size;
  } catch (error) {
    throw unusable(file, error);
  }
  return {
    append: (line) => {
      // the number of a closed descriptor may by now belong to another file
      if (closed) throw new Error("The Gradient sandbox's state was closed.");
      const bytes = Buffer.from(`${line}\n`, "utf8");
      try {
        appendFileSync(descriptor, bytes);
      } catch (error) {
        // half a line must not stay: the next append would turn it into a damaged line in the middle
        ftruncateSync(descriptor, size);
        throw error;
      }
      size += bytes.length;
    },
    close: () => {
      if (!closed) closeSync(descriptor);
      closed = true;
    },
  };
};
