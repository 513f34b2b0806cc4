import { writeFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import { openApi } from "./openapi.ts";
import { routes } from "./routes.ts";

export const descriptionFile = path.resolve(import.meta.dirname, "../docs/openapi.yaml");

/** As it has to stand in `docs/openapi.yaml`. */
export const description = (): string =>
  `# Made by \`npm run openapi\` from the routes' declarations. Not to be edited.\n${stringify(openApi(routes), { aliasDuplicateObjects: false, lineWidth: 120 })}`;

if (import.meta.main) writeFileSync(descriptionFile, description());
