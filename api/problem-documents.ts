import * as z from "zod";

/** What every problem document has (RFC 9457); some codes have further members. */
export const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: "Dotted and stable: what a program goes by" }),
    detail: z.string().meta({ description: "For people" }),
    requestId: z.string(),
    errors: z
      .array(
        z.strictObject({
          path: z.string().meta({
            description:
              'A field of the body by its dotted path (`owner.email`, `customerIds.0`), others as `path.…`, `query.…`, `idempotency-key`; "" is the body as a whole',
          }),
          message: z.string(),
        }),
      )
      .optional(),
  })
  .meta({
    id: "Problem",
    examples: [
      {
        type: "urn:gradient-billing:problem:request.invalid",
        title: "The request needs a correction",
        status: 422,
        code: "request.invalid",
        detail: "Some fields of the request need a correction.",
        requestId: "0f8b5c1e-3f5f-4a52-9d6b-0c6c1b8b6e0d",
        errors: [{ path: "hour", message: "The hour must be a whole number from 0 to 23." }],
      },
    ],
  });

const organization = z.strictObject({ id: z.string(), name: z.string() });

/** What the documents of some codes have beyond that. */
const furtherMembers: Record<string, z.ZodRawShape> = {
  "agreement.outdated": { currentVersion: z.string() },
  "export.already-running": { exportId: z.string() },
  "integration.wrong-step": { state: z.string() },
  "organization.differs": { current: organization, new: organization },
  "service.name-taken": { serviceId: z.string() },
};

/** The document of one code, with all of its members and no others. */
export const problemOf = (code: string) => z.strictObject({ ...problem.shape, ...furtherMembers[code] });

type SchemaOf = (schema: z.ZodType, io: "output") => object;

/** The documents of some codes as JSON Schema: a branch for each that has members of its own, one for all others. */
export const documentsOf = (codes: readonly string[], of: SchemaOf): object => {
  const plain = codes.filter((code) => furtherMembers[code] === undefined);
  const base = of(problem, "output");
  const branches = [
    ...(plain.length === 0 ? [] : [{ allOf: [base, { properties: { code: { enum: plain } } }] }]),
    ...codes.flatMap((code) => {
      const members = furtherMembers[code];
      if (members === undefined) return [];
      return [{ allOf: [base, of(z.looseObject({ code: z.literal(code), ...members }), "output")] }];
    }),
  ];
  const [only] = branches;
  return branches.length === 1 && only ? only : { oneOf: branches };
};
