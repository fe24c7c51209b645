import Redis

extension Scripts {
  /// Ends jobs that succeeded (or are to be dropped). Arguments: what to count them as, the number of plain ones
  /// (transient, without group or unique key), their stream ids, then for each further job: stream id, id when durable,
  /// group it was dispatched from, unique key (all but the first may be empty).
  ///
  /// Answers the number still held by their worker; the others changed nothing.
  static let finish = make(
    "finish",
    """
    local plain = tonumber(ARGV[2])
    local ended = 0
    for first = 3, plain + 2, 1000 do
      local last = math.min(first + 999, plain + 2)
      ended = ended + redis.call('XACK', ready, 'workers', unpack(ARGV, first, last))
      redis.call('XDEL', ready, unpack(ARGV, first, last))
    end
    for at = plain + 3, #ARGV, 4 do
      if ack(ARGV[at], ARGV[at + 2]) then
        ended = ended + 1
        if ARGV[at + 1] ~= '' then redis.call('SREM', base .. 'held', ARGV[at + 1]) end
        if ARGV[at + 3] ~= '' then redis.call('DEL', base .. 'unique:' .. ARGV[at + 3]) end
      end
    end
    if ended > 0 then count(ARGV[1], ended) end
    if dispatch() >= 0 then wake() end
    return ended
    """)

  /// Gives a held job back to the queue. Arguments: stream id, group it was dispatched from or empty, the new entry,
  /// its list (`ready`, `retrying`, `scheduled` or `unknown`), ms until it is due, the clock's offset in ms, what to
  /// count it as or empty. Answers 1, or 0 when the lease was lost.
  static let requeue = make(
    "requeue",
    """
    if not ack(ARGV[1], ARGV[2]) then return 0 end
    redis.call('HDEL', base .. 'suspects', ARGV[1])
    local _, _, token = header(ARGV[3])
    if ARGV[4] == 'ready' then
      put(ARGV[3], token or '-', true)
    else
      schedule(ARGV[4], ARGV[3], now + tonumber(ARGV[6]) + tonumber(ARGV[5]))
    end
    if ARGV[7] ~= '' then count(ARGV[7], 1) end
    if dispatch() >= 0 then wake() end
    return 1
    """)

  /// Moves a job to the dead ones. Arguments: stream id, group it was dispatched from or empty, the entry, its id when
  /// durable (PostgreSQL keeps dead ones) or empty, unique key or empty. Answers 1, or 0 when the lease was lost.
  static let deadLetter = make(
    "dead-letter",
    """
    if not ack(ARGV[1], ARGV[2]) then return 0 end
    redis.call('HDEL', base .. 'suspects', ARGV[1])
    if ARGV[4] ~= '' then
      redis.call('SREM', base .. 'held', ARGV[4])
    else
      deadLetter(ARGV[3])
    end
    if ARGV[5] ~= '' then redis.call('DEL', base .. 'unique:' .. ARGV[5]) end
    count('failed', 1)
    if dispatch() >= 0 then wake() end
    return 1
    """)
}
