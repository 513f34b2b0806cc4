import { Suspense, useMemo, useState } from "react";
import { apiClient } from "#client/api-client";
import { useAddress } from "../../page-parts/address.ts";
import { accessTokenOf } from "./access-token.ts";
import { screens } from "./screens.ts";
import { SessionProvider } from "./session.ts";
import type { Setting } from "./setting.ts";

export const Hub = ({ setting }: { setting: Setting }) => {
  const [sub, setSub] = useState(() => sessionStorage.getItem("person"));
  const person = setting.people.find((one) => one.sub === sub) ?? setting.people[0];
  const session = useMemo(() => {
    if (person === undefined) return undefined;
    return {
      person,
      setting,
      call: apiClient({ api: setting.api, accessToken: accessTokenOf(setting.issuer, person) }),
      mayChange: person.role === "owner" || person.role === "full_admin",
    };
  }, [setting, person]);
  const [name] = useAddress().split("/").slice(1);
  const { Screen } = screens.find((one) => one.name === name) ?? screens[0];
  if (session === undefined) return <p>There is nobody to sign in as.</p>;
  const signIn = (chosen: string) => {
    sessionStorage.setItem("person", chosen);
    setSub(chosen);
  };
  return (
    <SessionProvider value={session}>
      <header className="page row apart">
        <nav aria-label="Gradient" className="row">
          {screens.map((screen) => (
            <a key={screen.name} href={`#/${screen.name}`} aria-current={screen.name === name ? "page" : undefined}>
              {screen.title}
            </a>
          ))}
        </nav>
        <label>
          Signed in as
          <select value={session.person.sub} onChange={(event) => signIn(event.target.value)}>
            {setting.people.map((one) => (
              <option key={one.sub} value={one.sub}>
                {one.name}, {one.role}, {one.org_id}
              </option>
            ))}
          </select>
        </label>
      </header>
      <main className="page" id="main">
        <h1>Gradient</h1>
        <Suspense fallback={<p>Loading…</p>}>
          <Screen />
        </Suspense>
      </main>
    </SessionProvider>
  );
};
