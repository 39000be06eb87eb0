// Which packages ended up in the bundle, and under which licence.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

// A licence outside this list stops the build until somebody has read it.
const ACCEPTED = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0', 'Python-2.0']);

const MIT_TEXT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction, including without
limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software,
and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** The packages that gave at least one byte to an output, in the order of their names. */
export async function bundledPackages(metafile, root) {
  const folders = new Set();
  for (const output of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
      if (folder && bytesInOutput > 0) folders.add(folder);
    }
  }
  const packages = await Promise.all([...folders].map((folder) => describe(join(root, folder))));
  return packages.sort((a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version, 'en'));
}

async function describe(folder) {
  const { name, version, license, author } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  if (!ACCEPTED.has(license)) throw new Error(`${name} ${version}: licence ${license} is not on the accepted list`);
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
  if (!file && license !== 'MIT') throw new Error(`${name} ${version}: carries no text of its licence ${license}`);
  const holder = (typeof author === 'string' ? author : author?.name) ?? `the authors of ${name}`;
  const text = file ? await readFile(join(folder, file), 'utf8') : `Copyright (c) ${holder}\n\n${MIT_TEXT}`;
  return { name, version, license, text: text.replace(/\r\n/g, '\n').trim() };
}

/** One plain text with every package, its version and its whole licence. */
export function noticeOf(packages) {
  const parts = packages.map((p) => `${'='.repeat(100)}\n${p.name} ${p.version} (${p.license})\n\n${p.text}\n`);
  return `explorer.js and explorer.css contain the following packages.\n\n${parts.join('\n')}`;
}
