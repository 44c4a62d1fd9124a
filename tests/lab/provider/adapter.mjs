// Where the provider keeps things: in memory. Clients come and change while it runs.

export const clients = new Map();

const kept = new Map();

export class Adapter {
  constructor(kind) {
    this.kind = kind;
  }

  async find(id) {
    // A copy, as the provider may add to what it was given.
    if (this.kind === 'Client') return clients.has(id) ? { ...clients.get(id) } : undefined;
    const found = kept.get(this.#key(id));
    return found && found.until > Date.now() ? found.payload : undefined;
  }

  async findByUid(uid) {
    const found = [...kept].find(
      ([key, { payload }]) => key.startsWith(`${this.kind}:`) && payload.uid === uid,
    );
    return found?.[1].payload;
  }

  async upsert(id, payload, seconds) {
    kept.set(this.#key(id), { payload, until: Date.now() + seconds * 1000 });
  }

  async consume(id) {
    kept.get(this.#key(id)).payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    kept.delete(this.#key(id));
  }

  async revokeByGrantId(grantId) {
    for (const [key, { payload }] of kept) {
      if (payload.grantId === grantId) kept.delete(key);
    }
  }

  #key(id) {
    return `${this.kind}:${id}`;
  }
}
