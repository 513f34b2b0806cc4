import { expect, it } from "vitest";
import { guardedFleet } from "../guarded-fleet.ts";

it("a doubt about a partner that a look has suspended meanwhile comes to an end", async () => {
  const { world, confirm, asked, pass, why } = await guardedFleet(4);
  // its accounts were gone twice, and now its key is
  world.tenant("org-2").goodToken = null;
  const confirmed = confirm("org-2");
  world.change("org-2", ({ token }) => ({
    state: "suspended",
    token: token && { ...token, status: "valid" },
    problems: [{ code: "gradient.disconnected", since: "2026-11-22T10:00:00.000Z" }],
  }));
  await confirmed;
  asked.length = 0;

  await pass(60);

  expect(await why("org-2")).toBeNull();
  expect(asked).toEqual([]);
});
