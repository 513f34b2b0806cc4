import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { currentAgreement } from "#shared/agreements/agreement";
import { composeMail } from "#shared/mail/letters/compose-mail";
import { mailSamples, sampleContext, sampleRun } from "./mail-samples.ts";

// npm run mail:preview: writes one of each kind of mail as HTML and as text, to look at
const folder = path.resolve("dist/mails");
mkdirSync(folder, { recursive: true });
const sources = { agreementTitle: currentAgreement.title, run: sampleRun };
for (const facts of Object.values(mailSamples)) {
  for (const [name, further] of [
    [facts.kind, { causes: [], count: 0 }],
    [`${facts.kind}-joined`, { causes: [facts, facts], count: 5 }],
  ] as const) {
    const mail = composeMail(facts, sampleContext, {
      ...sources,
      further: { ...further, causes: [...further.causes] },
    });
    if (!mail) continue;
    writeFileSync(path.join(folder, `${name}.html`), mail.html);
    writeFileSync(path.join(folder, `${name}.txt`), `${mail.subject}\n\n${mail.text}`);
  }
}
process.stdout.write(`${Object.keys(mailSamples).length} kinds of mail: ${folder}\n`);
