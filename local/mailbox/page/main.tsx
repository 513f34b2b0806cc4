import "../../page-parts/style.css";
import "./mailbox.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { keepFocus } from "../../page-parts/keep-focus.ts";
import { Mailbox } from "./mailbox.tsx";

const queries = new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 500 } } });

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no root.");
keepFocus(root);
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Mailbox />
    </QueryClientProvider>
  </StrictMode>,
);
