// The token endpoint as tests want it: its log, and ways to answer that a good provider has not.

import { parse, stringify } from 'node:querystring';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const PAGE = '<!doctype html><title>Down</title><p>We will be back.</p>';

/** How the next requests are answered: `answer` is a key of ANSWERS, `delay` is in seconds. */
export const behaviour = { answer: 'real', delay: 0 };

/** Every request since the log was cleared, oldest first; never a secret, a code or a token. */
export const requests = [];

const ANSWERS = {
  real: (ctx, next) => next(),
  outage: (ctx) => {
    ctx.status = 503;
    ctx.body = 'Service Unavailable';
  },
  rate_limited: (ctx) => {
    ctx.status = 429;
    ctx.set('Retry-After', '30');
    ctx.body = { error: 'too_many_requests' };
  },
  html: (ctx) => {
    ctx.body = PAGE;
  },
  redirect: (ctx) => {
    ctx.redirect('/moved');
  },
  // What follows lies about a real answer.
  wrong_content_type: async (ctx, next) => {
    await next();
    ctx.body = JSON.stringify(ctx.body);
    ctx.type = 'text/plain';
  },
  error_in_200: async (ctx, next) => {
    await next();
    ctx.status = 200;
  },
  form_encoded: async (ctx, next) => {
    await next();
    ctx.body = stringify(ctx.body);
    ctx.type = 'application/x-www-form-urlencoded';
  },
  // Looks at the code first, so that a wrong secret can't be told from a right one.
  code_first: (ctx, next) => {
    if (ctx.req.body.grant_type !== 'authorization_code') return next();
    ctx.status = 400;
    ctx.body = { error: 'invalid_grant' };
    return undefined;
  },
};

export const isKnown = (answer) => Object.hasOwn(ANSWERS, answer);

export async function tokenEndpoint(ctx, next) {
  if (ctx.path === '/moved') {
    ctx.body = PAGE;
    return;
  }
  if (ctx.path !== '/token' || ctx.method !== 'POST') {
    await next();
    return;
  }
  // The provider takes it from here: a body can be read only once.
  ctx.req.body = parse(await text(ctx.req));
  const record = asked(ctx);
  requests.push(record);
  const { answer, delay } = behaviour;
  await sleep(delay * 1000);
  await ANSWERS[answer](ctx, next);
  record.status = ctx.status;
  record.error = errorIn(ctx.body);
}

function asked(ctx) {
  const form = ctx.req.body;
  const basic = /^Basic (.*)$/i.exec(ctx.get('Authorization'))?.[1];
  const methods = [
    basic && 'client_secret_basic',
    form.client_secret !== undefined && 'client_secret_post',
  ].filter(Boolean);
  return {
    grant_type: form.grant_type ?? '',
    client_id: form.client_id ?? idIn(basic),
    client_auth: methods.join('+') || 'none',
    status: 0,
    error: '',
  };
}

function idIn(basic = '') {
  const [id] = Buffer.from(basic, 'base64').toString().split(':');
  return parse(`id=${id}`).id;
}

function errorIn(body) {
  const answer = typeof body === 'string' ? fields(body) : body;
  return answer?.error ?? '';
}

function fields(body) {
  try {
    return JSON.parse(body);
  } catch {
    return parse(body);
  }
}
