import type { Item } from "#shared/table/table";

const utf8 = (text: string): number => Buffer.byteLength(text, "utf8");

/** About one byte for two significant digits, and one; the zeros at either end are not counted. */
const numberBytes = (value: number): number => {
  const digits = Math.abs(value).toFixed(20).replace(".", "").replace(/^0+/, "").replace(/0+$/, "").length;
  return Math.ceil(digits / 2) + 1 + (value < 0 ? 1 : 0);
};

// a list or map costs three bytes, and one for each element or pair
const holderBytes = 3;
const elementBytes = 1;

const valueBytes = (value: unknown): number => {
  if (value === null || typeof value === "boolean") return 1;
  if (typeof value === "string") return utf8(value);
  if (typeof value === "number") return numberBytes(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value)) {
    return value.reduce((sum, element) => sum + elementBytes + valueBytes(element), holderBytes);
  }
  if (typeof value === "object") {
    const pairs = Object.entries(value).filter(([, held]) => held !== undefined);
    return pairs.reduce((sum, [name, held]) => sum + elementBytes + utf8(name) + valueBytes(held), holderBytes);
  }
  return 0;
};

/** The size of an item as DynamoDB counts it: names and values, by its documented rules for each type. */
export const itemBytes = (item: Item): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) => sum + (value === undefined ? 0 : utf8(name) + valueBytes(value)),
    0,
  );

/** A write unit is one write of up to 1 kB. */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024));

/** A read unit is one consistent read of up to 4 kB. */
export const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 4096));
