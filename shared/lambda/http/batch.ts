import * as z from "zod";
import { fieldWords } from "../field-words.ts";
import { plainName } from "./plain-name.ts";

export interface Rejection {
  index: number;
  code: string;
  detail: string;
}

export interface Indexed<T> {
  /** The record's place in the batch. */
  index: number;
  record: T;
}

/** A batch as it comes in: its records are looked at one by one, so that a bad one keeps no good one out. */
export const batchOf = (max: number) => z.array(z.unknown()).max(max, `A batch has at most ${max} records.`);

// enough for the fields of any record
const maxDetailLength = 500;

/** Names fields and what is expected of them, never what was sent in them. */
const detailOf = ({ issues }: z.ZodError): string =>
  issues
    .map((issue) => {
      const isOdd = issue.code === "unrecognized_keys" && !issue.keys.every((key) => plainName.test(key));
      const message = isOdd ? "There is a field too many." : issue.message;
      return issue.path.length === 0 ? message : `${issue.path.join(".")}: ${message}`;
    })
    .join(" ")
    .slice(0, maxDetailLength);

/** Parts a batch into the records that have the right shape and the rejections, with `code`, of all others. */
export const sortOut = <S extends z.ZodType>(schema: S, records: unknown[], code: string) => {
  const good: Indexed<z.infer<S>>[] = [];
  const rejected: Rejection[] = [];
  for (const [index, value] of records.entries()) {
    const parsed = schema.safeParse(value, { error: fieldWords });
    if (parsed.success) good.push({ index, record: parsed.data });
    else rejected.push({ index, code, detail: detailOf(parsed.error) });
  }
  return { good, rejected };
};
