// What a test may change while the provider runs, below /lab/: clients, answers, the log.

import { json } from 'node:stream/consumers';

import { clients } from './adapter.mjs';
import { behaviour, isKnown, requests } from './token_endpoint.mjs';

const CALLS = {
  'PUT clients': async (request, id) => {
    clients.set(id, { client_id: id, ...(await json(request)) });
  },
  'DELETE clients': (request, id) => {
    if (id) clients.delete(id);
    else clients.clear();
  },
  'PUT behaviour': async (request) => {
    const wanted = await json(request);
    if (!isKnown(wanted.answer)) throw new Error(`no such answer: ${wanted.answer}`);
    Object.assign(behaviour, wanted);
  },
  'GET requests': () => requests,
  'DELETE requests': () => {
    requests.length = 0;
  },
};

export async function admin(request, response) {
  const [, , what, id] = request.url.split('/').map(decodeURIComponent);
  try {
    const call = CALLS[`${request.method} ${what}`];
    if (!call) throw new Error(`no such call: ${request.method} ${request.url}`);
    response.end(JSON.stringify((await call(request, id)) ?? null));
  } catch (error) {
    response.writeHead(400).end(error.message);
  }
}
