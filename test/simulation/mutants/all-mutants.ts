import type { Mutant } from "./mutant.ts";
import { mutantsOfAccounts } from "./mutants-of-accounts.ts";
import { mutantsOfAgreements } from "./mutants-of-agreements.ts";
import { mutantsOfCatalogue } from "./mutants-of-catalogue.ts";
import { mutantsOfLooks } from "./mutants-of-looks.ts";
import { mutantsOfMails } from "./mutants-of-mails.ts";
import { mutantsOfOrder } from "./mutants-of-order.ts";
import { mutantsOfPages } from "./mutants-of-pages.ts";
import { mutantsOfProbes } from "./mutants-of-probes.ts";
import { mutantsOfRuns } from "./mutants-of-runs.ts";
import { mutantsOfSending } from "./mutants-of-sending.ts";
import { mutantsOfTrouble } from "./mutants-of-trouble.ts";
import { mutantsOfTypedTokens } from "./mutants-of-typed-tokens.ts";
import { mutantsOfVerdicts } from "./mutants-of-verdicts.ts";
import { mutantsOfWants } from "./mutants-of-wants.ts";

export const allMutants: readonly Mutant[] = [
  ...mutantsOfSending,
  ...mutantsOfRuns,
  ...mutantsOfWants,
  ...mutantsOfVerdicts,
  ...mutantsOfProbes,
  ...mutantsOfLooks,
  ...mutantsOfAccounts,
  ...mutantsOfCatalogue,
  ...mutantsOfTypedTokens,
  ...mutantsOfAgreements,
  ...mutantsOfTrouble,
  ...mutantsOfOrder,
  ...mutantsOfPages,
  ...mutantsOfMails,
];

/**
 * The files that a mutant changes, as it would have them. Undefined when a guard is not where the list says, or stands
 * there twice.
 */
export const patchedFiles = ({ patches }: Mutant, read: (file: string) => string): Map<string, string> | undefined => {
  const files = new Map<string, string>();
  for (const { file, from, to } of patches) {
    const text = files.get(file) ?? read(file);
    if (text.split(from).length !== 2) return undefined;
    files.set(
      file,
      text.replace(from, () => to),
    );
  }
  return files;
};
