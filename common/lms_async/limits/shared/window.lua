-- One call for a window that is shared through Redis. It records what the calling process reports,
-- and then books all slots that are free, for the first tickets in the queue. Times are microseconds
-- on the clock of Redis.
--
-- KEYS  1 state: the state of the window; also the name of the channel that all processes listen to
--       2 free:  bookings whose response came, by the time when their slot is free again
--       3 out:   bookings without a response yet, by the time when they expire
--       4 queue: tickets, first come first served
-- ARGV  1 limit
--       2 period
--       3 lease: the time after which a booking without a response expires
--       4 epoch, as the caller knows it; blank if it knows none
--       5 session of the caller
--       6 pause, from now on
--       7 number of tickets to put at the front of the queue
--       8 number of tickets to put at its end; if negative, number of tickets to remove
--       9 bookings whose response came
--       10 bookings that will not be used
--       11 bookings without a response, each followed by the time that its request may still take
--          to arrive
--       12 "new" if an empty Redis is certainly new, so that nothing can have been booked before
--       13 bookings to confirm; one that is confirmed again expires later
--       14 an earlier session of the caller, which has ended; blank if there is none
--       15 bookings of that session that the caller still uses or has yet to report
--
-- A ticket is "session lease". A booking is "time.number.session", where the time says when it may be
-- used. After the session has abandoned it, ".abandoned" follows. An epoch is "number.run.time". A new epoch begins whenever Redis may have lost the state of
-- the window. Its number is higher than any number known before.
--
-- A slot is booked as soon as it is known when it is free, up to one period before. A booking for the
-- caller that may be used at once is confirmed. Any other must be confirmed by its process before a
-- request is sent with it. So when a process was killed or suspended, no requests were sent with its
-- unconfirmed bookings, and these expire soon.

local state, free, out, queue = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local limit, per, lease = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local epoch, session = ARGV[4], ARGV[5]
-- How late an unconfirmed booking may be confirmed, in microseconds.
local UNCONFIRMED_FOR = 500000
local KEPT_FOR = 7 * 24 * 3600 * 1000 + math.ceil(lease / 1000) -- milliseconds

-- Write a number without an exponent, which Lua 5.1 uses for large numbers.
local function digits(number) return string.format('%.0f', number) end
local function entries()
  return redis.call('ZCARD', free) + redis.call('ZCARD', out) + redis.call('LLEN', queue)
end

-- The number of processes that listen to a channel. PUBLISH would also count clients that watch
-- channels by a pattern, such as monitoring tools.
local function listeners(channel) return redis.call('PUBSUB', 'NUMSUB', channel)[2] end

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local server = redis.call('INFO', 'server')
local run = server:match('run_id:(%x+)')

local known = redis.call(
  'HMGET', state, 'epoch', 'run', 'now', 'entries', 'paused', 'closed', 'number')
local current, paused, closed, number =
  known[1], tonumber(known[5] or 0), tonumber(known[6] or 0), tonumber(known[7] or 0)

-- Check that the state is complete. Bookings may be missing after a restart (without data, or with an
-- older snapshot), a failover, an eviction, a flush, or after the clock was set back. They are also
-- missing if the caller knows a later epoch, or another epoch with the same number: then there was a
-- failover to another Redis and back, and this Redis does not have what was booked there. If the
-- state is incomplete, no slot is granted until all requests that may have been booked can't arrive
-- any more. A slot is booked at most one period before it may be used.
local function number_of(name) return tonumber((name or ''):match('^(%d+)%.%x+%.%d+$') or 0) end
local outdated = current and epoch ~= '' and epoch ~= current
  and number_of(epoch) >= math.max(1, number_of(current))
local last = tonumber(known[3] or 0)
if now < last and last - now < 1000000 then now = last end -- a clock set back by less than 1 s stops
local complete = current and not outdated and known[2] == run and last <= now
  and tonumber(known[4]) == entries()
if not complete then
  redis.call('PUBLISH', state, 'lost')
  if not current and epoch == '' and listeners(state) == 0 then
    -- The window is new, unless Redis lost its state in a restart. Bookings made before the restart
    -- have expired if Redis has been up for long enough. (Its uptime is in whole seconds.)
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

