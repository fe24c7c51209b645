import Redis

extension Scripts {
  /// Compares the queue's keys with each other. Arguments: `1` to repair differences, the maximum number of entries to
  /// check (the server answers no other client meanwhile).
  ///
  /// Answers `{'large', n}` when there are more, else pairs of a fault and its count: `running` (a group's count of
  /// dispatched jobs), `laned` (the count of jobs in groups), `lost-lane` (a group with jobs that is neither in turn
  /// nor parked), `idle-lane` (information about a group without jobs), `orphan` (a durable job marked as queued that
  /// is in no list), `unmarked` (one that is queued and not marked), `unowned` (a pending entry that is no longer in
  /// the stream).
  static let check = make(
    "check",
    """
    local repair, most = ARGV[1] == '1', tonumber(ARGV[2])
    local lanes = redis.call('HKEYS', base .. 'laneinfo')
    local total = redis.call('XLEN', ready) + redis.call('SCARD', base .. 'held')
    for _, place in ipairs({'scheduled', 'retrying', 'unknown'}) do
      total = total + redis.call('ZCARD', base .. place)
    end
    local inLanes = 0
    for _, lane in ipairs(lanes) do inLanes = inLanes + redis.call('LLEN', base .. 'lane:' .. lane) end
    if total + inLanes > most then return {'large', total + inLanes} end
    local found = {}
    local function note(what, n) found[what] = (found[what] or 0) + (n or 1) end

    local known, running, present = {}, {}, {}
    local function see(e)
      local _, _, _, _, id = header(e)
      if id and string.find(flags(e), 'd', 1, true) then known[id] = true end
    end
    for _, entry in ipairs(redis.call('XRANGE', ready, '-', '+')) do
      present[entry[1]] = true
      local f = entry[2]
      for i = 1, #f, 2 do
        if f[i] == 'j' then see(f[i + 1]) end
        if f[i] == 'l' then running[f[i + 1]] = (running[f[i + 1]] or 0) + 1 end
      end
    end
    for _, place in ipairs({'scheduled', 'retrying', 'unknown'}) do
      for _, e in ipairs(redis.call('ZRANGE', base .. place, 0, -1)) do see(e) end
    end
    for _, e in ipairs(redis.call('LRANGE', base .. 'poison', 0, -1)) do see(e) end

    local counted = redis.call('HGETALL', base .. 'running')
    for i = 1, #counted, 2 do
      local lane, n = counted[i], tonumber(counted[i + 1])
      if n ~= (running[lane] or 0) then
        note('running')
        if repair then redis.call('HDEL', base .. 'running', lane) end
      else
        running[lane] = nil
      end
    end
    for lane, n in pairs(running) do
      if redis.call('HGET', base .. 'running', lane) ~= tostring(n) then
        if repair then redis.call('HSET', base .. 'running', lane, n) else note('running') end
      end
    end
    for _, lane in ipairs(lanes) do
      local list = base .. 'lane:' .. lane
      local n = redis.call('LLEN', list)
      for _, e in ipairs(redis.call('LRANGE', list, 0, -1)) do see(e) end
      local isDispatched = redis.call('HEXISTS', base .. 'running', lane) == 1
      if n > 0 and not redis.call('ZSCORE', base .. 'lanes', lane)
        and not (redis.call('HEXISTS', base .. 'parked', lane) == 1 and isDispatched) then
        note('lost-lane')
        if repair then
          redis.call('HDEL', base .. 'parked', lane)
          redis.call('ZADD', base .. 'lanes', text(virtual()), lane)
        end
      elseif n == 0 and not isDispatched then
        note('idle-lane')
        if repair then
          redis.call('ZREM', base .. 'lanes', lane)
          redis.call('HDEL', base .. 'laneinfo', lane)
          redis.call('HDEL', base .. 'parked', lane)
        end
      end
    end
    if inLanes ~= (tonumber(redis.call('HGET', base .. 'stats', 'laned')) or 0) then
      note('laned')
      if repair then redis.call('HSET', base .. 'stats', 'laned', inLanes) end
    end
    for _, id in ipairs(redis.call('SMEMBERS', base .. 'held')) do
      if known[id] then
        known[id] = nil
      else
        note('orphan')
        if repair then redis.call('SREM', base .. 'held', id) end
      end
    end
    for id in pairs(known) do
      note('unmarked')
      if repair then redis.call('SADD', base .. 'held', id) end
    end
    local pending = redis.pcall('XPENDING', ready, 'workers', '-', '+', most)
    if not pending.err then
      for _, p in ipairs(pending) do
        if not present[p[1]] then
          note('unowned')
          if repair then redis.call('XACK', ready, 'workers', p[1]) end
        end
      end
    end
    if repair and dispatch() >= 0 then wake() end
    local answer = {}
    for what, n in pairs(found) do
      answer[#answer + 1] = what
      answer[#answer + 1] = n
    end
    return answer
    """)
}
