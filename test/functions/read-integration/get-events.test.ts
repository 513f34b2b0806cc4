import { describe, expect, it } from "vitest";
import { eventWrite } from "#shared/events/event";
import { anHttpEvent, call } from "#test/builders/http-event";
import { minutesAfter, noon } from "#test/builders/time";
import { anEndpoint, answer, base, read } from "./read-rig.ts";

describe("GET /events", () => {
  const anEvent = (id: string, at: string, partnerId = "org-1001") => {
    const by = { actor: "person-1", actorName: "Dana Reyes", role: "owner", address: "198.51.100.7" };
    const write = eventWrite({ id, partnerId, type: "export.started", at, details: { exportId: "1" }, ...by });
    if (!("put" in write)) throw new Error("An event is written with a put.");
    return write.put;
  };

  it("shows the newest first", async () => {
    const rows = [anEvent("1", minutesAfter(-1)), anEvent("2", noon), anEvent("3", noon, "org-2002")];

    const shown = (id: string, at: string) => ({
      id,
      type: "export.started",
      at,
      actor: "person-1",
      actorName: "Dana Reyes",
      role: "owner",
      address: "198.51.100.7",
      details: { exportId: "1" },
    });
    expect(await read(rows, "/events")).toEqual(
      answer({ items: [shown("2", noon), shown("1", minutesAfter(-1))], nextCursor: null }),
    );
  });

  it("goes on where the cursor says", async () => {
    const rows = Array.from({ length: 450 }, (_, index) => anEvent(String(index), minutesAfter(index)));
    const { endpoint } = await anEndpoint(...rows);
    const ids: string[] = [];
    const sizes: number[] = [];

    for (let query: Record<string, string> | undefined = {}; query; ) {
      const { body } = await call(endpoint, anHttpEvent({ routeKey: `${base}/events`, query }));
      sizes.push(body.items.length);
      ids.push(...body.items.map(({ id }: { id: string }) => id));
      query = body.nextCursor === null ? undefined : { cursor: body.nextCursor };
    }

    expect(sizes).toEqual([200, 200, 50]);
    expect(ids).toEqual(Array.from({ length: 450 }, (_, index) => String(449 - index)));
  });
});
