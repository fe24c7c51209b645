import Redis

/// The scripts that change a queue. Each move of jobs is atomic: keys that belong together change in one script, so a
/// crash never leaves half of a move.
///
/// A group of jobs is called `lane` in the keys and in the scripts.
///
/// Every script gets the prefix of the queue's keys as its only key (all keys derived from it share its hash tag) and
/// takes the time from the server, so that clients' clocks never matter.
enum Scripts {
  /// Joins the shared functions a script needs with its own text.
  static func make(_ name: String, _ source: String) -> RedisScript {
    RedisScript(name: "jobqueue.\(name)", source: prelude + dispatch + source)
  }

  /// Functions on single entries.
  ///
  /// - `put` queues an entry: straight to `ready` when nothing limits the queue and the job has no group, else in its
  ///   group.
  /// - `release` frees the slot that a dispatched entry took of its group's limit.
  /// - `ack` removes an entry from `ready` if the caller's delivery still stands.
  private static let prelude = """
    local base = KEYS[1]
    local ready = base .. 'ready'
    local clock = redis.call('TIME')
    local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
    local function text(number) return string.format('%.17g', number) end
    local function header(e) return string.match(e, '^(%d+) (%d+) (%S+) (%S+) (%S+) ') end
    local function flags(e) return string.match(e, '^[^\\n]* (%S+)\\n') or '' end
    local function wake() redis.call('XADD', base .. 'bell', 'MAXLEN', 1, '*', 't', now) end

    local direct = nil
    local function isDirect()
      if direct == nil then
        local c = redis.call('HMGET', base .. 'config', 'limit', 'rate')
        direct = not c[1] and not c[2] and redis.call('EXISTS', base .. 'paused') == 0
          and not redis.call('ZSCORE', base .. 'lanes', '-')
      end
      return direct
    end

    local function virtual() return tonumber(redis.call('HGET', base .. 'stats', 'virtual')) or 0 end

    local function enlane(e, token, front)
      local lane, limit, weight = string.match(token, '^([^,]+),([^,]*),([^,]*)$')
      if not lane then lane, limit, weight = '-', '', '' end
      local count = redis.call(front and 'LPUSH' or 'RPUSH', base .. 'lane:' .. lane, e)
      redis.call('HINCRBY', base .. 'stats', 'laned', 1)
      redis.call('HSET', base .. 'laneinfo', lane, limit .. ',' .. weight)
      if count == 1 then
        local last = tonumber(redis.call('HGET', base .. 'parked', lane)) or 0
        redis.call('HDEL', base .. 'parked', lane)
        redis.call('ZADD', base .. 'lanes', text(math.max(virtual(), last)), lane)
      end
    end

    local function put(e, token, front)
      if token == '-' and isDirect() then
        redis.call('XADD', ready, '*', 'j', e)
      else
        enlane(e, token, front)
      end
    end

    local function release(lane)
      local running = redis.call('HINCRBY', base .. 'running', lane, -1)
      if running <= 0 then redis.call('HDEL', base .. 'running', lane) end
      local last = redis.call('HGET', base .. 'parked', lane)
      if last then
        if redis.call('EXISTS', base .. 'lane:' .. lane) == 1 then
          redis.call('ZADD', base .. 'lanes', text(math.max(virtual(), tonumber(last))), lane)
          redis.call('HDEL', base .. 'parked', lane)
        elseif running <= 0 then
          redis.call('HDEL', base .. 'parked', lane)
          redis.call('HDEL', base .. 'laneinfo', lane)
        end
      end
    end

    local function ack(id, lane)
      if redis.call('XACK', ready, 'workers', id) == 0 then return false end
      redis.call('XDEL', ready, id)
      if lane and lane ~= '' then release(lane) end
      return true
    end

    local function schedule(place, e, due)
      local key = base .. place
      local head = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
      redis.call('ZADD', key, text(due), e)
      if #head == 0 or due < tonumber(head[2]) then wake() end
    end

    local function count(what, n)
      redis.call('HINCRBY', base .. 'stats', what, n)
      local minute = base .. 'rate:' .. what .. ':' .. math.floor(now / 60000)
      redis.call('INCRBY', minute, n)
      redis.call('EXPIRE', minute, 600)
    end

    local function deadLetter(e)
      redis.call('ZADD', base .. 'dead', now, e)
      redis.call('ZREMRANGEBYRANK', base .. 'dead', 0, -10001)
      redis.call('ZREMRANGEBYSCORE', base .. 'dead', '-inf', now - 30 * 86400000)
    end


    """

