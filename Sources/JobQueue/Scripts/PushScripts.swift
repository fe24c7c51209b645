import Redis

extension Scripts {
  /// Ends a script that would add `n` jobs beyond the queue's bound, if its first argument is `1`.
  private static let boundCheck = """
    if ARGV[1] == '1' then
      local bound = tonumber(redis.call('HGET', base .. 'config', 'bound'))
      if bound then
        local laned = tonumber(redis.call('HGET', base .. 'stats', 'laned')) or 0
        local depth = redis.call('XLEN', ready) + laned
        if depth + n > bound then return redis.error_reply('FULL ' .. depth .. ' ' .. bound) end
      end
    end
    """

  /// Adds jobs. Arguments: `1` to respect the queue's bound, the clock's offset in ms, then per
  /// job: entry, id (durable) or empty, milliseconds a unique key may live (0: no unique key),
  /// due instant in ms by the clients' clock or empty, `1` for a retry.
  ///
  /// Answers the positions (from 0) of jobs that were not added because Redis has them already. Adds none of them when
  /// they would exceed the bound, and answers the error `FULL depth bound`.
  static let push = make(
    "push",
    """
    local n = (#ARGV - 2) / 5
    \(boundCheck)
    local offset = tonumber(ARGV[2])
    local known, laned = {}, false
    for i = 0, n - 1 do
      local at = 3 + i * 5
      local e, id, life, due = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
      local _, _, token, unique = header(e)
      local fresh = true
      if id ~= '' and redis.call('SADD', base .. 'held', id) == 0 then fresh = false end
      if fresh and life > 0 then
        fresh = redis.call('SET', base .. 'unique:' .. unique, 1, 'NX', 'PX', life)
      end
      if not fresh then
        known[#known + 1] = i
      elseif due and due > now + offset then
        schedule(ARGV[at + 4] == '1' and 'retrying' or 'scheduled', e, due)
      else
        put(e, token)
      end
    end
    redis.call('HINCRBY', base .. 'stats', 'enqueued', n - #known)
    if dispatch() >= 0 then wake() end
    return known
    """)

  /// Adds transient jobs that are due at once, without group or unique key: the fast path of ``push``. Arguments: `1`
  /// to respect the bound, then the entries.
  static let pushPlain = make(
    "push-plain",
    """
    local n = #ARGV - 1
    \(boundCheck)
    redis.call('HINCRBY', base .. 'stats', 'enqueued', n)
    if isDirect() then
      for i = 2, n + 1 do redis.call('XADD', ready, '*', 'j', ARGV[i]) end
    else
      for i = 2, n + 1 do enlane(ARGV[i], '-') end
      if dispatch() >= 0 then wake() end
    end
    return {}
    """)

  /// Moves what is due (arguments: the clock's offset in ms, the most to move) to `ready` or the groups and dispatches.
  /// Answers: ms until the next is due (-1 for none), the number moved, then the lateness of each scheduled job in ms.
  static let promote = make(
    "promote",
    """
    local at, most = now + tonumber(ARGV[1]), tonumber(ARGV[2])
    local moved, late, following = 0, {}, -1
    local function sooner(wait)
      wait = math.max(0, math.ceil(wait))
      if following < 0 or wait < following then following = wait end
    end
    for _, place in ipairs({'scheduled', 'retrying', 'unknown'}) do
      local key = base .. place
      local due = redis.call('ZRANGEBYSCORE', key, '-inf', text(at), 'WITHSCORES', 'LIMIT', 0, most)
      for i = 1, #due, 2 do
        local _, _, token = header(due[i])
        redis.call('ZREM', key, due[i])
        put(due[i], token or '-')
        moved = moved + 1
        if place == 'scheduled' then late[#late + 1] = math.floor(at - tonumber(due[i + 1])) end
      end
      local head = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
      if #head > 0 then sooner(tonumber(head[2]) - at) end
    end
    local wait = dispatch()
    if wait >= 0 then sooner(wait) end
    local answer = {following, moved}
    for i = 1, #late do answer[i + 2] = late[i] end
    return answer
    """)
}
