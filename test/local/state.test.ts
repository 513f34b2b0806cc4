import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { startDynoxide } from "#local/aws/dynoxide";
import { sourceHash } from "#local/fresh-template";
import { generateSecret } from "#local/host/provision/provision-secrets";
import { StartupProblem } from "#local/startup-problem";
import { readStateFile, writeStateFile } from "#local/state/state-file";
import { openStateFolder, requireUnheld } from "#local/state/state-folder";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "state-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a state file", () => {
  const schema = z.object({ count: z.number() });

  it("comes back as it was written, readable by its owner alone", () => {
    const file = join(folder, "a.json");
    writeStateFile(file, { count: 1 });

    expect(readStateFile(file, schema)).toEqual({ count: 1 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readStateFile(join(folder, "b.json"), schema)).toBeUndefined();
  });

  it.each(["", "{", '{"count":"one"}'])("that is damaged (%j) says how to start over", (content) => {
    const file = join(folder, "a.json");
    writeFileSync(file, content);

    expect(() => readStateFile(file, schema)).toThrow(/a\.json is damaged.*npm start -- --fresh/);
  });
});

describe("the state folder", () => {
  it("is one system's at a time, and free again after a kill", async () => {
    const other = join(folder, "running.json");
    writeFileSync(
      other,
      JSON.stringify({ pid: 1, commandLine: readFileSync("/proc/1/cmdline", "utf8").replaceAll("\0", " ").trim() }),
    );
    await expect(openStateFolder(folder, { fresh: false })).rejects.toThrow("runs already (process 1)");
    expect(() => requireUnheld(folder)).toThrow("runs already (process 1)");

    writeFileSync(other, JSON.stringify({ pid: 1, commandLine: "node local/start.ts of a container before this one" }));
    const opened = await openStateFolder(folder, { fresh: false });
    opened.release();

    expect(existsSync(other)).toBe(false);
    expect(() => requireUnheld(folder)).not.toThrow();
  });

  it("is forgotten when asked to, but never a folder of somebody else's", async () => {
    const own = await openStateFolder(folder, { fresh: false });
    writeFileSync(own.file("secrets.json"), "{}");
    own.release();
    (await openStateFolder(folder, { fresh: true })).release();
    expect(existsSync(own.file("secrets.json"))).toBe(false);

    const foreign = join(folder, "photos");
    mkdirSync(foreign);
    writeFileSync(join(foreign, "cat.jpg"), "");
    await expect(openStateFolder(foreign, { fresh: true })).rejects.toThrow("does not look like the state");
    expect(existsSync(join(foreign, "cat.jpg"))).toBe(true);
  });

  it("is not made out of a folder of somebody else's, which stays as it is", async () => {
    writeFileSync(join(folder, "cat.jpg"), "");
    chmodSync(folder, 0o755);

    await expect(openStateFolder(folder, { fresh: false })).rejects.toThrow("does not look like the state");
    expect(readdirSync(folder)).toEqual(["cat.jpg"]);
    expect(statSync(folder).mode & 0o777).toBe(0o755);
  });

  it("is its owner's alone, also where an earlier version left it open to others", async () => {
    writeFileSync(join(folder, "about.txt"), "", { mode: 0o644 });
    mkdirSync(join(folder, "queues"), { mode: 0o755 });
    writeFileSync(join(folder, "queues/fauxqs.db"), "", { mode: 0o644 });
    chmodSync(folder, 0o755);

    (await openStateFolder(folder, { fresh: false })).release();

    const modes = ["", "about.txt", "queues", "queues/fauxqs.db"].map(
      (name) => statSync(join(folder, name)).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o600, 0o700, 0o600]);
  });

  it("that cannot be made is said in a sentence", async () => {
    writeFileSync(join(folder, "file"), "");

    await expect(openStateFolder(join(folder, "file/state"), { fresh: false })).rejects.toBeInstanceOf(StartupProblem);
  });
});

describe("what the template is made from", () => {
  it("changes its hash with any source and with nothing else", () => {
    for (const name of ["infra", "functions", "shared", "docs"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "functions/a.ts"), "1");
    const hash = sourceHash(folder);
    writeFileSync(join(folder, "docs/a.md"), "1");

    expect(sourceHash(folder)).toBe(hash);
    writeFileSync(join(folder, "functions/a.ts"), "2");
    expect(sourceHash(folder)).not.toBe(hash);
  });
});

describe("a machine without dynoxide", () => {
  it("hears how to get one", async () => {
    await expect(startDynoxide(folder, [join(folder, "dynoxide")])).rejects.toThrow(/put its binary on the PATH/);
  });
});

describe("a generated secret", () => {
  it("keeps to the template's rules", () => {
    expect(generateSecret({})).toHaveLength(32);
    expect(generateSecret({ PasswordLength: 64, ExcludePunctuation: true })).toMatch(/^[A-Za-z0-9]{64}$/);
    expect(generateSecret({ ExcludeCharacters: "abc", PasswordLength: 500 })).not.toMatch(/[abc]/);
    expect(
      JSON.parse(generateSecret({ SecretStringTemplate: '{"user":"me"}', GenerateStringKey: "password" })),
    ).toEqual({
      user: "me",
      password: expect.any(String),
    });
  });
});
