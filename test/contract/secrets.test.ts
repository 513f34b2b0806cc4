import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { DeleteSecretCommand, DescribeSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startSecretsManager } from "#local/aws/secrets-manager";
import { partnerToken } from "#shared/gradient/gradient-token";
import { keptForPersonsMs, secretText, vendorKeyIn } from "#shared/secrets/secret-text";
import { secretsManagerVault } from "#shared/secrets/secrets-manager-vault";
import type { TokenVault } from "#shared/secrets/token-vault";
import { inMemoryTokenVault } from "#test/fakes/in-memory-token-vault";
import { json, startLoopbackServer } from "./loopback-server.ts";

const name = "gradient-billing/test/partner/4f6d";
const first = partnerToken.parse("canary-first-token-9f3c");
const second = partnerToken.parse("canary-second-token-77aa");

let folder: string;
let store: Awaited<ReturnType<typeof startSecretsManager>>;
let client: SecretsManagerClient;
/** The operations that were asked of Secrets Manager, in order. */
let asked: string[];
let now: Date;

const clientFor = (endpoint: string) =>
  new SecretsManagerClient({
    endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "secrets-"));
  store = await startSecretsManager(join(folder, "secrets.json"));
  client = clientFor(store.url);
  asked = [];
  client.middlewareStack.add(
    (next, context) => (args) => {
      asked.push(String(context.commandName).replace("Command", ""));
      return next(args);
    },
    { step: "initialize" },
  );
  now = new Date("2026-11-02T09:00:00Z");
});
afterEach(async () => {
  client.destroy();
  await store.close();
  await rm(folder, { recursive: true });
});
const minutesLater = (minutes: number) => {
  now = new Date(now.getTime() + minutes * 60_000);
};

describe.each<[string, () => TokenVault]>([
  ["in memory", () => inMemoryTokenVault()],
  ["in Secrets Manager", () => secretsManagerVault(client, () => now)],
])("a token vault %s", (_, open) => {
  it("gives back what was stored", async () => {
    const vault = open();
    const { versionId } = await vault.store(name, first);
    expect(await vault.read(name, versionId)).toBe(first);
  });

  it("gives the same version for the same token, also after another was stored", async () => {
    const vault = open();
    const one = await vault.store(name, first);
    expect(await vault.store(name, first)).toEqual(one);
    const other = await vault.store(name, second);
    expect(other).not.toEqual(one);
    expect(await vault.store(name, second)).toEqual(other);
    expect(await vault.store(name, first)).toEqual(one);
  });

  it("keeps the old version readable after a new one was stored", async () => {
    const vault = open();
    const old = await vault.store(name, first);
    const current = await vault.store(name, second);
    vault.forget(name);
    expect(await vault.read(name, old.versionId)).toBe(first);
    expect(await vault.read(name, current.versionId)).toBe(second);
  });

  it("says that a token is missing which was removed, or never stored", async () => {
    const vault = open();
    const { versionId } = await vault.store(name, first);
    await vault.read(name, versionId);
    await vault.remove(name);
    const missing = { kind: "not-found", code: "token.missing" };
    await expect(vault.read(name, versionId)).rejects.toMatchObject(missing);
    await expect(vault.read("gradient-billing/test/partner/other", versionId)).rejects.toMatchObject(missing);
  });

  it("removes twice, and takes the token back afterwards", async () => {
    const vault = open();
    await vault.store(name, first);
    await vault.remove(name);
    await vault.remove(name);
    const { versionId } = await vault.store(name, first);
    expect(await vault.read(name, versionId)).toBe(first);
  });
});

