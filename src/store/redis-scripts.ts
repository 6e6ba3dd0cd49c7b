/**
 * What runs inside Redis, as one step each. A first write that needs no memory (HDEL, DEL) lets the writes after it
 * pass even if the memory is full: a script that has begun to write may end. What it writes is a few hundred bytes, and a
 * grant that is not stored is lost. Source: Redis, `scriptVerifyOOM` in src/script.c; the same in Valkey.
 */

/**
 * Replaces a slice if it has the expected version.
 *
 * KEYS: the document. ARGV: the slice; its expected version, 0 if it was never written; the sealed value, "" for none; a
 * number to begin the versions of a new document with; a version that the new one has to be above; the channel; the life
 * of the document in ms, "" for ever.
 * @returns the new version and the document's epoch; nil if the slice has another version
 */
export const SET_SLICE = `
redis.call('HDEL', KEYS[1], '')
local version = tonumber(redis.call('HGET', KEYS[1], '#' .. ARGV[1]) or '0')
if version ~= tonumber(ARGV[2]) then return false end
local last = redis.call('HGET', KEYS[1], '#')
if not last then
  last = ARGV[4]
  redis.call('HSET', KEYS[1], '#epoch', ARGV[4])
end
local next = string.format('%.0f', math.max(tonumber(last), tonumber(ARGV[5])) + 1)
redis.call('HSET', KEYS[1], '#', next, '#' .. ARGV[1], next)
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
if ARGV[7] ~= '' then redis.call('PEXPIRE', KEYS[1], ARGV[7]) end
redis.call('PUBLISH', ARGV[6], 'slice ' .. ARGV[1] .. ' ' .. next)
return { next, redis.call('HGET', KEYS[1], '#epoch') }
`;

/**
 * Takes a lease.
 *
 * KEYS: the lease; the mark of its last holder, which outlives the lease unless it is given back; a key that nothing uses.
 * ARGV: the holder; the
 * life of the lease and of the mark, ms.
 * @returns nil if another one holds it; else the last holder, if that has not given it back, or ""; or "?" if the lease was
 *   taken before, and the answer was lost
 */
export const TAKE_LEASE = `
redis.call('DEL', KEYS[3])
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return '?'
end
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return false end
local left = redis.call('GET', KEYS[2]) or ''
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[3])
return left
`;

/** KEYS: the lease. ARGV: the holder; the life, ms. @returns 1, or 0 if the lease is lost */
export const RENEW_LEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`;

/**
 * Gives a lease back, and tells those who wait for it, or for the end of what its holder does.
 *
 * KEYS: the lease; its mark. ARGV: the holder; the channel; the lease's name.
 */
export const RELEASE_LEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
redis.call('PUBLISH', ARGV[2], 'lease ' .. ARGV[3] .. ' ' .. ARGV[1])
return 1
`;