  /// `dispatch` moves entries from the groups to `ready` in fair order: the group with the lowest virtual time gives
  /// one, and its virtual time grows by one over its weight. It stops at the queue's limit, at an empty rate bucket,
  /// and when enough jobs wait in `ready` already. A group at its own limit is parked and comes back when one of its
  /// jobs ends. A group that was empty comes back at the current virtual time, so it neither saves up turns nor loses
  /// its place.
  ///
  /// Answers the milliseconds until the bucket has a token again, -1 when it is not the bucket
  /// that holds jobs back.
  private static let dispatch = """
    local function dispatch()
      local lanes = base .. 'lanes'
      if redis.call('EXISTS', lanes) == 0 or redis.call('EXISTS', base .. 'paused') == 1 then
        return -1
      end
      local c = redis.call('HMGET', base .. 'config', 'limit', 'lane_limit', 'rate', 'burst', 'window')
      local length = redis.call('XLEN', ready)
      local pending = redis.pcall('XPENDING', ready, 'workers')
      local waiting = length
      if not pending.err then waiting = length - pending[1] end
      local room = (tonumber(c[5]) or 256) - waiting
      if c[1] then room = math.min(room, tonumber(c[1]) - length) end
      local laneLimit, rate = tonumber(c[2]), tonumber(c[3])
      local tokens, wait, dispatched = nil, -1, 0
      local micros = clock[1] * 1000000 + clock[2]
      if rate then
        local burst = tonumber(c[4]) or math.max(1, rate)
        local b = redis.call('HMGET', base .. 'bucket', 'tokens', 'at')
        tokens = tonumber(b[1]) or burst
        local at = tonumber(b[2]) or micros
        tokens = math.min(burst, tokens + math.max(0, micros - at) * rate / 1000000)
      end
      local v = nil
      while room > 0 do
        local top = redis.call('ZRANGE', lanes, 0, 0, 'WITHSCORES')
        if #top == 0 then break end
        local lane, time = top[1], tonumber(top[2])
        local info = redis.call('HGET', base .. 'laneinfo', lane) or ','
        local own, weight = string.match(info, '^([^,]*),([^,]*)$')
        local limit = tonumber(own)
        if not limit and lane ~= '-' then limit = laneLimit end
        if limit and (tonumber(redis.call('HGET', base .. 'running', lane)) or 0) >= limit then
          redis.call('ZREM', lanes, lane)
          redis.call('HSET', base .. 'parked', lane, text(time))
        else
          if tokens then
            if tokens < 1 then
              wait = math.max(1, math.ceil((1 - tokens) / rate * 1000))
              break
            end
            tokens = tokens - 1
          end
          local list = base .. 'lane:' .. lane
          local e = redis.call('LPOP', list)
          if e then
            redis.call('XADD', ready, '*', 'j', e, 'l', lane)
            redis.call('HINCRBY', base .. 'running', lane, 1)
            dispatched = dispatched + 1
            room = room - 1
          end
          v = time
          local following = time + 1 / (tonumber(weight) or 1)
          if redis.call('EXISTS', list) == 1 then
            redis.call('ZADD', lanes, text(following), lane)
          else
            redis.call('ZREM', lanes, lane)
            redis.call('HSET', base .. 'parked', lane, text(following))
          end
        end
      end
      if v then redis.call('HSET', base .. 'stats', 'virtual', text(v)) end
      if dispatched > 0 then redis.call('HINCRBY', base .. 'stats', 'laned', -dispatched) end
      if tokens then
        redis.call('HSET', base .. 'bucket', 'tokens', text(tokens), 'at', text(micros))
      end
      return wait
    end


    """
}
