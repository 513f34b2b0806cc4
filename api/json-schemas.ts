import * as z from "zod";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** zod says of every whole number that it is a safe one, and of every date-time what a date-time is. */
const readable = ({ jsonSchema }: { jsonSchema: JsonSchema }): void => {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
};

const inComponents = (schema: JsonSchema): JsonSchema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));

/** Turns schemas into JSON Schema, and collects those that have an id of their own. */
export const jsonSchemas = () => {
  const components = new Map<string, JsonSchema>();

  /** One id that reads two ways would describe one of them wrongly. */
  const collect = (id: string, schema: JsonSchema): void => {
    const known = components.get(id);
    if (known && JSON.stringify(known) !== JSON.stringify(schema)) throw new Error(`Two schemas are called ${id}.`);
    components.set(id, schema);
  };

  return {
    components,
    /** `input` is what a caller may send, `output` what comes out. */
    of: (schema: z.ZodType, io: "input" | "output"): JsonSchema => {
      const { $schema: _, $defs = {}, ...own } = z.toJSONSchema(schema, { io, override: readable });
      for (const [id, found] of Object.entries($defs)) {
        const { id: _id, ...rest } = found;
        collect(id, inComponents(rest));
      }
      const { id, ...rest } = own;
      if (typeof id !== "string") return inComponents(own);
      collect(id, inComponents(rest));
      return { $ref: `#/components/schemas/${id}` };
    },
  };
};
