import { expect, it } from "vitest";
import { writeLetter } from "#functions/send-owner-mail/write-letter";
import { noTotals } from "#shared/exports/line";
import { mailboxFor } from "#shared/mail/mailbox";
import { aPartner } from "#test/builders/partner";
import { aTableWith } from "#test/builders/table";
import { aChunkRow, anExportRow, aReceipt } from "#test/builders/usage-export";

/** Two runs that have left the same lines over, one in the other's order. */
const runs = ["20261122T120000000Z-a", "20261122T130000000Z-b"];
const left = (customerId: string) => aReceipt({ customerId, outcome: "deferred" });

it("says the same of lines that are left over, in whatever order they were sent, and with whatever others", async () => {
  const totals = { ...noTotals, lines: 2, deferred: 2 };
  const over = { state: "finished", chunks: 2, allChunks: 2, totals } as const;
  const table = await aTableWith(
    ...runs.map((id, index) => anExportRow({ id, ...over, outcome: index === 0 ? "failed" : "partial" })),
    ...runs.flatMap((exportId, index) =>
      ["c0", "c1"].map((customerId, place) =>
        aChunkRow({
          exportId,
          number: index === 0 ? place : 1 - place,
          content: { state: "done", receipts: [left(customerId)] },
        }),
      ),
    ),
  );
  const write = writeLetter({
    table,
    agreement: { title: "Agreement" } as never,
    hubUrl: "https://h.test",
    gradientBaseUrl: "https://g.test",
  });

  const said = runs.map(async (exportId) => {
    const facts = { kind: "run-result" as const, exportId };
    const mail = { partnerId: "org-1001", mailId: "m", facts, further: [], furtherCount: 0, recipient: null };
    const box = await mailboxFor(table, { ...mail, partnerId: "nobody" });
    return (await write(mail as never, aPartner(), box))?.says?.text;
  });

  expect(await said[1]).toBe(await said[0]);
  expect(await said[0]).toContain("partial");
});
