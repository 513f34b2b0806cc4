import * as z from "zod";
import { serviceCategory, serviceSubcategory } from "./service-categories.ts";

// Unknown properties are ignored, not refused: nothing public says that Gradient refuses them.

const id = z.string().min(1);
const name = z.string().min(1);

const anyOfThem = (fields: Record<string, unknown>) => Object.values(fields).some((value) => value !== undefined);
const nothingToChange = "at least one property must be sent";

const oneOrMany = <S extends z.ZodType>(entry: S) => z.union([z.array(entry), entry]);

export const vendorUpdate = z
  .object({
    name: name.optional(),
    description: z.string().optional(),
    vendorSupportPageUrl: z.url().optional(),
    integrationPortalUrl: z.url().optional(),
  })
  .refine(anyOfThem, nothingToChange);

export const vendorServiceCreate = z.object({
  name,
  description: z.string(),
  category: serviceCategory,
  subcategory: serviceSubcategory,
  supportArticle: z.string().optional(),
  supportContact: z.string().optional(),
});

const mappableCreate = z.object({
  id,
  name,
  description: z.string().optional(),
  isArrears: z.boolean().optional(),
});
export type MappableCreate = z.infer<typeof mappableCreate>;

export const accountsCreate = oneOrMany(mappableCreate);
export const organizationServicesCreate = oneOrMany(mappableCreate.extend({ description: z.string() }));

const changeable = {
  name: name.optional(),
  description: z.string().optional(),
  isActive: z.boolean().optional(),
  isArrears: z.boolean().optional(),
};
export const mappableUpdate = z.object({ id: id.optional(), ...changeable }).refine(anyOfThem, nothingToChange);
export type MappableUpdate = z.infer<typeof mappableUpdate>;

const mappableBulkUpdate = z.object({ id, ...changeable });
export type MappableBulkUpdate = z.infer<typeof mappableBulkUpdate>;
export const mappablesUpdate = oneOrMany(mappableBulkUpdate);

export const unitCountBody = z
  .object({
    accountId: id.optional(),
    clientOId: id.optional(),
    // whether Gradient refuses negative numbers is not documented; a client that never sends one is safe either way
    unitCount: z.number().min(0),
  })
  .refine(({ accountId, clientOId }) => accountId !== undefined || clientOId !== undefined, {
    message: "accountId must be a string",
    path: ["accountId"],
  });

export const noBuildFlag = z.enum(["true", "false"]);
