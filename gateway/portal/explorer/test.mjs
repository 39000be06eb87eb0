// Runs src/*.test.ts: bundled for Node first, because Node 20 does not read TypeScript.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const tests = readdirSync(join(here, 'src')).filter((file) => file.endsWith('.test.ts'));
await build({
  entryPoints: tests.map((file) => join(here, 'src', file)),
  outdir: join(here, '.build'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  logLevel: 'warning',
});
const files = tests.map((file) => join(here, '.build', file.replace(/\.ts$/, '.mjs')));
process.exit(spawnSync(process.execPath, ['--test', ...files], { stdio: 'inherit' }).status ?? 1);
