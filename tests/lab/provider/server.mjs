// An OAuth provider on loopback, certified by OpenID: `node server.mjs PORT`.
// People sign in and consent by plain forms, with any name and password.

import { createServer } from 'node:http';
import { argv } from 'node:process';

import Provider from 'oidc-provider';

import { Adapter } from './adapter.mjs';
import { admin } from './admin.mjs';
import { tokenEndpoint } from './token_endpoint.mjs';

// Home Assistant refreshes a token with under 20 s left: so at every set-up of an account.
const TOKEN_LIFE = 10;
const DAY = 24 * 60 * 60;

const port = Number(argv[2]);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: Adapter,
  // Also to who does not ask for `offline_access`, as most providers do.
  issueRefreshToken: (ctx, client) => client.grantTypeAllowed('refresh_token'),
  // A Home Assistant that is killed forgets its newest token; the older one has to go on working.
  rotateRefreshToken: false,
  expiresWithSession: () => false,
  pkce: { required: () => false },
  ttl: {
    AccessToken: TOKEN_LIFE,
    Grant: DAY,
    Interaction: DAY,
    RefreshToken: DAY,
    Session: DAY,
  },
});
provider.use(tokenEndpoint);

const people = provider.callback();
createServer((request, response) => {
  const serve = request.url.startsWith('/lab/') ? admin : people;
  serve(request, response);
}).listen(port, '127.0.0.1');