describe("the vault in Secrets Manager", () => {
  it("creates a secret first and adds versions to it later", async () => {
    const vault = secretsManagerVault(client);
    const { versionId } = await vault.store(name, first);
    await vault.store(name, first);
    await vault.store(name, second);
    expect(asked).toEqual(["PutSecretValue", "CreateSecret", "PutSecretValue", "PutSecretValue"]);
    expect(versionId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it("gives one token two versions under two names, so that a version tells nothing about equal tokens", async () => {
    const vault = secretsManagerVault(client);
    expect(await vault.store(name, first)).not.toEqual(await vault.store(`${name}-2`, first));
  });

  it("leaves the first of two tokens readable when it comes back after the second", async () => {
    const vault = secretsManagerVault(client);
    await vault.store(name, first);
    await vault.store(name, second);
    const { versionId } = await vault.store(name, first);

    expect(await secretsManagerVault(client).read(name, versionId)).toBe(first);
  });

  it("keeps the token that was stored last labelled, for a version without a label may be deleted", async () => {
    const vault = secretsManagerVault(client);
    const third = partnerToken.parse("canary-third-token-5b1d");
    const labels = async () =>
      (await client.send(new DescribeSecretCommand({ SecretId: name }))).VersionIdsToStages ?? {};
    let before: string | undefined;
    for (const token of [first, second, first, third, first, second, second, first]) {
      const { versionId } = await vault.store(name, token);
      const was = before !== undefined && before !== versionId ? { [before]: ["AWSPREVIOUS"] } : {};
      expect(await labels()).toMatchObject({ [versionId]: ["AWSCURRENT"], ...was });
      expect(await secretsManagerVault(client).read(name, versionId)).toBe(token);
      before = versionId;
    }
  });

  it("labels it although another has moved the label at the same moment", async () => {
    const vault = secretsManagerVault(client);
    const { versionId } = await vault.store(name, first);
    await vault.store(name, second);
    let isMoved = false;
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === "UpdateSecretVersionStageCommand" && !isMoved) {
            isMoved = true;
            await secretsManagerVault(clientFor(store.url)).store(name, partnerToken.parse("canary-third-token-5b1d"));
          }
          return next(args);
        },
      { step: "initialize" },
    );

    await vault.store(name, first);

    const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId: name }));
    expect(VersionIdsToStages?.[versionId]).toEqual(["AWSCURRENT"]);
  });

  it("brings back a secret that an operator has scheduled for deletion", async () => {
    const vault = secretsManagerVault(client);
    const { versionId } = await vault.store(name, first);
    await client.send(new DeleteSecretCommand({ SecretId: name, RecoveryWindowInDays: 7 }));
    await expect(vault.read(name, versionId)).rejects.toMatchObject({ code: "token.missing" });

    const restored = await vault.store(name, second);

    expect(await vault.read(name, restored.versionId)).toBe(second);
  });

  it("asks again only after five minutes, or when told to forget", async () => {
    const vault = secretsManagerVault(client, () => now);
    const { versionId } = await vault.store(name, first);
    const reads = async () => {
      await vault.read(name, versionId);
      return asked.filter((operation) => operation === "GetSecretValue").length;
    };
    expect(await reads()).toBe(1);
    minutesLater(4.9);
    expect(await reads()).toBe(1);
    minutesLater(0.1);
    expect(await reads()).toBe(2);
    vault.forget("another secret");
    expect(await reads()).toBe(2);
    vault.forget(name);
    expect(await reads()).toBe(3);
  });

  it("takes a secret that is not found for removed", async () => {
    const empty = await startLoopbackServer(json(400, { __type: "ResourceNotFoundException", message: "no" }));
    await secretsManagerVault(clientFor(empty.url)).remove(name);
    expect(empty.received).toHaveLength(1);
    await empty.close();
  });

  it("takes something that is no token for a missing one", async () => {
    const broken = await startLoopbackServer(json(200, { SecretString: "canary: two words" }));
    const vault = secretsManagerVault(clientFor(broken.url));
    await expect(vault.read(name, "v")).rejects.toMatchObject({ code: "token.missing" });
    await broken.close();
  });

  const failuresOf = async (type: string) => {
    const failing = await startLoopbackServer((request, response) =>
      json(400, { __type: type, message: `no: ${request.body}` })(request, response),
    );
    const vault = secretsManagerVault(clientFor(failing.url));
    const errors = await Promise.all(
      [
        vault.store(name, first),
        vault.read(name, "v"),
        vault.remove(name),
        secretText(clientFor(failing.url), name)(),
      ].map((call) => Promise.resolve(call).catch((error: unknown) => error)),
    );
    await failing.close();
    return errors;
  };

  it("says that it is unavailable, with no word of the request, when Secrets Manager is busy", async () => {
    const errors = await failuresOf("ThrottlingException");

    for (const error of errors) {
      expect(error).toMatchObject({
        kind: "unavailable",
        code: "secrets.unavailable",
        cause: { name: "ThrottlingException" },
      });
    }
    expect(inspect(errors, { depth: 20, showHidden: true })).not.toContain("canary");
  });

  it("throws a fault, with no word of the request, when Secrets Manager refuses the call", async () => {
    const errors = await failuresOf("AccessDeniedException");

    for (const error of errors) {
      expect(error).toMatchObject({
        name: "InfrastructureFault",
        message: "The secret store refused a call: AccessDeniedException",
      });
    }
    expect(inspect(errors, { depth: 20, showHidden: true })).not.toContain("canary");
  });
});

describe("a secret text", () => {
  const set = async (text: string) => {
    await secretsManagerVault(client).remove(name);
    // the vault takes any text at run time; only its type asks for a token
    await secretsManagerVault(client).store(name, text as typeof first);
    asked = [];
  };

  it("is fetched once in five minutes, also when asked for twice at the same time", async () => {
    await set("vendor-key\n");
    const read = secretText(client, name, { now: () => now });
    expect(await Promise.all([read(), read()])).toEqual(["vendor-key", "vendor-key"]);
    minutesLater(4.9);
    await read();
    expect(asked).toEqual(["GetSecretValue"]);

    await set("rotated-key");
    expect(await read()).toBe("vendor-key");
    minutesLater(0.1);
    expect(await read()).toBe("rotated-key");
  });

  it("is kept for seconds where a person takes what comes of it at its word", async () => {
    await set("vendor-key");
    const read = secretText(client, name, { now: () => now, keptMs: keptForPersonsMs });
    await read();
    await set("rotated-key");
    expect(await read()).toBe("vendor-key");
    minutesLater(0.1);
    expect(await read()).toBe("rotated-key");
  });

  it("is a fault where it is missing or empty, and is asked for again", async () => {
    const read = secretText(client, name, { now: () => now });
    await expect(read()).rejects.toThrow("The secret store refused a call: ResourceNotFoundException");
    await set(" ");
    await expect(read()).rejects.toMatchObject({ name: "InfrastructureFault" });
    await set("vendor-key");
    expect(await read()).toBe("vendor-key");
  });
});

describe("the vendor key", () => {
  it("comes with the version of its secret, from memory until it is told to forget", async () => {
    const vault = secretsManagerVault(client);
    const versions = [await vault.store(name, first), await vault.store(name, second)];
    asked = [];
    const vendorKey = vendorKeyIn(client, name, { now: () => now });
    const current = { key: second, version: versions[1]?.versionId };
    expect(await Promise.all([vendorKey.current(), vendorKey.current()])).toEqual([current, current]);
    expect(asked).toEqual(["GetSecretValue"]);

    const { versionId } = await vault.store(name, partnerToken.parse("canary-third-token-5b1d"));
    expect(await vendorKey.current()).toEqual(current);
    vendorKey.forget();
    expect(await vendorKey.current()).toEqual({ key: "canary-third-token-5b1d", version: versionId });
  });
});
