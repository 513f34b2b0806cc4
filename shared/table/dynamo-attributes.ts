import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import type { Item, Key } from "./table.ts";

/** A row, or a key, as DynamoDB's API writes it. */
export type Attributes = Record<string, AttributeValue>;

// A row without a version is for whoever reads it to refuse: here it would take its whole page with it.
const storedItem = z.looseObject({ pk: z.string(), sk: z.string(), version: z.number().catch(Number.NaN) });

/** DynamoDB refuses a row for half a character, which anybody's JSON may hold: U+FFFD takes its place. */
const wellFormed = (value: unknown): unknown => {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(wellFormed);
  return Object.fromEntries(Object.entries(value).map(([name, its]) => [name, wellFormed(its)]));
};

export const toItem = (item: Item): Attributes => marshall(wellFormed(item), { removeUndefinedValues: true });
export const fromItem = (attributes: Attributes): Item => storedItem.parse(unmarshall(attributes));
export const toText = (text: string): AttributeValue => ({ S: text.toWellFormed() });
export const toKey = ({ pk, sk }: Key): Attributes => ({ pk: toText(pk), sk: toText(sk) });
