-- Shared by every script. KEYS[1] is the town's prefix ("tt:<town>:" or "tt:{town}:"); all other
-- keys are built from it because names are resolved inside the script, in the same round trip.
-- A script returns an array whose first element is a status: >= 0 done, < 0 refused (see
-- refusal.ts for the meaning of each number).
local P = KEYS[1]
local SUPERVISOR = '00000000-0000-0000-0000-000000000001'
local EVENTS_KEPT = 10000
local CLOCK = redis.call('TIME')
local NOW = CLOCK[1] * 1000 + math.floor(CLOCK[2] / 1000)

local function text(ms) return string.format('%.0f', ms) end

-- RFC 3339 in UTC; the days-to-date step is Howard Hinnant's civil_from_days.
local function iso(ms)
  local seconds = math.floor(ms / 1000)
  local days = math.floor(seconds / 86400)
  local rest = seconds - days * 86400
  local z = days + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524)
    - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local month = mp < 10 and mp + 3 or mp - 9
  local year = yoe + era * 400 + (month <= 2 and 1 or 0)
  return string.format('%04d-%02d-%02dT%02d:%02d:%02d.%03dZ', year, month,
    doy - math.floor((153 * mp + 2) / 5) + 1, math.floor(rest / 3600),
    math.floor(rest / 60) % 60, rest % 60, ms - seconds * 1000)
end
local TODAY = iso(NOW)

-- fields: flat record of strings that goes into the event's JSON beside type, message and time.
local function event(kind, message, fields)
  fields.event_type = kind
  fields.message = message
  fields.timestamp = TODAY
  redis.call('XADD', P .. 'events', 'MAXLEN', '~', EVENTS_KEPT, '*',
    'event_type', kind, 'data', cjson.encode(fields))
end

-- Wakes whoever blocks on the bell; one token is enough however often it rings.
local function ring(bell)
  if redis.call('LLEN', bell) == 0 then redis.call('RPUSH', bell, '1') end
end
local function ring_agent(id) ring(P .. 'bell:' .. id) end
local function ring_host(host) ring(P .. 'bell:host:' .. host) end

-- Name, nickname, id or unique id prefix (>= 4) of an agent -> id, or nil and the refusal.
local function find_agent(ref)
  local lower = string.lower(ref)
  if lower == 'conductor' or lower == 'supervisor' or lower == SUPERVISOR then return SUPERVISOR end
  local id = redis.call('HGET', P .. 'names', lower)
  if id then return id end
  if #lower >= 4 then
    local hits = redis.call('ZRANGEBYLEX', P .. 'agents', '[' .. lower, '[' .. lower .. '\255',
      'LIMIT', 0, 2)
    if #hits == 1 then return hits[1] end
    if #hits > 1 then return nil, { -2, ref, hits[1], hits[2] } end
  end
  return nil, { -1, ref }
end

local TASK_STATES = { 'pending', 'assigned', 'running', 'completed', 'failed', 'cancelled' }
local function is_open(state)
  return state == 'pending' or state == 'assigned' or state == 'running'
end

