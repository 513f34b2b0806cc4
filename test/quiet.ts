import { setLogLevel } from "#shared/logger";

// a test that looks at log lines sets the level that it needs
setLogLevel("SILENT");
