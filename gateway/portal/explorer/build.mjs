// Bundles the explorer into ../static: one script, one style sheet, one list of licences. Nothing is fetched at run time.
import { build } from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledPackages, noticeOf } from './licences.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '..', 'static');

// GraphiQL's style sheet embeds Roboto and Fira Code: 360 kB, without all Vietnamese letters, and as data: URLs
// that font-src 'self' refuses. The page uses the fonts of the device instead.
const withoutEmbeddedFonts = {
  name: 'without-embedded-fonts',
  setup(bundler) {
    bundler.onLoad({ filter: /graphiql[/\\]dist[/\\]style\.css$/ }, async ({ path }) => {
      const css = await readFile(path, 'utf8');
      return { contents: css.replace(/@font-face\s*\{[^}]*\}/g, ''), loader: 'css' };
    });
  },
};

// GraphiQL asks for any picture whose address it finds in an answer. Here answers hold text of sources, and text of a
// source must never make a browser send a request.
const withoutImagePreview = {
  name: 'without-image-preview',
  setup(bundler) {
    bundler.onResolve({ filter: /image-preview\.js$/ }, () => ({ path: join(here, 'src/image-preview.ts') }));
  },
};

const { metafile } = await build({
  entryPoints: { explorer: join(here, 'src/main.tsx') },
  outdir: out,
  bundle: true,
  minify: true,
  keepNames: true, // GraphiQL names its icons, for readers of the screen, after its functions
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  legalComments: 'none', // the licences stand whole in THIRD_PARTY.txt
  define: { 'process.env.NODE_ENV': '"production"' },
  alias: { 'react-style-singleton': join(here, 'src/style-singleton.ts') },
  plugins: [withoutEmbeddedFonts, withoutImagePreview],
  absWorkingDir: here,
  metafile: true,
  logLevel: 'warning',
});

const packages = await bundledPackages(metafile, here);
await writeFile(join(out, 'THIRD_PARTY.txt'), noticeOf(packages));
for (const [path, { bytes }] of Object.entries(metafile.outputs)) console.log(`${bytes}\t${path}`);
console.log(`${packages.length} packages named in THIRD_PARTY.txt`);
