import Redis

extension Scripts {
  /// Begins an epoch after a rebuild, unless the mark (second key) is gone because Redis was emptied meanwhile. Argument: the epoch. Answers 1 when it has begun.
  static let beginEpoch = RedisScript(
    name: "jobqueue.begin-epoch",
    source: """
      if redis.call('DEL', KEYS[2]) == 0 then return 0 end
      redis.call('SET', KEYS[1], ARGV[1])
      return 1
      """)

  /// Sets the queue's limits and whether it is paused, and dispatches anew. Arguments: `1` when paused,
  /// then field and value of each limit.
  static let configure = make(
    "configure",
    """
    redis.call('DEL', base .. 'config')
    if #ARGV > 1 then redis.call('HSET', base .. 'config', unpack(ARGV, 2, #ARGV)) end
    if ARGV[1] == '1' then
      redis.call('SET', base .. 'paused', '1')
    else
      redis.call('DEL', base .. 'paused')
    end
    -- Limits may have been raised: every parked lane that has jobs gets a new chance.
    local parked = redis.call('HGETALL', base .. 'parked')
    for i = 1, #parked, 2 do
      if redis.call('EXISTS', base .. 'lane:' .. parked[i]) == 1 then
        redis.call('ZADD', base .. 'lanes', text(math.max(virtual(), tonumber(parked[i + 1]))), parked[i])
        redis.call('HDEL', base .. 'parked', parked[i])
      end
    end
    if dispatch() >= 0 then wake() end
    return 1
    """)

  /// Offers jobs of unknown kinds again, because a worker that may know them has started. Argument: the maximum number
  /// to move. Answers the number moved.
  static let retryUnknown = make(
    "retry-unknown",
    """
    local entries = redis.call('ZRANGE', base .. 'unknown', 0, tonumber(ARGV[1]) - 1)
    for _, e in ipairs(entries) do
      local _, _, token = header(e)
      redis.call('ZREM', base .. 'unknown', e)
      put(e, token or '-')
    end
    if dispatch() >= 0 then wake() end
    return #entries
    """)

  /// Queues dead transient jobs again with their attempts reset. Arguments: ids, or none for all. Answers the number
  /// queued.
  static let revive = make(
    "revive",
    """
    local wanted = {}
    for _, id in ipairs(ARGV) do wanted[id] = true end
    local revived = 0
    for _, e in ipairs(redis.call('ZRANGE', base .. 'dead', 0, -1)) do
      local _, _, token, unique, id = header(e)
      if id and (#ARGV == 0 or wanted[id]) then
        redis.call('ZREM', base .. 'dead', e)
        put('0 0 ' .. string.match(e, '^%d+ %d+ (.*)$'), token)
        revived = revived + 1
      end
    end
    if dispatch() >= 0 then wake() end
    return revived
    """)

  /// Removes dead transient jobs. Arguments: ids, or none for all. Answers the number removed.
  static let purge = make(
    "purge",
    """
    if #ARGV == 0 then
      local n = redis.call('ZCARD', base .. 'dead')
      redis.call('DEL', base .. 'dead')
      return n
    end
    local wanted, purged = {}, 0
    for _, id in ipairs(ARGV) do wanted[id] = true end
    for _, e in ipairs(redis.call('ZRANGE', base .. 'dead', 0, -1)) do
      local _, _, _, _, id = header(e)
      if not id or wanted[id] then purged = purged + redis.call('ZREM', base .. 'dead', e) end
    end
    return purged
    """)

  /// Removes a job that waits for its time, or for a worker that knows it. Arguments: id, `1` when
  /// durable. Answers 1 when it was there.
  static let withdraw = make(
    "withdraw",
    """
    for _, place in ipairs({'scheduled', 'retrying', 'unknown'}) do
      local cursor = '0'
      repeat
        local page = redis.call('ZSCAN', base .. place, cursor, 'MATCH', '* ' .. ARGV[1] .. ' *', 'COUNT', 1000)
        cursor = page[1]
        for i = 1, #page[2], 2 do
          local e = page[2][i]
          local _, _, _, unique, id = header(e)
          if id == ARGV[1] then
            redis.call('ZREM', base .. place, e)
            if unique ~= '-' then redis.call('DEL', base .. 'unique:' .. unique) end
            redis.call('SREM', base .. 'held', id)
            return 1
          end
        end
      until cursor == '0'
    end
    return 0
    """)

  /// Queues a job that waits for its time now, or for its retry. Argument: id. Answers 1 when it was there.
  static let hasten = make(
    "hasten",
    """
    for _, place in ipairs({'scheduled', 'retrying'}) do
      local cursor = '0'
      repeat
        local page = redis.call('ZSCAN', base .. place, cursor, 'MATCH', '* ' .. ARGV[1] .. ' *', 'COUNT', 1000)
        cursor = page[1]
        for i = 1, #page[2], 2 do
          local e = page[2][i]
          local _, _, token, _, id = header(e)
          if id == ARGV[1] then
            redis.call('ZREM', base .. place, e)
            put(e, token or '-')
            if dispatch() >= 0 then wake() end
            return 1
          end
        end
      until cursor == '0'
    end
    return 0
    """)

  /// The figures of a queue for an operator. Argument: the clock's offset in ms. Answers: length of `ready`, pending,
  /// in groups, scheduled, retrying, unknown, dead, paused, leases, due now among the scheduled, done and failed in the
  /// last whole minute and this one, ms since the oldest waiting job was added, enqueued in all.
  static let inspect = make(
    "inspect",
    """
    local pending = redis.pcall('XPENDING', ready, 'workers')
    local running = 0
    if not pending.err then running = pending[1] end
    local laned = tonumber(redis.call('HGET', base .. 'stats', 'laned')) or 0
    local minute = math.floor(now / 60000)
    local function rate(what, m)
      return tonumber(redis.call('GET', base .. 'rate:' .. what .. ':' .. m)) or 0
    end
    local oldest = -1
    local function age(e)
      local _, _, _, _, id = header(e)
      if not id then return end
      local made = tonumber(string.sub(id, 1, 8) .. string.sub(id, 10, 13), 16)
      if made then oldest = math.max(oldest, now - made) end
    end
    -- The first entry that no worker holds: the group's last delivered id tells where to look.
    local groups = redis.pcall('XINFO', 'GROUPS', ready)
    local from = '-'
    if not groups.err then
      for _, g in ipairs(groups) do
        for f = 1, #g, 2 do
          if g[f] == 'last-delivered-id' then from = '(' .. g[f + 1] end
        end
      end
    end
    local first = redis.call('XRANGE', ready, from, '+', 'COUNT', 1)
    if first[1] then age(first[1][2][2]) end
    for _, lane in ipairs(redis.call('ZRANGE', base .. 'lanes', 0, 20)) do
      local e = redis.call('LINDEX', base .. 'lane:' .. lane, 0)
      if e then age(e) end
    end
    local at = now + tonumber(ARGV[1])
    local due = redis.call('ZCOUNT', base .. 'scheduled', '-inf', text(at))
    return {
      redis.call('XLEN', ready), running, laned, redis.call('ZCARD', base .. 'scheduled'),
      redis.call('ZCARD', base .. 'retrying'), redis.call('ZCARD', base .. 'unknown'),
      redis.call('ZCARD', base .. 'dead'), redis.call('EXISTS', base .. 'paused'),
      redis.call('ZCARD', base .. 'leases'), due,
      rate('done', minute - 1), rate('failed', minute - 1), rate('done', minute), rate('failed', minute),
      now % 60000, oldest, tonumber(redis.call('HGET', base .. 'stats', 'enqueued')) or 0
    }
    """)
}
