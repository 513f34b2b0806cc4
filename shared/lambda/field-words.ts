import type * as z from "zod";

const kinds: Record<string, string> = {
  string: "a text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

const sizeOf = (origin: string, size: number | bigint): string => {
  if (origin === "string") return Number(size) === 1 ? "1 character" : `${size} characters`;
  if (origin === "array") return Number(size) === 1 ? "1 entry" : `${size} entries`;
  return String(size);
};

const subjectOf = (path: PropertyKey[] | undefined = []): string => {
  if (path.length === 0) return "The record";
  return path.length === 1 && path[0] === "body" ? "The body" : "This";
};

/**
 * What a field has to be, for people, where its schema has no words of its own. Names what is expected, never what was
 * sent.
 */
export const fieldWords: z.core.$ZodErrorMap = (issue) => {
  const subject = subjectOf(issue.path);
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return `${subject} is missing.`;
      return `${subject} has to be ${kinds[issue.expected] ?? `of the type ${issue.expected}`}.`;
    case "invalid_value":
      return `${subject} has to be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}.`;
    case "unrecognized_keys":
      return `There is no such field: ${issue.keys.join(", ")}.`;
    case "too_big":
      return `${subject} has at most ${sizeOf(issue.origin, issue.maximum)}.`;
    case "too_small":
      return `${subject} has at least ${sizeOf(issue.origin, issue.minimum)}.`;
    case "invalid_union":
      // the last is what is usual, those before it are exceptions from it
      return (issue.errors.at(-1)?.[0]?.message ?? "The record is not what it should be.").replace(
        "The record",
        subject,
      );
    default:
      return `${subject} is not what it should be.`;
  }
};
