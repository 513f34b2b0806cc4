import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import {
  aConnectedPartner,
  aMappedPartner,
  aSandbox,
  aStateFile,
  cleanUp,
  mailbox,
  vendorKey,
} from "./gradient-sandbox-rig.ts";

afterEach(cleanUp);

describe("the sandbox's state", () => {
  it("is the same after a restart, also when the last line was torn", async () => {
    const before = await aSandbox();
    const partner = await aMappedPartner(before);
    await partner.count(5);
    await partner.count(6);
    const [card] = (await partner.partner("GET", "/cards")).body.items;
    await partner.partner("POST", `/cards/${card.cardId}/approve`);
    await partner.vendor("PATCH", "/organization/accounts/cust-2", { name: "Řeřicha" });
    const state = async (sandbox: typeof before) => ({
      organization: (await sandbox.partner("GET", `/organizations/${partner.organizationId}`)).body,
      counts: (await sandbox.partner("GET", `/organizations/${partner.organizationId}/counts`)).body,
      cards: (await sandbox.partner("GET", `/organizations/${partner.organizationId}/cards`)).body,
      vendor: (await sandbox.vendor(partner.token, "GET", "")).body,
    });
    const expected = await state(before);
    await before.close();
    appendFileSync(before.stateFile, '[{"table":"counts","key":"[\\"x');

    const after = await aSandbox({ stateFile: before.stateFile });
    expect(await state(after)).toEqual(expected);
    await after.close();
    expect(await state(await aSandbox({ stateFile: before.stateFile }))).toEqual(expected);
  });

  it("is compacted at a start and holds no token", async () => {
    const before = await aSandbox();
    const partner = await aMappedPartner(before);
    for (let unitCount = 0; unitCount < 50; unitCount++) await partner.count(unitCount);
    const text = readFileSync(before.stateFile, "utf8");
    expect(text.includes(partner.token) || text.includes(vendorKey)).toBe(false);
    await before.close();
    const { size } = statSync(before.stateFile);
    await aSandbox({ stateFile: before.stateFile });
    expect(statSync(before.stateFile).size).toBeLessThan(size / 3);
    expect(statSync(before.stateFile).mode & 0o777).toBe(0o600);
  });

  it("holds every count that was answered 201 when the process is killed", async () => {
    const stateFile = aStateFile();
    const prepared = await aSandbox({ stateFile });
    const partner = await aMappedPartner(prepared);
    await prepared.close();
    const program = `
      const { startGradientSandbox } = await import(${JSON.stringify(new URL("../../local/gradient-sandbox/gradient-sandbox.ts", import.meta.url).href)});
      const { url } = await startGradientSandbox(${JSON.stringify({ port: 0, stateFile, vendorKey })});
      process.stdout.write(url);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [url] = await once(child.stdout, "data");
    const headers = {
      "gradient-token": Buffer.from(`${vendorKey}:${partner.token}`).toString("base64"),
      "content-type": "application/json",
    };
    let accepted = 0;
    const send = async (unitCount: number) => {
      const body = JSON.stringify({ accountId: "cust-1", unitCount });
      const response = await fetch(`${url}/api/vendor-api/service/${partner.serviceId}/count`, {
        method: "POST",
        headers,
        body,
      });
      if (response.status === 201) accepted = unitCount;
    };
    const exited = once(child, "exit");
    for (let unitCount = 1; unitCount <= 60; unitCount++) {
      const sending = send(unitCount);
      if (unitCount === 60) child.kill("SIGKILL");
      await sending.catch(() => undefined);
    }
    await exited;

    const after = await aSandbox({ stateFile });
    const { body } = await after.partner("GET", `/organizations/${partner.organizationId}/counts`);
    expect(accepted).toBeGreaterThanOrEqual(59);
    expect([59, 60]).toContain(body.items[0].unitCount);
    expect(body.items[0].unitCount).toBeGreaterThanOrEqual(accepted);
  });

  it("takes a cut-off rebuild of the views up again", async () => {
    const before = await aSandbox({ now: Date.now });
    const partner = await aMappedPartner(before);
    await partner.count(5);
    await before.close();
    const after = await aSandbox({ stateFile: before.stateFile, now: Date.now });
    const outside = async () =>
      (await after.partner("GET", `/organizations/${partner.organizationId}`)).body.countsOutsideViews;
    expect(await outside()).toBe(1);
    await expect.poll(outside, { timeout: 3000 }).toBe(0);
  });

  it("says in one sentence what to do about a file that is damaged anywhere but at its end", async () => {
    const sound = await aSandbox();
    await aConnectedPartner(sound);
    await sound.close();
    const text = readFileSync(sound.stateFile, "utf8");
    const lines = text.split("\n");
    const damaged = [
      "",
      "garbage",
      '{"partners":[]}\n',
      text.replace(lines[1] ?? "", (lines[1] ?? "").slice(0, -9)),
      text.replace('"name"', '"nom"'),
      `${text}[{"table":"unheard-of","key":"x","value":null}]\n`,
      `${text}\u0000\u0000\n`,
    ];
    for (const content of damaged) {
      const stateFile = aStateFile();
      writeFileSync(stateFile, content);
      const message = await aSandbox({ stateFile }).then(
        () => "started",
        (error: Error) => error.message,
      );
      expect(message).toContain(stateFile);
      expect(message).toMatch(/^[^\n]*"npm start -- --fresh"\.$/);
      // nothing is overwritten before a person has decided
      expect(readFileSync(stateFile, "utf8")).toBe(content);
    }
  });

  it("says in one sentence that a file cannot be used, or a port not be taken", async () => {
    const stateFile = aStateFile();
    mkdirSync(stateFile);
    await expect(aSandbox({ stateFile })).rejects.toThrow(/cannot use its state file .*gradient\.jsonl \(EISDIR\)/);
    const first = await aSandbox();
    await expect(aSandbox({ port: Number(new URL(first.url).port) })).rejects.toThrow(/^Port \d+ is taken/);
  });

  it("keeps the services of the vendor for every partner", async () => {
    const before = await aSandbox();
    const partner = await aConnectedPartner(before);
    await partner.vendor("POST", "/service", mailbox);
    await before.close();
    const after = await aSandbox({ stateFile: before.stateFile });
    const other = await aConnectedPartner(after);
    expect((await other.vendor("GET", "")).body.data.skus).toMatchObject([mailbox]);
  });
});
