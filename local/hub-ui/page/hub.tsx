import { Suspense, useEffect, useRef } from "react";
import { useAddress } from "../../page-parts/address.ts";
import { Home } from "./home.tsx";
import { Loading } from "./parts/answered.tsx";
import { Boundary } from "./parts/boundary.tsx";
import { LostConnection } from "./parts/lost-connection.tsx";
import { screens } from "./screens.ts";
import { type Session, SessionProvider } from "./session.ts";
import type { Setting } from "./setting.ts";
import { useSignIn } from "./sign-in.ts";
import { SignedInAs } from "./signed-in-as.tsx";

/** The hub's own frame around whatever screen the address names. */
export const Hub = ({ setting }: { setting: Setting }) => {
  const { session, signIn } = useSignIn(setting);
  if (session === undefined) return <p>There is nobody to sign in as.</p>;
  return (
    <SessionProvider value={session}>
      <button type="button" className="skip" onClick={() => document.getElementById("main")?.focus()}>
        Skip to the content
      </button>
      <header className="top">
        <div className="page row apart">
          <a className="brand" href="#/">
            Secure MSP Hub
          </a>
          <SignedInAs session={session} signIn={signIn} />
        </div>
      </header>
      {/* of another person everything is another: nothing of the one before stays on the screen */}
      <Place key={session.person.sub} session={session} />
      <footer className="page small quiet">
        A sample hub on your own machine. <a href={session.setting.mailbox}>Mailbox of the sample people</a>
      </footer>
    </SessionProvider>
  );
};

const Place = ({ session }: { session: Session }) => {
  const name = useAddress().split("/")[1] ?? "";
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(name);
  const screen = name === "" ? undefined : (screens.find((one) => one.name === name) ?? screens[0]);
  const title = screen?.title ?? "Integrations";
  const { organization } = session.person;
  useEffect(() => {
    document.title = `${title} · ${screen === undefined ? "" : "Gradient · "}${organization}`;
    if (shown.current === name) return;
    shown.current = name;
    heading.current?.focus();
  }, [name, title, screen, organization]);
  if (screen === undefined) return <Home heading={heading} />;
  return (
    <main className="page" id="main" tabIndex={-1}>
      <nav aria-label="Where you are">
        <ol className="trail small">
          <li>
            <a href="#/">Integrations</a>
          </li>
          <li>
            <a href="#/">MSP Ecosystem platforms</a>
          </li>
          <li className="unseen-on-phone" aria-current="page">
            Gradient
          </li>
        </ol>
      </nav>
      <h1 ref={heading} tabIndex={-1}>
        Gradient
      </h1>
      <nav aria-label="Gradient">
        <ul className="tabs">
          {screens.map((one) => (
            <li key={one.name}>
              <a href={`#/${one.name}`} aria-current={one === screen ? "page" : undefined}>
                {one.title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <LostConnection />
      <Boundary key={screen.name}>
        <Suspense fallback={<Loading />}>
          <screen.Screen />
        </Suspense>
      </Boundary>
    </main>
  );
};