local taken_back, confirmed = 0, {}
if epoch == current then
  local earlier = ARGV[14]
  if earlier ~= '' then
    -- Replies and messages were lost when the connection broke. No request was sent with bookings
    -- that the caller does not know. Redis may take the lost connection for open for minutes.
    redis.call('LREM', queue, 0, earlier .. ' ' .. digits(lease))
    local kept = {}
    for booking in ARGV[15]:gmatch('%S+') do kept[booking] = true end
    for _, booking in ipairs(redis.call('ZRANGE', out, 0, -1)) do
      local usable_at, owner = booking:match('^(%d+)%.%d+%.(%x+)$')
      if owner == earlier and not kept[booking] then
        redis.call('ZREM', out, booking)
        if tonumber(usable_at) > now then redis.call('ZADD', free, usable_at, booking) end
      end
    end
  end
  for booking in ARGV[13]:gmatch('%S+') do
    if redis.call('ZSCORE', out, booking) then -- otherwise it has expired
      local usable_at = tonumber(booking:match('^%d+'))
      redis.call('ZADD', out, digits(math.max(usable_at, now) + lease), booking)
      confirmed[#confirmed + 1] = booking
    end
  end
  for booking in ARGV[9]:gmatch('%S+') do
    redis.call('ZREM', out, booking)
    redis.call('ZADD', free, digits(now + per), booking)
  end
  for booking in ARGV[10]:gmatch('%S+') do
    -- No request was sent with it, so its slot is free from the time when it might have been used.
    local usable_at = tonumber(booking:match('^%d+'))
    if redis.call('ZREM', out, booking) == 1 and usable_at > now then
      redis.call('ZADD', free, digits(usable_at), booking)
    end
  end
  for booking, left in ARGV[11]:gmatch('(%S+) (%d+)') do
    -- The caller forgets this booking, which then belongs to no session. Otherwise a later session of
    -- the caller would end it.
    if redis.call('ZREM', out, booking) == 1 then
      redis.call('ZADD', out, digits(now + tonumber(left) + per), booking .. '.abandoned')
    end
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

local granted, booked = {}, {}
if now >= paused and now >= closed then
  local frees, outs = redis.call('ZCARD', free), redis.call('ZCARD', out)
  while outs < limit do
    local ticket = redis.call('LPOP', queue)
    if not ticket then break end
    local usable_at, replaced = now, nil
    if frees + outs >= limit then
      -- The slot may be used as soon as fewer than `limit` slots are busy.
      local at = frees + outs - limit
      local entry = redis.call('ZRANGE', free, at, at, 'WITHSCORES')
      replaced, usable_at = entry[1], tonumber(entry[2])
    end
    local owner, its_lease = ticket:match('^(%S+) (%d+)$')
    number = number + 1
    local booking = digits(usable_at) .. '.' .. digits(number) .. '.' .. owner
    local channel = state .. ':' .. owner
    if listeners(channel) > 0 then -- otherwise the process has ended, so skip its ticket
      local is_confirmed = owner == session and usable_at <= now
      if owner ~= session then
        redis.call('PUBLISH', channel, booking)
      elseif is_confirmed then
        granted[#granted + 1] = booking
      else
        booked[#booked + 1] = booking
      end
      if replaced then
        redis.call('ZREM', free, replaced)
        frees = frees - 1
      end
      local kept_for = is_confirmed and tonumber(its_lease) or UNCONFIRMED_FOR
      redis.call('ZADD', out, digits(usable_at + kept_for), booking)
      outs = outs + 1
    end
  end
end

-- When processes with waiting calls should call again if they receive no message: when the pause
-- ends, or when all bookings that are unconfirmed now have expired. Bookings only expire unnoticed if
-- all processes with bookings were killed or suspended, also bookings that were made after this call.
-- So a process does not ask for each of them, and waits one more slot's time for each process. Then
-- all processes together ask at most once for each slot.
local ask_again_at = 0
if redis.call('LLEN', queue) > 0 then
  ask_again_at = math.max(paused, closed)
  if ask_again_at <= now then
    local last = digits(now + per + UNCONFIRMED_FOR)
    local expiring = redis.call(
      'ZREVRANGEBYSCORE', out, last, '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
    ask_again_at = tonumber(expiring[2] or last) + math.ceil(listeners(state) * per / limit)
  end
end

redis.call(
  'HSET', state, 'epoch', current, 'run', run, 'now', digits(now), 'entries', digits(entries()),
  'paused', digits(paused), 'closed', digits(closed), 'number', digits(number))
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, digits(KEPT_FOR)) end
return {
  current, digits(now), digits(paused), digits(closed), digits(ask_again_at), digits(taken_back),
  table.concat(granted, ' '), table.concat(booked, ' '), table.concat(confirmed, ' '),
}
