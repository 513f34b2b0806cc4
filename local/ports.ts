import { createServer } from "node:net";
import { portTaken } from "./http/http-server.ts";

export interface Ports {
  hubUi: number;
  api: number;
  gradient: number;
  mailbox: number;
  issuer: number;
}

/** Five in a row, or five times 0: any free one. */
export const portsFrom = (base: number): Ports => {
  const at = (offset: number) => (base === 0 ? 0 : base + offset);
  return { hubUi: at(0), api: at(1), gradient: at(2), mailbox: at(3), issuer: at(4) };
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

/**
 * Says so before anything is started; each server would notice, but only after others were up. `holder`: the process of
 * a demo that is up.
 */
export const requireFreePorts = async (ports: Ports, holder?: number): Promise<void> => {
  for (const port of Object.values<number>({ ...ports })) {
    if (port !== 0 && !(await isFree(port))) {
      throw portTaken(port, holder);
    }
  }
};
