import Redis

extension Scripts {
  /// Renews a worker's lease. Argument: its consumer name. Creates the consumer group if it is missing. Answers 0 when
  /// the consumer was declared dead meanwhile, 1 when it was known, 2 when it is new (or Redis was emptied); then
  /// whether the queue is paused.
  static let heartbeat = make(
    "heartbeat",
    """
    redis.pcall('XGROUP', 'CREATE', ready, 'workers', '0', 'MKSTREAM')
    local paused = redis.call('EXISTS', base .. 'paused')
    if redis.call('ZSCORE', base .. 'reaped', ARGV[1]) then return {0, paused} end
    local added = redis.call('ZADD', base .. 'leases', now, ARGV[1])
    return {1 + added, paused}
    """)

  /// Takes up to `most` entries from a consumer. `again` gets each entry with its stream id and puts it where it
  /// belongs. Answers the number taken.
  private static let takeAll = """
    local function takeAll(consumer, most, again)
      local pending = redis.pcall('XPENDING', ready, 'workers', '-', '+', most, consumer)
      if pending.err then return 0 end
      for i = #pending, 1, -1 do
        local id = pending[i][1]
        local found = redis.call('XRANGE', ready, id, id)
        local fields, lane, e = found[1] and found[1][2] or {}, '', nil
        for f = 1, #fields, 2 do
          if fields[f] == 'j' then e = fields[f + 1] end
          if fields[f] == 'l' then lane = fields[f + 1] end
        end
        if ack(id, lane) and e then again(e, id) end
      end
      return #pending
    end


    """

  /// Ends a worker's membership: its jobs go back as they were, at once. Arguments: consumer, the maximum number to
  /// move. Answers the number moved; call again while it equals the maximum.
  static let deregister = make(
    "deregister",
    takeAll + """
      local taken = takeAll(ARGV[1], tonumber(ARGV[2]), function(e, id)
        local _, _, token = header(e)
        redis.call('HDEL', base .. 'suspects', id)
        put(e, token or '-', true)
      end)
      if taken < tonumber(ARGV[2]) then
        redis.pcall('XGROUP', 'DELCONSUMER', ready, 'workers', ARGV[1])
        redis.call('ZREM', base .. 'leases', ARGV[1])
      end
      if dispatch() >= 0 then wake() end
      return taken
      """)

  /// Takes over jobs of consumers whose lease has expired. Arguments: the lease time in ms, the maximum number to move,
  /// the crashes that make a job poison.
  ///
  /// Each entry comes back with one more crash. From the last but one on, only a job that its
  /// worker had marked as a suspect (see `suspects`) gets another: jobs that merely waited in a dead
  /// worker beside the guilty one are spared. A transient job that is poison is
  /// dead; a durable one goes to `poison` until PostgreSQL has recorded it.
  ///
  /// Answers the numbers of entries moved, of poison entries, of dead consumers, and of durable jobs in `poison`.
  static let reap = make(
    "reap",
    takeAll + """
      local limit, most, crashLimit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
      local leases, reaped = base .. 'leases', base .. 'reaped'
      redis.call('ZREMRANGEBYSCORE', reaped, '-inf', now - 3600000)
      -- A consumer without a lease (its last read came in after it deregistered) gets one from now.
      local consumers = redis.pcall('XINFO', 'CONSUMERS', ready, 'workers')
      if not consumers.err then
        for _, c in ipairs(consumers) do redis.call('ZADD', leases, 'NX', now, c[2]) end
      end
      local moved, poison, dead = 0, 0, 0
      for _, consumer in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now - limit)) do
        if moved >= most then break end
        dead = dead + 1
        redis.call('ZADD', reaped, now, consumer)
        local room = most - moved
        local taken = takeAll(consumer, room, function(e, id)
          local attempt, crashes, token, unique, rest = string.match(e, '^(%d+) (%d+) (%S+) (%S+) (.*)$')
          if not attempt then deadLetter(e) return end
          crashes = tonumber(crashes) + 1
          if crashes >= crashLimit and redis.call('HDEL', base .. 'suspects', id) == 0 then
            crashes = crashLimit - 1
          end
          local again = attempt .. ' ' .. crashes .. ' ' .. token .. ' ' .. unique .. ' ' .. rest
          if crashes >= crashLimit then
            poison = poison + 1
            if unique ~= '-' then redis.call('DEL', base .. 'unique:' .. unique) end
            if string.find(flags(e), 'd', 1, true) then
              redis.call('RPUSH', base .. 'poison', again)
            else
              deadLetter(again)
            end
          else
            put(again, token, true)
          end
        end)
        moved = moved + taken
        if taken < room then
          redis.pcall('XGROUP', 'DELCONSUMER', ready, 'workers', consumer)
          redis.call('ZREM', leases, consumer)
        end
      end
      if moved > 0 then redis.call('HINCRBY', base .. 'stats', 'reaped', moved) end
      if dispatch() >= 0 then wake() end
      return {moved, poison, dead, redis.call('LLEN', base .. 'poison')}
      """)

  /// Removes poison jobs that PostgreSQL has recorded as dead. Arguments: per job the entry
  /// and the id.
  static let settlePoison = make(
    "settle-poison",
    """
    for at = 1, #ARGV, 2 do
      if redis.call('LREM', base .. 'poison', 1, ARGV[at]) == 1 then
        redis.call('SREM', base .. 'held', ARGV[at + 1])
        count('failed', 1)
      end
    end
    return 1
    """)
}
