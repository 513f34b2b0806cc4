import "../../page-parts/style.css";
import "./hub.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { guardDoubleClicks } from "../../page-parts/double-clicks.ts";
import { keepFocus } from "../../page-parts/keep-focus.ts";
import { Hub } from "./hub.tsx";
import { fetchSetting } from "./setting.ts";

// Without a network a call fails, and the page says so, instead of waiting in silence for one to come back.
const networkMode = "always";
const queries = new QueryClient({
  defaultOptions: { queries: { retry: 1, staleTime: 1000, networkMode }, mutations: { networkMode } },
});

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no root.");
keepFocus(root);
guardDoubleClicks();
const setting = await fetchSetting();
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Hub setting={setting} />
    </QueryClientProvider>
  </StrictMode>,
);