-- Id or unique id prefix (>= 4) of a task -> id, or nil and the refusal.
local function find_task(ref)
  local lower = string.lower(ref)
  if redis.call('EXISTS', P .. 'task:' .. lower) == 1 then return lower end
  local found = {}
  if #lower >= 4 then
    for _, state in ipairs(TASK_STATES) do
      local hits = redis.call('ZRANGEBYLEX', P .. 'tasks:' .. state, '[' .. lower,
        '[' .. lower .. '\255', 'LIMIT', 0, 2)
      for _, hit in ipairs(hits) do found[#found + 1] = hit end
    end
  end
  if #found == 1 then return found[1] end
  if #found > 1 then return nil, { -2, ref, found[1], found[2] } end
  return nil, { -8, ref }
end

-- Moves a task between the per-state indexes and writes its state.
local function move_task(id, from, to)
  redis.call('ZREM', P .. 'tasks:' .. from, id)
  redis.call('ZADD', P .. 'tasks:' .. to, 0, id)
  redis.call('HSET', P .. 'task:' .. id, 'state', to, 'updated_at', TODAY)
end

-- Ends a task; the caller has checked that it is open. why goes to `result` or `error`.
local function close_task(id, from, to, why, outcome)
  move_task(id, from, to)
  local key = P .. 'task:' .. id
  redis.call('HSET', key, 'completed_at', TODAY, to == 'completed' and 'result' or 'error', why)
  if outcome ~= '' then redis.call('HSET', key, 'outcome', outcome) end
  local agent = redis.call('HGET', key, 'assigned_to')
  if agent then
    redis.call('SREM', P .. 'open:' .. agent, id)
    if to == 'completed' and redis.call('EXISTS', P .. 'agent:' .. agent) == 1 then
      redis.call('HINCRBY', P .. 'agent:' .. agent, 'tasks_completed', 1)
    end
  end
  return agent
end

-- `busy` holds exactly the agents with queued, taken or open work.
local function update_busy(id)
  local work = redis.call('LLEN', P .. 'urgent:' .. id) + redis.call('LLEN', P .. 'inbox:' .. id)
    + redis.call('LLEN', P .. 'inflight:' .. id) + redis.call('SCARD', P .. 'open:' .. id)
  redis.call(work > 0 and 'SADD' or 'SREM', P .. 'busy', id)
  return work
end

-- No turn will start in these states.
local function has_ended(state)
  return state == 'stopped' or state == 'cold' or state == 'error'
end

local function set_agent_state(id, from, to, name)
  if from == to then return end
  redis.call('HSET', P .. 'agent:' .. id, 'state', to, 'last_active_at', TODAY)
  event('agent_state_changed', name .. ': ' .. from .. ' -> ' .. to,
    { agent_id = id, old_state = from, new_state = to })
end

-- A message with all that its readers need, or nil for what nobody can read.
local function read_message(raw)
  local ok, message = pcall(cjson.decode, raw)
  if not ok or type(message) ~= 'table' then return nil end
  for _, field in ipairs({ 'id', 'from', 'to', 'type', 'created_at' }) do
    if type(message[field]) ~= 'string' then return nil end
  end
  if message.type == 'task_assign' and type(message.task_id) ~= 'string' then return nil end
  return message
end

-- The task that a message assigns; others may name one that is not theirs.
local function task_of(message)
  return message.type == 'task_assign' and message.task_id or nil
end

-- Turns that read a message; a task counts them in its record.
local function count_turn(message, by)
  local task = task_of(message)
  if task then redis.call('HINCRBY', P .. 'task:' .. task, 'attempts', by)
  else redis.call('HINCRBY', P .. 'attempts', message.id, by) end
end

-- Information and acknowledgements start no turn; they wait in `notes` for the next one.
local function is_note(message)
  local kind = message.type
  return kind == 'informational' or kind == 'confirmation' or kind == 'task_done'
    or kind == 'task_failed' or kind == 'status_response' or kind == 'ping' or kind == 'pong'
end

-- Puts the notes of a turn that did not come to its end before those that have gathered since.
local function give_back_notes(id)
  local notes = redis.call('LRANGE', P .. 'inflight:' .. id, 1, -1)
  for i = #notes, 1, -1 do redis.call('LPUSH', P .. 'notes:' .. id, notes[i]) end
end

-- Puts taken work back where it came from, with the notes that went along, and forgets the turn.
-- Returns the work's message and its text, or nil when nothing had been taken.
local function give_back(id)
  give_back_notes(id)
  local raw = redis.call('LINDEX', P .. 'inflight:' .. id, 0)
  local message = raw and read_message(raw)
  if message then
    local queue = message.priority == 'urgent' and 'urgent:' or 'inbox:'
    redis.call('LPUSH', P .. queue .. id, raw)
    local task = task_of(message)
    if task and redis.call('HGET', P .. 'task:' .. task, 'state') == 'running' then
      move_task(task, 'running', 'assigned')
    end
  end
  redis.call('DEL', P .. 'inflight:' .. id)
  redis.call('HDEL', P .. 'agent:' .. id, 'turn', 'current_task')
  return message or nil, raw
end
