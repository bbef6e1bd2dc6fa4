// Serves a directory over HTTP on 127.0.0.1, read-only, and writes its address to a file. usage: node serve.mjs
// DIRECTORY PORT ADDRESS_FILE
import { createReadStream, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';

const [folder, port, addressFile] = process.argv.slice(2);
const server = createServer((request, response) => {
  // the path of a URL cannot lead above /
  const path = join(folder, normalize(new URL(request.url, 'http://lab').pathname));
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) {
    response.writeHead(404).end(`${path} does not exist\n`);
    return;
  }
  response.writeHead(200, { 'content-length': found.size });
  createReadStream(path).pipe(response);
});
server.listen(Number(port), '127.0.0.1', () =>
  writeFileSync(addressFile, `http://127.0.0.1:${server.address().port}\n`),
);
