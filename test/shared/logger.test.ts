import { expect, it } from "vitest";
import { logger, setLogLevel, withLogFields } from "#shared/logger";
import { printedBy } from "#test/builders/stdout";

const captured = async (level: string, work: () => unknown): Promise<unknown[]> => {
  const printed = await printedBy(async () => {
    setLogLevel(level);
    await work();
  });
  return printed
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
};

it("writes one JSON line with the facts as fields, and the fields of the work around it", async () => {
  const lines = await captured("INFO", () =>
    withLogFields({ partnerId: "org-1" }, async () => {
      await withLogFields({ exportId: "run" }, async () => logger.info("export finished", { outcome: "partial" }));
      logger.error("job failed");
    }),
  );
  expect(lines).toMatchObject([
    { level: "INFO", message: "export finished", partnerId: "org-1", exportId: "run", outcome: "partial" },
    { level: "ERROR", message: "job failed", partnerId: "org-1" },
  ]);
  expect(lines[1]).not.toHaveProperty("exportId");
});

it("forgets the fields when the work failed", async () => {
  const failing = withLogFields({ partnerId: "org-1" }, async () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect((await captured("INFO", () => logger.info("next")))[0]).not.toHaveProperty("partnerId");
});

it("leaves out what is below the level, and ignores a level that it does not know", async () => {
  expect(await captured("warn", () => logger.info("detail"))).toEqual([]);
  expect(await captured("warn", () => logger.warn("attention"))).toHaveLength(1);
  const afterUnknownLevels = await captured("warn", () => {
    setLogLevel("loud");
    setLogLevel(undefined);
    logger.info("detail");
  });
  expect(afterUnknownLevels).toEqual([]);
});
