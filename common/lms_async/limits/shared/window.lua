-- One turn at a window shared through Redis: what the caller has to say is taken in, and all that can be granted
-- is granted, to whoever stands first in the queue. Times are microseconds on the clock of Redis.
--
-- KEYS  1 state: what is known of the window, and the name of the channel that all listen to
--       2 free:  bookings that were answered, by the time at which their slot is free again
--       3 out:   bookings that were not, by the time at which they can't matter any more
--       4 queue: tickets, first come first
-- ARGV  1 limit  2 per  3 lease  4 epoch (as the caller knows it)  5 session (of the caller)
--       6 pause from now on  7 tickets to put in front  8 tickets to put behind (or, negative, to
--       take back)  9 bookings that were answered  10 bookings that will not be used
--       11 bookings without a response, each followed by the time that its request may still take to arrive
--
--       12 "new" if an empty Redis is known to be new, so that nothing can have been booked before
--
-- A ticket is "session lease", a booking "departure.number.session". An epoch is "number.run.time": the
-- name of one memory. Each loss of memory begins another, whose number is higher than any known before.

local state, free, out, queue = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local limit, per, lease = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local epoch, session = ARGV[4], ARGV[5]
local KEPT_FOR = 7 * 24 * 3600 * 1000 + math.ceil(lease / 1000) -- milliseconds

-- Lua 5.1 writes large numbers with an exponent.
local function digits(number) return string.format('%.0f', number) end
local function entries()
  return redis.call('ZCARD', free) + redis.call('ZCARD', out) + redis.call('LLEN', queue)
end

-- Not what PUBLISH returns: who looks on by a pattern is nobody's process.
local function hear(channel) return redis.call('PUBSUB', 'NUMSUB', channel)[2] end

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local server = redis.call('INFO', 'server')
local run = server:match('run_id:(%x+)')

local known = redis.call(
  'HMGET', state, 'epoch', 'run', 'now', 'entries', 'paused', 'closed', 'number')
local current, paused, closed, number =
  known[1], tonumber(known[5] or 0), tonumber(known[6] or 0), tonumber(known[7] or 0)

-- Is this all that was booked? Not after a restart (with nothing, or with an older snapshot), a
-- failover, an eviction, a flush, or a clock that was put back. Then nothing departs until all that
-- may have been booked can't arrive any more: a departure is booked at most one period ahead.
-- Nor where the caller knows of a later memory, or of another one with the same number: then there was
-- a failover to another Redis, and this one, which was back in use without a restart, missed what was
-- booked there.
local function number_of(name) return tonumber((name or ''):match('^(%d+)%.%x+%.%d+$') or 0) end
local outdated = current and epoch ~= '' and epoch ~= current
  and number_of(epoch) >= math.max(1, number_of(current))
local last = tonumber(known[3] or 0)
if now < last and last - now < 1000000 then now = last end -- set back a little: it stands still
local whole = current and not outdated and known[2] == run and last <= now
  and tonumber(known[4]) == entries()
if not whole then
  redis.call('PUBLISH', state, 'lost')
  if not current and epoch == '' and hear(state) == 0 then
    -- Nobody has ever used it, unless Redis lost it when it started: what was booked before that
    -- has lapsed by now if Redis is up for long enough. (Its uptime is in whole seconds.)
    local started = now - (tonumber(server:match('uptime_in_seconds:(%d+)')) - 1) * 1000000
    closed = ARGV[12] == 'new' and 0 or started + per + lease
  else
    closed = now + per + lease
  end
  current = digits(math.max(number_of(current), number_of(epoch)) + 1) .. '.' .. run .. '.' .. digits(now)
  paused = 0
  redis.call('DEL', free, out, queue)
end

redis.call('ZREMRANGEBYSCORE', free, '-inf', digits(now))
redis.call('ZREMRANGEBYSCORE', out, '-inf', digits(now))

local taken_back = 0
if epoch == current then
  for booking in ARGV[9]:gmatch('%S+') do
    redis.call('ZREM', out, booking)
    redis.call('ZADD', free, digits(now + per), booking)
  end
  for booking in ARGV[10]:gmatch('%S+') do
    -- It never departed: its slot is free when it would have been used.
    local departure = tonumber(booking:match('^%d+'))
    if redis.call('ZREM', out, booking) == 1 and departure > now then
      redis.call('ZADD', free, digits(departure), booking)
    end
  end
  for booking, left in ARGV[11]:gmatch('(%S+) (%d+)') do
    redis.call('ZADD', out, 'XX', digits(now + tonumber(left) + per), booking)
  end
  local until_then = now + tonumber(ARGV[6])
  if until_then > now and until_then > paused then
    paused = until_then
    redis.call('PUBLISH', state, 'paused ' .. digits(paused))
  end
  local ticket = session .. ' ' .. digits(lease)
  for _ = 1, tonumber(ARGV[7]) do redis.call('LPUSH', queue, ticket) end
  local behind = tonumber(ARGV[8])
  for _ = 1, behind do redis.call('RPUSH', queue, ticket) end
  if behind < 0 then taken_back = redis.call('LREM', queue, behind, ticket) end
end

local granted = {}
if now >= paused and now >= closed then
  local frees, outs = redis.call('ZCARD', free), redis.call('ZCARD', out)
  while outs < limit do
    local ticket = redis.call('LPOP', queue)
    if not ticket then break end
    local departure, replaced = now, nil
    if frees + outs >= limit then
      -- The next departure is when so many are free again that fewer than `limit` are busy.
      local at = frees + outs - limit
      local entry = redis.call('ZRANGE', free, at, at, 'WITHSCORES')
      replaced, departure = entry[1], tonumber(entry[2])
    end
    local whose, its_lease = ticket:match('^(%S+) (%d+)$')
    number = number + 1
    local booking = digits(departure) .. '.' .. digits(number) .. '.' .. whose
    local channel = state .. ':' .. whose
    if hear(channel) > 0 then -- else its process is gone: the next in line
      if whose == session then
        granted[#granted + 1] = booking
      else
        redis.call('PUBLISH', channel, booking)
      end
      if replaced then
        redis.call('ZREM', free, replaced)
        frees = frees - 1
      end
      redis.call('ZADD', out, digits(departure + tonumber(its_lease)), booking)
      outs = outs + 1
    end
  end
end

-- When those who still wait should ask again, although nobody has told them anything.
local again = 0
if redis.call('LLEN', queue) > 0 then
  again = math.max(paused, closed)
  if again <= now then
    again = tonumber(redis.call('ZRANGE', out, 0, 0, 'WITHSCORES')[2])
  end
end

redis.call(
  'HSET', state, 'epoch', current, 'run', run, 'now', digits(now), 'entries', digits(entries()),
  'paused', digits(paused), 'closed', digits(closed), 'number', digits(number))
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, digits(KEPT_FOR)) end
return {
  current, digits(now), digits(paused), digits(closed), digits(again), digits(taken_back),
  table.concat(granted, ' '),
}
