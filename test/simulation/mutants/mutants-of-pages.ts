import { type Mutant, one } from "./mutant.ts";

const starting = "functions/start-export/start-export.ts";
const checking = "functions/check-mapping/check-mapping.ts";
const mapped = "shared/customers/mapped.ts";

/** Guards around what a person is told, and may do, while Gradient's trouble holds the calls. */
export const mutantsOfPages: Mutant[] = [
  one(
    "held: a run starts all the same",
    "deeds",
    starting,
    'if (mode !== "dry-run") await mayCall',
    "if (false) await mayCall",
  ),
  one("held: a dry run is kept back", "deeds", starting, 'if (mode !== "dry-run") await mayCall', "await mayCall"),
  one(
    "held: by what an earlier token has met",
    "deeds",
    starting,
    "tokenVersionId: before.token?.versionId }, now()",
    "tokenVersionId: undefined }, now()",
  ),
  one("held: a look is told to be made at once", "pages", checking, "?.retryAt ?? null;", "?.retryAt ? null : null;"),
  one(
    "held: a repeated press is told so",
    "pages",
    checking,
    "pressHeldUntil: heldUntil, isPressTold: !isAutomatic",
    "isPressTold: !isAutomatic",
  ),
  one(
    "a service that no count has tried is told to be unmapped",
    "pages",
    mapped,
    "tried.services.has(serviceId) ? isServiceMapped(serviceId) : null",
    "isServiceMapped(serviceId)",
  ),
  one(
    "a 404 that names neither half tells nothing",
    "pages",
    mapped,
    'if (acceptedAt !== "" || isMissed) {',
    'if (acceptedAt !== "") {',
  ),
  one(
    "a line is unmapped where one half is not known",
    "pages",
    mapped,
    "return account === null || service === null ? null : true;",
    "return account === null || service === null ? false : true;",
  ),
  one(
    "one trouble is told twice",
    "pages",
    "shared/views/integration-view.ts",
    "problems.filter(({ code }) => code !== met?.code)",
    "problems",
  ),
];
